// Package dw202 finds snapshots that a swap would rob of their history.
package dw202

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW202"

//go:embed DW202.md
var docs embed.FS

// Rule is DW202.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if !rule.IsSwap(d) {
			continue
		}
		found := p.InScope(d, func(_ plan.Relation, n *manifest.Node) bool { return n.Kind == manifest.Snapshot })
		if len(found) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Message = "a swap keeps two histories that each miss every second run, and no full refresh can make a snapshot's history again: " + diag.Shorten(found, ", ")
			f.Hint = "use strategy production_rollback, or keep snapshots in a project and a schema of their own"
			f.Nodes = found
			diags.Add(f)
		}
	}
	return diags
}
