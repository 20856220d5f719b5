package dw203_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw203"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	const raw = "select * from {{ this }}"
	found := []string{"error: a swap hands these models, which read themselves, the rows of the run before the last, and what the last run made is lost: model.p.a"}
	for _, tc := range []struct {
		name, strategy, more string
		node                 ruletest.Node
		adapter              string
		want                 []string
	}{
		{"table", "blue_green", "", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "table"}`, Raw: raw}, "", found},
		{"full_refresh does not help", "blue_green", "full_refresh: true", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "view"}`, Raw: raw}, "", found},
		{"incremental is DW201", "blue_green", "", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "incremental"}`, Raw: raw}, "", nil},
		{"another strategy", "write_audit_clone", "", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "table"}`, Raw: raw}, "", nil},
		{"between backticks", "blue_green", "", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "table"}`, Raw: "select * from `{{ this.dataset }}.a`"}, "bigquery", found},
		{"in a text in double quotes, and behind #", "blue_green", "", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "table"}`, Raw: "select \"{{ this }}\" # {{ this }}"}, "bigquery", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ruletest.Findings(t, dw203.Rule, ruletest.Case{Config: ruletest.Deployment(tc.strategy, tc.more), Adapter: tc.adapter, Nodes: []ruletest.Node{tc.node}})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
