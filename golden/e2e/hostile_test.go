package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// hostile holds what ends a string, a comment or a tag somewhere on the way from a manifest to a statement. A double quote is
// missing: dbt itself cannot build a relation with one.
const hostile = `it's {{ odd }} {% endmacro %} {# x #} ; -- $$ %s \n \ü` + "`"

// TestHostileNames publishes relations whose names are SQL, Jinja, shell and Markdown, by script and by macro.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	s := &shop{t: t, driver: dbtenv.Start(t), command: buildCommand(t), dir: dbtenv.CopyProject(t, "shop")}
	jinja := `"` + hostile + `"` // which dbt reads without rendering it: escapes stay
	s.write("models/utils/calendar.sql", "{{ config(alias="+jinja+", schema="+jinja+", tags=["+jinja+"]) }}\nselect 1 as date_day, 'ü' as text")
	s.write("dbtwac.yml", `version: 1
environments:
  staging: {database: shop, schema: staging, naming: single}
  prod: {database: shop, schema: analytics, naming: custom}
deployments:
  nightly:
    strategy: write_audit_clone
    build: staging
    publish: prod
    select: calendar
    build_select: calendar
`)
	s.mustScript("sources.sql")
	s.mustDBT("parse", "--target", "staging")
	s.mustCompile()
	for name, do := range map[string]func(*shop, string){
		"by script": func(s *shop, operation string) { s.mustScript("deploy/nightly/" + operation + ".sql") },
		"by macro":  func(s *shop, operation string) { s.mustMacro(operation) },
	} {
		t.Run(name, func(t *testing.T) {
			s := s.copy(t)
			do(s, "begin")
			s.mustDBT("build", "--target", "staging", "--select", "calendar")
			do(s, "audited")
			do(s, "publish")
			rows := s.sql("select schema_name, table_name from duckdb_tables() where schema_name not in ('dbtwac_state', 'raw_shop', 'staging') order by all")
			if d := cmp.Diff([][]any{{hostile, hostile}}, rows); d != "" {
				t.Errorf("published are (-want +got):\n%s", d)
			}
			quoted := `"` + hostile + `"."` + hostile + `"`
			if rows := s.sql("select text from " + quoted); len(rows) != 1 || rows[0][0] != "ü" {
				t.Errorf("the relation holds %v", rows)
			}
			s.mustMacro("rollback")
			if rows := s.sql("select table_name from duckdb_tables() where schema_name = '" + strings.ReplaceAll(hostile, "'", "''") + "'"); len(rows) != 0 {
				t.Errorf("after rollback there is %v", rows)
			}
		})
	}
}
