package dw201_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw201"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	const lost = "error: a swap makes the previous run's production the base of the next build, and what the last run loaded is lost: model.p.a"
	for _, tc := range []struct{ name, strategy, more, node, config, want string }{
		{name: "incremental", node: `{"materialized": "incremental"}`, want: lost},
		{name: "microbatch", node: `{"materialized": "microbatch"}`, want: lost},
		{name: "declared incremental", node: `{"materialized": "vault"}`, config: "materializations: {vault: incremental}", want: lost},
		{name: "declared table", node: `{"materialized": "vault"}`, config: "materializations: {vault: table}"},
		{name: "table", node: `{"materialized": "table"}`},
		{name: "rebuilt by every run", node: `{"materialized": "incremental"}`, more: "full_refresh: true"},
		{name: "rebuilt, and says so itself", node: `{"materialized": "incremental", "full_refresh": true}`, more: "full_refresh: true"},
		{
			name: "refuses", node: `{"materialized": "incremental", "full_refresh": false}`, more: "full_refresh: true",
			want: lost + "; full_refresh: true does not reach them, because their own config says full_refresh: false",
		},
		{name: "another strategy", node: `{"materialized": "incremental"}`, strategy: "production_rollback"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.strategy == "" {
				tc.strategy = "blue_green"
			}
			var want []string
			if tc.want != "" {
				want = []string{tc.want}
			}
			got := ruletest.Findings(t, dw201.Rule, ruletest.Case{
				Config: ruletest.Deployment(tc.strategy, tc.more) + tc.config,
				Nodes:  []ruletest.Node{{ID: "model.p.a", Config: tc.node}, {ID: "snapshot.p.s"}, {ID: "seed.p.x"}},
			})
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
