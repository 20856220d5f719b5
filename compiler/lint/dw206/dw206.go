// Package dw206 finds views that would go on reading the build side after they were made again in production.
package dw206

import (
	"embed"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW206"

//go:embed DW206.md
var docs embed.FS

// Rule is DW206.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		f := p.Finding(code, diag.Error, d)
		switch {
		case d.Views == string(config.ViewsRecreate):
			if found := reading(p, d); len(found) > 0 {
				f.Message = "published views would read the build side, which every build overwrites before any test has run: " + diag.Shorten(found, ", ")
				f.Hint = "write ref() in place of the name, and let dbt compile the project for " + d.Publish.Name + " again"
				f.Nodes = found
				diags.Add(f)
			}
		case d.Views == string(config.ViewsSkip) && rule.IsSwap(d):
			if found := staying(p, d); len(found) > 0 {
				f.Message = "the swap does not change the text of a view, and behind it these would read the other side: " + diag.Shorten(found, ", ")
				f.Hint = wayOut(p, d)
				f.Nodes = found
				diags.Add(f)
			}
		}
	}
	return diags
}

// reading lists the views whose SQL names relations of the build side, with those.
func reading(p *rule.Pass, d plan.Deployment) []string {
	_, publish := p.Sides(d)
	var build *rule.BuildSide // made for the first view: most deployments have none
	var found []string
	seen := map[string]bool{}
	for _, r := range d.Scope {
		n := p.Project.Node(r.Node)
		if n == nil || !rule.IsView(r) || seen[r.Node] {
			continue
		}
		seen[r.Node] = true
		sql, ok := p.Names.Compiled(n, publish)
		if !ok || sql == "" {
			continue
		}
		if build == nil {
			build = p.BuildSide(d)
		}
		if names := build.In(sql); len(names) > 0 {
			found = append(found, r.Node+" (reads "+strings.Join(names, " and ")+")")
		}
	}
	return found
}
