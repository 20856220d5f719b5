package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
	"github.com/google/go-cmp/cmp"
)

// TestShop publishes the shop project in every way there is. Its parts work on copies of one build.
func TestShop(t *testing.T) {
	t.Parallel()
	built := newShop(t)
	byScript := func(s *shop, operation string) { s.mustScript("deploy/nightly/" + operation + ".sql") }
	byMacro := func(s *shop, operation string) { s.mustMacro(operation) }

	for name, do := range map[string]func(*shop, string){"by script": byScript, "by macro": byMacro} {
		t.Run("published "+name, func(t *testing.T) {
			s := built.copy(t)
			do(s, "publish")
			s.checkPublished(t)

			first := s.readers()
			s.mustScript("sources_day2.sql")
			s.build()
			do(s, "publish")
			s.checkPublished(t)
			if cmp.Equal(first, s.readers()) {
				t.Fatal("the second night publishes nothing new: the test shows nothing")
			}
			do(s, "rollback")
			if d := cmp.Diff(first, s.readers()); d != "" {
				t.Errorf("rollback does not restore the first night (-want +got):\n%s", d)
			}
		})
	}

	t.Run("the first publish is taken back", func(t *testing.T) {
		s := built.copy(t)
		s.driver.SQL(t, s.database(), "create schema mart", "create table mart.daily_revenue as select 7 as made_by_hand")
		before := s.readers()
		s.mustMacro("publish")
		byScript := s.copy(t)
		byScript.mustScript("deploy/nightly/rollback.sql")
		if d := cmp.Diff(before, byScript.readers()); d != "" {
			t.Errorf("the script of rollback leaves something else than there was (-want +got):\n%s", d)
		}
		s.mustMacro("rollback")
		if d := cmp.Diff(before, s.readers()); d != "" {
			t.Errorf("rollback leaves something else than there was (-want +got):\n%s", d)
		}
		if r := s.macro("rollback", "staging"); r.OK || !strings.Contains(r.Log, "has no publish to take back, it is: rolled_back") {
			t.Errorf("a second rollback has nothing to take back: exit %d\n%s", r.Exit, r.Log)
		}
	})

	t.Run("cleanup drops the backups, and rollback knows", func(t *testing.T) {
		s := built.copy(t)
		s.mustScript("deploy/nightly/publish.sql")
		s.mustScript("deploy/nightly/cleanup.sql")
		if left := s.driver.SQL(t, s.database(), "select table_name from duckdb_tables() where table_name like 'nightly__%'"); len(left) > 0 {
			t.Errorf("backups are left: %v", left)
		}
		published := s.readers()
		if output, code := s.script("deploy/nightly/rollback.sql"); code == 0 || !strings.Contains(output, "has no publish to take back, it is: cleaned") {
			t.Errorf("there are no backups to roll back to: exit %d\n%s", code, output)
		}
		if d := cmp.Diff(published, s.readers()); d != "" {
			t.Error(d)
		}
	})

	t.Run("a failure at any statement changes nothing", func(t *testing.T) {
		s := built.copy(t)
		s.mustScript("deploy/nightly/publish.sql")
		s.mustScript("sources_day2.sql")
		s.build()
		for _, operation := range []string{"publish", "rollback", "cleanup"} {
			if operation == "rollback" {
				s.mustScript("deploy/nightly/publish.sql") // the rollback of a first publish is the macro's
			}
			before := s.production()
			s.failEverywhere(operation)
			if d := cmp.Diff(before, s.production()); d != "" {
				t.Errorf("a failing %s changed production:\n%s", operation, d)
			}
		}
	})

	t.Run("what preflight refuses", func(t *testing.T) {
		for _, tc := range []struct{ name, sql, operation, says string }{
			{"a table that was not built", "drop table staging.orders", "audited", `not there, or not a table: "shop"."staging"."orders"`},
			{"a view in place of a table", "create table staging.o as from staging.orders; drop table staging.orders; create view staging.orders as from staging.o", "audited", "not there, or not a table"},
			{"an empty table", "delete from staging.daily_revenue", "publish", `empty, and if that is right, to be named in allow_empty: "shop"."staging"."daily_revenue"`},
			{"a view in production", "create schema mart; create view mart.orders as select 1 as a", "publish", "production has something that is not a table"},
		} {
			s := built.copy(t)
			s.mustMacro("begin")
			s.driver.SQL(t, s.database(), strings.Split(tc.sql, "; ")...)
			if tc.operation == "publish" {
				s.mustMacro("audited")
			}
			before := s.production()
			if r := s.macro(tc.operation, "staging"); r.OK || !strings.Contains(r.Log, tc.says) {
				t.Errorf("%s: want a refusal that says %q: exit %d\n%s", tc.name, tc.says, r.Exit, r.Log)
			}
			if d := cmp.Diff(before, s.production()); d != "" {
				t.Errorf("%s: the refused %s changed something:\n%s", tc.name, tc.operation, d)
			}
		}
	})

	t.Run("H10 what no test can stop is named", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), built.command, "-C", built.dir, "lint")
		out, _ := cmd.CombinedOutput()
		if !strings.Contains(string(out), "DW210") || !strings.Contains(string(out), "model.shop.daily_revenue") {
			t.Errorf("lint does not name the mart without a test:\n%s", out)
		}
	})

	t.Run("compile is a fixed point", func(t *testing.T) {
		s := built.copy(t)
		s.mustDBT("parse", "--target", "staging") // now with the emitted macros in it
		if output, code := s.compile("--check"); code != 0 {
			t.Errorf("after dbt has parsed the emitted files, compile would write others: exit %d\n%s", code, output)
		}
	})

	t.Run("runbook", func(t *testing.T) {
		s := built.copy(t)
		runbook := filepath.Join(s.dir, "deploy", "jobs", "nightly.sh")
		dbtenv.Shellcheck(t, runbook)
		sh := func(args ...string) (string, int) {
			cmd := exec.CommandContext(t.Context(), "sh", append([]string{runbook}, args...)...)
			cmd.Env = append(os.Environ(), "DBT="+dbtenv.Tool(t, "dbt"), "DBT_SEND_ANONYMOUS_USAGE_STATS=false")
			out, _ := cmd.CombinedOutput()
			return string(out), cmd.ProcessState.ExitCode()
		}
		before := s.readers()
		if output, code := sh("publish", "--dry-run"); code != 0 || !strings.Contains(output, "create or replace table") {
			t.Errorf("a dry run shows the SQL: exit %d\n%s", code, output)
		}
		s.driver.SQL(t, s.database(), "insert into raw_shop.orders select * from raw_shop.orders limit 1") // breaks a uniqueness test
		if output, code := sh(); code == 0 {
			t.Errorf("a failing test has to stop the run\n%s", output)
		}
		if d := cmp.Diff(before, s.readers()); d != "" {
			t.Errorf("a failing test or a dry run changed production:\n%s", d)
		}
		if output, code := sh("nonsense"); code != 64 {
			t.Errorf("exit %d\n%s", code, output)
		}
	})
}

