// Package dw306 finds main jobs that build a mirror, or leave out what only a mirror feeds.
package dw306

import (
	"embed"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/mirror"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

const code diag.Code = "DW306"

//go:embed DW306.md
var docs embed.FS

// Rule is DW306.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	mirrors := p.Plan.Mirrors
	if len(mirrors) == 0 {
		return nil
	}
	diags := exact(p)
	main := mirror.LeftToMain(p.Project, mirrors)
	built := map[string]bool{}
	for _, d := range p.Plan.Deployments {
		for _, phase := range d.Phases {
			var more []string
			for _, step := range phase.Steps() {
				for _, id := range step.Selected {
					built[id] = true
					if _, ok := slices.BinarySearch(main, id); !ok && isOfMirror(p, id) && !slices.Contains(more, id) {
						more = append(more, id)
					}
				}
			}
			if more = p.Ignored.Kept(code, more); len(more) > 0 {
				f := p.Finding(code, diag.Warning, d)
				f.Message = "the " + phase.Name + " of " + d.Name + " would refresh or test what is of a mirror, and needs the sources for it: " + diag.Shorten(more, ", ")
				f.Hint = "leave build_select out, which builds everything but the mirror; or begin it behind the copies"
				if p.Asked(d).BuildSelect.Value == "" {
					f.Hint = "say exclude: " + quote.YAML(mirrors[0].Main.Exclude)
				}
				diags.Add(f)
			}
		}
	}
	if len(p.Plan.Deployments) == 0 {
		return diags
	}
	if left := p.Ignored.Kept(code, leftOut(p, built)); len(left) > 0 {
		f := p.MirrorFinding(code, diag.Warning, mirrors[0])
		f.Message = "these read copies, and no deployment builds them: " + diag.Shorten(left, ", ")
		f.Hint = "leave build_select out, which builds everything but the mirror; or add them to it"
		diags.Add(f)
	}
	return diags
}

// isOfMirror reports whether a node is a copy, or a test that reads copies or sources.
func isOfMirror(p *rule.Pass, id string) bool {
	n := p.Project.Node(id)
	return n != nil && (p.Project.IsMade(n) || n.Kind == manifest.Test)
}

// exact compares the main job, as it was resolved, with what is to be left to it, and all jobs together with dbt build.
func exact(p *rule.Pass) diag.List {
	var diags diag.List
	mirrors := p.Plan.Mirrors
	want, have := mirror.LeftToMain(p.Project, mirrors), mirrors[0].Main.Selected
	f := p.MirrorFinding(code, diag.Warning, mirrors[0])
	if more := without(have, want); len(more) > 0 {
		f.Message = "the main job cannot leave out what is of a mirror or of its sources, because a name in it means something in selection syntax: " + diag.Shorten(more, ", ")
		f.Hint = "give the mirror a tag that nothing else has, and the source a name of letters, digits and underscores"
		diags.Add(f)
	}
	missing := without(want, have)
	for _, m := range mirrors {
		missing = without(missing, m.Refresh.Selected)
	}
	if len(missing) > 0 {
		f.Message = "neither the main job nor a refresh would run these: " + diag.Shorten(missing, ", ")
		f.Hint = "give each mirror a tag that nothing else has"
		diags.Add(f)
	}
	if across := p.Ignored.Kept(code, across(p)); len(across) > 0 {
		f.Message = "these tests read the copies of two mirrors, and so neither a refresh nor the main job runs them: " + diag.Shorten(across, ", ")
		f.Hint = "put the two sources into one mirror"
		diags.Add(f)
	}
	return diags
}

// across are the tests of which the copies of no one mirror are all that they read.
func across(p *rule.Pass) []string {
	of := map[string]string{}
	for _, m := range p.Plan.Mirrors {
		for _, c := range m.Models {
			of[c.Node] = m.Name
		}
	}
	var list []string
	for _, n := range p.Project.Nodes {
		if n.Kind != manifest.Test || len(n.Parents) < 2 || slices.ContainsFunc(n.Parents, func(id string) bool { return of[id] == "" }) {
			continue
		}
		if slices.ContainsFunc(n.Parents, func(id string) bool { return of[id] != of[n.Parents[0]] }) {
			list = append(list, n.ID)
		}
	}
	return list
}

// without are the ids of a sorted list that another one does not have.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { _, found := slices.BinarySearch(other, id); return found })
}

// leftOut are the relations that read copies and that nothing builds, although nothing else that they read is left out too: a
// selection that begins at the staging models forgets them.
func leftOut(p *rule.Pass, built map[string]bool) []string {
	var list []string
	for i, n := range p.Project.Nodes {
		if !naming.IsRelation(n) || p.Project.IsMade(n) || built[n.ID] || rule.IsForeign(n) {
			continue
		}
		copies, others := false, false
		for _, parent := range parents(p, i) {
			copies = copies || p.Project.IsMade(parent)
			others = others || naming.IsRelation(parent) && !p.Project.IsMade(parent) && built[parent.ID]
		}
		if copies && !others {
			list = append(list, n.ID)
		}
	}
	return list
}

// parents are what a node reads, through ephemeral models.
func parents(p *rule.Pass, at int) []*manifest.Node { return p.Read(p.Project.Nodes[at].ID) }
