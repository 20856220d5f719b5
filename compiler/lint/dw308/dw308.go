// Package dw308 finds tests of sources that their copies do not have.
package dw308

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
)

const code diag.Code = "DW308"

//go:embed DW308.md
var docs embed.FS

// Rule is DW308.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, m := range p.Plan.Mirrors {
		var sources, list []string
		for _, u := range m.Untold {
			sources = append(sources, u.Source)
		}
		kept := map[string]bool{}
		for _, id := range p.Ignored.Kept(code, sources) {
			kept[id] = true
		}
		for _, u := range m.Untold {
			if kept[u.Source] {
				list = append(list, u.What+" of "+u.Source+" ("+u.Why+")")
			}
		}
		if len(list) > 0 {
			f := p.MirrorFinding(code, diag.Note, m)
			f.Message = "tests of the sources that the copies of " + m.Name + " do not have: " + diag.Shorten(list, "; ")
			f.Hint = "write them for the copies in a properties file of your own, or keep dbt source freshness in the refresh"
			diags.Add(f)
		}
	}
	return diags
}
