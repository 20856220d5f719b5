package dw204_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw204"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	found := func(schema string) []string {
		return []string{"error: the swap would carry these sources away from where they are loaded and read: source.p.raw (" + schema + ")"}
	}
	for _, tc := range []struct {
		name, strategy, more, source string
		want                         []string
	}{
		{"in the published schema", "blue_green", "", `"schema": "analytics"`, found("analytics")},
		{"in the build schema", "blue_green", "", `"schema": "staging"`, found("staging")},
		{"in a schema of its own", "blue_green", "", `"schema": "raw"`, nil},
		{"a schema of that name in another database", "blue_green", "", `"database": "other", "schema": "analytics"`, nil},
		{"the target's database", "blue_green", "", `"database": "other", "unrendered_database": null, "schema": "analytics"`, found("analytics")},
		{"the swapped database", "blue_green", "swap: database", `"schema": "raw"`, found("raw")},
		{"another strategy", "write_audit_clone", "", `"schema": "analytics"`, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ruletest.Findings(t, dw204.Rule, ruletest.Case{
				Config: ruletest.Deployment(tc.strategy, tc.more),
				Nodes:  []ruletest.Node{{ID: "model.p.a"}, {ID: "source.p.raw", More: tc.source}},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
