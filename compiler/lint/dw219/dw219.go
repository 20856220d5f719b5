// Package dw219 finds names of the build side that somebody wrote out in what goes to production.
package dw219

import (
	"embed"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/modeltext"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW219"

//go:embed DW219.md
var docs embed.FS

// Rule is DW219.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		named := map[string]string{} // unique id -> what its query names
		var build *rule.BuildSide
		found := p.InScope(d, func(r plan.Relation, n *manifest.Node) bool {
			if !carried(d, r) || n.Kind != manifest.Model && n.Kind != manifest.Snapshot || !rule.IsSQL(n) {
				return false
			}
			if build == nil {
				build = p.BuildSide(d)
			}
			names := build.In(modeltext.Around(modeltext.EveryTarget(n.RawCode())))
			named[n.ID] = strings.Join(names, " and ")
			return len(names) > 0
		})
		var list []string
		for _, id := range p.Ignored.Kept(code, found) {
			list = append(list, id+" ("+named[id]+")")
		}
		if len(list) == 0 {
			continue
		}
		f := p.Finding(code, diag.Warning, d)
		f.Message = "names of the build side are written out in queries that run in " + d.Publish.Name + " too, and read there what the build has left: " + diag.Shorten(list, ", ")
		if rule.IsSwap(d) {
			f.Message = "names of the build side are written out in what is swapped: after the swap they mean the run before, and dbt does not build what they name first: " + diag.Shorten(list, ", ")
		}
		f.Hint = "write ref() in place of the name"
		f.Nodes = list
		diags.Add(f)
	}
	return diags
}

// carried reports whether the query of a published relation counts in production. That of a view that is re-created does so as it
// was compiled, which DW206 reads; of a copied table only rows go there.
func carried(d plan.Deployment, r plan.Relation) bool {
	return d.Rebuilt || rule.IsSwap(d) || rule.IsView(r) && d.Views == string(config.ViewsRebuild)
}
