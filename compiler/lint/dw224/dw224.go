// Package dw224 finds views without SQL that a publish would make from their SQL.
package dw224

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW224"

//go:embed DW224.md
var docs embed.FS

// Rule is DW224.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if d.Views != string(config.ViewsRecreate) {
			continue
		}
		found := p.InScope(d, func(r plan.Relation, n *manifest.Node) bool {
			view := rule.IsView(r) || naming.ShapeOf(n, p.Config.Materializations) == naming.View
			return view && !rule.IsSQL(n)
		})
		for i, id := range found {
			found[i] = id + " (" + p.Project.Node(id).Language + ")"
		}
		if len(found) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Nodes = found
			f.Message = "views: recreate makes views from their SQL, and these have none: " + diag.Shorten(found, ", ")
			f.Hint = "say views: rebuild, which lets dbt make them; or say in `materializations` that their materialization counts as table, if that is what it makes"
			diags.Add(f)
		}
	}
	return diags
}
