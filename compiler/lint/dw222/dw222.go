// Package dw222 finds what a build would write in production.
package dw222

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
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
		if found := overwritten(p, d); len(found) > 0 {
			diags.Add(diag.Diagnostic{
				Code: code, Severity: diag.Error, Span: p.Deployment(d.Name).Span, Path: "deployments." + d.Name,
				Nodes:   found,
				Message: fmt.Sprintf("the build in %s writes what %s reads: %s; production would be overwritten before any test ran", d.Build.Name, d.Publish.Name, diag.Shorten(found, ", ")),
				Hint:    "give " + d.Build.Name + " a schema of its own, with naming: single or default; take fixed schemas out of the nodes' config; or leave the nodes out of the build with build_select",
			})
		}
	}
	return diags
}

// overwritten lists what the build steps write although it is the publish environment's, as relation and node.
func overwritten(p *rule.Pass, d plan.Deployment) []string {
	publish, _ := p.Config.Environment(d.Publish.Name)
	production := map[plan.Name]string{}
	for _, r := range d.Scope {
		production[p.Key(r.Publish)] = r.Node
	}
	var found []string
	for _, n := range p.Written(d) {
		if !n.Known || p.IsFixed(d, n.Node) || p.IsKept(d, n.Node) { // DW216 and DW223 say it better
			continue
		}
		name := n.Key
		owner, replaced := production[name]
		if there, known := p.KeyOf(n.Node, publish); known && name == there {
			owner, replaced = n.ID, true
		}
		if replaced {
			found = append(found, name.Schema+"."+name.Identifier+" ("+owner+")")
		}
	}
	return found
}
