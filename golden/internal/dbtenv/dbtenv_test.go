package dbtenv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two nights of the shop project: what the second one finds changed, and what only the tables of the first still know.
func TestShopOnTwoDays(t *testing.T) {
	driver := Start(t)
	dir := CopyProject(t, "shop")
	database := filepath.Join(dir, "shop.duckdb")

	for _, day := range []struct {
		sources string
		orders  [][]any
		lines   string
	}{
		{
			sources: "sources.sql",
			orders: [][]any{
				{101, "completed", "18.90"},
				{102, "shipped", "59.90"},
				{103, "placed", "4.50"},
				{104, "placed", "22.74"},
			},
			lines: "order_id,product\n101,Notebook\n101,\"Pen \"\"Basic\"\"\"\n102,Backpack\n103,Notebook\n104,\"Ink, blue\"\n104,\"Pen \"\"Basic\"\"\"\n",
		},
		{
			sources: "sources_day2.sql",
			orders: [][]any{
				{101, "completed", "18.90"},
				{102, "completed", "59.90"},
				{103, "shipped", "4.50"},
				{104, "placed", "22.74"},
				{105, "placed", "119.80"},
			},
			lines: "order_id,product\n102,Backpack\n103,Notebook\n104,\"Ink, blue\"\n104,\"Pen \"\"Basic\"\"\"\n105,Backpack\n",
		},
	} {
		if stdout, stderr, code := DuckDB(t, nil, database, filepath.Join(dir, day.sources)); code != 0 {
			t.Fatalf("%s: exit %d\n%s%s", day.sources, code, stdout, stderr)
		}
		build := driver.DBT(t, dir, nil, "build", "--target", "staging")
		if !build.OK || !strings.Contains(build.Log, "WARN=1 ERROR=0 SKIP=0") {
			t.Fatalf("dbt build after %s: exit %d\n%s", day.sources, build.Exit, build.Log)
		}

		orders := driver.SQL(t, database, "select order_id, status, amount from staging.orders order by order_id")
		if diff := cmp.Diff(day.orders, orders); diff != "" {
			t.Errorf("orders after %s (-want +got):\n%s", day.sources, diff)
		}
		script := filepath.Join(t.TempDir(), "lines.sql")
		write(t, script, `select order_id, product from staging."Order Lines" order by all;`)
		lines, stderr, code := DuckDB(t, nil, database, script)
		if diff := cmp.Diff(day.lines, lines); diff != "" || code != 0 {
			t.Errorf("order lines after %s: exit %d, %s(-want +got):\n%s", day.sources, code, stderr, diff)
		}
	}

	history := driver.SQL(t, database, "select country_code, dbt_valid_to is null from staging.customers_snapshot where customer_id = 2 order by dbt_valid_from")
	if diff := cmp.Diff([][]any{{"DE", false}, {"FR", true}}, history); diff != "" {
		t.Errorf("history of customer 2 (-want +got):\n%s", diff)
	}
}

// A failing command is a result, leaves nothing half done, and leaves the file to others.
func TestFailures(t *testing.T) {
	driver := Start(t)
	dir := CopyProject(t, "shop")
	database := filepath.Join(dir, "shop.duckdb")
	write(t, filepath.Join(dir, "macros", "half.sql"), `
{% macro half() %}
    {% do run_query('begin') %}
    {% do run_query('create table main.half as select 1 as x') %}
    {% do log('created for ' ~ env_var('READER', 'nobody'), info=true) %}
    {% do run_query("select error('stop')") %}
{% endmacro %}`)

	for _, test := range []struct {
		args []string
		exit int
		log  string
	}{
		{[]string{"run-operation", "half"}, 1, "created for Ada"},
		{[]string{"run-operation", "nonesuch"}, 2, "could not find a macro"},
		{[]string{"build", "--nonesuch"}, 2, "No such option"},
	} {
		got := driver.DBT(t, dir, map[string]string{"READER": "Ada"}, test.args...)
		if got.OK || got.Exit != test.exit || !strings.Contains(got.Log, test.log) {
			t.Errorf("dbt %v: exit %d, want %d and %q in\n%s", test.args, got.Exit, test.exit, test.log, got.Log)
		}
	}

	script := filepath.Join(dir, "stop.sql")
	write(t, script, "select count(*) as half from duckdb_tables(); select error('stop'); create table late as select 1;")
	stdout, stderr, code := DuckDB(t, nil, database, script)
	if stdout != "half\n0\n" || !strings.Contains(stderr, "stop") || code != 1 {
		t.Errorf("stop.sql: exit %d\n%s%s", code, stdout, stderr)
	}
	if got := driver.SQL(t, database, "select count(*) from duckdb_tables()"); !cmp.Equal(got, [][]any{{0}}) {
		t.Errorf("the CLI went on after an error: %v tables", got)
	}
}

func TestInstallScript(t *testing.T) {
	Shellcheck(t, filepath.Join(Root(t), "golden", "python", "install.sh"))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
