// Package dw204 finds sources inside of what a swap exchanges.
package dw204

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW204"

//go:embed DW204.md
var docs embed.FS

// Rule is DW204.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if !rule.IsSwap(d) || len(d.Scope) == 0 {
			continue
		}
		if found := inside(p, d); len(found) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Message = "the swap would carry these sources away from where they are loaded and read: " + diag.Shorten(found, ", ")
			f.Hint = "load them into a schema that no model is built in, or use another strategy"
			f.Nodes = found
			diags.Add(f)
		}
	}
	return diags
}

// inside lists the sources that stand in a swapped schema or database, each with its schema.
func inside(p *rule.Pass, d plan.Deployment) []string {
	build, publish := p.Sides(d)
	container := p.Container(d)
	var found []string
	for _, n := range p.Project.Nodes {
		if n.Kind != manifest.Source {
			continue
		}
		for _, name := range []naming.Name{naming.OfSource(n, publish), naming.OfSource(n, build), {Database: n.Database, Schema: n.Schema}} {
			if container.Holds(name.Database, name.Schema) {
				found = append(found, n.ID+" ("+name.Schema+")")
				break
			}
		}
	}
	return found
}
