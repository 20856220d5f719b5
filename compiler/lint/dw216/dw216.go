// Package dw216 finds snapshots that their own config nails to production.
package dw216

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
)

const code diag.Code = "DW216"

//go:embed DW216.md
var docs embed.FS

// Rule is DW216.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		var found []string
		for _, n := range p.Written(d) {
			if p.IsFixed(d, n.Node) {
				found = append(found, n.ID+" ("+n.Key.Schema+"."+n.Key.Identifier+")")
			}
		}
		if len(found) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Message = "target_schema or target_database nails these snapshots to one place, so the build in " + d.Build.Name + " writes production's history before any test has run: " + diag.Shorten(found, ", ")
			f.Hint = "write schema in place of target_schema, and database in place of target_database: those follow the target; or leave the snapshots out of the build with build_select"
			f.Nodes, f.Word = found, "target_schema"
			diags.Add(f)
		}
	}
	return diags
}
