package dw209_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw209"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	const view = `{"materialized": "view"}`
	found := func(id string) []string {
		return []string{"error: published views read what no deployment publishes, so prod has it from somebody else, or not at all: model.p.v (reads " + id + ")"}
	}
	for _, tc := range []struct {
		name, strategy, views string
		scope, parents        []string
		want                  []string
	}{
		{name: "a model", parents: []string{"model.p.a"}, want: found("model.p.a")},
		{name: "a seed, re-created", views: "recreate", parents: []string{"seed.p.s"}, want: found("seed.p.s")},
		{name: "through an ephemeral model", parents: []string{"model.p.e"}, want: found("model.p.a and seed.p.s")},
		{name: "published too", parents: []string{"model.p.a"}, scope: []string{"model.p.a"}},
		{name: "a source", parents: []string{"source.p.raw"}},
		{name: "another project's", parents: []string{"model.q.far"}},
		{name: "one name on both sides", parents: []string{"snapshot.p.kept"}},
		{name: "views are left out", views: "skip", parents: []string{"model.p.a"}},
		{name: "production has it", strategy: "production_rollback", parents: []string{"model.p.a"}},
		{name: "a table holds its rows", parents: []string{"source.p.raw"}, scope: []string{"model.p.t"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.views == "" {
				tc.views = "rebuild"
			}
			if tc.strategy == "" {
				tc.strategy = "write_audit_clone"
			}
			got := ruletest.Findings(t, dw209.Rule, ruletest.Case{
				Config: ruletest.Deployment(tc.strategy, "views: "+tc.views),
				Scope:  append(tc.scope, "model.p.v"),
				Nodes: []ruletest.Node{
					{ID: "model.p.v", Config: view, Parents: tc.parents}, {ID: "model.p.a"}, {ID: "seed.p.s"}, {ID: "source.p.raw"},
					{ID: "model.p.e", Config: `{"materialized": "ephemeral"}`, Parents: []string{"seed.p.s", "model.p.a"}},
					{ID: "model.p.t", Config: `{"materialized": "table"}`, Parents: []string{"model.p.a"}},
					{ID: "snapshot.p.kept", Config: `{"target_schema": "history"}`},
					{ID: "model.q.far", More: `"original_file_path": "", "path": ""`},
				},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
