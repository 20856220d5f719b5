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
	if len(p.Plan.Mirrors) == 0 {
		return nil
	}
	jobs := mirror.Share(p.Project, p.Plan.Mirrors)
	diags := exact(p, jobs)
	main := jobs.Main()
	built := map[string]bool{}
	for _, d := range p.Plan.Deployments {
		for _, phase := range d.Phases {
			var more []string
			for _, step := range phase.Steps() {
				for _, id := range step.Selected {
					built[id] = true
					if !mirror.Has(main, id) && !slices.Contains(more, id) {
						more = append(more, id)
					}
				}
			}
			if more = p.Ignored.Kept(code, more); len(more) > 0 {
				f := p.Finding(code, diag.Warning, d)
				f.Message = "the " + phase.Name + " of " + d.Name + " would refresh or test what is of a mirror, and needs the sources for it: " + diag.Shorten(more, ", ")
				f.Hint = "leave build_select out, which builds everything but the mirror; or begin it behind the copies"
				if p.Asked(d).BuildSelect.Value == "" {
					f.Hint = "say exclude: " + quote.YAML(p.Plan.Main.Exclude)
				}
				diags.Add(f)
			}
		}
	}
	if len(p.Plan.Deployments) == 0 {
		return diags
	}
	return append(diags, found(p, leftOut(p, built), "these read copies, and no deployment builds them", "leave build_select out, which builds everything but the mirror; or add them to it")...)
}

// exact compares the main job, as it was resolved, with what is to be left to it, and all jobs together with dbt build.
func exact(p *rule.Pass, jobs mirror.Jobs) diag.List {
	want, have := jobs.Main(), p.Plan.Main.Selected
	var refreshed []string
	for _, m := range p.Plan.Mirrors {
		refreshed = append(refreshed, m.Refresh.Selected...)
	}
	slices.Sort(refreshed)
	return slices.Concat(
		found(p, without(have, want), "the main job cannot leave out these, which are of a mirror or of its sources: no selection names them alone", "give the mirror a tag that nothing else has, and sources and tests names of letters, digits and underscores"),
		found(p, without(want, have), "the main job leaves out these, which are neither of a mirror nor of its sources: a selection that names those takes them too", "give the mirror a tag that nothing else has"),
		found(p, without(without(jobs.Loose, refreshed), across(p)), "no job runs these tests, which read nothing but mirrored sources: the main job goes without those, and a refresh tests the copies", "let them read the copies: dbtwac mirror prints the patch"),
		found(p, across(p), "no job runs these tests, which read the copies of two mirrors: a refresh has one of them, and the main job none", "put the two sources into one mirror"),
	)
}

// found is a finding about nodes, if there are some that the user has not accepted.
func found(p *rule.Pass, ids []string, message, hint string) diag.List {
	if ids = p.Ignored.Kept(code, ids); len(ids) == 0 {
		return nil
	}
	f := p.MirrorFinding(code, diag.Warning, p.Plan.Mirrors[0])
	f.Message, f.Hint = message+": "+diag.Shorten(ids, ", "), hint
	return diag.List{f}
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
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return mirror.Has(other, id) })
}

// leftOut are the relations that read copies and that nothing builds, although nothing else that they read is left out too: a
// selection that begins at the staging models forgets them.
func leftOut(p *rule.Pass, built map[string]bool) []string {
	var list []string
	for _, n := range p.Project.Nodes {
		if !naming.IsRelation(n) || p.Project.IsMade(n) || built[n.ID] || rule.IsForeign(n) {
			continue
		}
		copies, others := false, false
		for _, parent := range p.Read(n.ID) {
			copies = copies || p.Project.IsMade(parent)
			others = others || naming.IsRelation(parent) && !p.Project.IsMade(parent) && built[parent.ID]
		}
		if copies && !others {
			list = append(list, n.ID)
		}
	}
	return list
}
