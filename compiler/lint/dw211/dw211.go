// Package dw211 finds tests of a build that read what the build has not made.
package dw211

import (
	"embed"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
)

const code diag.Code = "DW211"

//go:embed DW211.md
var docs embed.FS

// Rule is DW211: one finding a deployment, the list is in PLAN.md.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		var ids []string
		for _, b := range d.Beyond {
			ids = append(ids, b.Test)
		}
		ids = p.Ignored.Kept(code, ids)
		if len(ids) == 0 {
			continue
		}
		var shown []string
		for _, b := range d.Beyond {
			if slices.Contains(ids, b.Test) {
				shown = append(shown, b.Test+" (reads "+b.Reads+")")
			}
		}
		f := p.Finding(code, diag.Warning, d)
		f.Message = "tests of the build of " + d.Name + " read in " + d.Build.Name + " what this build neither makes nor copies, so what they say depends on what an earlier one has left there: " + diag.Shorten(shown, ", ")
		f.Hint = "build it too; or say dbt_args: [--indirect-selection, cautious] in environments." + d.Build.Name + ", which leaves such tests out"
		f.Nodes = ids
		diags.Add(f)
	}
	return diags
}
