package dbtenv

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two projects on one emulator: each keeps what it has while the other one is used.
func TestProjects(t *testing.T) {
	server := StartBigQuery(t)
	first := server.NewProject(t, "market")
	first.SQL(t, "create schema raw", "create table raw.a as select 1 as x", "create view raw.v as select x from market.raw.a")
	second := first.Copy(t)
	second.SQL(t, "insert into raw.a values (2)")
	third := second.Copy(t)
	for _, step := range []struct {
		project *Project
		want    int
	}{{first, 1}, {second, 2}, {third, 2}, {first, 1}} {
		if diff := cmp.Diff([][]any{{step.want}}, step.project.SQL(t, "select count(*) from raw.v")); diff != "" {
			t.Error(diff)
		}
	}
}

// What the emulator answers comes as the other engines' does.
func TestBigQueryTypes(t *testing.T) {
	got := StartBigQuery(t).NewProject(t, "market").SQL(t,
		"select 1, 1.5, numeric '1.50', cast(null as string), true, '山田 %s', date '2024-05-01', timestamp '2024-05-01 10:00:00', ['a', 'b'], struct('a' as x)")
	want := [][]any{{1, 1.5, "1.5", nil, true, "山田 %s", "2024-05-01", "2024-05-01 10:00:00+00:00", []any{"a", "b"}, map[string]any{"x": "a"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The statements that publishing scripts consist of.
func TestBigQueryScripts(t *testing.T) {
	project := StartBigQuery(t).NewProject(t, "market")
	project.SQL(t, "create schema raw", "create schema state", "create table raw.t (x int64 not null, d date, made timestamp default current_timestamp()) partition by d cluster by x",
		"insert into raw.t (x, d) values (1, '2024-05-01')")
	env := map[string]string{"DBTWAC_RUN_ID": `it's \n`}
	for _, test := range []struct{ what, script, want, problem string }{
		{"state", `-- a comment
create table if not exists market.state.runs (
  -- another one
  id string not null, started timestamp default current_timestamp(), n int64 default 0,
  primary key (id) not enforced
);
merge into market.state.runs as target using (select @dbtwac_run_id as id) as source on target.id = source.id
when matched then update set n = target.n + 1 when not matched then insert (id) values (source.id);
merge into market.state.runs as target using (select @dbtwac_run_id as id) as source on target.id = source.id
when matched then update set n = target.n + 1 when not matched then insert (id) values (source.id);
select id, n, started is null from market.state.runs`, "it's \\n 1 False", ""},
		{"variables and conditions", `declare dbtwac_run_id string default @dbtwac_run_id;
declare dbtwac_n int64;
set dbtwac_n = (select count(*) from market.state.runs);
if dbtwac_n = 2 then
  select 'two';
elseif dbtwac_n = 1 then
  -- this one
  execute immediate 'create table market.state.steps (n int64, text string)';
  select dbtwac_run_id;
end if`, `it's \n`, ""},
		{"statements from a table", `insert into market.state.steps
select step.n, step.text from unnest([struct(2 as n, "insert into market.raw.t (x) values (2)" as text), (1, "insert into market.raw.t (x) values (3)")]) as step;
for step in (select text from market.state.steps order by n) do
  -- as it is
  execute immediate step.text;
end for;
select string_agg(cast(x as string), ', ' order by made) from market.raw.t`, "1, 3, 2", ""},
		{"what is there", `select wanted.name from unnest([struct('raw' as dataset, 't' as name), ('raw', 'none'), ('state', 'runs')]) as wanted
where exists (select 1 from (
  select table_schema, table_name from market.raw.INFORMATION_SCHEMA.TABLES union all
  select table_schema, table_name from market.state.INFORMATION_SCHEMA.TABLES) as found
where found.table_schema = wanted.dataset and found.table_name = wanted.name) order by 1`, "runs t", ""},
		{"a transaction", `begin transaction;
delete from market.state.steps where true;
if not exists (select 1 from market.state.steps) then
  -- in it
  insert into market.state.steps (n) values (7);
end if;
commit transaction;
select n from market.state.steps`, "7", ""},
		{"one that is not committed", "begin transaction; delete from market.state.steps where true", "", ""},
		{"one that fails", "begin transaction; delete from market.state.steps where true; select error('dbtwac: stop'); commit transaction", "", "dbtwac: stop"},
		{"what they leave", "select n from market.state.steps", "7", ""},
		{"a check that passes", "select if(count(*) = 1, 1, error('dbtwac: stop')) from market.state.steps; assert exists (select 1 from market.state.steps) as 'none'", "1", ""},
		{"one that stops", "select if(count(*) = 1, error(concat('dbtwac: ', 'stop')), 1) from market.state.steps; drop table market.state.steps", "", "dbtwac: stop"},
		{"raise", "select count(*) from market.state.steps; raise using message = 'dbtwac: raised'", "1", "dbtwac: raised"},
		{"assert", "assert 1 = 2 as 'dbtwac: assert'", "", "dbtwac: assert"},
		{"an error that is handled", "begin select error('a'); exception when error then raise using message = concat('dbtwac: ', @@error.message); end", "", "dbtwac: a"},
		{"snapshots", `create snapshot table market.state.t_1 clone market.raw.t options (expiration_timestamp = timestamp_add(current_timestamp(), interval 7 day));
drop snapshot table if exists market.state.t_1;
drop snapshot table if exists market.state.t_1`, "", ""},
		{"grants", "grant `roles/bigquery.dataViewer` on table market.raw.t to 'user:a@b.c'; revoke `roles/bigquery.dataViewer` on schema market.raw from 'user:a@b.c'", "", ""},
	} {
		script := filepath.Join(t.TempDir(), "test.sql")
		write(t, script, test.script)
		output, code := project.Script(t, env, script)
		if want := strings.TrimSpace(test.want + " " + test.problem); unwrapped(output) != want || (code != 0) != (test.problem != "") {
			t.Errorf("%s: exit %d, %q, want %q", test.what, code, unwrapped(output), want)
		}
	}
}

// The emulator knows the kinds of tables and views, when they have changed, and what they were made from.
func TestBigQueryCatalog(t *testing.T) {
	project := StartBigQuery(t).NewProject(t, "market")
	project.SQL(t, "create schema raw", "create table raw.t (x int64 not null, d date, made timestamp default current_timestamp()) partition by d cluster by x options (description = 'd')",
		"insert into raw.t (x, d) values (1, '2024-05-01')", "create table raw.copied copy raw.t", "create table raw.cloned clone raw.t", "create table raw.alike like raw.t",
		"create snapshot table raw.kept clone raw.t", "create view raw.v as -- c\nselect ' AS ' as y, x as `Q r` from raw.t as t",
		"create materialized view raw.m cluster by x as select x, count(*) as n from raw.t group by x")
	alike := "(\n  x INT64 NOT NULL,\n  d DATE,\n  made TIMESTAMP\n)\nPARTITION BY d\nCLUSTER BY x\nOPTIONS(\n  description=\"d\"\n);"
	want := [][]any{
		{"alike", "BASE TABLE", "CREATE TABLE `market.raw.alike`\n" + alike},
		{"cloned", "CLONE", "CREATE TABLE `market.raw.cloned`\nCLONE `market.raw.t`;"},
		{"copied", "BASE TABLE", "CREATE TABLE `market.raw.copied`\n" + alike},
		{"kept", "SNAPSHOT", "CREATE SNAPSHOT TABLE `market.raw.kept`\nCLONE `market.raw.t`;"},
		{"m", "MATERIALIZED VIEW", "CREATE MATERIALIZED VIEW `market.raw.m`\nCLUSTER BY x\nOPTIONS(\n  enable_refresh=true,\n  refresh_interval_minutes=30\n)\nAS select x, count(*) as n from raw.t group by x;"},
		{"t", "BASE TABLE", "CREATE TABLE `market.raw.t`\n" + alike},
		{"v", "VIEW", "CREATE VIEW `market.raw.v`\nAS -- c\nselect ' AS ' as y, x as `Q r` from raw.t as t;"},
	}
	if diff := cmp.Diff(want, project.SQL(t, "select table_name, table_type, ddl from raw.INFORMATION_SCHEMA.TABLES order by 1")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, table := range []string{"cloned", "copied", "alike"} {
		project.SQL(t, "insert into raw."+table+" (x) values (9)")
		if diff := cmp.Diff([][]any{{true}}, project.SQL(t, "select made is not null from raw."+table+" where x = 9")); diff != "" {
			t.Errorf("a default of %s: %s", table, diff)
		}
	}
	project.SQL(t, `execute immediate (select replace(ddl, 'CREATE VIEW', 'CREATE OR REPLACE VIEW') from raw.INFORMATION_SCHEMA.TABLES where table_name = 'v')`,
		"create table raw.steps as select ddl from raw.INFORMATION_SCHEMA.TABLES where table_name = 'm'", "drop materialized view raw.m", "execute immediate (select ddl from raw.steps)")
	if diff := cmp.Diff(want[4:5], project.SQL(t, "select table_name, table_type, ddl from raw.INFORMATION_SCHEMA.TABLES where table_name = 'm'")); diff != "" {
		t.Errorf("what is made again (-want +got):\n%s", diff)
	}

	last := 0
	for _, step := range []struct {
		statement string
		rows      int
		changes   bool
	}{
		{"insert into raw.t (x) values (2)", 2, true},
		{"select * from raw.t", 2, false},
		{"update raw.t set d = null where x = 2", 2, true},
		{"merge into raw.t using (select 3 as x) s on t.x = s.x when not matched then insert (x) values (s.x)", 3, true},
		{"begin transaction; insert into raw.t (x) values (4); rollback transaction", 3, false},
		{"begin transaction; insert into raw.t (x) values (4)", 3, false},
		{"begin transaction; insert into raw.t (x) values (4); delete from raw.t where x = 1; commit transaction", 3, true},
		{"delete from raw.t where x = 4", 2, true},
		{"truncate table raw.t", 0, true},
	} {
		row := project.SQL(t, step.statement, "select row_count, last_modified_time from raw.__TABLES__ where table_id = 't'")[0]
		if row[0] != step.rows || (row[1].(int) > last) != step.changes && last > 0 {
			t.Errorf("%s: %v rows, last modified %d and then %d", step.statement, row[0], last, row[1])
		}
		last = row[1].(int)
	}
}

// What BigQuery refuses, the emulator does too.
func TestBigQueryRefuses(t *testing.T) {
	project := StartBigQuery(t).NewProject(t, "market")
	project.SQL(t, "create schema raw", "create table raw.t (x int64, d date) partition by d cluster by x", "create table raw.plain (x int64, d date)", "create view raw.v as select 1 as x",
		"create materialized view raw.m as select x from raw.plain", "create view raw.reads as select x from raw.m", "create snapshot table raw.s clone raw.plain",
		"create table raw.c1 clone raw.t", "create table raw.c2 clone raw.c1", "create table raw.c3 clone raw.c2")
	for _, test := range []struct{ statement, problem string }{
		{"create table raw.z clone raw.v", "raw.v is not allowed for this operation because it is currently a VIEW."},
		{"create table raw.z copy raw.m", "raw.m is not allowed for this operation because it is currently a MATERIALIZED VIEW."},
		{"create or replace table raw.t copy raw.plain", "Cannot replace a table with a different partitioning spec. Instead, DROP the table, and then recreate it."},
		{"create or replace table raw.t clone raw.plain", "Cannot replace a table with a different partitioning spec"},
		{"create or replace table raw.plain cluster by x as select 1 as x", "Cannot replace a table with a different clustering spec"},
		{"begin transaction; create table raw.z (x int64); commit transaction", "DDL statements are not supported in a transaction"},
		{"create table raw.z clone raw.c3", "the depth of clones and snapshots is at most 3"},
		{"create snapshot table raw.z clone raw.c3", "the depth of clones and snapshots is at most 3"},
		{"drop table raw.s", "currently a SNAPSHOT"},
		{"drop snapshot table raw.t", "currently a TABLE"},
		{"drop table raw.v", "currently a VIEW"},
		{"insert into raw.s values (1)", "snapshots are immutable"},
		{"create or replace snapshot table raw.s clone raw.t", "Syntax error"},
		{"insert into nowhere.t values (1)", "Not found: Dataset market:nowhere was not found in location US"},
		{"create table nowhere.t (x int64)", "Not found: Dataset market:nowhere was not found in location US"},
		{"select * from nowhere.INFORMATION_SCHEMA.TABLES", "Not found: Dataset market:nowhere was not found in location US"},
		{"create table raw.t (x int64)", "Already Exists: Table market:raw.t"},
	} {
		if problem := project.problem(t, test.statement); !strings.Contains(problem, test.problem) {
			t.Errorf("%s\nfails with %q, want %q", test.statement, problem, test.problem)
		}
	}
	project.SQL(t, "create or replace table raw.c3 copy raw.c2", "create table raw.z clone raw.c3") // a copy has no depth

	recreated := "references table market:raw.plain which was deleted and recreated"
	for _, step := range []struct{ change, problem string }{
		{"insert into raw.plain (x) values (1)", ""},
		{"create or replace table raw.plain as select 2 as x", recreated},
		{"drop table raw.plain", "Not found: Table market:raw.plain"},
		{"create table raw.plain as select 3 as x", recreated},
	} {
		project.SQL(t, step.change)
		for _, statement := range []string{"select * from raw.m", "select * from raw.reads", "call bq.refresh_materialized_view('market.raw.m')"} {
			if problem := project.problem(t, statement); !strings.Contains(problem, step.problem) || step.problem == "" && problem != "" {
				t.Errorf("%s after %s fails with %q, want %q", statement, step.change, problem, step.problem)
			}
		}
	}
}

// The stand-in for Google's bq does the same with what the scripts ask of it. Google's takes two seconds a call: without
// DBTWAC_FULL=1 it is only asked for what changes something.
func TestBq(t *testing.T) {
	server := StartBigQuery(t)
	project := server.NewProject(t, "market")
	project.SQL(t, "create schema raw", "create table raw.a as select 1 as x", "create table raw.parted (x int64, d date) partition by d", "create view raw.v as select 1 as x")
	dir := t.TempDir()
	query := filepath.Join(dir, "query.sql")
	write(t, query, "-- a comment\ndeclare run string default @dbtwac_run_id;\nselect run, 1.5 as n, cast(null as string) as nothing;\ninsert into raw.a values (2);\ncreate table raw.b as select 1 as x;\n")
	env := map[string]string{"DBTWAC_RUN_ID": "it's 1"}
	call := "bq query --use_legacy_sql=false --location=US "

	googles, ours := project, project.Copy(t)
	for _, test := range []struct{ what, script, says string }{
		{"a file", call + `"--parameter=dbtwac_run_id::$DBTWAC_RUN_ID" < query.sql`, "it's 1 | 1.5 | NULL"},
		{"a statement", call + `'select count(*) as n from raw.a'`, "| 2 |"},
		{"an error", call + `'select 1; select error("dbtwac: stop"); drop table raw.a'`, "dbtwac: stop"},
		{"a syntax error", call + `'selec 1'`, "Syntax error"},
		{"a copy", "bq cp -f raw.a raw.c", "Table 'market:raw.a' successfully copied to 'market:raw.c'"},
		{"a copy over it", "bq cp -f market:raw.b market:raw.c", "successfully copied"},
		{"a copy over another specification", "bq cp -f market:raw.a market:raw.parted", "different partitioning spec"},
		{"of nothing", "bq cp -f raw.none raw.c", "Not found: Table market:raw.none"},
		{"to nowhere", "bq cp -f raw.a nowhere.c", "Dataset market:nowhere not found"},
		{"of a view", "bq cp -f raw.v raw.c", "currently a VIEW"},
		{"a snapshot", "bq cp --snapshot --no_clobber raw.a raw.kept", "Table 'market:raw.a' successfully snapshotted to 'market:raw.kept'"},
		{"a snapshot that is there", "bq cp --snapshot --no_clobber raw.b raw.kept", "Table 'market:raw.kept' already exists, skipping"},
		{"a restored one", "bq cp --restore --no_clobber raw.kept raw.again", "Table 'market:raw.kept' successfully restored to 'market:raw.again'"},
		{"a table that is there", "bq cp --restore --no_clobber raw.kept raw.b", "Table 'market:raw.b' already exists, skipping"},
		{"the end of a script", "set -e\n" + call + "'select error(\"a\")' || exit 7\necho on", ""},
	} {
		script := filepath.Join(dir, "test.sh")
		write(t, script, test.script+"\n")
		stdout, stderr, code := ours.BqShell(t, env, script, false)
		if got := unwrapped(stdout + stderr); !strings.Contains(got, test.says) {
			t.Errorf("%s: the stand-in says %q, which does not hold %q", test.what, got, test.says)
		}
		if changes := strings.Contains(test.says, "success") || strings.Contains(test.script, "query.sql"); !changes && os.Getenv("DBTWAC_FULL") == "" {
			continue
		}
		t.Run(test.what, func(t *testing.T) {
			gout, gerr, gcode := googles.BqShell(t, env, script, true)
			if got := unwrapped(gout + gerr); !strings.Contains(got, test.says) || (gcode == 0) != (code == 0) {
				t.Errorf("Google's bq: exit %d, %q; the stand-in: exit %d, %q", gcode, got, code, unwrapped(stdout+stderr))
			}
		})
	}
	state := func(p *Project) string {
		return fmt.Sprint(p.SQL(t, "select table_name, table_type from raw.INFORMATION_SCHEMA.TABLES order by 1"), p.SQL(t, "select * from raw.again order by x"), p.SQL(t, "select * from raw.c order by x"))
	}
	want := "[[a BASE TABLE] [again CLONE] [b BASE TABLE] [c BASE TABLE] [kept SNAPSHOT] [parted BASE TABLE] [v VIEW]] [[1] [2]] [[1]]"
	if got := state(ours); got != want {
		t.Errorf("the stand-in leaves %s, want %s", got, want)
	}
	t.Run("what Google's bq leaves", func(t *testing.T) {
		googleBq(t)
		if got := state(googles); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
	for _, script := range []string{"bq cp raw.a raw.c", "bq cp -f -n raw.a raw.c", "bq cp --clone --no_clobber raw.a raw.z", "bq query 'select 1'", "bq show raw.a", call + "--format=json 'select 1'"} {
		file := filepath.Join(dir, "refused.sh")
		write(t, file, script+"\n")
		if stdout, stderr, code := ours.BqShell(t, env, file, false); code == 0 {
			t.Errorf("the stand-in does %s\n%s%s", script, stdout, stderr)
		}
	}
}

// The script that copies the datasets of a site in a real project, where the emulator has no such thing to do.
func TestBigQueryCopyDatasets(t *testing.T) {
	project := StartBigQuery(t).NewProject(t, "market")
	project.SQL(t, "create schema a_1_raw", "create schema a_1_mart", "create schema other", "create table other.t as select 1 as x", "create table a_1_raw.`T u` (x int64) cluster by x",
		"insert into a_1_raw.`T u` values (1)", "create view a_1_mart.b as select x from `market.a_1_raw.T u`", "create view a_1_mart.a as select x from a_1_mart.b",
		"create snapshot table a_1_mart.s clone a_1_raw.`T u`", "create materialized view a_1_mart.m as select x from a_1_raw.`T u`", copyDatasets("US", "a_1_", "a_2_"), "insert into a_2_raw.`T u` values (2)")
	names := "select string_agg(concat(table_schema, '.', table_name, ' ', table_type), ', ' order by table_schema, table_name) from `region-us`.INFORMATION_SCHEMA.TABLES where starts_with(table_schema, '%s')"
	was, is := project.SQL(t, fmt.Sprintf(names, "a_1_"))[0][0], project.SQL(t, fmt.Sprintf(names, "a_2_"))[0][0]
	if want := strings.ReplaceAll(was.(string), "a_1_", "a_2_"); is != want {
		t.Errorf("the copy has %v, want %s", is, want)
	}
	if diff := cmp.Diff([][]any{{1, 2}}, project.SQL(t, "select (select count(*) from a_1_mart.a), (select count(*) from a_2_mart.a)")); diff != "" {
		t.Errorf("what views of both read (-want +got):\n%s", diff)
	}
}

// problem says how statements fail.
func (p *Project) problem(t *testing.T, statements ...string) string {
	t.Helper()
	var answer struct{ Error string }
	p.server.driver.ask(t, map[string]any{"op": "sql", "account": p.dir, "project": p.Name, "statements": statements}, &answer)
	return answer.Error
}
