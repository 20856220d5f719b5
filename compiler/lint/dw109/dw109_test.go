package dw109_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw109"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

// TestInFile: what config() in a file may call a schema and a database.
func TestInFile(t *testing.T) {
	for raw, key := range map[string]string{
		"{{ config(schema=target.name ~ '_mart') }}":  "schema",
		"{{ config(dataset=target.name ~ '_mart') }}": "dataset",
		"{{ config(project=var('project')) }}":        "project",
		"{{ config(dataset='mart') }}":                "",
	} {
		var want []string
		if key != "" {
			want = []string{"warning: names that come from the target, a var or the environment are certain only under the target that the manifest was parsed for: model.p.m (" + key + ")"}
		}
		got := ruletest.Findings(t, dw109.Rule, ruletest.Case{
			Config: ruletest.Deployment("write_audit_clone", ""), Adapter: "bigquery",
			Nodes: []ruletest.Node{{ID: "model.p.m", Config: `{"schema": "mart", "database": "shop"}`, Raw: raw}},
		})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", raw, d)
		}
	}
}
