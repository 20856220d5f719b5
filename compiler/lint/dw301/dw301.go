// Package dw301 finds what still reads a mirrored source.
package dw301

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/mirror"
)

//go:embed DW301.md
var docs embed.FS

// Rule is DW301.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, m := range p.Plan.Mirrors {
		var found []string
		for _, r := range mirror.Readers(p.Project, m) {
			found = append(found, r.Node.ID)
		}
		if found = p.Ignored.Kept(mirror.StillRead, found); len(found) > 0 {
			f := p.MirrorFinding(mirror.StillRead, diag.Warning, m)
			f.Nodes, f.Word = found, "source"
			f.Message = "these still read the sources of " + m.Name + ", and not their copies: " + diag.Shorten(found, ", ")
			f.Hint = "dbtwac mirror prints the patch that switches them, and names what it cannot change"
			diags.Add(f)
		}
	}
	return diags
}
