package dbtenv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two databases of one name on one server: each keeps what it has while the other one is used.
func TestDatabases(t *testing.T) {
	driver, server := Start(t), StartPostgres(t)
	first := server.NewDatabase(t, `mar"ket's`)
	first.SQL(t, driver, "create table a as select 1 as x")
	second := first.Copy(t) // while the first one is used
	second.SQL(t, driver, "insert into a values (2)")
	third := second.Copy(t)
	for _, step := range []struct {
		database *Database
		want     int
	}{{first, 1}, {second, 2}, {third, 2}, {first, 1}} {
		got := step.database.SQL(t, driver, "select current_database(), count(*) from a")
		if diff := cmp.Diff([][]any{{`mar"ket's`, step.want}}, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDroppedDatabases(t *testing.T) {
	driver, server := Start(t), StartPostgres(t)
	for range 2 { // the second finds the name free again
		t.Run("", func(t *testing.T) {
			server.NewDatabase(t, "market").Use(t)
			server.NewDatabase(t, "market").SQL(t, driver, "create table a (x integer)")
		})
	}
	left := server.NewDatabase(t, "market").SQL(t, driver, "select count(*) from pg_database where datname like 'market_%'")
	if !cmp.Equal(left, [][]any{{0}}) {
		t.Errorf("%v databases are left", left)
	}
}

// What Postgres answers comes as DuckDB's does, and a failing script stops.
func TestPsql(t *testing.T) {
	driver := Start(t)
	database := StartPostgres(t).NewDatabase(t, "market")
	got := database.SQL(t, driver,
		"create table a (x integer)", "insert into a values (1)",
		"select x, 1.50, null, true, '山田 %s', date '2024-05-01', timestamp '2024-05-01 10:00:00', 0.5::float8, 12345678901234567890 from a")
	want := [][]any{{1, "1.50", nil, true, "山田 %s", "2024-05-01", "2024-05-01 10:00:00", 0.5, "12345678901234567890"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := database.SQL(t, driver, "insert into a values (2)"); len(got) != 0 {
		t.Errorf("rows of a statement that has none: %v", got)
	}

	script := filepath.Join(t.TempDir(), "stop.sql")
	write(t, script, "\\! echo $WHO\nselect x from a; begin; delete from a; select 1/0; commit; create table late (x integer);")
	stdout, stderr, code := database.Psql(t, map[string]string{"WHO": "Ada"}, script)
	if !strings.Contains(stdout, "Ada") || !strings.Contains(stdout, "(2 rows)") || !strings.Contains(stderr, "division by zero") || code != 3 {
		t.Errorf("stop.sql: exit %d\n%s%s", code, stdout, stderr)
	}
	if got := database.SQL(t, driver, "select count(*), to_regclass('late') is null from a"); !cmp.Equal(got, [][]any{{2, true}}) {
		t.Errorf("psql went on after an error: %v", got)
	}
}

// dbt leaves no connection behind, not even after a failure in an open transaction: a database in use cannot be parked.
func TestDBTLetsGo(t *testing.T) {
	driver, server := Start(t), StartPostgres(t)
	database := server.NewDatabase(t, "market")
	dir := CopyProject(t, "market")
	if err := os.Mkdir(filepath.Join(dir, "macros"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "macros", "half.sql"), `
{% macro half() %}
    {% do run_query('begin') %}
    {% do run_query('create table public.half as select 1 as x') %}
    {% do log('created', info=true) %}
    {% do run_query('select 1/0') %}
{% endmacro %}`)
	for range 2 {
		database.Use(t)
		got := driver.DBT(t, dir, map[string]string{"MARKET_HOST": server.Host}, "run-operation", "half")
		if got.OK || !strings.Contains(got.Log, "created") || !strings.Contains(got.Log, "division by zero") {
			t.Fatalf("half: exit %d\n%s", got.Exit, got.Log)
		}
		rows := database.SQL(t, driver, `select to_regclass('public.half') is null,
			(select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid())`)
		if diff := cmp.Diff([][]any{{true, 0}}, rows); diff != "" {
			t.Errorf("whether what was not committed is gone, and connections (-want +got):\n%s", diff)
		}
		database = database.Copy(t)
	}
}
