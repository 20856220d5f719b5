package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// TestCommandLines runs a night and its rollback by scripts through a warehouse's own command line, which other tests leave out:
// Snowflake's, and Google's, there by clones in SQL and by copies in a script of the shell. Each command is a process of seconds: one
// of the three is drawn.
func TestCommandLines(t *testing.T) {
	t.Parallel()
	nights := []func(*testing.T){snowflakeCLI, func(t *testing.T) { bigQueryCLI(t, "write_audit_clone") }, func(t *testing.T) { bigQueryCLI(t, "production_rollback") }}
	for _, night := range drawn(newRandom(t), nights, 1) {
		night(t)
	}
}

func bigQueryCLI(t *testing.T, strategy string) {
	evening := newEvening(t, "bigquery", false)
	c := cell{"bigquery", strategy, ""}
	t.Run("bigquery "+strategy, func(t *testing.T) {
		s, d := c.site(t, evening)
		e := s.engine.(bigqueryEngine)
		if d.Location != "US" {
			t.Fatalf("the scripts are for the location %q, and the emulator's is US", d.Location)
		}
		before := s.contents("analytics_")
		if c.strategy == "write_audit_clone" {
			s.phase(byScript, "bootstrap")
		}
		e.cli = true
		s.engine = e
		s.phase(byScript, "build")
		want := built(s, d)
		s.phase(byScript, "publish")
		published := s.contents("analytics_", whenDBTRan)
		for name, rows := range want {
			if d := cmp.Diff(rows, published[name]); d != "" {
				t.Errorf("%s is not what was built (-built +published):\n%s", name, d)
			}
		}
		if cmp.Equal(before, s.contents("analytics_")) {
			t.Error("the publish changes nothing: it shows nothing")
		}
		s.phase(byScript, "rollback")
		if d := cmp.Diff(before, s.contents("analytics_")); d != "" {
			t.Errorf("rollback does not restore the rows (-want +got):\n%s", d)
		}
	})
}

// TestAuditOnBigQuery is the handbook's Write-Audit-Publish, in its order: run and test under the audit target, whose marts the written
// macro puts into one dataset, then a run of the marts under prod, behind backups.
func TestAuditOnBigQuery(t *testing.T) {
	t.Parallel()
	s := newSite(t, "bigquery", "market")
	s.mustScript("sources.sql")
	s.write("dbtwac.yml", `version: 1
environments:
  audit: {database: market, schema: audit, naming: {audit: {dataset: unaudited, keep: [ref]}}, location: US}
  prod: {database: market, schema: analytics, naming: custom, location: US}
macros: {generate_schema_name: true}
deployments:
  nightly: {strategy: write_audit_publish, build: audit, publish: prod, select: "tag:mart"}
`)
	s.mustDBT("parse", "--target", "audit")
	s.mustCompile()
	s.mustDBT("parse", "--target", "audit") // with the macro
	s.mustCompile()
	d := s.plan()

	s.phase(byMacro, "build")
	there := func(schema string) (names []string) {
		for _, row := range s.sql(s.relations()) {
			if name, ok := strings.CutPrefix(row[0].(string), `"`+schema+`"."`); ok {
				names = append(names, strings.TrimSuffix(name, `"`))
			}
		}
		slices.Sort(names)
		return names
	}
	var unaudited, kept []string
	for _, r := range d.Scope {
		switch r.Build.Schema {
		case "unaudited":
			unaudited = append(unaudited, r.Build.Identifier)
		case "ref":
			kept = append(kept, r.Build.Identifier)
		default:
			t.Errorf("%s is built in %s", r.Node, r.Build.Schema)
		}
	}
	slices.Sort(unaudited)
	if d := cmp.Diff(unaudited, there("unaudited")); d != "" {
		t.Errorf("under the audit target dbt has put something else into the dataset than naming says (-naming +dbt):\n%s", d)
	}
	if d := cmp.Diff(kept, there("ref")); d != "" {
		t.Errorf("what is kept is somewhere else (-naming +dbt):\n%s", d)
	}
	for _, schema := range []string{"mart", "history", "utils", "stg"} {
		if names := there(schema); len(names) > 0 {
			t.Errorf("the audit has written %s, which readers use: %v", schema, names)
		}
	}

	s.publishAudited(d, byMacro)
	s.phase(byScript, "rollback") // of the first publish: readers have nothing again
	for _, r := range d.Scope {
		if r.Build != r.Publish && slices.Contains(there(r.Publish.Schema), r.Publish.Identifier) {
			t.Errorf("rollback leaves %s", r.Node)
		}
	}
	s.phase(byMacro, "build")
	s.publishAudited(d, byScript)

	s.mustScript("day2.sql")
	s.phase(byMacro, "build")
	before := s.contents("mart")
	s.publishAudited(d, byScript)
	if cmp.Equal(before, s.contents("mart")) {
		t.Error("the second night changes nothing: it shows nothing")
	}
	s.phase(byMacro, "rollback")
	if d := cmp.Diff(before, s.contents("mart")); d != "" {
		t.Errorf("rollback does not restore what was there (-want +got):\n%s", d)
	}
}

// publishAudited publishes what has the rows that were audited.
func (s *site) publishAudited(d plan.Deployment, by form) {
	s.t.Helper()
	s.phase(by, "publish")
	now := s.contents("", whenDBTRan)
	for _, r := range d.Scope {
		built, published := now[quoted(r.Build.Schema, r.Build.Identifier)], now[quoted(r.Publish.Schema, r.Publish.Identifier)]
		if published.Kind == "" || !cmp.Equal(built.Rows, published.Rows) {
			s.t.Errorf("%s is not what was audited (-audited +published):\n%s", r.Node, cmp.Diff(built, published))
		}
	}
}

// TestBigQueryTexts has texts that no name should be carried through a literal, and back.
func TestBigQueryTexts(t *testing.T) {
	t.Parallel()
	wh, _ := warehouse.For("bigquery")
	project := dbtenv.StartBigQuery(t).NewProject(t, "market")
	for _, text := range []string{
		"", "plain", "it's", `back\slash\\n`, "line\nbreak\r\n", "; -- /* */ # //", `"quoted"`, "`ticks`", "山田 Nörthern", "%s %d @x @@y", `\' or 1=1`, "{{ x }} {% x %}", "'''", `"""`,
	} {
		if got := project.SQL(t, "select "+wh.Literal(text)); got[0][0] != text {
			t.Errorf("%q comes back as %q, written %s", text, got[0][0], wh.Literal(text))
		}
	}
}
