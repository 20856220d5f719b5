package e2e

import (
	"os/exec"
	"time"
)

// gone are relations that production does not have yet.
const gone = "sql drop table analytics_mart.daily_total; drop table analytics_mart.sales_log"

// secured lets nobody but their owner read all rows of a table.
const secured = "sql alter table analytics_mart.daily_total enable row level security; create policy few on analytics_mart.daily_total using (sale_count > 0)"

// meddled takes a privilege away whenever one is given.
const meddled = "sql create function public.meddle() returns event_trigger language plpgsql as 'begin revoke select on analytics_mart.daily_total from reporter; end'; " +
	"create event trigger meddling on ddl_command_end when tag in ('GRANT') execute function public.meddle()"

// privilegeRules are about who may do what, and who waits for whom.
var privilegeRules = []rule{
	{
		what: "grants of the config, on what is created", why: "dbt would have given them", on: "postgres",
		do: []string{gone, "begin", "audited", "publish"}, show: "select has_table_privilege('reporter', 'analytics_mart.daily_total', 'select'), has_table_privilege('reporter', 'analytics_mart.sales_log', 'select')", want: "true false",
	},
	{
		what: "a grant that does not hold", why: "who was promised to read cannot, and nothing is published", on: "postgres",
		do: []string{gone, meddled, "begin", "audited", "publish"}, refused: `somebody does not have what readers and config.grants promise: reporter lacks select on "analytics_mart"."daily_total"`,
	},
	{
		what: "readers", why: "they can read all of it, and find the schemas", on: "postgres", with: cloned + ", readers: [reader]", setup: lab.makeReader,
		do:   []string{gone, "begin", "audited", "publish"},
		show: "select bool_and(has_table_privilege('reader', c.oid, 'select') and has_schema_privilege('reader', n.oid, 'usage')), count(*) from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('analytics_mart', 'analytics_utils', 'analytics_history', 'analytics_ref') and relkind in ('r', 'v', 'm')", want: "true 12",
	},
	{
		what: "readers of a swap", why: "privileges move with the schema", on: "postgres", with: swap + ", readers: [reader]", setup: lab.makeReader,
		do:   []string{"begin", "prepare", "audited", "publish"},
		show: "select bool_and(has_table_privilege('reader', c.oid, 'select') and has_schema_privilege('reader', n.oid, 'usage')) from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('analytics_mart', 'analytics_utils', 'analytics_ref') and relkind in ('r', 'v', 'm')", want: "true",
	},
	{
		what: "privileges that somebody has given, over insert", why: "the table is the same one", on: "postgres", with: cloned, do: after("publish"),
		show: manual, want: "true",
	},
	{
		what: "privileges that somebody has given, over rebuild", why: "they are kept, and given back", on: "postgres", with: cloned + ", method: rebuild", do: after("publish"),
		show: manual, want: "true",
	},
	{
		what: "privileges that somebody has given, over dbt's views", why: "they are kept, and given back", on: "postgres", with: rebuilding, do: after("phase publish"),
		show: manual, want: "true",
	},
	{
		what: "privileges that somebody has given, over a swap", why: "the build side gets them before", on: "postgres", with: swap, do: []string{"begin", "prepare", "audited", "publish"},
		show: manual, want: "true",
	},
	{
		what: "role", why: "it owns what the publish makes", on: "postgres", with: copied + ", role: publisher",
		setup: func(l lab) { l.makeRole("publisher superuser") },
		do:    []string{gone, "begin", "audited", "publish"}, show: "select tableowner from pg_tables where tablename = 'sales_log' and schemaname = 'analytics_mart'", want: "publisher",
	},
	{
		what: "a role that may not", why: "what it cannot do is not done by somebody else", on: "postgres", with: copied + ", role: reader",
		setup: func(l lab) {
			l.makeReader()
			l.sql("grant all on schema public to reader")
		},
		do: []string{"begin"}, refused: "permission denied",
	},
	{
		what: "a reader that does not come to an end", why: "the publish waits lock_timeout, and gives up with nothing done", on: "postgres", with: copied + ", lock_timeout: 500ms",
		do: after("hold 20 lock table analytics_mart.sales in access share mode", "publish"), refused: "canceling statement due to lock timeout",
	},
	{
		what: "a reader of a view that does not come to an end", why: "the publish waits lock_timeout, and gives up with nothing done", on: "postgres", with: cloned + ", lock_timeout: 500ms",
		do: after("hold 20 select * from analytics_mart.rpt_top", "publish"), refused: "canceling statement due to lock timeout",
	},
	{
		what: "a reader that comes to an end", why: "the publish waits for it", on: "postgres",
		do: after("hold 1 lock table analytics_mart.sales in access share mode", "publish"), show: "select count(*) from analytics_mart.sales", want: "8",
	},
	{
		what: "a reader of a swap that does not come to an end", why: "the swap waits lock_timeout, and gives up with nothing done", on: "postgres", with: swap + ", lock_timeout: 500ms",
		do: []string{"begin", "prepare", "audited", "hold 20 lock table analytics_mart.sales in access share mode", "publish"}, refused: "canceling statement due to lock timeout",
	},
	{
		what: "two operations at once", why: "the second waits for the ledger", on: "postgres", with: copied + ", lock_timeout: 500ms",
		do: []string{"begin", "hold 20 lock table dbtwac_state.dbtwac_ledger in share row exclusive mode", "audited"}, refused: "canceling statement due to lock timeout",
	},
	{
		what: "privileges on columns, over rebuild", why: "they are kept, and given back", on: "postgres", with: cloned + ", method: rebuild",
		do:   after("sql grant select (store_id) on analytics_mart.dim_stores_v2 to auditor", "publish"),
		show: "select has_column_privilege('auditor', 'analytics_mart.dim_stores_v2', 'store_id', 'select')", want: "true",
	},
	{
		what: "readers, taken back", why: "what they were given goes with what was published, and what somebody had before stays", on: "postgres", with: cloned + ", readers: [reader]", setup: lab.makeReader,
		do:   []string{"begin", "audited", "publish", "rollback"},
		show: "select has_table_privilege('reader', 'analytics_mart.sales', 'select'), has_table_privilege('auditor', 'analytics_mart.daily_total', 'select'), (select count(*) from analytics_mart.sales)", want: "false true 5",
	},
	{
		what: "an owner who is no superuser", why: "nobody needs more than to own what is built and published", on: "postgres", with: cloned + ", role: owner, readers: [reader]", setup: lab.ownAll,
		do: []string{gone, "begin", "audited", "publish"}, show: "select has_table_privilege('reader', 'analytics_mart.sales_log', 'select'), (select tableowner from pg_tables where schemaname = 'analytics_mart' and tablename = 'sales_log')", want: "true owner",
	},
	{
		what: "an owner who is no superuser, taken back", why: "nobody needs more than to own what is built and published", on: "postgres", with: cloned + ", role: owner", setup: lab.ownAll,
		do: []string{"begin", "audited", "publish", "rollback", "reset", "cleanup"}, back: true,
	},
	{
		what: "an owner who is no superuser, by rebuild", why: "nobody needs more than to own what is built and published", on: "postgres", with: cloned + ", role: owner, method: rebuild", setup: lab.ownAll,
		do: after("publish", "rollback"), back: true,
	},
	{
		what: "an owner who is no superuser, by swap", why: "nobody needs more than to own what is built and published, and to create schemas", on: "postgres", with: swap + ", role: owner, readers: [reader]", setup: lab.ownAll,
		do: []string{"begin", "prepare", "audited", "publish", "rollback"}, back: true,
	},
	{
		what: "an owner who is no superuser, by production_rollback", why: "nobody needs more than to own what is built and published", on: "postgres", with: "strategy: production_rollback, views: skip, role: owner, " + everything, setup: lab.ownAll,
		do: []string{"begin", "prepare", "audited", "publish", "rollback"}, back: true,
	},
	{
		what: "row security, over insert", why: "the table is the same one", on: "postgres",
		do: after(secured, "publish"), show: "select relrowsecurity, (select count(*) from pg_policy) from pg_class where oid = 'analytics_mart.daily_total'::regclass", want: "true 1",
	},
	{
		what: "row security, over rebuild", why: "whoever may read some rows would read all of them", on: "postgres", with: copied + ", method: rebuild",
		do: after(secured, "publish"), refused: `production has row security, triggers or foreign keys on these, which a table that is made again has not; use method: insert: "market"."analytics_mart"."daily_total"`,
	},
	{
		what: "row security, over a swap", why: "whoever may read some rows would read all of them", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "audited", secured, "publish"}, refused: `production has row security, triggers or foreign keys on these, and the build has not: let a post-hook make them there too: "market"."analytics_mart"."daily_total"`,
	},
	{
		what: "a trigger, over rebuild", why: "nothing would fire any more, without a word", on: "postgres", with: copied + ", method: rebuild",
		do:      after("sql create function public.note() returns trigger language plpgsql as 'begin return new; end'; create trigger note after insert on analytics_mart.daily_total for each row execute function public.note()", "publish"),
		refused: `row security, triggers or foreign keys on these, which a table that is made again has not; use method: insert: "market"."analytics_mart"."daily_total"`,
	},
	{
		what: "a foreign key, over a swap", why: "it would point to what has become the build", on: "postgres", with: swap,
		do:      []string{"begin", "prepare", "audited", "sql create table public.days (date_day date primary key); insert into public.days select date_day from analytics_mart.daily_total; alter table analytics_mart.daily_total add foreign key (date_day) references public.days", "publish"},
		refused: `row security, triggers or foreign keys on these, and the build has not: let a post-hook make them there too: "market"."analytics_mart"."daily_total"`,
	},
	{
		what: "row security that the build has too, over a swap", why: "it comes with the table", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "sql alter table staging_mart.daily_total enable row level security", "audited", secured, "publish"}, show: "select relrowsecurity from pg_class where oid = 'analytics_mart.daily_total'::regclass", want: "true",
	},
}

