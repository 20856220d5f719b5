package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// firstRules are about relations that one side does not have, or has less of.
var firstRules = []rule{
	{
		what: "what the publish creates", why: "rollback drops exactly that, and nothing empty is left behind",
		do:   []string{`sql drop table analytics_mart."Item List"`, "begin", "audited", "publish", "rollback"},
		show: "select count(*) from information_schema.tables where table_schema = 'analytics_mart' and table_name = 'Item List'", want: "0",
	},
	{
		what: "a schema that production does not have", why: "the first publish makes it, and rollback leaves it without harm",
		do:   []string{"sql drop schema analytics_utils cascade", "begin", "audited", "publish"},
		show: "select count(*) from analytics_utils.calendar", want: "7",
	},
	{
		what: "a new incremental model is taken back and built again", why: "left empty in production or in the build it would stay so for ever",
		do: []string{"sql drop table analytics_mart.sales_log", "begin", "audited", "publish", "rollback", "reset",
			"as test-2: begin", "dbt run --target staging --select sales_log", "as test-2: audited", "as test-2: publish"},
		show: "select count(*) from analytics_mart.sales_log", want: "5",
	},
	{
		what: "a new incremental model by production_rollback", why: "prepare drops what a publish that was taken back has left",
		with: "strategy: production_rollback, views: skip, " + everything,
		do: []string{"sql drop table analytics_mart.sales_log", "begin", "prepare", "dbt run --target staging --select sales_log", "audited", "publish", "rollback",
			"as test-2: begin", "as test-2: prepare", "dbt run --target staging --select sales_log", "as test-2: audited", "as test-2: publish"},
		show: "select count(*) from analytics_mart.sales_log", want: "5",
	},
	{
		what: "an existing production that nobody has copied", why: "the first night would publish fresh history over years of it",
		do:      []string{"sql delete from dbtwac_state.dbtwac_relations", "begin", "audited", "publish"},
		refused: "which nightly has never published: staging_history.stores_history may hold less; begin with dbt run-operation dbtwac_nightly_bootstrap",
	},
	{
		what: "an empty snapshot over a history", why: "allow_empty says nothing of what production holds",
		with:    copied + ", allow_empty: stores_history",
		do:      []string{"sql delete from dbtwac_state.dbtwac_relations", "sql delete from staging_history.stores_history", "begin", "audited", "publish"},
		refused: "begin with dbt run-operation dbtwac_nightly_bootstrap",
	},
	{
		what: "a snapshot that was emptied after the bootstrap", why: "a history never has fewer rows",
		with:    copied + ", allow_empty: stores_history",
		do:      []string{"sql delete from staging_history.stores_history", "begin", "audited", "publish"},
		refused: "staging_history.stores_history has fewer rows than analytics_history.stores_history, by more than 0 percent",
	},
	{
		what: "allow_empty and allow_shrink", why: "who says both means it",
		with: copied + ", allow_empty: stores_history, allow_shrink: stores_history",
		do:   []string{"sql delete from staging_history.stores_history", "begin", "audited", "publish"},
		show: "select count(*) from analytics_history.stores_history", want: "0",
	},
	{
		what: "bootstrap once more", why: "it gives the build side production's history",
		do:   []string{"sql delete from staging_history.stores_history", "bootstrap"},
		show: "select count(*) from staging_history.stores_history", want: "4",
	},
	{
		what: "an incremental model that lost rows", why: "a run that went wrong must not become production",
		do:      []string{"sql delete from staging_mart.sales where sale_id > 104", "begin", "audited", "publish"},
		refused: "staging_mart.sales has fewer rows than analytics_mart.sales, by more than 10 percent",
	},
	{
		what: "max_shrink", why: "how much is too much is the project's to say",
		with: copied + ", max_shrink: {default: 20}", do: []string{"sql delete from staging_mart.sales where sale_id > 104", "begin", "audited", "publish"},
		show: "select count(*) from analytics_mart.sales", want: "4",
	},
	{
		what: "one row more than max_shrink", why: "the limit is one",
		with: copied + ", max_shrink: {default: 20}", do: []string{"sql delete from staging_mart.sales where sale_id > 103", "begin", "audited", "publish"},
		refused: "by more than 20 percent",
	},
	{
		what: "max_shrink of a snapshot", why: "snapshots have a limit of their own",
		with: copied + ", max_shrink: {snapshot: 75}", do: []string{"sql delete from staging_history.stores_history where store_id > 1", "begin", "audited", "publish"},
		show: "select count(*) from analytics_history.stores_history", want: "1",
	},
	{
		what: "allow_shrink", why: "of one relation, and not of the others",
		with: copied + ", allow_shrink: fct_sales", do: []string{"sql delete from staging_mart.sales where sale_id > 101", "begin", "audited", "publish"},
		show: "select count(*) from analytics_mart.sales", want: "1",
	},
	{
		what: "a table that shrinks", why: "what a build makes anew may have any number of rows but none",
		do:   []string{"sql delete from staging_mart.daily_total where date_day > '2024-04-29'", "begin", "audited", "publish"},
		show: "select count(*) from analytics_mart.daily_total", want: "1",
	},
	{
		what: "a parent that neither side has", why: "the build would read something else than production's",
		with: "strategy: production_rollback, views: skip, " + everything, do: []string{"sql drop view analytics_stg.stg_stores", "begin", "prepare"},
		refused: "the build reads analytics_stg.stg_stores, which it does not build and production does not have: select it too, as with +",
	},
	{
		what: "a model that was removed", why: "its relation is left to its readers",
		setup: func(l lab) {
			if err := os.Remove(filepath.Join(l.dir, "models", "marts", "sales_log.sql")); err != nil {
				l.t.Fatal(err)
			}
			l.mustDBT("parse", "--target", "staging")
		},
		do: after("publish"), show: "select count(*) from analytics_mart.sales_log", want: "5",
	},
}

// wasBefore writes before.json: the manifest in which a node was materialized as something else.
func (l lab) wasBefore(node, materialized string) {
	l.t.Helper()
	text, err := os.ReadFile(filepath.Join(l.dir, "target", "manifest.json"))
	if err != nil {
		l.t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		l.t.Fatal(err)
	}
	m["nodes"].(map[string]any)[node].(map[string]any)["config"].(map[string]any)["materialized"] = materialized
	if text, err = json.Marshal(m); err != nil {
		l.t.Fatal(err)
	}
	l.write("before.json", string(text))
}
