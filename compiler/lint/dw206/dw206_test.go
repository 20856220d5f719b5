package dw206_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw206"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	found := func(names string) []string {
		return []string{"error: published views would read the build side, which every build overwrites before any test has run: model.p.v (reads " + names + ")"}
	}
	for _, tc := range []struct {
		name, views, sql string
		want             []string
	}{
		{name: "the build's name", sql: "select * from staging.a", want: found("staging.a")},
		{name: "in other letters, quotes and spaces", sql: `select * from Shop . "staging" . A`, want: found("staging.a")},
		{name: "two of them", sql: "select * from staging.a join staging.b on true, staging.a", want: found("staging.a and staging.b")},
		{name: "production's name", sql: `select * from "shop"."analytics"."a"`},
		{name: "another database", sql: "select * from other.staging.a"},
		{name: "a relation that nobody builds", sql: "select * from staging.other"},
		{name: "quoted in other letters is another relation", sql: `select * from "Staging"."a"`},
		{name: "a source of that name", sql: "select * from staging.raw"},
		{name: "comments and texts", sql: "select 'staging.a' -- from staging.a\nfrom analytics.a /* staging.a */ where x = $$staging.a$$"},
		{name: "a column", sql: "select staging.a from analytics.a as staging"},
		{name: "not compiled", sql: ""},
		{name: "rebuilt by dbt", views: "rebuild", sql: "select * from staging.a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.views == "" {
				tc.views = "recreate"
			}
			got := ruletest.Findings(t, dw206.Rule, ruletest.Case{
				Config: ruletest.Deployment("write_audit_clone", "views: "+tc.views),
				Nodes: []ruletest.Node{
					{ID: "model.p.v", Config: `{"materialized": "view"}`, Compiled: tc.sql}, {ID: "model.p.raw"},
					{ID: "model.p.a", Compiled: "select * from staging.b"}, {ID: "model.p.b"}, {ID: "source.p.raw", More: `"schema": "staging"`},
				},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestBackticks: a path in one pair of backticks, and texts in double quotes.
func TestBackticks(t *testing.T) {
	for _, tc := range []struct {
		name, sql string
		found     bool
	}{
		{"a pair for each part", "select * from `shop`.`staging`.`a`", true},
		{"a pair for all", "select x.b from `shop.staging.a` x", true},
		{"a pair for project and dataset", "select * from `shop.staging`.a", true},
		{"no quotes", "select * from unnest(['it\\'s']), staging.a", true},
		{"production's name", "select * from `shop.analytics.a`", false},
		{"in other letters", "select * from Staging.a join `shop.staging.A` on true", false},
		{"another project", "select * from other-shop.staging.a join `other.staging.a` on true", false},
		{"comments and texts", "select \"staging.a\", r'\\' staging.a' # staging.a\nfrom `shop.analytics.a` -- staging.a", false},
		{"an alias in other letters", "select staging.a from `shop.analytics.a` as Staging", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var want []string
			if tc.found {
				want = []string{"error: published views would read the build side, which every build overwrites before any test has run: model.p.v (reads staging.a)"}
			}
			got := ruletest.Findings(t, dw206.Rule, ruletest.Case{
				Config: ruletest.Deployment("write_audit_clone", "views: recreate"), Adapter: "bigquery",
				Nodes: []ruletest.Node{{ID: "model.p.v", Config: `{"materialized": "view"}`, Compiled: tc.sql}, {ID: "model.p.a"}},
			})
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestNotBuilt: what this deployment does not build is the build side's as well.
func TestNotBuilt(t *testing.T) {
	got := ruletest.Findings(t, dw206.Rule, ruletest.Case{
		Config: ruletest.Deployment("production_rollback", "views: recreate"),
		Nodes:  []ruletest.Node{{ID: "model.p.v", Config: `{"materialized": "view"}`, Compiled: "select * from staging.a"}, {ID: "model.p.a"}},
		Scope:  []string{"model.p.v"}, Built: []string{"model.p.v"},
	})
	want := []string{"error: published views would read the build side, which every build overwrites before any test has run: model.p.v (reads staging.a)"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestSwap: where a view is a text, a swap that leaves it as it is leaves it reading one side.
func TestSwap(t *testing.T) {
	found := func(names string) []string {
		return []string{"error: the swap does not change the text of a view, and behind it these would read the other side: model.p.v (reads " + names + ")"}
	}
	const databases = "deployments:\n  x: {strategy: blue_green, build: apart, publish: prod, swap: database, views: "
	for _, tc := range []struct {
		name, config, sql, database string
		want                        []string
	}{
		{name: "the database that is swapped", sql: "select * from shop.analytics.a", want: found("shop.analytics.a")},
		{name: "the other side of it", sql: "select * from Shop_Stage.analytics.b", want: found("shop_stage.analytics.b")},
		{name: "what nobody builds", sql: "select * from shop.other.x join shop.other.y on true", want: found("shop.other.x and shop.other.y")},
		{name: "no database", sql: "select * from analytics.a"},
		{name: "another database", sql: "select * from raw.analytics.a"},
		{name: "a column", sql: "select shop.a.b from analytics.a as shop"},
		{name: "not compiled", want: found("shop.analytics.a")},
		{name: "made again", config: databases + "rebuild}\n", sql: "select * from shop.analytics.a"},
		{name: "the written ref, not compiled", config: "macros: {ref: true}\n" + databases + "skip}\n"},
		{name: "the written ref, compiled before it", config: "macros: {ref: true}\n" + databases + "skip}\n", sql: "select * from shop.analytics.a"},
		{name: "the written ref, and a name by hand", config: "macros: {ref: true}\n" + databases + "skip}\n", sql: "select * from a join shop.analytics.b on true", want: found("shop.analytics.b")},
		{name: "the written ref, between two databases", config: "macros: {ref: true}\n" + databases + "skip}\n", database: "shop_mart", want: found("shop.analytics.a")},
		{name: "a schema that is swapped", config: ruletest.Deployment("blue_green", "views: skip"), sql: "select * from analytics.a", want: found("analytics.a")},
		{name: "such a schema, and its database", config: ruletest.Deployment("blue_green", "views: skip"), sql: "select * from shop.staging.a", want: found("shop.staging.a")},
		{name: "a schema beside it", config: ruletest.Deployment("blue_green", "views: skip"), sql: "select * from elsewhere.a, raw.analytics.a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.config == "" {
				tc.config = databases + "skip}\n"
			}
			view := `{"materialized": "view"}`
			if tc.database != "" {
				view = `{"materialized": "view", "database": "` + tc.database + `"}`
			}
			got := ruletest.Findings(t, dw206.Rule, ruletest.Case{
				Config: tc.config,
				Nodes: []ruletest.Node{
					{ID: "model.p.v", Config: view, Compiled: tc.sql, Parents: []string{"model.p.e", "source.p.raw"}}, {ID: "model.p.a"}, {ID: "model.p.b"},
					{ID: "model.p.e", Config: `{"materialized": "ephemeral"}`, Parents: []string{"model.p.a"}}, {ID: "source.p.raw", More: `"schema": "analytics"`},
				},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