// manual is what a lab's production has given to somebody by hand.
const manual = `select has_table_privilege('auditor', 'analytics_mart.daily_total', 'select') and has_table_privilege('auditor', 'analytics_mart.mv_daily', 'select')
	and has_table_privilege('auditor', 'analytics_mart.rpt_regions', 'select with grant option')`

func (l lab) makeReader() { l.t.Helper(); l.makeRole("reader") }

// ownAll makes somebody who is no superuser the owner of all that is built and published.
func (l lab) ownAll() {
	l.t.Helper()
	l.makeReader()
	l.makeRole("owner")
	l.sql("grant create on database market to owner", `do $$ declare step text; begin for step in
		select format('alter schema %I owner to owner', nspname) from pg_namespace where nspname ~ '^(staging|analytics|raw|dbtwac)_'
		union all select format('alter table %I.%I owner to owner', nspname, relname) from pg_class join pg_namespace n on n.oid = relnamespace where nspname ~ '^(staging|analytics|raw|dbtwac)_' and relkind in ('r', 'v', 'm')
		loop execute step; end loop; end $$`)
}

// makeRole makes a role of the server, which others may have made already.
func (l lab) makeRole(role string) {
	l.t.Helper()
	l.sql("do $$ begin create role " + role + "; exception when duplicate_object then null; end $$")
}

// hold has another session run a statement and keep its locks for a number of seconds, or until the next step has ended.
func (l lab) hold(seconds, statement string) {
	l.t.Helper()
	e := l.engine.(postgresEngine)
	e.database.Use(l.t)
	cmd := exec.CommandContext(l.t.Context(), e.server.Program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1",
		"-c", "begin", "-c", statement, "-c", "select pg_notify('held', ''), pg_sleep("+seconds+")")
	cmd.Env = append(cmd.Environ(), "PGHOST="+e.server.Host, "PGUSER=postgres", "PGDATABASE="+e.database.Name)
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		l.sql("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_notify(''held''%' and pid <> pg_backend_pid()")
	})
	for range 100 {
		if rows := l.sql("select count(*) from pg_stat_activity where query like 'select pg_notify(''held''%' and state = 'active' and pid <> pg_backend_pid()"); rows[0][0] == 1 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	l.t.Fatalf("%s: the other session does not hold anything", statement)
}
