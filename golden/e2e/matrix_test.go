package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// A cell is one way to publish on one engine.
type cell struct{ engine, strategy, options string }

// matrix are the cells that TestMatrix executes, each in both forms: what README.md says is shown.
var matrix = []cell{
	{"postgres", "blue_green", ""},
	{"duckdb", "production_rollback", ""},
	{"postgres", "production_rollback", ""},
	{"duckdb", "write_audit_clone", "views: rebuild"},
	{"postgres", "write_audit_clone", "views: rebuild"},
	{"duckdb", "write_audit_clone", "views: recreate"},
	{"postgres", "write_audit_clone", "views: recreate"},
	{"postgres", "write_audit_clone", "method: rebuild"},
	{"duckdb", "write_audit_publish", ""},
	{"postgres", "write_audit_publish", ""},
	{"snowflake", "blue_green", ""},
	{"snowflake", "production_rollback", ""},
	{"snowflake", "write_audit_clone", "views: rebuild"},
	{"snowflake", "write_audit_clone", "views: recreate"},
	{"snowflake", "write_audit_publish", ""},
	{"bigquery", "production_rollback", ""},
	{"bigquery", "write_audit_clone", "views: rebuild"},
	{"bigquery", "write_audit_clone", "views: recreate"},
	{"bigquery", "write_audit_clone", "method: copy"},
	{"bigquery", "write_audit_clone", "method: transaction"},
	{"bigquery", "write_audit_publish", ""},
}

var forms = []form{byScript, byMacro}

// TestMatrix publishes the market by every cell, over a production and over none, takes that back, and publishes again.
func TestMatrix(t *testing.T) {
	t.Parallel()
	seed := newSeed(t)
	for i, engine := range slices.Sorted(maps.Keys(engines)) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel() // the engines have nothing in common; on one, sites take turns
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			evenings := map[bool]*evening{}
			for _, c := range drawnCells(engine, random) {
				stateless := c.strategy == "blue_green"
				if evenings[stateless] == nil {
					evenings[stateless] = newEvening(t, engine, stateless).builtInPlace(t)
				}
				for _, by := range drawn(random, forms, 1) {
					t.Run(strings.TrimSpace(c.strategy+" "+c.options)+" "+string(by), func(t *testing.T) {
						c.overProduction(t, evenings[stateless], by)
						if by == byScript && !emulators[engine] || os.Getenv("DBTWAC_FULL") != "" {
							c.overNothing(t, evenings[stateless], by)
						}
					})
				}
			}
		})
	}
}

// emulators are the engines on which each dbt command takes long.
var emulators = map[string]bool{"snowflake": true, "bigquery": true}

// sampled is how many cells of an engine a normal run executes: on an emulator each takes a minute.
var sampled = map[string]int{"duckdb": 2, "postgres": 3, "snowflake": 2, "bigquery": 1}

// drawnCells are the cells of an engine, or a sample of them.
func drawnCells(engine string, random *rand.Rand) []cell {
	cells := slices.DeleteFunc(slices.Clone(matrix), func(c cell) bool { return c.engine != engine })
	return drawn(random, cells, sampled[engine])
}

// An evening is the market on the second day: production is that of the first, and nothing else was built.
type evening struct {
	site    *site
	inPlace map[string]content // what dbt would make of production now
}

// newEvening makes one that is ready to be compiled.
func newEvening(t *testing.T, engine string, stateless bool) *evening {
	t.Helper()
	s := newMarket(t, engine, stateless)
	s.mustScript("day2.sql")
	return &evening{site: s}
}

// builtInPlace is that evening with what dbt makes of its production.
func (e *evening) builtInPlace(t *testing.T) *evening {
	t.Helper()
	s := e.site.copy(t)
	s.mustDBT("build", "--target", "prod")
	return &evening{e.site, s.contents("analytics_", whenDBTRan)}
}

