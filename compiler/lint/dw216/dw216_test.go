package dw216_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw216"
	"github.com/dbtwac/dbtwac/compiler/lint/dw222"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	found := []string{"error: target_schema or target_database nails these snapshots to one place, so the build in stage writes production's history before any test has run: snapshot.p.s (history.s)"}
	other := []string{"error: the build in stage writes what prod reads: history.s (snapshot.p.s); production would be overwritten before any test ran"}
	for _, tc := range []struct {
		name          string
		node          ruletest.Node
		built         []string
		want, from222 []string
	}{
		{name: "literal", node: ruletest.Node{Config: `{"target_schema": "history"}`}, want: found},
		{name: "literal, as the manifest says", node: ruletest.Node{Config: `{"target_schema": "history"}`, More: `"unrendered_config": {"target_schema": "history"}`}, want: found},
		{name: "an expression", node: ruletest.Node{Config: `{"target_schema": "history"}`, More: `"unrendered_config": {"target_schema": "{{ target.schema }}_history"}`}, from222: other},
		{name: "an expression in the file", node: ruletest.Node{Config: `{"target_schema": "history"}`, Raw: "{{ config(target_schema=target.schema) }}"}, from222: other},
		{name: "an expression in the file, as BigQuery calls it", node: ruletest.Node{Config: `{"target_schema": "history"}`, Raw: "{{ config(target_dataset=target.dataset) }}"}, from222: other},
		{name: "schema follows the target", node: ruletest.Node{Config: `{"schema": "history"}`}},
		{name: "not built", node: ruletest.Node{Config: `{"target_schema": "history"}`}, built: []string{"model.p.a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.node.ID = "snapshot.p.s"
			c := ruletest.Case{Config: ruletest.Deployment("write_audit_clone", ""), Built: tc.built, Nodes: []ruletest.Node{tc.node, {ID: "model.p.a"}}}
			if d := cmp.Diff(tc.want, ruletest.Findings(t, dw216.Rule, c)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if d := cmp.Diff(tc.from222, ruletest.Findings(t, dw222.Rule, c)); d != "" {
				t.Errorf("DW222 (-want +got):\n%s", d)
			}
		})
	}
}
