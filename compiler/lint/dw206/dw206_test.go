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