// newMarket has the first day in production, and was compiled by dbt for both targets. In a stateless one every run builds all of
// it from nothing.
func newMarket(t *testing.T, engine string, stateless bool) *site {
	t.Helper()
	s := newSite(t, engine, "market")
	if stateless {
		s.makeStateless()
	}
	s.mustScript("sources.sql")
	s.mustDBT("build", "--target", "prod")
	s.mustDBT("parse", "--target", "staging")
	s.mustDBT("compile", "--target", "prod", "--target-path", "target/prod")
	if engine == "postgres" { // what somebody has given by hand has to last
		s.sql("grant usage on schema analytics_mart to reporter", "grant select on analytics_mart.sales, analytics_mart.rpt_top, analytics_mart.mv_daily to reporter with grant option",
			"grant select on analytics_mart.rpt_regions to public", "grant insert on analytics_stg.stg_sales to reporter")
	}
	return s
}

// makeStateless leaves nothing that holds what earlier runs loaded.
func (s *site) makeStateless() {
	s.t.Helper()
	s.remove("snapshots/stores_history.yml")
	s.edit("models/marts/fct_sales.sql", "materialized='incremental',\n        incremental_strategy='delete+insert',\n        unique_key='sale_id',", "materialized='table',")
	s.edit("models/marts/sales_log.sql", "materialized='incremental',\n        incremental_strategy='append'", "materialized='table'")
}

// deploy gives the site one deployment.
func (s *site) deploy(options string) {
	s.t.Helper()
	s.write("dbtwac.yml", `version: 1
environments:
  staging: {database: `+s.database()+`, schema: `+s.prefix()+`staging, naming: default`+s.location()+`}
  prod: {database: `+s.database()+`, schema: `+s.prefix()+`analytics, manifest: target/prod/manifest.json`+s.location()+`}
deployments:
  nightly: {build: staging, publish: prod, `+s.stateKey()+options+`}
`)
}

// site is the evening, compiled for the cell.
func (c cell) site(t *testing.T, e *evening) (*site, plan.Deployment) {
	t.Helper()
	s := e.site.copy(t)
	options, out := []string{"strategy: " + c.strategy}, "sales_log rpt_top"
	if c.engine == "postgres" && (c.strategy == "write_audit_publish" || c.options == "method: rebuild") {
		out += " mv_daily" // which hangs on what is replaced then, and has to last
	}
	if c.engine == "bigquery" && (c.strategy == "production_rollback" || c.options == "method: copy" || c.options == "views: recreate") {
		out += " mv_daily" // which cannot be read once its table was replaced, and has to last
	}
	if c.strategy != "blue_green" {
		options = append(options, "select: 'tag:mart tag:utils'", "exclude: "+out)
	}
	if c.options != "" {
		options = append(options, c.options)
	}
	s.deploy(strings.Join(options, ", "))
	s.mustCompile()
	dbtenv.Shellcheck(t, filepath.Join(s.dir, "deploy", "jobs", "nightly.sh"))
	return s, s.plan()
}

// plan is that of the deployment nightly.
func (s *site) plan() plan.Deployment {
	s.t.Helper()
	out, err := exec.CommandContext(s.t.Context(), s.command, "-C", s.dir, "plan", "--format", "json").Output()
	if err != nil {
		s.t.Fatal(err)
	}
	var p plan.Plan
	if err := json.Unmarshal(out, &p); err != nil {
		s.t.Fatal(err)
	}
	return p.Deployments[0]
}

