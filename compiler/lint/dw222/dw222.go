// Package dw222 finds what a build would write in production.
package dw222

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW222"

//go:embed DW222.md
var docs embed.FS

// Rule is DW222.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		build, _ := p.Config.Environment(d.Build.Name)
		publish, _ := p.Config.Environment(d.Publish.Name)
		production := map[plan.Name]string{}
		for _, r := range d.Scope {
			production[p.Key(r.Publish)] = r.Node
		}
		for _, n := range written(p, d) {
			name := key(p, n, build)
			owner := n.ID
			if name != key(p, n, publish) {
				var replaced bool
				if owner, replaced = production[name]; !replaced {
					continue
				}
			}
			diags.Add(diag.Diagnostic{
				Code: code, Severity: diag.Error, Span: p.Deployment(d.Name).Span, Path: "deployments." + d.Name,
				Message: fmt.Sprintf("the build in %s writes %s.%s, which is %s in %s: production would be overwritten before any test ran", d.Build.Name, name.Schema, name.Identifier, owner, d.Publish.Name),
				Hint:    "give " + d.Build.Name + " a schema of its own, with naming: single or default, and take fixed schemas out of the node's config",
			})
		}
	}
	return diags
}

// written are the nodes that the build steps make relations of.
func written(p *rule.Pass, d plan.Deployment) []*manifest.Node {
	var nodes []*manifest.Node
	build, _ := d.Phase(plan.Build)
	for _, a := range build.Actions {
		if a.Step == nil {
			continue
		}
		for _, id := range a.Step.Selected {
			if n := p.Project.Node(id); n != nil && naming.IsRelation(n) {
				nodes = append(nodes, n)
			}
		}
	}
	return nodes
}

func key(p *rule.Pass, n *manifest.Node, e config.Environment) plan.Name {
	name := naming.Of(n, e)
	return p.Key(plan.Name{Database: name.Database, Schema: name.Schema, Identifier: name.Identifier})
}
