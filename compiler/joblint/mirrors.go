package joblint

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/mirror"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// mirrors reports jobs that refresh a mirror beside other things, or that leave out what only a mirror feeds (DW306).
func (c *checker) mirrors() {
	if len(c.Plan.Mirrors) == 0 || c.Plan.Main == nil {
		return
	}
	main := mirror.Share(c.Project, c.Plan.Mirrors).Main()
	built := map[string]bool{}
	var first *done
	all := !slices.ContainsFunc(c.jobs, func(j Job) bool { return j.Open }) // of every step it is known what it selects
	for i := range c.done {
		d := &c.done[i]
		if c.elsewhere(d.job) || !slices.Contains(writers, d.command.name) && d.command.name != "test" {
			continue
		}
		if !d.known {
			all = false
			continue
		}
		var of []string
		builds := false
		for _, n := range d.selected {
			if !mirror.Has(main, n.ID) {
				of = append(of, n.ID)
				continue
			}
			builds = true
			built[n.ID] = built[n.ID] || d.command.name != "test"
			if first == nil && naming.IsRelation(n) && d.command.name != "test" {
				first = d
			}
		}
		if of = c.Ignored.Kept(mirrorBuilt, of); builds && len(of) > 0 {
			c.report(mirrorBuilt, diag.Warning, d.step.Span, "this step would refresh or test what is of a mirror, and needs the sources for it: "+diag.Shorten(of, ", "),
				"add "+c.mainWords()+"; what refreshes the copies is a job of its own")
		}
	}
	if first == nil || !all {
		return
	}
	var left []string
	for _, id := range c.Plan.Main.Selected {
		if n := c.Project.Node(id); n != nil && naming.IsRelation(n) && !built[id] {
			left = append(left, id)
		}
	}
	if left = c.Ignored.Kept(mirrorBuilt, left); len(left) > 0 {
		c.report(mirrorBuilt, diag.Warning, first.step.Span, "no step of these files builds what the main job has to build beside the mirror: "+diag.Shorten(left, ", "),
			"build everything but the mirror, as the main job that dbtwac compile plans does: dbt build "+c.mainWords())
	}
}

// mainWords are the arguments that keep a build away from the mirrors and their sources.
func (c *checker) mainWords() string {
	words := "--exclude " + quote.Shell(c.Plan.Main.Exclude)
	for _, arg := range c.Plan.Main.Args {
		words += " " + quote.Shell(arg)
	}
	return words
}
