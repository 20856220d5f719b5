package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/warehouse"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// snowflakeCLI runs one night and its rollback by scripts through Snowflake's CLI itself; other tests leave that out.
func snowflakeCLI(t *testing.T) {
	evening := newEvening(t, "snowflake", false).builtInPlace(t)
	s, d := cell{"snowflake", "production_rollback", ""}.site(t, evening)
	e := s.engine.(snowflakeEngine)
	e.cli = true
	s.engine = e
	before := s.contents("analytics_")
	s.night(byScript)
	published := s.contents("analytics_", whenDBTRan)
	for _, r := range d.Scope {
		name := quoted(r.Publish.Schema, r.Publish.Identifier)
		if d := cmp.Diff(evening.inPlace[name], published[name]); d != "" {
			t.Errorf("%s is not what a run in place makes of it (-in place +published):\n%s", name, d)
		}
	}
	s.phase(byScript, "rollback")
	if d := cmp.Diff(before, s.contents("analytics_")); d != "" {
		t.Errorf("rollback does not restore the rows (-want +got):\n%s", d)
	}
}

// TestSnowflakeTexts has texts that no name should be carried through a script, in a literal, and back.
func TestSnowflakeTexts(t *testing.T) {
	t.Parallel()
	wh, _ := warehouse.For("snowflake")
	account := dbtenv.StartSnowflake(t).NewAccount(t)
	for _, text := range []string{
		"", "plain", "it's", `back\slash\\n`, "R&D &x &{x}", "<% x %>", "{{ x }} {% x %} {# x #}", "$$", "a$$$b$x", "line\nbreak\r\n", "!source x", "; -- /* */ //",
		`"quoted"`, "山田 Nörthern", "' || chr(38) || '", "%s %d", "\\' or 1=1",
	} {
		if got := account.SQL(t, "select "+wh.Literal(text)); got[0][0] != text {
			t.Errorf("%q comes back as %q, written %s", text, got[0][0], wh.Literal(text))
		}
	}
}

// TestSnowflakeQuoting publishes a project that quotes: its names are in lower case then, and others than those without quotes.
func TestSnowflakeQuoting(t *testing.T) {
	t.Parallel()
	s := newSite(t, "snowflake", "market")
	s.write("dbt_project.yml", s.text("dbt_project.yml")+"\nquoting: {schema: true, identifier: true}\n")
	s.edit("models/staging/_staging.yml", "- name: raw_market\n", "- name: raw_market\n    quoting: {schema: false, identifier: false}\n")
	s.mustScript("sources.sql")
	s.mustDBT("build", "--target", "prod")
	s.mustDBT("parse", "--target", "staging")
	s.mustDBT("compile", "--target", "prod", "--target-path", "target/prod")
	s.deploy("strategy: write_audit_clone, select: 'tag:mart tag:utils'")
	s.mustCompile()
	sales := func() any { return s.sql(`select count(*) from MARKET."analytics_mart"."sales"`)[0][0] }
	s.mustScript("day2.sql")
	s.phase(byScript, "bootstrap")
	s.phase(byMacro, "build") // whose guard compares the names too
	s.phase(byMacro, "publish")
	if got := sales(); got != 8 {
		t.Errorf("published: %v sales, want 8", got)
	}
	s.phase(byScript, "rollback")
	if got := sales(); got != 5 {
		t.Errorf("taken back: %v sales, want 5", got)
	}
}
