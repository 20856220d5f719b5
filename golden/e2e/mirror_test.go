package e2e

import (
	"bytes"
	"encoding/json"
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

// mirrored is the mill's dbtwac.yml with a mirror of all of its sources.
const mirrored = `version: 1
environments:
  staging: {database: mill, schema: staging}
  prod: {database: mill, schema: analytics}
macros: {generate_schema_name: true}
mirrors:
  raw:
    sources: "source:*"
    environment: prod
    tags: [raw]
    overrides:
      farm.deliveries: {materialized: incremental}
      farm.grain_types: {columns: declared}
`

// byHand are the places that dbtwac mirror names and does not change, with what somebody writes there.
var byHand = []struct{ file, old, new string }{
	{"macros/farm_table.sql", "source('farm', name)", "ref('raw_farm__' ~ name)"},
	{"models/intermediate/int_chosen.sql", "source('scale', var('chosen_table'))", "ref('raw_scale__' ~ var('chosen_table'))"},
	{"models/marts/dim_growers.sql", "source('farm', 'growers')", "ref('raw_farm__growers')"},
	{"models/staging/_staging.yml", `source("scale", "weighings")`, `ref("raw_scale__weighings")`},
	{"packages/sieve/models/sieve_first_growers.sql", "source('farm', 'growers')", "ref('raw_farm__growers')"},
	{"packages/sieve/models/sieve_samples.sql", "source('lab', 'samples')", "ref('raw_lab__samples')"},
}

// TestMirror: behind a mirror the main job builds the same as it did over the sources, row for row, while there are none. Two nights:
// the sources come, are copied, and are gone again before the main job runs.
func TestMirror(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"duckdb", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			over, behind := newSite(t, engine, "mill"), newSite(t, engine, "mill")
			over.mustDBT("deps")
			behind.mustDBT("deps")
			behind.mustScript("sources.sql")
			behind.mustDBT("parse", "--target", "prod")
			behind.write("dbtwac.yml", mirrored)
			behind.mustCompile()
			dbtenv.Shellcheck(t, filepath.Join(behind.dir, "deploy", "jobs", "mirror_raw.sh"))
			behind.switchConsumers()
			behind.mustDBT("parse", "--target", "prod")
			if output, code := behind.compile("--check"); code != 0 {
				t.Fatalf("dbt has parsed what compile wrote, and compile would write something else: exit %d\n%s", code, output)
			}
			if output, code := behind.dbtwac("mirror"); code != 0 || !strings.HasPrefix(output, "nothing to switch\n") {
				t.Fatalf("dbtwac mirror finds more to switch: exit %d\n%s", code, output)
			}
			behind.checkNodes()

			for _, files := range [][]string{{"sources.sql"}, {"sources.sql", "day2.sql"}} {
				for _, file := range files {
					over.mustScript(file)
					behind.mustScript(file)
				}
				over.mustDBT("build", "--target", "prod")
				said := behind.do(byMacro, behind.commandsOf("mirror_raw.sh", "refresh"))
				for _, fresh := range []string{"WARN 1 raw_scale__weighings_fresh_12_hour", "PASS raw_farm__deliveries_fresh_73000_day"} {
					if !strings.Contains(said, fresh) {
						t.Errorf("a refresh does not say %q of rows that are years old:\n%s", fresh, said)
					}
				}
				behind.sql("drop schema farm cascade", "drop schema scale_house cascade")
				behind.do(byMacro, behind.commandsOf("mirror_raw.sh", "check"))
				behind.mainJob()
				if d := cmp.Diff(over.marts(), behind.marts()); d != "" {
					t.Errorf("%s: the main job builds something else behind the mirror (-over the sources +behind the mirror):\n%s", files, d)
				}
			}
		})
	}
}

