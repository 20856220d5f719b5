// Package dw221 finds a relation that two deployments publish.
package dw221

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW221"

//go:embed DW221.md
var docs embed.FS

// Rule is DW221.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	owner := map[plan.Name]string{}
	for _, d := range p.Plan.Deployments {
		for _, r := range d.Scope {
			other, taken := owner[p.Key(r.Publish)]
			if !taken {
				owner[p.Key(r.Publish)] = d.Name
				continue
			}
			if other != d.Name {
				diags.Add(diag.Diagnostic{
					Code: code, Severity: diag.Error, Span: p.Deployment(d.Name).Span, Path: "deployments." + d.Name,
					Message: fmt.Sprintf("%s and %s both publish %s.%s (%s): each would replace and roll back what the other published", other, d.Name, r.Publish.Schema, r.Publish.Identifier, r.Node),
					Hint:    "exclude it from one of them",
					Related: []diag.Related{{Span: p.Deployment(other).Span, Message: "the other deployment"}},
				})
			}
		}
	}
	return diags
}
