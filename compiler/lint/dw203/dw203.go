// Package dw203 finds models that read themselves and are exchanged by a swap.
package dw203

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/modeltext"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW203"

//go:embed DW203.md
var docs embed.FS

// Rule is DW203.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if !rule.IsSwap(d) {
			continue
		}
		found := p.InScope(d, func(_ plan.Relation, n *manifest.Node) bool {
			return n.Kind == manifest.Model && modeltext.MayRead(n.Code().Raw(), "this") && // nearly all end here, before their code is decoded
				naming.ShapeOf(n, p.Config.Materializations) != naming.Incremental && modeltext.ReadsItself(n.RawCode(), p.Can.Lexis)
		})
		if len(found) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Message = "a swap hands these models, which read themselves, the rows of the run before the last, and what the last run made is lost: " + diag.Shorten(found, ", ")
			f.Hint = "use strategy production_rollback, or read the earlier rows from a source outside of the swapped schemas"
			f.Nodes, f.Word = found, "this"
			diags.Add(f)
		}
	}
	return diags
}