// overProduction publishes over what the first day has left.
func (c cell) overProduction(t *testing.T, e *evening, by form) {
	s, d := c.site(t, e)
	before, facts, unchanged := s.contents("analytics_"), s.facts("analytics_"), s.contents("analytics_", whenDBTRan)
	if _, ok := d.Phase(plan.Bootstrap); ok {
		s.phase(by, "bootstrap")
	}
	s.phase(by, "build")
	want := c.want(s, d, e)
	for name, content := range unchanged {
		if _, ok := want[name]; !ok {
			want[name] = content
			if content.Kind != "table" { // it shows what it reads
				want[name] = e.inPlace[name]
			}
		}
	}
	for _, table := range []string{"sales", "daily_total", "dim_stores_v2", "rpt_regions", "mv_daily"} {
		if name := quoted("analytics_mart", table); want[name].Kind != "" && cmp.Equal(want[name], unchanged[name]) {
			t.Errorf("%s is not to change: it shows nothing", name)
		}
	}
	s.phase(by, "publish")
	s.checkPublished(want, facts)

	s.phase(by, "rollback")
	if d := cmp.Diff(before, s.contents("analytics_")); d != "" {
		t.Errorf("rollback does not restore the rows (-want +got):\n%s", d)
	}
	if d := cmp.Diff(facts, s.facts("analytics_")); d != "" {
		t.Errorf("rollback restores the rows, and not everything (-want +got):\n%s", d)
	}

	if _, ok := d.Phase(plan.Reset); ok {
		s.phase(by, "reset")
	}
	if by == byScript && !emulators[c.engine] || os.Getenv("DBTWAC_FULL") != "" { // the build is dbt's in any form
		s.night(by)
		s.checkPublished(want, facts)
	}
	if _, ok := d.Phase(plan.Cleanup); ok {
		s.phase(by, "cleanup")
		if left := s.contents("dbtwac_state"); len(left) != 2 {
			t.Errorf("cleanup leaves more than the ledger: %v", slices.Sorted(maps.Keys(left)))
		}
	}
}

// overNothing publishes for the first time. Production has only what the build reads, where it builds no more than it publishes.
func (c cell) overNothing(t *testing.T, e *evening, by form) {
	s, d := c.site(t, e)
	for _, schema := range []string{"mart", "utils", "ref", "history", "stg"} {
		if schema != "stg" || c.strategy != "production_rollback" {
			s.sql("drop schema if exists " + s.schema("analytics_"+schema) + " cascade")
		}
	}
	before, facts := s.contents("analytics_"), s.facts("analytics_")
	s.phase(by, "build")
	want := built(s, d)
	maps.Copy(want, s.contents("analytics_", whenDBTRan))
	s.phase(by, "publish")
	s.checkPublished(want, facts)
	s.phase(by, "rollback")
	if d := cmp.Diff(before, s.contents("analytics_")); d != "" {
		t.Errorf("rollback leaves something behind (-want +got):\n%s", d)
	}
	if d := cmp.Diff(facts, s.facts("analytics_")); d != "" {
		t.Errorf("rollback leaves something else behind (-want +got):\n%s", d)
	}
	s.night(by)
	s.checkPublished(want, facts)
	if rows := s.sql("select count(*) from " + s.schema("analytics_mart") + ".sales"); rows[0][0] == 0 {
		t.Error("the second first publish has left the incremental model empty")
	}
}

// want is what the cell has to publish: what was built, or what dbt makes of production, where that is what the cell promises.
func (c cell) want(s *site, d plan.Deployment, e *evening) map[string]content {
	want := built(s, d)
	if c.strategy == "production_rollback" || c.strategy == "write_audit_publish" {
		for name := range want {
			want[name] = e.inPlace[name]
		}
	}
	return want
}

// built is what the build side has, under the names of production.
func built(s *site, d plan.Deployment) map[string]content {
	staging, want := s.contents("staging_", whenDBTRan), map[string]content{}
	for _, r := range d.Scope {
		publish, build := strings.TrimPrefix(r.Publish.Schema, s.prefix()), strings.TrimPrefix(r.Build.Schema, s.prefix())
		want[quoted(publish, r.Publish.Identifier)] = staging[quoted(build, r.Build.Identifier)]
	}
	return want
}

func quoted(schema, name string) string { return fmt.Sprintf(`"%s"."%s"`, schema, name) }

// checkPublished compares production with what it has to be, and what is known of it with what was known of it before.
func (s *site) checkPublished(want map[string]content, before map[string][]string) {
	s.t.Helper()
	if d := cmp.Diff(want, s.contents("analytics_", whenDBTRan)); d != "" {
		s.t.Errorf("production is not what was to be published (-want +got):\n%s", d)
	}
	for name, facts := range s.facts("analytics_") {
		if was, ok := before[name]; ok {
			if d := cmp.Diff(was, facts); d != "" {
				s.t.Errorf("what was published is not what %s was (-want +got):\n%s", name, d)
			}
		}
		for _, fact := range facts {
			if strings.Contains(fact, "staging") {
				s.t.Errorf("%s belongs to the build side: %s", name, fact)
			}
		}
	}
}
