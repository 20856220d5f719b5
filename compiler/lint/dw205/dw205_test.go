package dw205_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw205"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	const (
		packages  = "warning: packages build these, and the swap takes them along: "
		projects  = "warning: another dbt project builds these, and the swap takes them away from where it writes them: "
		functions = "warning: the swap takes these functions along, and what their text names may then be the other side: "
		database  = "deployments:\n  x: {strategy: blue_green, swap: database, build: apart, publish: prod}\n"
	)
	schema := ruletest.Deployment("blue_green", "")
	for _, tc := range []struct {
		name, config string
		node         ruletest.Node
		want         []string
	}{
		{"a package's model", schema, ruletest.Node{ID: "model.q.b"}, []string{packages + "model.q.b"}},
		{"a package's seed", schema, ruletest.Node{ID: "seed.q.b"}, []string{packages + "seed.q.b"}},
		{"a package's model in a swapped database", database, ruletest.Node{ID: "model.q.b", Config: `{"schema": "q"}`}, []string{packages + "model.q.b"}},
		{"a package's model in another database", database, ruletest.Node{ID: "model.q.b", Config: `{"database": "other"}`}, nil},
		{"a package's ephemeral model", schema, ruletest.Node{ID: "model.q.b", Config: `{"materialized": "ephemeral"}`}, nil},
		{"a package's test", schema, ruletest.Node{ID: "test.q.b"}, nil},
		{"a package's source", schema, ruletest.Node{ID: "source.q.b", More: `"schema": "analytics"`}, nil},
		{"a package's model that is copied", ruletest.Deployment("write_audit_clone", ""), ruletest.Node{ID: "model.q.b"}, nil},
		{"the project's model", schema, ruletest.Node{ID: "model.p.b"}, nil},
		{"accepted", "lint: {ignore: [{code: DW205, node: model.q.b, reason: x}]}\n" + schema, ruletest.Node{ID: "model.q.b"}, nil},

		{"another project's model", database, ruletest.Node{ID: "model.q.b", More: `"path": "", "original_file_path": "", "database": "shop_stage", "schema": "q"`}, []string{projects + "model.q.b"}},
		{"another project's model elsewhere", database, ruletest.Node{ID: "model.q.b", More: `"path": "", "original_file_path": "", "database": "mesh", "schema": "analytics"`}, nil},

		{"a function", schema, ruletest.Node{ID: "function.p.f"}, []string{functions + "function.p.f"}},
		{"a function on the build side alone", schema, ruletest.Node{ID: "function.p.f", Config: `{"schema": "tools"}`}, []string{functions + "function.p.f"}},
		{"a function in a swapped database", database, ruletest.Node{ID: "function.p.f", Config: `{"schema": "tools"}`}, []string{functions + "function.p.f"}},
		{"a function in another database", database, ruletest.Node{ID: "function.p.f", Config: `{"database": "other"}`}, nil},
		{"a package's function", schema, ruletest.Node{ID: "function.q.f"}, []string{functions + "function.q.f"}},
		{"a function that is not swapped", ruletest.Deployment("write_audit_clone", ""), ruletest.Node{ID: "function.p.f"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ruletest.Findings(t, dw205.Rule, ruletest.Case{Config: tc.config, Nodes: []ruletest.Node{{ID: "model.p.a"}, tc.node}})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
