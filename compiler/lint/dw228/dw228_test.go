package dw228_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw228"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	lost := func(what string) []string {
		return []string{"warning: what is built replaces the tables of prod, and this does not come with them: model.p.m (" + what + ")"}
	}
	carried := func(what string) []string {
		return []string{"note: what is built replaces the tables of prod, with this as the build has it: model.p.m (" + what + ")"}
	}
	for _, tc := range []struct {
		name, strategy, adapter, options, config, hook, raw, more string
		want                                                      []string
	}{
		{name: "nothing"},
		{name: "a policy that the build has", config: `"row_access_policy": "p on (a)"`, want: carried("row access policy")},
		{name: "a policy and a tag", config: `"row_access_policy": "p on (a)", "table_tag": "t = 'x'"`, want: carried("row access policy, tag")},
		{name: "empty and null", config: `"row_access_policy": "", "table_tag": null, "change_tracking": false`},
		{name: "a policy of one target, in YAML", config: `"row_access_policy": "p"`, more: `"unrendered_config": {"row_access_policy": "{{ 'p' if target.name == 'prod' }}"}`, want: lost("row access policy")},
		{name: "a tag of one target, in the file", config: `"table_tag": "t"`, raw: "{{ config(table_tag=target.name) }}", want: lost("tag")},
		{name: "change tracking", config: `"change_tracking": true`, want: lost("change tracking, which begins anew")},
		{name: "a policy of a hook", hook: "alter table {{ this }} modify column a set Masking  Policy p", want: carried("masking policy")},
		{name: "a policy of a hook for one target", hook: "{% if target.name == 'prod' %}alter table {{ this }} add row access policy p on (a){% endif %}", want: lost("row access policy")},
		{name: "a stream", hook: "create or replace stream s on table {{ this }}", want: lost("stream")},
		{name: "a metric", hook: "ALTER TABLE {{ this }} ADD DATA METRIC FUNCTION f ON (a)", want: lost("data metric function")},
		{name: "search optimization and a tag", hook: "alter table {{ this }} add search optimization; alter table {{ this }} set tag t = 'x'", want: carried("tag, search optimization")},
		{name: "in a comment and in a text", hook: "insert into log values ('set tag') -- create stream"},
		{name: "a macro of that name", hook: "{{ create_stream(this) }}"},
		{name: "a description", config: `"meta": {"masking policy": "create stream"}`},
		{name: "swapped", strategy: "blue_green", config: `"table_tag": "t = 'x'", "change_tracking": true`},
		{name: "made by dbt", strategy: "write_audit_publish", config: `"table_tag": "t = 'x'", "change_tracking": true`},
		{name: "a view", config: `"materialized": "view", "table_tag": "t = 'x'"`},
		{name: "policy tags", adapter: "bigquery", more: `"columns": {"a": {"policy_tags": ["projects/x/t"]}, "b": {"policy_tags": []}}`, want: carried("policy tags of columns")},
		{name: "no policy tags", adapter: "bigquery", more: `"columns": {"b": {"policy_tags": []}}`},
		{name: "an index", adapter: "bigquery", hook: "create search index i on {{ this }}(all columns)", want: lost("index")},
		{name: "a row access policy in the build alone", adapter: "bigquery", hook: "create row access policy p on {{ this }} grant to ('group:a@b.c') filter using (true)", want: carried("row access policy")},
		{name: "in a comment of # and in a text in double quotes", adapter: "bigquery", hook: "call ops.log(\"create search index\") # row access policy"},
		{name: "behind such a text", adapter: "bigquery", hook: "call ops.log(\"it's\"); create vector index i on {{ this }}(a)", want: lost("index")},
		{name: "a table that stays", adapter: "bigquery", options: "method: transaction", config: `"resource_tags": {"a/b": "c"}`},
		{name: "no clone", adapter: "postgres", config: `"table_tag": "t = 'x'", "change_tracking": true`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			strategy, adapter, config := "write_audit_clone", "snowflake", "{"+tc.config
			if tc.strategy != "" {
				strategy = tc.strategy
			}
			if tc.adapter != "" {
				adapter = tc.adapter
			}
			if tc.hook != "" {
				hook, err := json.Marshal(tc.hook)
				if err != nil {
					t.Fatal(err)
				}
				config += `"post-hook": [{"sql": ` + string(hook) + `}]`
			}
			got := ruletest.Findings(t, dw228.Rule, ruletest.Case{
				Config: ruletest.Deployment(strategy, tc.options), Adapter: adapter,
				Nodes: []ruletest.Node{{ID: "model.p.m", Config: config + "}", Raw: tc.raw, More: tc.more}},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestDynamicTables(t *testing.T) {
	nodes := []ruletest.Node{
		{ID: "model.p.m"}, {ID: "model.p.beside"}, {ID: "model.p.e", Config: `{"materialized": "ephemeral"}`, Parents: []string{"model.p.m"}},
		{ID: "model.p.dynamic", Config: `{"materialized": "dynamic_table"}`, Parents: []string{"model.p.e"}},
		{ID: "model.p.reads_another", Config: `{"materialized": "dynamic_table"}`, Parents: []string{"model.p.beside"}},
		{ID: "model.p.plain", Config: `{"materialized": "view"}`, Parents: []string{"model.p.m"}},
	}
	const ignore = "lint: {ignore: [{code: DW228, node: model.p.dynamic, reason: it is refreshed by hand}]}\n"
	found := []string{"warning: what is built replaces the tables of prod, and this does not come with them: model.p.dynamic (a dynamic table that reads model.p.m)"}
	for more, want := range map[string][]string{"": found, ignore: nil} {
		got := ruletest.Findings(t, dw228.Rule, ruletest.Case{Config: more + ruletest.Deployment("write_audit_clone", ""), Adapter: "snowflake", Nodes: nodes, Scope: []string{"model.p.m"}})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", more, d)
		}
	}
}
