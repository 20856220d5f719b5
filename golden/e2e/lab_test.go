package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// A lab is the market with a production of the first day, and everything of the second day built behind it in staging, as
// write_audit_clone would have it. No deployment has published yet, so a copy can go on with any strategy by its scripts alone.
type lab struct{ *site }

// everything is the selection of all that the market publishes.
const everything = "select: 'tag:mart tag:utils'"

// cloned is the deployment that a lab has begun with.
const cloned = "strategy: write_audit_clone, " + everything

// newLab makes one on an engine. Somebody has granted privileges by hand there, where there are any.
func newLab(t *testing.T, engine string) lab {
	t.Helper()
	l := lab{newSite(t, engine, "market")}
	l.mustScript("sources.sql")
	l.mustDBT("build", "--target", "prod")
	l.mustDBT("parse", "--target", "staging")
	if engine == "postgres" {
		l.mustDBT("compile", "--target", "prod", "--target-path", "target/prod")
		l.sql("do $$ begin create role auditor; exception when duplicate_object then null; end $$",
			"grant select on analytics_mart.daily_total to auditor", "grant select on analytics_mart.rpt_regions to auditor with grant option",
			"grant select on analytics_mart.mv_daily to auditor", "comment on schema analytics_mart is 'what readers see'")
	}
	l.deploy(cloned)
	l.mustScript("day2.sql")
	l.do("bootstrap")
	l.mustDBT("build", "--target", "staging")
	return l
}

func (l lab) copy(t *testing.T) lab { t.Helper(); return lab{l.site.copy(t)} }

// deploy compiles the deployment nightly, given by its keys, with more of dbtwac.yml behind it.
func (l lab) deploy(keys string, more ...string) {
	l.t.Helper()
	l.configure(keys, more...)
	l.mustCompile()
}

func (l lab) configure(keys string, more ...string) {
	l.t.Helper()
	names := "naming: default"
	if l.name() == "postgres" {
		names = "manifest: target/prod/manifest.json"
	}
	l.write("dbtwac.yml", fmt.Sprintf(`version: 1
environments:
  staging: {database: %[1]s, schema: %[5]sstaging, naming: default%[6]s}
  prod: {database: %[1]s, schema: %[5]sanalytics, %[2]s%[6]s}
deployments:
  nightly: {build: staging, publish: prod, %[3]s}
%[4]s`, l.database(), names, l.stateKey()+keys, strings.Join(more, "\n"), l.prefix(), l.location()))
}

// do runs operations by their scripts.
func (l lab) do(operations ...string) {
	l.t.Helper()
	for _, operation := range operations {
		l.mustScript(l.scriptOf(operation))
	}
}

// scriptOf is the script of an operation of the deployment nightly: of SQL, or of the shell where the warehouse's CLI does part of it.
func (s *site) scriptOf(operation string) string {
	path := "deploy/nightly/" + operation
	if _, err := os.Stat(filepath.Join(s.dir, path+".sh")); err == nil {
		return path + ".sh"
	}
	return path + ".sql"
}

// plan is the deployment as dbtwac plans it.
func (l lab) plan() plan.Deployment {
	l.t.Helper()
	output, err := exec.CommandContext(l.t.Context(), l.command, "-C", l.dir, "plan", "--format", "json").Output()
	if err != nil {
		l.t.Fatal(err)
	}
	var p plan.Plan
	if err := json.Unmarshal(output, &p); err != nil {
		l.t.Fatal(err)
	}
	return p.Deployments[0]
}

// actions are those of a phase.
func (l lab) actions(phase string) []plan.Action {
	l.t.Helper()
	d := l.plan()
	p, ok := d.Phase(phase)
	if !ok {
		l.t.Fatalf("%s has no phase %s", d.Strategy, phase)
	}
	return p.Actions
}

// act runs one action: a script, or dbt as the runbook does.
func (l lab) act(a plan.Action) {
	l.t.Helper()
	if a.Group != nil {
		l.do(a.Group.Name)
		return
	}
	l.mustDBT(stepArgs(*a.Step)...)
}

func stepArgs(s plan.Step) []string {
	args := []string{s.Command, "--target", s.Environment}
	if s.Environment == "prod" {
		args = append(args, "--target-path", "target/dbtwac_prod")
	}
	if s.Select != "" {
		args = append(append(args, "--select"), strings.Fields(s.Select)...)
	}
	return append(args, s.Args...)
}

// phase runs all actions of a phase.
func (l lab) phase(name string) {
	l.t.Helper()
	for _, a := range l.actions(name) {
		l.act(a)
	}
}

// production is all that readers can tell: of each relation in the schemas analytics_* its kind, its columns and rows, and on
// Postgres its definition, indexes and privileges too. A relation that cannot be read says why only to whoever asks for it.
func (l lab) production() map[string]string { l.t.Helper(); return l.state("analytics_") }

func (l lab) state(schemas string) map[string]string {
	l.t.Helper()
	state := map[string]string{}
	var names, queries []string
	for _, row := range l.sql(l.relations()) {
		if name := row[0].(string); strings.HasPrefix(name, `"`+schemas) {
			names = append(names, name)
			state[name] = row[1].(string)
		}
	}
	if len(names) == 0 {
		return state
	}
	slices.Sort(names)
	lines := "coalesce(string_agg(j, chr(10) order by j), 'no rows')"
	if l.name() == "snowflake" {
		lines = "listagg(j, chr(10)) within group (order by j)"
	}
	for _, name := range names {
		queries = append(queries, "select '"+name+"', (select "+lines+" from ("+l.json(name)+") x(j))")
	}
	for _, row := range l.sql(strings.Join(queries, " union all ")) {
		state[row[0].(string)] += "\n" + row[1].(string)
	}
	if l.name() == "postgres" {
		for _, row := range l.sql(details) {
			if _, ok := state[row[0].(string)]; ok || row[1] == "schema" && strings.HasPrefix(row[0].(string), schemas) {
				state[row[0].(string)] += "\n" + fmt.Sprint(row[1:]...)
			}
		}
	}
	return state
}

// details leave out how an index is called, which nobody reads, and whether privileges that go without saying are written down.
const details = `
select '"' || nspname || '"."' || relname || '"', relkind::text,
	(select string_agg(attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end, ', ' order by attnum)
		from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped),
	(select string_agg(a::text, ', ' order by a::text) from aclexplode(coalesce(relacl, acldefault('r', relowner))) a),
	case when relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
	(select string_agg(regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \S+ ON', 'INDEX ON'), '; ' order by regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \S+ ON', 'INDEX ON'))
		from pg_index where indrelid = c.oid)
from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'v', 'm')
union all select nspname, 'schema', (select string_agg(a::text, ', ' order by a::text) from aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a),
	null, obj_description(oid, 'pg_namespace'), null from pg_namespace`