// TestMirrorOnEmulators does likewise on an emulator, which is drawn: the market, with a copy that is incremental, and partitioned and
// clustered where a warehouse has that.
func TestMirrorOnEmulators(t *testing.T) {
	t.Parallel()
	special := map[string]string{
		"snowflake": "{materialized: incremental, loaded_at_field: loaded_at, cluster_by: [store_id]}",
		"bigquery":  "{materialized: incremental, loaded_at_field: loaded_at, partition_by: {field: loaded_at, data_type: timestamp}, cluster_by: [store_id, sku]}",
	}
	for _, engine := range drawn(newRandom(t), []string{"bigquery", "snowflake"}, 1) {
		t.Run(engine, func(t *testing.T) {
			s := newSite(t, engine, "market")
			s.mustScript("sources.sql")
			s.edit("models/staging/_staging.yml", "- name: sales\n", "- name: sales\n        config: {loaded_at_field: loaded_at, freshness: {warn_after: {count: 1, period: day}, error_after: {count: 36500, period: day}}}\n")
			s.mustDBT("parse", "--target", "prod")
			s.write("dbtwac.yml", `version: 1
environments:
  prod: {database: `+s.database()+`, schema: analytics`+s.location()+`}
macros: {generate_schema_name: true}
mirrors:
  raw:
    sources: "source:*"
    environment: prod
    name: <source>__<table>
    overrides: {raw_market.sales: `+special[engine]+`}
`)
			s.mustCompile()
			if output, code := s.dbtwac("mirror", "--apply"); code != 0 || !strings.HasSuffix(output, "switched; let dbt parse the project\n") {
				t.Fatalf("dbtwac mirror --apply: exit %d\n%s", code, output)
			}
			s.mustDBT("parse", "--target", "prod")
			if output, code := s.compile("--check"); code != 0 {
				t.Fatalf("compile again would change something: exit %d\n%s", code, output)
			}
			refresh := func() string { return s.do(byMacro, s.commandsOf("mirror_raw.sh", "refresh")) }
			said := refresh()
			for _, fresh := range []string{"WARN 1 raw_market__sales_fresh_1_day", "PASS raw_market__sales_fresh_36500_day"} {
				if !strings.Contains(said, fresh) {
					t.Errorf("a refresh does not say %q of rows that are years old:\n%s", fresh, said)
				}
			}
			for _, table := range []string{"stores", "items"} {
				if d := cmp.Diff(s.rows(`"raw_market"."`+table+`"`), s.rows(`"raw"."raw_market__`+table+`"`)); d != "" {
					t.Errorf("the copy of %s is another (-source +copy):\n%s", table, d)
				}
			}
			sales := func() [][]any {
				return s.sql("select id, quantity from " + s.schema("raw") + ".raw_market__sales order by id")
			}
			first := sales()
			s.mustScript("day2.sql") // which takes the sales of April from the source
			refresh()
			want := [][]any{{106, 1}, {107, 5}, {108, 4}}
			for _, row := range first {
				if row[0] == 104 {
					row = []any{104, 3}
				}
				want = append(want, row)
			}
			slices.SortFunc(want, func(a, b []any) int { return a[0].(int) - b[0].(int) })
			if d := cmp.Diff(want, sales()); d != "" {
				t.Errorf("a refresh takes other rows than those that are new, and changed (-want +got):\n%s", d)
			}
			s.sql("drop schema " + s.schema("raw_market") + " cascade")
			s.mainJob()
		})
	}
}

// switchConsumers applies the patch that dbtwac mirror prints, and changes by hand what it names.
func (s *site) switchConsumers() {
	s.t.Helper()
	patch := exec.CommandContext(s.t.Context(), s.command, "-C", s.dir, "mirror")
	var named bytes.Buffer
	patch.Stderr = &named
	text, err := patch.Output()
	if err != nil {
		s.t.Fatalf("dbtwac mirror: %v\n%s", err, named.String())
	}
	apply := exec.CommandContext(s.t.Context(), "git", "apply", "--whitespace=nowarn", "-")
	apply.Dir, apply.Stdin = s.dir, bytes.NewReader(text)
	if out, err := apply.CombinedOutput(); err != nil {
		s.t.Fatalf("git apply: %v\n%s", err, out)
	}
	for _, h := range byHand {
		place := h.file
		if file, ok := strings.CutPrefix(h.file, "packages/sieve/models/"); ok { // a package's nodes are named, and not their files
			place = "model.sieve." + strings.TrimSuffix(file, ".sql")
		}
		if !strings.Contains(named.String(), place) {
			s.t.Errorf("dbtwac mirror leaves %s, and does not name it:\n%s", h.file, named.String())
		}
		s.write(h.file, strings.ReplaceAll(s.text(h.file), h.old, h.new))
	}
	installed := filepath.Join(s.dir, "dbt_packages", "sieve")
	if info, err := os.Lstat(installed); err == nil && info.IsDir() { // a copy, where links cannot be
		if err := os.CopyFS(s.t.TempDir(), os.DirFS(installed)); err != nil {
			s.t.Fatal(err)
		}
		s.mustDBT("deps")
	}
}

// mirrorOf is the plan of the one mirror, and the main job.
func (s *site) mirrorOf() (plan.Mirror, plan.Step) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), s.command, "-C", s.dir, "-q", "plan", "--format", "json")
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatal(err)
	}
	var p plan.Plan
	if err := json.Unmarshal(out, &p); err != nil {
		s.t.Fatal(err)
	}
	return p.Mirrors[0], *p.Main
}

// mainJob runs the main job as the plan has it.
func (s *site) mainJob() {
	s.t.Helper()
	_, step := s.mirrorOf()
	s.mustDBT(slices.Concat([]string{step.Command, "--target", "prod", "--exclude", step.Exclude}, step.Args)...)
}

