package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// TestProtocol: a publish belongs to one build that has passed. Each misuse is refused, and changes nothing that readers see.
func TestProtocol(t *testing.T) {
	t.Parallel()
	built := newShop(t)
	other := map[string]string{"DBTWAC_RUN_ID": "test-2"}
	for _, tc := range []struct {
		name   string
		before func(*shop)
		run    map[string]string // default: that of the build
		macro  string
		says   string
	}{
		{name: "a publish without the build's end", before: func(s *shop) { s.mustMacro("begin") }, macro: "publish", says: "nightly is not audited, it is: building"},
		{name: "a second publish of one build", before: func(s *shop) { s.mustMacro("publish") }, macro: "publish", says: "nightly is not audited, it is: published"},
		{name: "a publish by another run", run: other, macro: "publish", says: "another run has begun, or the project has changed since: the ledger is at run test-1"},
		{name: "a run without an id", run: map[string]string{"DBTWAC_RUN_ID": ""}, macro: "publish", says: "this run has no id"},
		{name: "an id that is no id", run: map[string]string{"DBTWAC_RUN_ID": "'; drop"}, macro: "publish", says: "DBTWAC_RUN_ID may hold letters, digits"},
		{name: "a run that another has overtaken", before: func(s *shop) { s.macroAs(other, "begin") }, macro: "audited", says: "another run has begun"},
		{name: "a build side that was written since", before: func(s *shop) { s.sql("update staging.orders set amount = amount + 1") }, macro: "publish", says: "staging.orders was written since it was tested"},
		{name: "an incremental model that lost its rows", before: func(s *shop) {
			s.mustMacro("publish")
			s.mustMacro("begin")
			s.sql("delete from staging.orders where order_id > (select min(order_id) from staging.orders)")
			s.mustMacro("audited")
		}, macro: "publish", says: "staging.orders has fewer rows than mart.orders, by more than 10 percent"},
		{name: "a production that this deployment does not know", before: func(s *shop) {
			s.sql("create schema mart", "create table mart.orders as from staging.orders")
		}, macro: "publish", says: "production has mart.orders, which nightly has never published: staging.orders may hold less; begin with dbt run-operation dbtwac_nightly_bootstrap"},
		{name: "a cleanup of nothing", macro: "cleanup", says: "nightly was never published"},
		{name: "a rollback of nothing", macro: "rollback", says: "nightly has no publish to take back, it is: audited"},
		{name: "a bootstrap after a publish", before: func(s *shop) { s.mustMacro("publish") }, macro: "bootstrap", says: "nightly has been published already"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := built.copy(t)
			if tc.before != nil {
				tc.before(s)
			}
			env := tc.run
			if env == nil {
				env = run
			}
			before := s.production()
			if r := s.macroAs(env, tc.macro); r.OK || !strings.Contains(r.Log, tc.says) {
				t.Errorf("want a refusal that says %q: exit %d\n%s", tc.says, r.Exit, r.Log)
			}
			if d := cmp.Diff(before, s.production()); d != "" {
				t.Errorf("what was refused changed something:\n%s", d)
			}
		})
	}

	t.Run("a rollback after the next build began", func(t *testing.T) {
		s := built.copy(t)
		s.mustMacro("publish")
		first := s.readers()
		s.mustScript("sources_day2.sql")
		s.build()
		s.mustMacro("publish")
		s.mustMacro("begin") // the third night
		s.mustMacro("rollback")
		if d := cmp.Diff(first, s.readers()); d != "" {
			t.Errorf("rollback does not restore the first night (-want +got):\n%s", d)
		}
		// The build side is ahead of production now, until it is reset.
		s.mustMacro("reset")
		rows := s.sql("select (select count(*) from (from staging.orders except all from mart.orders)), (select count(*) from (from mart.orders except all from staging.orders))")
		if rows[0][0] != 0 || rows[0][1] != 0 {
			t.Errorf("after reset the build side is not production's: %v", rows)
		}
		s.build()
		s.mustMacro("publish")
		s.checkPublished(t)
	})

	t.Run("a project with an existing production", func(t *testing.T) {
		s := built.copy(t)
		// Production has loaded what the sources have forgotten since.
		s.sql("create schema mart", "create table mart.orders as from staging.orders", "insert into mart.orders by name select 99999 as order_id, * exclude (order_id) from staging.orders limit 1")
		s.mustMacro("bootstrap")
		s.build()
		s.mustMacro("publish")
		if rows := s.sql("select count(*) from mart.orders where order_id = 99999"); rows[0][0] != 1 {
			t.Errorf("what production had loaded is lost: %v", rows)
		}
	})

	t.Run("all of it by scripts", func(t *testing.T) {
		s := built.copy(t)
		s.mustScript("deploy/nightly/begin.sql")
		s.mustDBT("build", "--target", "staging")
		if output, code := s.script("deploy/nightly/publish.sql"); code == 0 || !strings.Contains(output, "nightly is not audited, it is: building") {
			t.Errorf("the script of publish asks too: exit %d\n%s", code, output)
		}
		s.mustScript("deploy/nightly/audited.sql")
		s.mustScript("deploy/nightly/publish.sql")
		s.checkPublished(t)
	})
}

// macroAs runs an operation as a run.
func (s *shop) macroAs(env map[string]string, operation string) dbtenv.Result {
	s.t.Helper()
	return s.driver.DBT(s.t, s.dir, env, "run-operation", "dbtwac_nightly_"+operation, "--target", "staging")
}

func (s *shop) sql(statements ...string) [][]any {
	s.t.Helper()
	return s.driver.SQL(s.t, s.database(), statements...)
}
