package dbtenv

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two accounts on one emulator: each keeps what it has while the other one is used.
func TestAccounts(t *testing.T) {
	server := StartSnowflake(t)
	first := server.NewAccount(t)
	first.SQL(t, "create database market", "create schema market.raw", "create table market.raw.a as select 1 as x",
		`create view market.raw."View 1" as select x from market.raw.a`)
	second := first.Copy(t)
	second.SQL(t, "insert into market.raw.a values (2)")
	third := second.Copy(t)
	for _, step := range []struct {
		account *Account
		want    int
	}{{first, 1}, {second, 2}, {third, 2}, {first, 1}} {
		got := step.account.SQL(t, `select count(*) from market.raw."View 1"`)
		if diff := cmp.Diff([][]any{{step.want}}, got); diff != "" {
			t.Error(diff)
		}
	}
}

// What the emulator answers comes as the other engines' does, and a failing script stops.
func TestSnow(t *testing.T) {
	account := StartSnowflake(t).NewAccount(t)
	got := account.SQL(t,
		"create database market", "create schema market.raw", "create table market.raw.a (x integer, sold_at timestamp)", "insert into market.raw.a values (1, null)",
		"select x, sold_at, 1.50, null, true, '山田 %s', date '2024-05-01', timestamp '2024-05-01 10:00:00' from market.raw.a")
	want := [][]any{{1, nil, "1.50", nil, true, "山田 %s", "2024-05-01", "2024-05-01 10:00:00"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	script := filepath.Join(t.TempDir(), "stop.sql")
	write(t, script, `-- {{ a }} &b <% c %> ; in a comment
insert into raw.a values (2, '2024-05-01 10:00:00'), (3, null);
select x, sold_at, '&b; <% c %>' as text from raw.a order by x;
select case when count(*) = 3 then to_number('dbtwac: stop') end from raw.a;
create table raw.late as select 1 as x;`)
	stdout, stderr, code := account.Snow(t, nil, "MARKET", script)
	if !strings.Contains(stdout, "| 3 | None                | &b; <% c %> |") || !strings.Contains(stderr, "dbtwac: stop") || code != 1 {
		t.Errorf("stop.sql: exit %d\n%s%s", code, stdout, stderr)
	}
	if got := account.SQL(t, "select count(*) from market.information_schema.tables where table_name = 'LATE'"); !cmp.Equal(got, [][]any{{0}}) {
		t.Errorf("the CLI went on after an error: %v", got)
	}
}

// With a run's name the CLI reads a script from its stdin, all of it in one session, whose database may be swapped meanwhile.
func TestSnowRun(t *testing.T) {
	account := StartSnowflake(t).NewAccount(t)
	account.SQL(t, "create database market", "create database staging", "create schema staging.raw", "create table staging.raw.a as select 'staging' as side")
	env := map[string]string{"DBTWAC_RUN_ID": `it's \n &a <% b %>`}
	script := filepath.Join(t.TempDir(), "run.sql")
	write(t, script, `-- {{ a }} ; in a comment
create schema raw;
execute immediate $$
begin
  create table raw.a as select 'market' as side;
  let run varchar := (select getvariable('DBTWAC_RUN_ID'));
  insert into raw.a values (:run); -- as it is
end;
$$;
alter database market swap with staging;
execute immediate $$
declare
  found varchar;
begin
  select side into :found from raw.a;
  insert into staging.raw.a values ('found ' || :found);
end;
$$;
select $dbtwac_run_id as run;
select to_number('dbtwac: stop');
drop table staging.raw.a;`)
	stdout, stderr, code := account.Snow(t, env, "MARKET", script)
	if !strings.Contains(stdout, `| it's \n &a <% b %> |`) || !strings.Contains(stderr, "dbtwac: stop") || code != 1 {
		t.Errorf("run.sql: exit %d\n%s%s", code, stdout, stderr)
	}
	got := account.SQL(t, "select side from staging.raw.a order by side")
	if diff := cmp.Diff([][]any{{"found staging"}, {`it's \n &a <% b %>`}, {"market"}}, got); diff != "" {
		t.Error(diff)
	}
}

// Blocks, variables and swaps by run_query of dbt's adapter, which splits texts at semicolons itself.
func TestRunQueryOnSnowflake(t *testing.T) {
	driver, account := StartSnowflakeDriver(t), StartSnowflake(t).NewAccount(t)
	account.SQL(t, "create database market", "create database other", "create schema other.raw", "create table other.raw.a as select 'other' as side")
	dir := CopyProject(t, "market")
	if err := os.Mkdir(filepath.Join(dir, "macros"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "macros", "blocks.sql"), `{% macro blocks() %}
{% do run_query("create schema market.raw; create table market.raw.a as select 'market' as side; set run = 'it''s; one'") %}
{% do run_query("alter database market swap with other") %}
{% do run_query("alter table market.raw.a resume recluster") %}
{% set answer = run_query("-- a block; with comments
execute immediate $$
declare
  sides cursor for select side as found from market.raw.a union all select side from other.raw.a order by found;
  list varchar default '';
begin
  for row_of in sides do
    let side varchar := row_of.found;
    list := list || side || '; '; -- and so on
  end for;
  return list || getvariable('RUN');
end;
$$;") %}
{% do log("answer: " ~ answer.columns[0].name ~ ": " ~ answer.columns[0].values()[0], info=true) %}
{% do run_query("execute immediate $$ begin select to_number('dbtwac: stop'); end $$") %}
{% endmacro %}`)
	run := driver.DBT(t, dir, account.Env(), "run-operation", "blocks", "--profile", "market_snowflake")
	if !strings.Contains(run.Log, "answer: anonymous block: market; other; it's; one") || !strings.Contains(run.Log, "dbtwac: stop") || run.OK {
		t.Errorf("dbt run-operation: exit %d\n%s", run.Exit, run.Log)
	}
}

// What is put right in the emulator, statement by statement.
func TestEmulator(t *testing.T) {
	account := StartSnowflake(t).NewAccount(t)
	account.SQL(t, "create database market", "create schema market.raw", `create table market.raw."Item List" (x integer, y varchar(10))`,
		`insert into market.raw."Item List" values (1, 'one'), (2, null)`)
	for _, test := range []struct {
		what       string
		statements []string
		want       [][]any
	}{
		{"variables have types", []string{"set run = '007'", "set many = (select count(*) + 1 from market.raw.\"Item List\")",
			"select $run || 'x', $many + 1, getvariable('RUN'), getvariable('NONE')"}, [][]any{{"007x", 4, "007", nil}}},
		{"a clone's grants", []string{`-- as a script has it
			create or replace transient table market.raw.b clone market.raw."Item List" copy grants /* as dbt has it */`,
			"grant select on table market.raw.b to role r", "select count(*) from market.raw.b"}, [][]any{{2}}},
		{"one hash of the same rows", []string{"create table market.raw.c as select * from market.raw.b order by x desc",
			"select (select hash_agg(*) from market.raw.b) = (select hash_agg(*) from market.raw.c), hash_agg(*) = 0 from market.raw.c"}, [][]any{{true, false}}},
		{"another hash of others", []string{"update market.raw.c set y = 'two' where x = 2",
			"select (select hash_agg(*) from market.raw.b) = (select hash_agg(*) from market.raw.c)"}, [][]any{{false}}},
		{"a transaction is rolled back", []string{"begin", "delete from market.raw.c", "rollback", "select count(*) from market.raw.c"}, [][]any{{2}}},
		{"DDL commits", []string{"begin", "delete from market.raw.c where x = 1", "create table market.raw.d (x integer)", "rollback",
			"select count(*) from market.raw.c"}, [][]any{{1}}},
		{"a session that ends in a transaction", []string{"begin transaction", "delete from market.raw.c", "select count(*) from market.raw.c"}, [][]any{{0}}},
		{"what it leaves", []string{"select count(*) from market.raw.c"}, [][]any{{1}}},
		{"a table with columns from a query", []string{"create or replace table market.raw.e (z integer not null) as select x from market.raw.b",
			"select count(z) from market.raw.e"}, [][]any{{2}}},
		{"what has no effect", []string{"use role r", "use warehouse w", "use secondary roles all", "alter table market.raw.e resume recluster",
			"alter session set query_tag = 'x'", "revoke all on all tables in schema market.raw from role r", "comment on schema market.raw is 'it''s'",
			"select count(*) from market.raw.e"}, [][]any{{2}}},
		{"what there may be already", []string{"create schema if not exists market.raw", "create transient schema if not exists market.raw",
			"create transient database if not exists market", "create transient table if not exists market.raw.e like market.raw.b",
			"select count(z) from market.raw.e"}, [][]any{{2}}},
		{"a merge", []string{`merge into market.raw.e as t using market.raw.b as s on (t.z = s.x + 1)
			when matched then update set z = 20 when not matched then insert (z) values (s.x * 10)`,
			"select z from market.raw.e order by z"}, [][]any{{1}, {20}, {20}}},
		{"a ledger's row", []string{"create table market.raw.ledger (generation integer, f varchar, made_at timestamp_tz)",
			`insert into market.raw.ledger (generation, f, made_at)
				select x.n, x.f, current_timestamp() from (select count(*) as n, hash_agg(*)::varchar as f from market.raw.b) x`,
			"set dbtwac_generation = (select coalesce(max(generation), 0) from market.raw.ledger)",
			"select getvariable('DBTWAC_GENERATION')::integer + 1, f is null, made_at is null from market.raw.ledger"}, [][]any{{3, false, false}}},
		{"lists of values", []string{`select nullif(listagg(w.s, ', ') within group (order by w.s), ''), nullif(listagg(case when w.d = 'z' then w.s end, ', ') within group (order by w.s), ''),
			count_if(w.d = 'a')::integer, boolor_agg(w.d = 'c') from (values ('a', 'd'), ('c', 'b')) as w(d, s)`}, [][]any{{"b, d", nil, 1, true}}},
		{"what is not there", []string{`select w.t from (values ('B'), ('Z')) as w(t)
			where not exists (select 1 from market.information_schema.tables t where t.table_schema = 'RAW' and t.table_name = w.t)`}, [][]any{{"Z"}}},
		{"texts", []string{`select 'a\\b', 'a\nb', 'it''s', 'it\'s', chr(38), to_number(case when 1 = 1 then '1' else 'dbtwac: no' end)::integer`},
			[][]any{{`a\b`, "a\nb", "it's", "it's", "&", 1}}},
		{"what is dropped with all that is in it", []string{"create database gone", "create schema gone.one", "create table gone.one.a (x varchar(3))", "create schema gone.two",
			"create view gone.two.v as select x from gone.one.a", "drop schema if exists gone.one", "drop database gone", "drop database if exists gone",
			"create database gone", "select count(*) from gone.information_schema.tables"}, [][]any{{0}}},
		{"a view with names of its columns", []string{`create view market.raw."A b" (p, "q r") comment = 'it''s' as
			select x, 'a\\b\n' || chr(38) from market.raw.b where x = 1 -- one`,
			`select * from market.raw."A b"`}, [][]any{{1, "a\\b\n&"}}},
	} {
		if diff := cmp.Diff(test.want, account.SQL(t, test.statements...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
	for _, test := range []struct{ statement, problem string }{
		{"alter table raw.b swap with raw.c;", "the emulator does not swap"},
		{"create or replace table raw.b as select to_number('no') as x;", "Could not convert"},
	} {
		script := filepath.Join(t.TempDir(), "bad.sql")
		write(t, script, test.statement)
		if stdout, stderr, code := account.Snow(t, nil, "MARKET", script); !strings.Contains(stderr, test.problem) || code != 1 {
			t.Errorf("%s: exit %d\n%s%s", test.statement, code, stdout, stderr)
		}
	}
	if problem := account.problem(t, "select to_number(case when 1 = 2 then '1' else 'dbtwac: some message' end)"); !strings.Contains(problem, "dbtwac: some message") {
		t.Errorf("a check fails with %q", problem)
	}
	for _, view := range []string{"table_privileges", "object_privileges", "functions", "procedures", "sequences", "stages", "pipes", "file_formats"} {
		if got := account.SQL(t, "select * from market.information_schema."+view); len(got) > 0 {
			t.Errorf("%s: %v", view, got)
		}
	}
	account.SQL(t, "select created, granted_to, table_catalog from market.information_schema.table_privileges where is_grantable = 'YES'",
		"select created, granted_to, object_type from market.information_schema.object_privileges where object_name = 'A'")
	if got := account.SQL(t, "select count(*) from market.raw.b"); !cmp.Equal(got, [][]any{{2}}) {
		t.Errorf("what was not replaced is gone: %v", got)
	}
}

// What is transient, and how a view was made, is known, also in a copy of the account.
func TestEmulatorKeeps(t *testing.T) {
	first := StartSnowflake(t).NewAccount(t)
	first.SQL(t, "create database market", "create schema market.raw", "create transient schema market.passing", "create transient database staging", "create schema staging.raw",
		"create transient table market.raw.a (x integer, y varchar(7))", "insert into market.raw.a values (1, 'one')", "create table market.raw.b like market.raw.a",
		"create transient table market.raw.c clone market.raw.b", "create transient table market.raw.d like market.raw.b", "create transient table market.raw.e as select 1 as x",
		"create or replace table market.raw.e as select 1 as x", "create transient table market.raw.f (x integer)", "alter table market.raw.f rename to market.raw.g",
		"create table market.passing.a (x integer)", "create table staging.raw.a (x integer)",
		`create view market.raw."View 1" (p, "q r") copy grants comment = 'it''s' as select x, 'a\\b\n' || y from market.raw.a`)
	account := first.Copy(t)
	query := `select table_schema, table_name, table_type, is_transient, is_dynamic, is_iceberg from %s.information_schema.tables
		where row_count is not null or table_type = 'VIEW' order by 1, 2`
	for database, want := range map[string][][]any{
		"market": {
			{"PASSING", "A", "BASE TABLE", "YES", "NO", "NO"},
			{"RAW", "A", "BASE TABLE", "YES", "NO", "NO"},
			{"RAW", "B", "BASE TABLE", "NO", "NO", "NO"},
			{"RAW", "C", "BASE TABLE", "YES", "NO", "NO"},
			{"RAW", "D", "BASE TABLE", "YES", "NO", "NO"},
			{"RAW", "E", "BASE TABLE", "NO", "NO", "NO"},
			{"RAW", "G", "BASE TABLE", "YES", "NO", "NO"},
			{"RAW", "View 1", "VIEW", "NO", "NO", "NO"},
		},
		"staging": {{"RAW", "A", "BASE TABLE", "YES", "NO", "NO"}},
	} {
		if diff := cmp.Diff(want, account.SQL(t, fmt.Sprintf(query, database))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", database, diff)
		}
	}
	want := [][]any{{"PASSING", "YES"}, {"PUBLIC", "NO"}, {"RAW", "NO"}}
	if diff := cmp.Diff(want, account.SQL(t, "select schema_name, is_transient from market.information_schema.schemata where schema_name <> 'INFORMATION_SCHEMA' order by 1")); diff != "" {
		t.Error(diff)
	}

	for _, test := range []struct{ statement, problem string }{
		{"create table market.raw.z clone market.raw.a", "Transient object cannot be cloned to a permanent object."},
		{"create or replace table market.raw.b clone staging.raw.a copy grants", "Transient object cannot be cloned to a permanent object."},
		{`create transient table market.raw.z clone market.raw."View 1"`, "is a view, which cannot be cloned"},
		{"select get_ddl('VIEW', 'market.raw.a', true)", "does not exist"},
		{"select get_ddl('VIEW', 'market.raw.z', true)", "does not exist"},
	} {
		if problem := account.problem(t, test.statement); !strings.Contains(problem, test.problem) {
			t.Errorf("%s\nfails with %q, want %q", test.statement, problem, test.problem)
		}
	}

	account.SQL(t, `create table market.raw.definitions as select get_ddl('VIEW', 'market.raw."View 1"', true) as definition`,
		`drop view market.raw."View 1"`,
		"execute immediate $$ begin let step varchar := (select definition from market.raw.definitions); execute immediate :step; execute immediate :step; end $$")
	got := account.SQL(t, `select p, "q r", get_ddl('VIEW', 'market.raw."View 1"', true) = definition, definition ilike 'create or replace view "MARKET"."RAW"."View 1" %' from market.raw."View 1", market.raw.definitions`)
	if diff := cmp.Diff([][]any{{1, "a\\b\none", true, true}}, got); diff != "" {
		t.Error(diff)
	}
}

// What the model of swaps does: each side has what the other one had, and views read the names that they were made with.
func TestEmulatorSwaps(t *testing.T) {
	account := StartSnowflake(t).NewAccount(t)
	account.SQL(t, "create database market", "create schema market.raw", "create table market.raw.a as select 1 as x", "create view market.raw.v as select x from market.raw.a",
		"create database staging", "create schema staging.raw", "create schema staging.other", "create table staging.raw.a as select 2 as x",
		"create transient table staging.other.new (x integer not null, y varchar(7) default 'k')", "insert into staging.other.new (x) values (5)",
		"create view staging.raw.v as select x + 10 as x from staging.raw.a", "create view staging.raw.outside as select x from market.raw.a")
	is := func(what string, want []any, query string) {
		t.Helper()
		if diff := cmp.Diff([][]any{want}, account.SQL(t, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	tables := `select listagg(table_schema || '.' || table_name || ' ' || is_transient, ', ') within group (order by table_schema, table_name) from %s.information_schema.tables`

	account.SQL(t, "alter database market swap with staging")
	account = account.Copy(t)
	is("tables of databases", []any{2, 1, 5, "k"}, "select (select x from market.raw.a), (select x from staging.raw.a), x, y from market.other.new")
	is("views of databases", []any{11, 2, 2}, "select (select x from market.raw.v), (select x from staging.raw.v), (select x from market.raw.outside)")
	is("what is known of them", []any{"OTHER.NEW YES, RAW.A NO, RAW.OUTSIDE NO, RAW.V NO"}, fmt.Sprintf(tables, "market"))
	is("lengths", []any{7}, "select character_maximum_length from market.information_schema.columns where table_name = 'NEW' and column_name = 'Y'")

	account.SQL(t, "create schema market.next", "create table market.next.a as select 3 as x", "create table market.next.late as select 4 as x",
		"create view market.next.first as select x from market.next.late", "create view market.next.second as select x from market.next.first")
	account.SQL(t, "alter schema market.raw swap with market.next")
	is("tables of schemas", []any{3, 2}, "select (select x from market.raw.a), (select x from market.next.a)")
	is("views of schemas", []any{3, 11}, "select (select x from market.next.outside), (select x from market.next.v)")
	if problem := account.problem(t, "select x from market.raw.first"); !strings.Contains(problem, "LATE does not exist") {
		t.Errorf("a view reads another name than that in its text: %s", problem)
	}
	for _, statement := range []string{"alter schema market.raw swap with market.none", "alter schema market.none swap with market.raw",
		"alter database market swap with none", "alter schema market.raw swap with staging.raw", "alter table market.raw.a swap with market.next.a"} {
		if problem := account.problem(t, statement); problem == "" {
			t.Errorf("%s: no error", statement)
		}
	}
	account.SQL(t, "alter schema if exists market.raw swap with market.next", "create table market.next.gone (x integer)",
		"create view market.next.broken as select x from market.next.gone", "drop table market.next.gone")
	before := account.SQL(t, fmt.Sprintf(tables, "market"))
	if problem := account.problem(t, "alter schema market.raw swap with market.next"); !strings.Contains(problem, "GONE") {
		t.Errorf("a broken view: %q", problem)
	}
	is("what a failed swap leaves", before[0], fmt.Sprintf(tables, "market"))
	is("also of the data", []any{2, 3, 4}, "select (select x from market.raw.a), (select x from market.next.a), (select x from market.next.second)")
	account.SQL(t, "drop view market.next.broken", "alter schema market.next swap with market.other")
	is("what was in another one", []any{5, "k", "YES"}, "select x, y, is_transient from market.next.new, market.information_schema.tables where table_name = 'NEW'")
}

// Three days of the market project: what is left of what the sources have forgotten or changed.
func TestMarketOnSnowflake(t *testing.T) {
	driver, account := StartSnowflakeDriver(t), StartSnowflake(t).NewAccount(t)
	account.SQL(t, "create database market")
	dir := CopyProject(t, "market")
	for _, sources := range []string{"sources.sql", "day2.sql", "day3.sql"} {
		if stdout, stderr, code := account.Snow(t, nil, "MARKET", filepath.Join(dir, sources)); code != 0 {
			t.Fatalf("%s: exit %d\n%s%s", sources, code, stdout, stderr)
		}
		build := driver.DBT(t, dir, account.Env(), "build", "--profile", "market_snowflake", "--target", "prod")
		if !build.OK || !strings.Contains(build.Log, "WARN=0 ERROR=0 SKIP=0") {
			t.Fatalf("dbt build after %s: exit %d\n%s", sources, build.Exit, build.Log)
		}
	}
	days := account.SQL(t, "select date_day, sale_count, amount from market.analytics_mart.daily_total order by date_day")
	if diff := cmp.Diff([][]any{
		{"2024-04-29", 0, "0.00"},
		{"2024-04-30", 4, "26.15"},
		{"2024-05-01", 3, "22.87"},
		{"2024-05-02", 2, "18.80"},
		{"2024-05-03", 1, "18.60"},
		{"2024-05-04", 0, "0.00"},
		{"2024-05-05", 0, "0.00"},
	}, days); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	history := account.SQL(t, "select store_id, region, manager, dbt_valid_to is null from market.analytics_history.stores_history order by store_id, dbt_valid_from")
	if diff := cmp.Diff([][]any{
		{1, "north", "Renée Müller", true},
		{2, "north", nil, false},
		{2, "north", "Ada Byron", true},
		{3, "south", "Jo O'Neill", false},
		{3, "east", "Jo O'Neill", true},
		{4, "south", "山田 花子", false},
		{5, "east", "Li Wei", true},
	}, history); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the model of Snowflake Scripting does, statement by statement.
func TestEmulatorScripting(t *testing.T) {
	account := StartSnowflake(t).NewAccount(t)
	account.SQL(t, "create database market", "create schema market.raw", "create transient table market.raw.a (x integer, y varchar)",
		"insert into market.raw.a values (1, 'one'), (2, null)", "create table market.raw.steps (n integer, definition varchar)")
	for _, test := range []struct {
		what       string
		statements []string
		want       [][]any
	}{
		{"a query decides", []string{`-- as a script has it
execute immediate $$
declare
  needed boolean;
begin
  select (select exists (select 1 from market.raw.a)) into :needed;
  if (needed) then
    create or replace transient table market.raw.b clone market.raw.a copy grants;
  end if;
end;
$$;`}, [][]any{{nil}}},
		{"what it did", []string{"select count(*) from market.raw.b"}, [][]any{{2}}},
		{"statements from a table", []string{`insert into market.raw.steps values
  (2, 'insert into market.raw.b values (7, ''a;b''''c\\n'')'),
  (1, 'execute immediate $' || '$ begin grant select on table market.raw.b to role r; if (1 = 2) then drop table market.raw.b;
    elseif (1 = 1) then delete from market.raw.b; -- a; comment
    else drop table market.raw.b; end if; end $' || '$')`, `execute immediate $$
declare
  steps cursor for select q.s as dbtwac_step from (select definition from market.raw.steps order by n) q(s);
begin
  for found in steps do
    let step varchar := found.dbtwac_step;
    execute immediate :step;
  end for;
end;
$$;`, "select x, y from market.raw.b"}, [][]any{{7, "a;b'c\n"}}},
		{"a warning", []string{`execute immediate $$
declare
  needed boolean;
  warning varchar;
begin
  select (1 = 1) into :needed;
  if (needed) then
    select (select w from (select ';''\n' || 'y') q(w)) into :warning;
    return 'dbtwac: warning: ' || warning;
  end if;
end;
$$;`}, [][]any{{"dbtwac: warning: ;'\ny"}}},
		{"a text", []string{`execute immediate 'begin return ''it''''s; \\\\'' || 1; end'`}, [][]any{{`it's; \1`}}},
		{"a text that is no block", []string{`execute immediate 'select \'a\' as x'`}, [][]any{{"a"}}},
		{"types and paths", []string{`execute immediate $$
declare n integer default 3; m number(10, 2) default 1.5; o integer; now timestamp_tz default current_timestamp();
begin
  n := n + 1;
  let t varchar := (select 'r' || :n);
  insert into market.raw.b select :n, 't' || :t where :now is not null and '{"n": 1}'::variant:n = 1;
  select x, y into :o, :t from market.raw.b where x = :n;
  return o || '/' || t || '/' || m::varchar || ' n';
end
$$`}, [][]any{{"4/tr4/1.50 n"}}},
		{"variables of the session", []string{"execute immediate $$ begin set run = '007'; end $$", "select $run"}, [][]any{{"007"}}},
		{"DDL commits", []string{`execute immediate $$
begin
  use role r;
  begin transaction;
  delete from market.raw.b;
  create table market.raw.c (x integer);
  rollback;
  return (select count(*) from market.raw.b);
end $$`}, [][]any{{0}}},
	} {
		if diff := cmp.Diff(test.want, account.SQL(t, test.statements...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
	for _, test := range []struct{ block, problem string }{
		{"begin\n  drop table market.raw.c;\n  select to_number(case when 1 = 2 then '1' else 'dbtwac: stop' end);\n  drop table market.raw.a;\nend", "line 3 at position 2"},
		{"begin select to_number('dbtwac: stop'); end", "dbtwac: stop"},
		{"declare x integer; begin select x into :x from market.raw.a; end", "got 2 rows"},
		{"begin if needed then select 1; end if; end", "a condition is in parentheses"},
		{"begin select :needed; end", "Bind variable :needed not set"},
		{"begin select 1;", "unexpected '<EOF>'"},
		{"select 1; select 2", "one statement is executed"},
	} {
		if problem := account.problem(t, "execute immediate $$ "+test.block+" $$"); !strings.Contains(problem, test.problem) {
			t.Errorf("%s\nfails with %q, want %q", test.block, problem, test.problem)
		}
	}
	if got := account.SQL(t, "select table_name from market.information_schema.tables order by 1"); !cmp.Equal(got, [][]any{{"A"}, {"B"}, {"STEPS"}}) {
		t.Errorf("an error did not end a block, or undid what was before it: %v", got)
	}
}

// problem says how statements fail.
func (a *Account) problem(t *testing.T, statements ...string) string {
	t.Helper()
	var answer struct{ Error string }
	a.server.driver.ask(t, map[string]any{"op": "sql", "account": a.dir, "statements": statements}, &answer)
	return answer.Error
}
