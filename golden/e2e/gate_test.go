package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGate: what real dbt says about its builds, and whether the gate lets a publish follow. No warehouse has a part in it.
func TestGate(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"duckdb"} {
		t.Run(engine, func(t *testing.T) {
			s := newSite(t, engine, "market")
			s.mustScript("sources.sql")
			s.edit("models/marts/_marts.yml", "in the order in which the runs saw them.\n", "in the order in which the runs saw them.\n    data_tests:\n      - dbt.unique: {name: no_two_are_sold, arguments: {column_name: quantity}, config: {severity: warn}}\n")
			s.configureGate("")
			gate := func(step string, want int, says string, args ...string) {
				t.Helper()
				if output, code := s.dbtwac(append([]string{"gate"}, args...)...); code != want || !strings.Contains(output, says) {
					t.Errorf("%s: want exit %d and %q, have exit %d\n%s", step, want, says, code, output)
				}
			}
			build := []string{"build", "--target", "staging"}

			s.mustDBT(build...)
			gate("a build that passes", 0, " warned: the publish may go on")
			gate("the results of the build by name", 0, "the publish may go on", "--run-results", "target/run_results.json")
			s.configureGate(", warn_tests: block")
			gate("a test that warns, where none may", 2, "no_two_are_sold")
			if r := s.dbt(s.buildOf()...); r.OK || !strings.Contains(r.Log, "FAIL 1 no_two_are_sold") && !strings.Contains(r.Log, "ERROR=1") {
				t.Errorf("warn_tests: block, and the build step takes the warning for none:\n%s", r.Log)
			}
			s.configureGate("")

			s.mustDBT(append(build, "--select", "stg_sales+")...)
			gate("a build of a part", 2, "nightly publishes what the build has not built: snapshot.market.stores_history, ")
			s.mustDBT(append(build, "--exclude", "test_type:generic")...)
			gate("a build without its tests", 2, "and were not run: ")
			s.mustDBT("build", "--target", "prod")
			gate("a build of production", 2, "under the target prod, and nightly builds under staging")

			s.mustDBT(build...)
			s.mustDBT("parse", "--target", "staging", "--no-partial-parse")
			gate("a manifest that dbt has written since", 2, "is of another run of dbt")

			s.edit("models/marts/fct_sales.sql", "select\n", "select (select 1 from no_such_table) as one,\n")
			if r := s.dbt(build...); r.OK {
				t.Fatal("a model that cannot be built is built")
			}
			gate("a model that fails", 2, "model.market.fct_sales ended with the status error")
			text, err := os.ReadFile(filepath.Join(s.dir, "target", "run_results.json"))
			if err != nil {
				t.Fatal(err)
			}
			s.write("build.json", string(text))
			s.sql("create table " + s.schema("staging_mart") + ".broken as select 1 as one")
			s.edit("models/marts/fct_sales.sql", "select (select 1 from no_such_table) as one,\n", "select\n")
			s.mustDBT("retry", "--target", "staging")
			gate("its retry alone", 2, "nightly publishes what the build has not built: ")
			gate("the build and its retry", 0, "the publish may go on", "--run-results", "build.json", "--run-results", "target/run_results.json")

			s.dbt(append(build, "--empty")...) // which closes what the snapshot has, and so a test of that fails
			gate("an empty build", 2, "--empty")
		})
	}
}

// configureGate writes a dbtwac.yml with one deployment.
func (s *site) configureGate(more string) {
	s.t.Helper()
	s.write("dbtwac.yml", `version: 1
environments:
  staging: {database: market, schema: staging}
  prod: {database: market, schema: analytics}
deployments:
  nightly: {strategy: write_audit_clone, build: staging, publish: prod, select: 'tag:mart tag:utils', exclude: rpt_top rpt_regions mv_daily`+more+`}
`)
}

// buildOf are the words of the build step, as the runbook has them.
func (s *site) buildOf() []string {
	s.t.Helper()
	s.mustCompile()
	for _, command := range s.commands("build") {
		if command[0] == "build" {
			return command
		}
	}
	s.t.Fatal("the runbook builds nothing")
	return nil
}
