// Package dw305 finds mirrored sources that nobody reads.
package dw305

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/mirror"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW305"

//go:embed DW305.md
var docs embed.FS

// Rule is DW305.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, m := range p.Plan.Mirrors {
		read := map[string]bool{}
		for _, r := range mirror.Readers(p.Project, m) {
			for _, id := range r.Sources {
				read[id] = true
			}
		}
		var unread []string
		for _, c := range m.Models {
			if !read[c.Source] && !isRead(p, c) {
				unread = append(unread, c.Source)
			}
		}
		if unread = p.Ignored.Kept(code, unread); len(unread) > 0 {
			f := p.MirrorFinding(code, diag.Note, m)
			f.Message = "nobody reads what is copied by " + m.Name + ": " + diag.Shorten(unread, ", ")
			f.Hint = "leave them out with exclude, or accept it with lint.ignore"
			diags.Add(f)
		}
	}
	return diags
}

// isRead reports whether something else than its own tests reads a copy, or an exposure its source.
func isRead(p *rule.Pass, c plan.Copied) bool {
	for _, id := range []string{c.Node, c.Source} {
		at, ok := p.Project.Index(id)
		if !ok {
			continue
		}
		for _, child := range p.Project.Graph.Children[at] {
			n := p.Project.Nodes[child]
			if id == c.Node && !p.Project.IsMade(n) || n.Kind == manifest.Exposure {
				return true
			}
		}
	}
	return false
}
