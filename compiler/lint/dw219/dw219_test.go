package dw219_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw219"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	found := []string{"warning: names of the build side are written out in queries that run in prod too, and read there what the build has left: model.p.m (staging.a)"}
	swapped := []string{"warning: names of the build side are written out in what is swapped: after the swap they mean the run before, and dbt does not build what they name first: model.p.m (staging.a)"}
	const name = "select * from staging.a"
	for _, tc := range []struct {
		name, strategy, more, lint, adapter, conf, raw string
		want                                           []string
	}{
		{name: "built once more", raw: name, want: found},
		{name: "swapped", strategy: "blue_green", raw: name, want: swapped},
		{name: "a view that dbt rebuilds", strategy: "write_audit_clone", more: "views: rebuild", conf: `{"materialized": "view"}`, raw: name, want: found},
		{name: "a view from compiled SQL", strategy: "write_audit_clone", more: "views: recreate", conf: `{"materialized": "view"}`, raw: name},
		{name: "a copied table", strategy: "write_audit_clone", more: "views: rebuild", conf: `{"materialized": "table"}`, raw: name},
		{name: "production's name", raw: "select * from analytics.a"},
		{name: "a bare word", raw: "select a from staging"},
		{name: "a relation that nobody builds", raw: "select * from staging.elsewhere"},
		{name: "a name that grows together", raw: "select * from staging.{{ x }} a, {{ y }}.a, staging.a_{{ z }}"},
		{name: "Jinja and comments", raw: "{{ config(alias='staging.a') }} {# staging.a #} select '{{ f(\"staging.a\") }}' -- staging.a"},
		{name: "for one target", raw: "select * from {% if target.name == 'stage' %} staging.a {% else %} analytics.a {% endif %}"},
		{name: "under another condition", raw: "select * from {% if var('x') %} staging.a {% else %} b {% endif %}", want: found},
		{name: "ignored", raw: name, lint: "lint: {ignore: [{code: DW219, node: model.p.m, reason: known}]}"},
		{name: "a path in backticks", adapter: "bigquery", raw: "select * from `shop.staging.a` {{ x }}", want: found},
		{name: "texts in double quotes, and comments", adapter: "bigquery", raw: "select \"{{ f('x') }} staging.a\" # from staging.a\nfrom `shop.analytics.a`"},
		{name: "another project in backticks", adapter: "bigquery", raw: "select * from `{{ target.project }}-raw.staging.a`, `other.staging.a`"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.strategy == "" {
				tc.strategy = "write_audit_publish"
			}
			got := ruletest.Findings(t, dw219.Rule, ruletest.Case{
				Config: ruletest.Deployment(tc.strategy, tc.more) + tc.lint, Adapter: tc.adapter,
				Nodes: []ruletest.Node{{ID: "model.p.m", Config: tc.conf, Raw: tc.raw}, {ID: "model.p.a"}},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
