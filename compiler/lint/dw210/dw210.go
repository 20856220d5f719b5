// Package dw210 finds published relations that no data test could have stopped.
package dw210

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
)

const code diag.Code = "DW210"

//go:embed DW210.md
var docs embed.FS

// Rule is DW210: one finding a deployment, the list is in PLAN.md.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		var untested []string
		for _, r := range d.Scope {
			if len(r.Blocking) == 0 {
				untested = append(untested, r.Node)
			}
		}
		if untested = p.Ignored.Kept(code, untested); len(untested) > 0 {
			diags.Add(diag.Diagnostic{
				Code: code, Severity: diag.Warning, Span: p.Deployment(d.Name).Span, Path: "deployments." + d.Name,
				Message: fmt.Sprintf("%d of %d published relations have no data test that can stop a publish, such as %s", len(untested), len(d.Scope), untested[0]),
				Nodes:   untested,
				Hint:    "PLAN.md lists the tests of each under \"What was checked\"",
			})
		}
	}
	return diags
}
