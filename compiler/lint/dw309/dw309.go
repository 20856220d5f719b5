// Package dw309 finds what reads a copy that is no longer made.
package dw309

import (
	"embed"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/source"
)

const code diag.Code = "DW309"

//go:embed DW309.md
var docs embed.FS

// Rule is DW309.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	if len(p.Project.Nodes) == len(p.Project.Manifest.Nodes) && len(p.Plan.Mirrors) == 0 {
		return nil // nothing was taken out
	}
	gone := func(id string) bool { return p.Project.Node(id) == nil && p.Project.Manifest.Node(id) != nil }
	var list []string
	for _, n := range p.Project.Nodes {
		if n.Kind != manifest.Exposure && slices.ContainsFunc(n.Parents, gone) {
			list = append(list, n.ID)
		}
	}
	if len(list) == 0 {
		return nil
	}
	at := source.At(p.Config.File, 0, 0)
	if len(p.Config.Mirrors) > 0 {
		at = p.Config.Mirrors[0].Name.Span
	}
	return diag.List{{
		Code: code, Severity: diag.Error, Span: at, Path: "mirrors",
		Message: "these read copies that no mirror makes any more: " + diag.Shorten(list, ", "),
		Hint:    "put the tables back into the mirror; behind another name of the mirror or its source, keep the copies' names with name, or overrides; or let these read the sources again, and parse",
	}}
}
