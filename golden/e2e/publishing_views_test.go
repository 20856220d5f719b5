package e2e

// viewRules are about what is no table, and what hangs on tables.
var viewRules = []rule{
	{
		what: "a view that became a table, taken back", why: "the undo of a view is its stored definition", more: "previous_manifest: before.json", setup: func(l lab) { l.inPlace(viewInPlace, "model.market.dim_items", "view") },
		do: after("publish", "rollback"), back: true,
	},
	{
		what: "a table that became a view", why: "it is dropped before the view is made", with: cloned, on: "postgres", more: "previous_manifest: before.json", setup: func(l lab) { l.inPlace(tableInPlace, "model.market.rpt_top", "table") },
		do: after("publish", "rollback"), back: true, show: "select region_name from analytics_mart.rpt_top", want: "Nörthern coast",
	},
	{
		what: "a table that became a view of dbt's", why: "dbt drops the table itself", with: rebuilding, more: "previous_manifest: before.json", setup: func(l lab) { l.inPlace(tableInPlace, "model.market.rpt_top", "table") },
		do: after("phase publish", "rollback"), back: true, show: "select region_name from analytics_mart.rpt_top", want: "Nörthern coast",
	},
	{
		what: "a table that became a view of dbt's, broken off", why: "dbt has not made it yet", with: rebuilding, more: "previous_manifest: before.json", setup: func(l lab) { l.inPlace(tableInPlace, "model.market.rpt_top", "table") },
		do: after("publish_1", "rollback"), back: true,
	},
	{
		what: "recreated views", why: "they show what was published with them", with: cloned, on: "postgres",
		do: after("publish", "rollback"), back: true, show: "select (select sum(sale_count) from analytics_mart.rpt_regions), (select sum(sale_count) from analytics_mart.mv_daily)", want: "8 8",
	},
	{
		what: "a view that has another column", why: "create or replace cannot drop one", with: cloned, on: "postgres",
		do:      after("sql drop view analytics_mart.rpt_top; create view analytics_mart.rpt_top as select region_name, amount, 1 as more from analytics_mart.rpt_regions", "publish"),
		refused: `the columns are not those of the build, which method: rebuild would replace: "market"."analytics_mart"."rpt_top"`,
	},
	{
		what: "a view that has another column, by rebuild", why: "it is dropped and made again", with: cloned + ", method: rebuild", on: "postgres",
		do:   after("sql drop view analytics_mart.rpt_top; create view analytics_mart.rpt_top as select region_name, amount, 1 as more from analytics_mart.rpt_regions", "publish"),
		show: "select count(*) from information_schema.columns where table_schema = 'analytics_mart' and table_name = 'rpt_top'", want: "2",
	},
	{
		what: "a view that has another column, by rebuild and taken back", why: "its stored definition has the column", with: cloned + ", method: rebuild", on: "postgres",
		setup: func(l lab) {
			l.sql("drop view analytics_mart.rpt_top", "create view analytics_mart.rpt_top as select region_name, amount, 1 as more from analytics_mart.rpt_regions", "grant select on analytics_mart.rpt_top to auditor")
		},
		do: after("publish", "rollback"), back: true,
	},
	{
		what: "a view with fewer columns, taken back", why: "what create or replace has added has to go", with: cloned, on: "postgres",
		setup: func(l lab) {
			l.sql("drop view analytics_mart.rpt_top", "create view analytics_mart.rpt_top as select region_name from analytics_mart.rpt_regions", "grant select on analytics_mart.rpt_top to auditor")
		},
		do: after("publish", "rollback"), back: true,
	},
	{
		what: "views that production does not have", why: "the publish makes them, and rollback drops them", with: cloned, on: "postgres",
		setup: func(l lab) {
			l.sql("drop view analytics_mart.rpt_regions cascade", "drop materialized view analytics_mart.mv_daily")
		},
		do: after("publish", "rollback"), back: true,
	},
	{
		what: "a reader's view over insert", why: "the table is the same one", on: "postgres", with: cloned,
		do: after("sql create schema reports; create view reports.top as select * from analytics_mart.sales", "publish"), show: "select count(*) from reports.top", want: "8",
	},
	{
		what: "a reader's view of a recreated view", why: "create or replace leaves it where it is", on: "postgres", with: cloned,
		do: after("sql create schema reports; create view reports.top as select * from analytics_mart.rpt_regions", "publish"), show: "select sum(sale_count) from reports.top", want: "8",
	},
	{
		what: "a reader's view over rebuild", why: "Postgres itself does not drop the table under it", on: "postgres", with: cloned + ", method: rebuild",
		do: after("sql create schema reports; create view reports.top as select * from analytics_mart.sales", "publish"), refused: "other objects depend on it",
	},
	{
		what: "a reader's view of a view that dbt makes", why: "dbt drops with all that hangs on it", on: "postgres", with: rebuilding,
		do: after("sql create schema reports; create view reports.top as select * from analytics_mart.rpt_regions", "publish_1"), refused: "(leave_behind lets them go): reports.top",
	},
	{
		what: "a reader's view over a table, beside views that dbt makes", why: "only the views are dropped", on: "postgres", with: rebuilding,
		do: after("sql create schema reports; create view reports.top as select * from analytics_mart.sales", "phase publish"), show: "select count(*) from reports.top", want: "8",
	},
	{
		what: "a view of the project that is not published and hangs on a rebuilt table", why: "it is made again as it was", on: "postgres", with: cloned + ", exclude: 'rpt_regions rpt_top mv_daily', method: rebuild",
		do: after("publish", "rollback"), back: true,
		show: "select (select sum(sale_count) from analytics_mart.rpt_regions), (select sum(sale_count) from analytics_mart.mv_daily), has_table_privilege('auditor', 'analytics_mart.rpt_regions', 'select with grant option') and has_table_privilege('auditor', 'analytics_mart.mv_daily', 'select'), (select count(*) from pg_indexes where tablename = 'mv_daily' and schemaname = 'analytics_mart')",
		want: "8 8 true 1",
	},
	{
		what: "a view that is not published and hangs on one that dbt makes", why: "it is made again when dbt has done", on: "postgres", with: rebuilding + ", exclude: rpt_top",
		do: after("phase publish", "rollback"), back: true, show: "select region_name from analytics_mart.rpt_top", want: "Nörthern coast",
	},
	{
		what: "a materialized view that is not published", why: "it is refreshed, for else it would show the old rows", on: "postgres", with: cloned + ", exclude: mv_daily",
		do: after("publish", "rollback"), back: true, show: "select sum(sale_count) from analytics_mart.mv_daily", want: "8",
	},
	{
		what: "views: skip", why: "a view reads its tables by name, and shows what is published", do: after("publish"),
		show: "select sum(sale_count) from analytics_mart.rpt_regions", want: "8",
	},
	{
		what: "a table that became a view, and was not there", why: "what the publish creates, rollback drops", with: cloned, on: "postgres", more: "previous_manifest: before.json", setup: func(l lab) { l.inPlace("sql drop view analytics_mart.rpt_top", "model.market.rpt_top", "table") },
		do: after("publish", "rollback"), back: true,
	},
	{
		what: "a table that became a view of dbt's, and was not there", why: "what the publish creates, rollback drops", with: rebuilding, more: "previous_manifest: before.json", setup: func(l lab) { l.inPlace("sql drop view analytics_mart.rpt_top", "model.market.rpt_top", "table") },
		do: after("phase publish", "rollback"), back: true,
	},
	{
		what: "a view that became a table, and was not there", why: "what the publish creates, rollback drops", more: "previous_manifest: before.json", setup: func(l lab) { l.inPlace(`sql drop table analytics_mart."Item List"`, "model.market.dim_items", "view") },
		do: after("publish", "rollback"), back: true,
	},
	{
		what: "a view with one more column that another view reads", why: "rollback makes way from the last view to the first", on: "postgres", with: cloned,
		do: []string{
			"write models/marts/rpt_regions.sql {{ config(materialized='view') }} select stores.region_name, count(*) as sale_count, cast(sum(sales.amount) as decimal(12, 2)) as amount, max(sales.quantity) as most from {{ ref('fct_sales') }} as sales inner join {{ ref('dim_stores') }} as stores on sales.store_id = stores.store_id group by stores.region_name",
			"dbt parse --target staging", "dbt compile --target prod --target-path target/prod", "deploy " + cloned, "begin", "dbt run --target staging --select rpt_regions+", "audited", "publish", "rollback",
		},
		back: true, show: "select count(most) > 0 from analytics_mart.rpt_regions", want: "true",
	},
	{
		what: "a reader's view of what the publish has created", why: "rollback drops nothing that somebody hangs on", on: "postgres",
		do: []string{"sql drop table analytics_mart.daily_total", "begin", "audited", "publish", "sql create schema reports; create view reports.top as select * from analytics_mart.daily_total", "rollback"}, refused: "other objects depend on it",
	},
}

// inPlace gives production a relation of another type, as before.json says it had.
func (l lab) inPlace(step, node, materialized string) {
	l.t.Helper()
	l.step(step)
	l.wasBefore(node, materialized)
}
