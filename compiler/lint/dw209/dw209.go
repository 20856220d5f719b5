// Package dw209 finds published views whose parents nobody publishes.
package dw209

import (
	"embed"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW209"

//go:embed DW209.md
var docs embed.FS

// Rule is DW209.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	published := map[string]bool{}
	for _, d := range p.Plan.Deployments {
		for _, r := range d.Scope {
			published[r.Node] = true
		}
	}
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if d.Strategy != string(config.WriteAuditClone) || d.Views != string(config.ViewsRecreate) && d.Views != string(config.ViewsRebuild) {
			continue
		}
		if found := hanging(p, d, published); len(found) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Nodes, f.Word = found, "ref"
			f.Message = "published views read what no deployment publishes, so " + d.Publish.Name + " has it from somebody else, or not at all: " + diag.Shorten(found, ", ")
			f.Hint = "publish the parents too, as with select: +view; or materialize the views as tables, which hold what they read"
			diags.Add(f)
		}
	}
	return diags
}

// hanging lists the published views that read what is not published, with that.
func hanging(p *rule.Pass, d plan.Deployment, published map[string]bool) []string {
	var found []string
	views := p.InScope(d, func(r plan.Relation, _ *manifest.Node) bool { return rule.IsView(r) })
	for _, id := range views {
		var missing []string
		for _, parent := range p.Read(id) {
			if !published[parent.ID] && !rule.IsForeign(parent) && !p.SameName(d, parent) {
				missing = append(missing, parent.ID)
			}
		}
		if len(missing) > 0 {
			found = append(found, id+" (reads "+strings.Join(missing, " and ")+")")
		}
	}
	return found
}
