package dw202_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw202"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	found := []string{"error: a swap keeps two histories that each miss every second run, and no full refresh can make a snapshot's history again: snapshot.p.s"}
	for _, tc := range []struct {
		name, strategy, more string
		nodes                []ruletest.Node
		want                 []string
	}{
		{"snapshot", "blue_green", "", []ruletest.Node{{ID: "snapshot.p.s"}, {ID: "model.p.a"}}, found},
		{"full_refresh does not help", "blue_green", "full_refresh: true", []ruletest.Node{{ID: "snapshot.p.s"}}, found},
		{"incremental", "blue_green", "", []ruletest.Node{{ID: "model.p.a", Config: `{"materialized": "incremental"}`}}, nil},
		{"another strategy", "write_audit_clone", "", []ruletest.Node{{ID: "snapshot.p.s"}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ruletest.Findings(t, dw202.Rule, ruletest.Case{Config: ruletest.Deployment(tc.strategy, tc.more), Nodes: tc.nodes})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