// failEverywhere runs an operation's script again and again, each time with a statement that fails before another one of it.
func (s *shop) failEverywhere(operation string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "deploy", "nightly", operation+".sql"))
	if err != nil {
		s.t.Fatal(err)
	}
	steps := strings.Split(string(text), "\n.print ")
	sample := 12 // one in so many statements, the first and the last among them
	if os.Getenv("DBTWAC_FULL") != "" {
		sample = 1
	}
	for i := 1; i < len(steps); i++ {
		if i%sample != 1%sample && i != len(steps)-1 {
			continue
		}
		s.write("broken.sql", strings.Join(steps[:i], "\n.print ")+"\nselect error('injected');\n.print "+strings.Join(steps[i:], "\n.print "))
		if output, code := s.script("broken.sql"); code == 0 || !strings.Contains(output, "injected") {
			s.t.Fatalf("%s: the failure before statement %d of %d does not show: exit %d\n%s", operation, i, len(steps)-1, code, output)
		}
	}
}

// checkPublished compares each published table with what was built, row for row, and looks for what should not be there.
func (s *shop) checkPublished(t *testing.T) {
	t.Helper()
	for to, from := range published {
		rows := s.driver.SQL(t, s.database(), fmt.Sprintf(
			"select (select count(*) from (from %[1]s except all from %[2]s)), (select count(*) from (from %[2]s except all from %[1]s)), (select count(*) from %[1]s)", to, from))
		if rows[0][0] != 0 || rows[0][1] != 0 || rows[0][2] == 0 {
			t.Errorf("%s differs from %s: %v rows more, %v missing, %v in all", to, from, rows[0][0], rows[0][1], rows[0][2])
		}
	}
	if there := s.readers(); len(there) != len(published) {
		t.Errorf("%d relations are published, want %d: %v", len(there), len(published), there)
	}
}
