// Package dw223 finds where a write_audit_publish does not publish what was audited.
package dw223

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW223"

//go:embed DW223.md
var docs embed.FS

// Rule is DW223.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if d.Strategy != string(config.WriteAuditPublish) {
			continue
		}
		rebuilt := map[string]bool{}
		for _, r := range d.Scope {
			rebuilt[r.Node] = true
		}
		if stale := stale(p, d, rebuilt); len(stale) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Nodes = stale
			f.Message = "what is built in " + d.Publish.Name + " would read parents there that nobody has built again, so audited code meets rows of an earlier run: " + diag.Shorten(stale, ", ")
			f.Hint = "do not exclude them: they have to be built in " + d.Publish.Name + " too"
			diags.Add(f)
		}
		moving := movingSources(p, rebuilt)
		moved := p.InScope(d, func(_ plan.Relation, n *manifest.Node) bool { return moving[n.ID] })
		if moved = p.Ignored.Kept(code, moved); len(moved) > 0 {
			f := p.Finding(code, diag.Warning, d)
			f.Message = "these are built once more after the audit, and what their sources have taken in since then is published without a test: " + diag.Shorten(moved, ", ")
			f.Hint = "write_audit_clone publishes the audited rows themselves"
			diags.Add(f)
		}
		var kept []string
		for _, n := range p.Written(d) {
			if p.IsKept(d, n.Node) {
				kept = append(kept, n.ID)
			}
		}
		if kept = p.Ignored.Kept(code, kept); len(kept) > 0 {
			f := p.Finding(code, diag.Warning, d)
			f.Nodes, f.Word = kept, "schema"
			f.Message = "naming: audit keeps the schemas of these, so the audit run overwrites production before any test has run: " + diag.Shorten(kept, ", ")
			f.Hint = "take their schemas out of keep, if readers look at them"
			diags.Add(f)
		}
	}
	return diags
}

// stale lists what is read in production and not built there, each with a reader. What has one name on both sides was built by the
// audit run.
func stale(p *rule.Pass, d plan.Deployment, rebuilt map[string]bool) []string {
	seen := map[string]bool{}
	var list []string
	for _, r := range d.Scope {
		for _, parent := range p.Read(r.Node) {
			if !rebuilt[parent.ID] && !seen[parent.ID] && !rule.IsForeign(parent) && !p.SameName(d, parent) {
				seen[parent.ID] = true
				list = append(list, parent.ID+" (read by "+r.Node+")")
			}
		}
	}
	return list
}

// movingSources are the rebuilt nodes that sources reach through ephemeral and rebuilt nodes alone.
func movingSources(p *rule.Pass, rebuilt map[string]bool) map[string]bool {
	reached := map[string]bool{}
	var stack []int
	for i, n := range p.Project.Nodes {
		if n.Kind == manifest.Source {
			stack = append(stack, i)
		}
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, child := range p.Project.Graph.Children[i] {
			n := p.Project.Nodes[child]
			ephemeral := n.Kind == manifest.Model && !naming.IsRelation(n)
			if !reached[n.ID] && (ephemeral || rebuilt[n.ID]) {
				reached[n.ID] = true
				stack = append(stack, int(child))
			}
		}
	}
	return reached
}
