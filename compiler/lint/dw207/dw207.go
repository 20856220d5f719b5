// Package dw207 finds two nodes that would become one relation.
package dw207

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW207"

//go:embed DW207.md
var docs embed.FS

// Rule is DW207.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		for _, side := range []struct {
			environment string
			name        func(plan.Relation) plan.Name
		}{
			{d.Build.Name, func(r plan.Relation) plan.Name { return r.Build }},
			{d.Publish.Name, func(r plan.Relation) plan.Name { return r.Publish }},
		} {
			first := map[plan.Name]plan.Relation{}
			for _, r := range d.Scope {
				name := side.name(r)
				other, taken := first[p.Key(name)]
				if !taken || other.Node == r.Node && other.Publish != r.Publish {
					first[p.Key(name)] = r
					continue
				}
				if other.Node == r.Node {
					continue
				}
				diags.Add(diag.Diagnostic{
					Code: code, Severity: diag.Error, Span: p.Deployment(d.Name).Span, Path: "deployments." + d.Name,
					Message: fmt.Sprintf("%s and %s are both %s.%s in %s: one would overwrite the other", other.Node, r.Node, name.Schema, name.Identifier, side.environment),
					Hint:    "give one of them an alias, or exclude it",
				})
			}
		}
	}
	return diags
}
