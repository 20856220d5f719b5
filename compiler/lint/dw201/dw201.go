// Package dw201 finds incremental models that a swap would rob of what the last run loaded.
package dw201

import (
	"embed"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW201"

//go:embed DW201.md
var docs embed.FS

// Rule is DW201.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if !rule.IsSwap(d) {
			continue
		}
		rebuilt := p.Asked(d).FullRefresh
		found := p.InScope(d, func(_ plan.Relation, n *manifest.Node) bool {
			stateful := n.Kind == manifest.Model && naming.ShapeOf(n, p.Config.Materializations) == naming.Incremental
			return stateful && !(rebuilt && !refusesRefresh(n))
		})
		if len(found) == 0 {
			continue
		}
		refusing := slices.ContainsFunc(found, func(id string) bool { return refusesRefresh(p.Project.Node(id)) })
		f := p.Finding(code, diag.Error, d)
		f.Message = "a swap makes the previous run's production the base of the next build, and what the last run loaded is lost: " + diag.Shorten(found, ", ")
		switch {
		case rebuilt:
			f.Message += "; full_refresh: true does not reach them, because their own config says full_refresh: false"
			f.Hint = "use strategy production_rollback, or take full_refresh: false out of their config, if every run may rebuild them"
		case refusing:
			f.Hint = "use strategy production_rollback; full_refresh: true would not reach those whose own config says full_refresh: false"
		default:
			f.Hint = "use strategy production_rollback, or full_refresh: true if every run may rebuild them"
		}
		f.Nodes, f.Word = found, "materialized"
		diags.Add(f)
	}
	return diags
}

// refusesRefresh reports whether --full-refresh does nothing for n.
func refusesRefresh(n *manifest.Node) bool {
	own := n.Config.Raw.Get("full_refresh")
	refresh, _ := own.Bool()
	return own.Kind() == jsondoc.Bool && !refresh
}
