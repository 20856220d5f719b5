package e2e

// swap is blue_green for a project without snapshots.
const swap = "strategy: blue_green, full_refresh: true"

// again is write_audit_publish: dbt builds once more in production what was tested.
const again = "strategy: write_audit_publish, " + everything

// deferring reads the parents of the scope where production has them.
const deferring = "strategy: production_rollback, views: skip, state_dir: state, " + everything

// strategyRules are about what each strategy must get right.
var strategyRules = []rule{
	{
		what: "a table of somebody's own in a schema that is swapped", why: "the swap would carry it away from its readers", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "audited", "sql create table analytics_mart.by_hand as select 1 as a", "publish"}, refused: "production has these, and the build has not (leave_behind lets them go): analytics_mart.by_hand",
	},
	{
		what: "leave_behind", why: "who names it lets it go", on: "postgres", with: swap + ", leave_behind: [analytics_mart.by_hand]",
		do:   []string{"begin", "prepare", "audited", "sql create table analytics_mart.by_hand as select 1 as a", "publish"},
		show: "select to_regclass('analytics_mart.by_hand') is null and to_regclass('staging_mart.by_hand') is not null", want: "true",
	},
	{
		what: "a sequence of somebody's own in a schema that is swapped", why: "readers of a schema are not only those of its tables", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "audited", "sql create sequence analytics_mart.numbers", "publish"}, refused: "production has these, and the build has not (leave_behind lets them go): analytics_mart.numbers",
	},
	{
		what: "a reader's view over a swap", why: "it would go on reading what has become the build side", on: "postgres", with: swap,
		do:      []string{"begin", "prepare", "audited", "sql create schema reports; create view reports.top as select * from analytics_mart.sales", "publish"},
		refused: "these views read production's relations themselves, not their names, and would go on reading them as the build side (leave_behind lets them go): reports.top",
	},
	{
		what: "a reader's view that may go on reading the old side", why: "who names it lets it go", on: "postgres", with: swap + ", leave_behind: [reports.top]",
		do:   []string{"begin", "prepare", "audited", "sql create schema reports; create view reports.top as select * from analytics_mart.sales", "publish"},
		show: "select (select count(*) from reports.top), (select count(*) from analytics_mart.sales)", want: "5 8",
	},
	{
		what: "a reader's view that was made after a swap", why: "the swap back would leave it on the wrong side too", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "audited", "publish", "sql create schema reports; create view reports.top as select * from analytics_mart.sales", "rollback"}, refused: "reports.top",
	},
	{
		what: "what a swap shows", why: "views and materialized views come with their tables", on: "postgres", with: swap,
		do:   []string{"begin", "prepare", "audited", "publish"},
		show: "select (select count(*) from analytics_mart.sales), (select sum(sale_count) from analytics_mart.mv_daily), (select sum(sale_count) from analytics_mart.rpt_regions)", want: "8 8 8",
	},
	{
		what: "a model that became empty, over a swap", why: "nothing empty is published", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "sql delete from staging_mart.daily_total", "audited", "publish"}, refused: "to be named in allow_empty",
	},
	{
		what: "a build that was written behind the tests, over a swap", why: "the fingerprints of audited catch it", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "audited", "sql delete from staging_mart.sales where sale_id = 101", "publish"}, refused: "staging_mart.sales was written since it was tested",
	},
	{
		what: "state_dir", why: "the parents are read in production, and nothing is copied but what the build goes on from", with: deferring,
		setup: lab.keepState,
		do: []string{"sql drop schema staging_stg cascade", "begin", "prepare",
			"dbt build --target staging --select tag:mart tag:utils --defer --favor-state --state state", "audited", "publish"},
		show: "select (select count(*) from information_schema.tables where table_schema = 'staging_stg'), (select count(*) from analytics_mart.sales)", want: "0 8",
	},
	{
		what: "state_dir, taken back", why: "the backups are the same", with: deferring,
		setup: lab.keepState, do: []string{"begin", "prepare", "audited", "publish", "rollback"}, back: true,
	},
	{
		what: "prepare", why: "the build goes on from production's rows, and not from its own of a night that was lost",
		with: "strategy: production_rollback, views: skip, " + everything,
		do:   []string{"begin", "prepare"}, show: "select (select count(*) from staging_mart.sales), (select count(*) from staging_history.stores_history)", want: "5 4",
	},
	{
		what: "prepare by another run", why: "of two runs the later begin wins",
		with: "strategy: production_rollback, views: skip, " + everything,
		do:   []string{"begin", "as test-2: prepare"}, refused: "another run has begun",
	},
	{
		what: "what dbt has built is less than it was", why: "what was tested is not what is published", with: again,
		do: after("publish_1", "sql delete from analytics_history.stores_history where store_id = 1", "publish_2"), refused: "analytics_history.stores_history has fewer rows than it had before",
	},
	{
		what: "what dbt has built is empty", why: "nothing empty is published", with: again,
		do: after("publish_1", "sql delete from analytics_mart.daily_total", "publish_2"), refused: "to be named in allow_empty; else take it back with dbt run-operation dbtwac_nightly_rollback",
	},
	{
		what: "what dbt has built is not what was tested", why: "it is a rebuild, and says so", with: again,
		do: after("publish_1", "publish_2"), warns: "what is published was built once more, and is not what was tested",
	},
	{
		what: "what dbt has left out", why: "a step that did nothing says rc 0", with: again,
		do: after("publish_1", `sql drop table analytics_mart."Item List"`, "publish_2"), refused: "not there, or not a table",
	},
	{
		what: "a reader's view over what dbt replaces", why: "dbt drops with all that hangs on it", on: "postgres", with: again,
		do:      after("sql create schema reports; create view reports.top as select * from analytics_mart.sales", "publish_1"),
		refused: "dbt would drop these together with what they read, and they are no part of what it makes again (leave_behind lets them go): reports.top",
	},
	{
		what: "a reader's view that dbt may drop", why: "who names it lets it go", on: "postgres", with: again + ", leave_behind: [reports.top]",
		do:   after("sql create schema reports; create view reports.top as select * from analytics_mart.sales", "publish_1"),
		show: "select count(*) from reports.top", want: "5",
	},
	{
		what: "route: tag", why: "each publishing tag is a schema of its own", with: cloned + ", views: skip, route: tag, tags: [mart, utils], datasets: {mart: shown}",
		do: after("publish"), show: "select (select count(*) from shown.sales), (select count(*) from utils.calendar), (select count(*) from analytics_mart.sales)", want: "8 7 5",
	},
	{
		what: "a view of the build that reads production", why: "after the swap it would read the side that it is not part of", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "sql create view staging_mart.wrong as select * from analytics_mart.sales", "audited", "publish"}, refused: "staging_mart.wrong",
	},
	{
		what: "leave_behind, and a swap back", why: "what was let go comes back", on: "postgres", with: swap + ", leave_behind: [analytics_mart.by_hand]",
		setup: func(l lab) { l.sql("create table analytics_mart.by_hand as select 1 as a") },
		do:    []string{"begin", "prepare", "audited", "publish", "rollback"}, back: true,
	},
	{
		what: "a function of somebody's own in a schema that is swapped", why: "readers of a schema are not only those of its tables", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "audited", "sql create function analytics_mart.one() returns integer language sql as 'select 1'", "publish"}, refused: "production has these, and the build has not (leave_behind lets them go): analytics_mart.one",
	},
	{
		what: "a type of somebody's own in a schema that is swapped", why: "readers of a schema are not only those of its tables", on: "postgres", with: swap,
		do: []string{"begin", "prepare", "audited", "sql create type analytics_mart.mood as enum ('good')", "publish"}, refused: "production has these, and the build has not (leave_behind lets them go): analytics_mart.mood",
	},
	{
		what: "a view that hangs on what dbt replaces, and is not published", why: "it is made again when dbt has done", on: "postgres", with: "strategy: write_audit_publish, select: dim_stores",
		do: after("phase publish", "rollback"), back: true, show: "select (select count(*) from analytics_mart.rpt_top), has_table_privilege('auditor', 'analytics_mart.rpt_regions', 'select with grant option')", want: "1 true",
	},
	{
		what: "a rollback with files of a smaller scope", why: "what they do not know would stay as it was published",
		do: append(after("publish"), "deploy strategy: write_audit_clone, views: skip, select: 'calendar daily_total'", "rollback"), refused: "what was published had another scope; take it back with the files that it was published with",
	},
	{
		what: "a rollback with files of a larger scope", why: "what was not published would come back from an older backup", with: "strategy: write_audit_clone, views: skip, select: 'calendar daily_total'",
		do: append(after("publish"), "deploy "+copied, "rollback"), refused: "what was published had another scope; take it back with the files that it was published with",
	},
	{
		what: "a night behind a rollback", why: "the build is ahead of production until it is reset",
		do: after("publish", "rollback", "begin"), warns: "the latest publish was taken back, and what incremental models and snapshots had loaded for it is in the build still",
	},
	{
		what: "an incremental model that comes into the scope late", why: "reset knows it afterwards, as bootstrap would have",
		do:   append(after("sql delete from dbtwac_state.dbtwac_relations where relation like '%sales_log%'", "fails publish"), "reset", "begin", "audited", "publish"),
		show: "select count(*) from analytics_mart.sales_log", want: "5",
	},
	{
		what: "a model with two tags, under each", why: "it is built once and published twice",
		do: []string{
			"write models/utils/calendar.sql {{ config(tags=['mart', 'utils']) }} select cast('2024-04-29' as date) as date_day union all select cast('2024-04-30' as date)", "dbt parse --target staging",
			"deploy strategy: write_audit_clone, views: skip, select: calendar, route: tag, tags: [mart, utils], multi_tag: all, datasets: {mart: analytics_mart, utils: analytics_utils}",
			"begin", "dbt run --target staging --select calendar", "audited", "publish", "rollback",
		},
		back: true, show: "select (select count(*) from analytics_mart.calendar), (select count(*) from analytics_utils.calendar)", want: "2 2",
	},
}

// keepState makes the folder state of production's manifest.
func (l lab) keepState() {
	l.t.Helper()
	l.mustDBT("parse", "--target", "prod", "--target-path", "state")
}
