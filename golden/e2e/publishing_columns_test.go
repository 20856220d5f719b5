package e2e

// swapped writes daily_total of the build with its columns in another order.
const swappedColumns = "sql create table staging_mart.turned as select amount, sale_count, date_day from staging_mart.daily_total; drop table staging_mart.daily_total; alter table staging_mart.turned rename to daily_total"

// columnRules are about what is in the way of the rows.
var columnRules = []rule{
	{
		what: "an empty table", why: "who reads it would take it for the truth",
		do: []string{"sql delete from staging_mart.daily_total", "begin", "audited", "publish"}, refused: `empty, and if that is right, to be named in allow_empty: "market"."staging_mart"."daily_total"`,
	},
	{
		what: "allow_empty", why: "who names it means it", with: copied + ", allow_empty: daily_total",
		do: []string{"sql delete from staging_mart.daily_total", "begin", "audited", "publish"}, show: "select count(*) from analytics_mart.daily_total", want: "0",
	},
	{
		what: "allow_empty of another", why: "it is a selection, and no switch", with: copied + ", allow_empty: calendar",
		do: []string{"sql delete from staging_mart.daily_total", "begin", "audited", "publish"}, refused: `to be named in allow_empty: "market"."staging_mart"."daily_total"`,
	},
	{
		what: "an empty table in production", why: "emptiness is no reason to keep anything out, and comes back as it was",
		do: []string{"sql delete from staging_history.stores_history where 1 = 0", "begin", "audited", "publish", "rollback"}, back: true,
	},
	{
		what: "a view in the build in place of a table", why: "the types are asserted on both sides",
		do:      []string{"sql create table staging_mart.kept as select * from staging_mart.daily_total; drop table staging_mart.daily_total; create view staging_mart.daily_total as select * from staging_mart.kept", "begin", "audited"},
		refused: `not there, or not a table: "market"."staging_mart"."daily_total"`,
	},
	{
		what: "a table that was not built", why: "what was not built was not tested",
		do: []string{"sql drop table staging_mart.daily_total", "begin", "audited"}, refused: `not there, or not a table: "market"."staging_mart"."daily_total"`,
	},
	{
		what: "an added column by insert", why: "a table that stays keeps its columns", on: "postgres",
		do: []string{"sql alter table staging_mart.daily_total add column note text", "begin", "audited", "publish"}, refused: `the columns are not those of the build, which method: rebuild would replace: "market"."analytics_mart"."daily_total"`,
	},
	{
		what: "an index that production alone has, by insert", why: "a table that stays keeps its indexes, and somebody may not know", on: "postgres",
		do: after("sql create index extra on analytics_mart.daily_total (amount)", "publish"), warns: `these keep their indexes, which are not those of the build; method: rebuild would replace them: "market"."analytics_mart"."daily_total"`,
	},
	{
		what: "a removed column by insert", why: "a table that stays keeps its columns", on: "postgres",
		do: []string{"sql alter table staging_mart.daily_total drop column sale_count", "begin", "audited", "publish"}, refused: "which method: rebuild would replace",
	},
	{
		what: "a column of another type by insert", why: "a table that stays keeps its columns", on: "postgres",
		do: []string{"sql alter table staging_mart.daily_total alter column amount type numeric(20, 4)", "begin", "audited", "publish"}, refused: "which method: rebuild would replace",
	},
	{
		what: "columns in another order by insert", why: "they go by name", on: "postgres",
		do: []string{swappedColumns, "begin", "audited", "publish", "rollback"}, back: true, show: "select string_agg(column_name, ' ' order by ordinal_position), (select sum(sale_count) from analytics_mart.daily_total) from information_schema.columns where table_schema = 'analytics_mart' and table_name = 'daily_total'", want: "date_day sale_count amount 8",
	},
	{
		what: "columns in another order by rebuild", why: "the table is the one that was built", on: "postgres", with: copied + ", method: rebuild",
		do: []string{swappedColumns, "begin", "audited", "publish"}, show: "select string_agg(column_name, ' ' order by ordinal_position), (select sum(sale_count) from analytics_mart.daily_total) from information_schema.columns where table_schema = 'analytics_mart' and table_name = 'daily_total'", want: "amount sale_count date_day 8",
	},
	{
		what: "an added column by rebuild", why: "the table is the one that was built", on: "postgres", with: copied + ", method: rebuild",
		do: []string{"sql alter table staging_mart.daily_total add column note text", "begin", "audited", "publish", "rollback"}, back: true, show: "select count(*), count(note) from analytics_mart.daily_total", want: "7 0",
	},
	{
		what: "an added column by replace", why: "the table is the one that was built", on: "duckdb",
		do: []string{"sql alter table staging_mart.daily_total add column note text", "begin", "audited", "publish", "rollback"}, back: true, show: "select count(*), count(note) from analytics_mart.daily_total", want: "7 0",
	},
	{
		what: "columns that number themselves", why: "their numbers are rows too", on: "postgres",
		do: []string{"sql alter table staging_mart.daily_total add column number integer generated always as identity (start with 100); alter table analytics_mart.daily_total add column number integer generated always as identity",
			"begin", "audited", "publish"}, show: "select min(number) from analytics_mart.daily_total", want: "100",
	},
	{
		what: "a table that a foreign key references", why: "Postgres does not truncate it, and says so", on: "postgres",
		do: after("sql create schema reports; create table reports.visits (store_id integer references analytics_mart.dim_stores_v2 (store_id))", "publish"), refused: "cannot truncate a table referenced in a foreign key constraint",
	},
	{
		what: "a view in production where a table is published", why: "create table if not exists would pass over it",
		do: after(viewInPlace, "publish"), refused: `production has something that is not a table (if that is what it was, name its manifest as previous_manifest) at: "market"."analytics_mart"."Item List"`,
	},
	{
		what: "a view that became a table", why: "previous_manifest says what it was", more: "previous_manifest: before.json", setup: func(l lab) { l.wasBefore("model.market.dim_items", "view") },
		do: []string{viewInPlace, "begin", "audited", "publish"}, show: `select count(*) from analytics_mart."Item List"`, want: "4",
	},
	{
		what: "a table in production where a view is published", why: "a view does not replace a table", with: cloned, on: "postgres",
		do: after(tableInPlace, "publish"), refused: `production has something that is not a view (if that is what it was, name its manifest as previous_manifest) at: "market"."analytics_mart"."rpt_top"`,
	},
	{
		what: "a table in production where dbt makes a view", why: "a view does not replace a table", with: rebuilding,
		do: after(tableInPlace, "publish_1"), refused: `production has something that is not a view (if that is what it was, name its manifest as previous_manifest) at: "market"."analytics_mart"."rpt_top"`,
	},
	{
		what: "columns that compute themselves", why: "they are not inserted, and come out the same", on: "postgres",
		do: []string{"sql alter table staging_mart.daily_total add column twice integer generated always as (sale_count * 2) stored; alter table analytics_mart.daily_total add column twice integer generated always as (sale_count * 2) stored",
			"begin", "audited", "publish"}, show: "select sum(twice) from analytics_mart.daily_total", want: "16",
	},
	{
		what: "a column that somebody has dropped", why: "Postgres keeps its place, and nobody sees it", on: "postgres",
		do: []string{"sql alter table analytics_mart.daily_total add column note text; alter table analytics_mart.daily_total drop column note", "begin", "audited", "publish", "rollback"}, back: true,
	},
	{
		what: "a partitioned table in production", why: "the rows go where they belong, there and back", on: "postgres",
		setup: func(l lab) {
			l.sql("drop table analytics_utils.calendar", "create table analytics_utils.calendar (date_day date) partition by range (date_day)",
				"create table analytics_utils.calendar_all partition of analytics_utils.calendar default")
		},
		do: after("publish", "rollback"), show: "select count(*) from analytics_utils.calendar_all", want: "0",
	},
	{
		what: "a table that somebody has dropped since it was published", why: "rollback makes it again",
		setup: func(l lab) { l.sql("update staging_mart.daily_total set sale_count = 9") },
		do:    after("publish", "sql drop table analytics_mart.daily_total", "rollback"), show: "select sum(sale_count) from analytics_mart.daily_total", want: "5",
	},
}

// viewInPlace makes dim_items a view in production, as it may have been before; tableInPlace rpt_top a table.
const (
	viewInPlace  = `sql drop table analytics_mart."Item List"; create view analytics_mart."Item List" as select sku, name as item_name from raw_market.items`
	tableInPlace = "sql drop view analytics_mart.rpt_top; create table analytics_mart.rpt_top as select 'old' as region_name, 1 as amount"
)
