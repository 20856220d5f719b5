// Package dw227 finds grants and hooks that a publish does not carry from the build side to production.
package dw227

import (
	"embed"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/modeltext"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

const code diag.Code = "DW227"

//go:embed DW227.md
var docs embed.FS

// Rule is DW227.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if d.Rebuilt { // dbt itself grants and runs hooks, under the publish target
			continue
		}
		granted := p.InScope(d, func(r plan.Relation, n *manifest.Node) bool {
			return !(rule.IsView(r) && d.Views == string(config.ViewsRebuild)) && naming.GrantsMove(n)
		})
		if granted = p.Ignored.Kept(code, granted); len(granted) > 0 {
			f := p.Finding(code, diag.Warning, d)
			f.Nodes, f.Word = granted, "grants"
			f.Message = "the grants of these depend on the target, so the publish cannot know those of " + d.Publish.Name + ": " + diag.Shorten(granted, ", ")
			f.Hint = "name the roles in grants, or in readers of the deployment"
			diags.Add(f)
		}
		if d.Strategy != string(config.WriteAuditClone) && d.Strategy != string(config.ProductionRollback) {
			continue
		}
		for _, part := range []struct {
			cloned        bool // a clone of the relation is published, and all that it has but privileges
			does          []effect
			severity      diag.Severity
			message, hint string
		}{
			{
				false, []effect{more, grants}, diag.Warning, "post-hooks change the relation that is built, and a copy takes only rows to " + d.Publish.Name + ": ",
				"say grants in config.grants or readers; do the rest once in " + d.Publish.Name + ", by hand or with a run-operation",
			},
			{
				false, []effect{unknown}, diag.Note, "post-hooks hand the relation that is built to a macro, and a copy takes only rows to " + d.Publish.Name + ": ",
				"nothing is wrong if the macro only writes rows; what else it does to the relation does not reach readers",
			},
			{true, []effect{grants}, diag.Warning, "post-hooks grant privileges on the relation that is built, and a clone in " + d.Publish.Name + " has none of them: ", "say grants in config.grants or readers"},
		} {
			hooked := p.Ignored.Kept(code, p.InScope(d, func(r plan.Relation, n *manifest.Node) bool {
				return !rule.IsView(r) && rule.TakesAll(d) == part.cloned &&
					slices.ContainsFunc(rule.Hooks(n, "post-hook"), func(text string) bool { return slices.Contains(part.does, effectOf(text, p.Can.Lexis)) })
			}))
			if len(hooked) > 0 {
				f := p.Finding(code, part.severity, d)
				f.Nodes, f.Word = hooked, "post_hook"
				f.Message, f.Hint = part.message+diag.Shorten(hooked, ", "), part.hint
				diags.Add(f)
			}
		}
	}
	return diags
}

// effect is what a hook does to {{ this }}.
type effect uint8

const (
	nothing effect = iota // that a copy of the rows would not hold
	more                  // that is no row
	grants                // privileges
	unknown               // it is a macro's affair
)

// rows are the words that begin a statement which leaves nothing on the relation but rows and statistics.
var rows = []string{"delete", "update", "insert", "merge", "select", "analyze", "vacuum", "truncate", "copy", "export", "load", "assert"}

func effectOf(hook string, lexis sqltext.Lexis) effect {
	parts := jinja.Scan(hook)
	tags := modeltext.InQuery(parts, lexis)
	words := strings.Fields(strings.ToLower(lexis.Code(modeltext.Around(parts))))
	whole := slices.ContainsFunc(tags, func(tag jinja.Part) bool { return slices.Contains(tag.Paths(), "this") })
	switch {
	case len(words) == 0 || slices.Contains(rows, words[0]) || !modeltext.Reads(tags, "this"):
		return nothing
	case len(words) > 1 && words[0] == "grant":
		return grants
	case len(words) > 1:
		return more
	case whole:
		return unknown
	}
	return nothing // {{ log(this.name) }}
}
