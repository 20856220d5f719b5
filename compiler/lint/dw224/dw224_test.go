package dw224_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw224"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	found := []string{"error: views: recreate makes views from their SQL, and these have none: model.p.a (python)"}
	for _, tc := range []struct {
		name, views, materialized, as, language string
		want                                    []string
	}{
		{"declared a view", "recreate", "lazy", "view", "python", found},
		{"a view", "recreate", "view", "table", "python", found},
		{"declared a table", "recreate", "lazy", "table", "python", nil},
		{"a table", "recreate", "table", "table", "python", nil},
		{"in SQL", "recreate", "lazy", "view", "sql", nil},
		{"rebuilt by dbt", "rebuild", "lazy", "view", "python", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ruletest.Findings(t, dw224.Rule, ruletest.Case{
				Config: ruletest.Deployment("write_audit_clone", "views: "+tc.views) + "materializations: {lazy: " + tc.as + "}",
				Nodes:  []ruletest.Node{{ID: "model.p.a", Config: `{"materialized": "` + tc.materialized + `"}`, More: `"language": "` + tc.language + `"`}},
			})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
