package dw227_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw227"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestGrants(t *testing.T) {
	found := []string{"warning: the grants of these depend on the target, so the publish cannot know those of prod: model.p.m"}
	for _, tc := range []struct {
		name, strategy, views, materialized, unrendered, raw string
		want                                                 []string
	}{
		{name: "of YAML", unrendered: `{"grants": {"select": ["a", "r_{{ target.name }}"]}}`, want: found},
		{name: "one role of YAML", unrendered: `{"grants": {"select": "{{ env_var('R') }}"}}`, want: found},
		{name: "of the file", unrendered: `{"grants": "{'select': ['r_' ~ target.name]}"}`, want: found},
		{name: "of the file, before dbt 1.12", unrendered: `{}`, raw: "{{ config(grants={'select': [var('r')]}) }}", want: found},
		{name: "swapped", strategy: "blue_green", unrendered: `{"grants": "{'select': [var('r')]}"}`, want: found},
		{name: "a view that is re-created", views: "recreate", materialized: "view", unrendered: `{"grants": {"select": ["{{ var('r') }}"]}}`, want: found},
		{name: "a view that dbt rebuilds", views: "rebuild", materialized: "view", unrendered: `{"grants": {"select": ["{{ var('r') }}"]}}`},
		{name: "built once more", strategy: "write_audit_publish", unrendered: `{"grants": {"select": ["{{ var('r') }}"]}}`},
		{name: "a tree", unrendered: `{"grants": "CondExpr(test=Compare(expr=Getattr(node=Name(name='target', ctx='load'), attr='name', ctx='load')))"}`, want: found},
		{name: "the adapter", unrendered: `{"grants": "{'select': ['r'] if target.type == 'postgres' else []}"}`},
		{name: "the adapter, as a tree", unrendered: `{"grants": "CondExpr(test=Compare(expr=Getattr(node=Name(name='target', ctx='load'), attr='type', ctx='load')))"}`},
		{name: "plain", unrendered: `{"grants": {"select": ["target", "var(x)"]}}`},
		{name: "plain in the file", unrendered: `{"grants": "{'select': ['target']}"}`},
		{name: "another key moves", unrendered: `{"schema": "{{ target.name }}"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			strategy, views := "write_audit_clone", ""
			if tc.strategy != "" {
				strategy = tc.strategy
			}
			if tc.views != "" {
				views = "views: " + tc.views
			}
			got := ruletest.Findings(t, dw227.Rule, ruletest.Case{
				Config: ruletest.Deployment(strategy, views),
				Nodes: []ruletest.Node{{
					ID: "model.p.m", Config: `{"materialized": "` + tc.materialized + `", "grants": {"select": ["r"]}}`, Raw: tc.raw, More: `"unrendered_config": ` + tc.unrendered,
				}},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestHooks(t *testing.T) {
	found := []string{"warning: post-hooks change the relation that is built, and a copy takes only rows to prod: model.p.m"}
	for _, tc := range []struct {
		name, adapter, strategy, more, materialized, hook string
		want                                              []string
	}{
		{name: "a grant", hook: "grant select on {{ this }} to r", want: found},
		{name: "an index", hook: "create index if not exists i on {{ this }} (a)", want: found},
		{
			name: "a macro", hook: "{{ protect(this) }}",
			want: []string{"note: post-hooks hand the relation that is built to a macro, and a copy takes only rows to prod: model.p.m"},
		},
		{name: "a macro that gets its name", hook: "{{ log_run(this.name) }}"},
		{name: "an export", hook: "copy {{ this }} to 'x.parquet'"},
		{name: "in two parts", hook: "grant select on {{ this.schema }}.{{ this.identifier }} to r", want: found},
		{name: "production_rollback", strategy: "production_rollback", hook: "comment on table {{ this }} is 'x'", want: found},
		{name: "rows", hook: "-- tidy up\ndelete from {{ this }} where a is null"},
		{name: "statistics", hook: "analyze {{ this }}"},
		{name: "a text", hook: "call log('{{ this }}')"},
		{name: "another relation", hook: "grant select on {{ ref('a') }} to r"},
		{name: "a view", materialized: "view", hook: "grant select on {{ this }} to r"},
		{name: "swapped with it", strategy: "blue_green", hook: "grant select on {{ this }} to r"},
		{name: "built once more", strategy: "write_audit_publish", hook: "grant select on {{ this }} to r"},
		{name: "options", adapter: "bigquery", more: "method: transaction", hook: "# say so\nalter table {{ this }} set options (description = \"it's\")", want: found},
		{name: "a text in double quotes", adapter: "bigquery", more: "method: transaction", hook: "call ops.log(\"{{ this }}\") # of {{ this }}"},
		{name: "an assertion", adapter: "bigquery", more: "method: transaction", hook: "assert (select count(*) from {{ this }}) > 0"},
		{name: "rows of files", adapter: "bigquery", more: "method: transaction", hook: "load data into {{ this }} from files (uris = ['gs://x'])"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.strategy == "" {
				tc.strategy = "write_audit_clone"
			}
			hook, err := json.Marshal(tc.hook)
			if err != nil {
				t.Fatal(err)
			}
			got := ruletest.Findings(t, dw227.Rule, ruletest.Case{
				Config: ruletest.Deployment(tc.strategy, tc.more), Adapter: tc.adapter,
				Nodes: []ruletest.Node{{ID: "model.p.m", Config: `{"materialized": "` + tc.materialized + `", "post-hook": [{"sql": ` + string(hook) + `}]}`}},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestClones: what is cloned has all that the build's has, but for privileges.
func TestClones(t *testing.T) {
	found := []string{"warning: post-hooks grant privileges on the relation that is built, and a clone in prod has none of them: model.p.m"}
	for _, tc := range []struct {
		adapter, hook string
		want          []string
	}{
		{"snowflake", "grant select on {{ this }} to role r", found},
		{"snowflake", "alter table {{ this }} set tag t = 'x'", nil},
		{"snowflake", "{{ protect(this) }}", nil},
		{"snowflake", "comment on table {{ this }} is 'of the build'", nil},
		{"bigquery", "grant `roles/bigquery.dataViewer` on table {{ this }} to \"group:readers@example.com\"", found},
		{"bigquery", "grant `roles/bigquery.dataViewer` on table ops.log to \"{{ this }}\" # {{ this }}", nil},
		{"bigquery", "alter table {{ this }} set options (description = \"of the build\")", nil},
	} {
		text, err := json.Marshal(tc.hook)
		if err != nil {
			t.Fatal(err)
		}
		got := ruletest.Findings(t, dw227.Rule, ruletest.Case{
			Config: ruletest.Deployment("write_audit_clone", ""), Adapter: tc.adapter,
			Nodes: []ruletest.Node{{ID: "model.p.m", Config: `{"post-hook": [{"sql": ` + string(text) + `}]}`}},
		})
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.hook, d)
		}
	}
}