// marts is what the main job has built. int_row_counts says how its tables are called, which the switch changes; and what a test of a
// source has stored is of the sources.
func (s *site) marts() map[string]content {
	s.t.Helper()
	contents := s.contents("analytics_", whenMillRan...)
	for name, c := range contents {
		switch {
		case strings.HasPrefix(name, `"analytics_dbt_test__audit"`):
			delete(contents, name)
		case strings.HasSuffix(name, `."int_row_counts"`):
			for _, row := range c.Rows {
				delete(row, "raw_table")
			}
			slices.SortFunc(c.Rows, func(a, b map[string]any) int { return int(a["row_count"].(float64) - b["row_count"].(float64)) })
		}
	}
	return contents
}

// checkNodes compares what dbt has parsed with what the plan said that it would: the ids, and what each step selects.
func (s *site) checkNodes() {
	s.t.Helper()
	m, main := s.mirrorOf()
	var manifest struct {
		Nodes map[string]struct {
			File string `json:"original_file_path"`
		}
	}
	if err := json.Unmarshal([]byte(s.text("target/manifest.json")), &manifest); err != nil {
		s.t.Fatal(err)
	}
	var parsed, planned []string
	for id, n := range manifest.Nodes {
		if strings.HasPrefix(n.File, "models/raw/") {
			parsed = append(parsed, id)
		}
	}
	for _, c := range m.Models {
		planned = append(planned, c.Node)
		for _, t := range c.AllTests() {
			planned = append(planned, t.Node)
		}
	}
	slices.Sort(parsed)
	slices.Sort(planned)
	if d := cmp.Diff(planned, parsed); d != "" {
		s.t.Errorf("dbt has parsed other nodes than the plan has (-plan +dbt):\n%s", d)
	}
	for _, step := range []plan.Step{m.Refresh, m.Check, main} {
		args := []string{"ls", "--target", "prod", "--output", "json", "--output-keys", "unique_id", "--quiet"}
		kinds := []string{"model", "seed", "snapshot", "test", "unit_test", "saved_query", "exposure"}
		if step.Command == "test" {
			kinds = []string{"test", "unit_test"}
		}
		for _, kind := range kinds {
			args = append(args, "--resource-type", kind)
		}
		for flag, value := range map[string]string{"--select": step.Select, "--exclude": step.Exclude} {
			if value != "" {
				args = append(args, flag, value)
			}
		}
		r := s.dbt(slices.Concat(args, step.Args)...)
		if !r.OK {
			s.t.Fatalf("dbt ls: %s", r.Log)
		}
		var ids []string
		for line := range strings.Lines(r.Log) {
			if _, id, ok := strings.Cut(line, `{"unique_id": "`); ok {
				ids = append(ids, id[:strings.IndexByte(id, '"')])
			}
		}
		slices.Sort(ids)
		if d := cmp.Diff(step.Selected, ids); d != "" {
			s.t.Errorf("dbt %s selects something else than the plan says (-plan +dbt):\n%s", step.Command, d)
		}
	}
}

// TestIncrementalMirror: a refresh copies the rows that are new, those of the latest moment among them, and no others.
func TestIncrementalMirror(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"duckdb", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := newSite(t, engine, "mill")
			s.mustDBT("deps")
			s.mustScript("sources.sql")
			s.mustDBT("parse", "--target", "prod")
			s.write("dbtwac.yml", mirrored)
			s.mustCompile()
			s.mustDBT("parse", "--target", "prod")
			refresh := []string{"run", "--target", "prod", "--select", "raw_farm__deliveries"}
			kilos := func(step string, want [][]any) {
				t.Helper()
				s.mustDBT(refresh...)
				if d := cmp.Diff(want, s.sql("select id, kilos from raw.raw_farm__deliveries order by id")); d != "" {
					t.Errorf("%s (-want +got):\n%s", step, d)
				}
			}
			s.sql("create table farm.all_of_them as select * from farm.deliveries", "delete from farm.deliveries")
			kilos("a source without rows", [][]any{})
			s.sql("insert into farm.deliveries select * from farm.all_of_them")
			kilos("the first rows", [][]any{{1, 1200}, {2, 800}, {3, 950}, {4, 400}})
			s.sql("update farm.deliveries set kilos = 1 where id = 1") // without a later moment: if it were copied again, it would show
			kilos("nothing new", [][]any{{1, 1200}, {2, 800}, {3, 950}, {4, 400}})
			s.mustScript("day2.sql")
			kilos("a correction, a new row, and one of the latest moment", [][]any{{1, 1200}, {2, 820}, {3, 950}, {4, 400}, {5, 1100}, {6, 350}})
			s.sql("alter table farm.deliveries add column note varchar(10)")
			if r := s.dbt(refresh...); r.OK || !strings.Contains(r.Log, "out of sync") {
				t.Errorf("a new column of the source is taken or dropped without a word:\n%s", r.Log)
			}
			refresh = append(refresh, "--full-refresh")
			kilos("a full refresh", [][]any{{1, 1}, {2, 820}, {3, 950}, {4, 400}, {5, 1100}, {6, 350}})
		})
	}
}
