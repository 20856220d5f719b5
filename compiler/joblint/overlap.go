package joblint

import (
	"fmt"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/cron"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jobs"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// scheduled is a job that starts by itself.
type scheduled struct {
	job     *Job
	starts  []cron.Schedule
	minutes int
	writes  set // numbers of places
}

// overlaps reports jobs that write what another one writes, at one time (DW406): once a job, with all that it meets.
func (c *checker) overlaps() {
	var list []scheduled
	places := newPlaces(c.Fold)
	for i := range c.jobs {
		if s := c.scheduled(&c.jobs[i], places); len(s.starts) > 0 && len(s.writes) > 0 {
			list = append(list, s)
		}
	}
	for i, b := range list {
		var met []meeting
		for _, a := range list[:i] {
			if minute, meet := a.meets(b); meet {
				met = append(met, meeting{a, minute})
			}
		}
		if len(met) > 0 {
			c.overlap(b, met, places)
		}
	}
}

// meeting is the minute of a day at which another job is met.
type meeting struct {
	scheduled
	minute int
}

// meets reports whether a job can write what another one writes at the same time, and when. Each pair is asked, so this has to be quick.
func (s scheduled) meets(other scheduled) (minute int, meet bool) {
	if !s.writes.meets(other.writes) || s.job.apart(other.job) {
		return 0, false
	}
	for _, x := range s.starts {
		for _, y := range other.starts {
			if minute, meet := cron.Meet(x, y, s.minutes, other.minutes); meet {
				return minute, true
			}
		}
	}
	return 0, false
}

func (c *checker) overlap(b scheduled, met []meeting, places *places) {
	a := met[0]
	var both []string
	for _, n := range a.writes.both(b.writes) {
		both = append(both, places.shown[n])
	}
	slices.Sort(both)
	d := diag.Diagnostic{
		Code: Overlap, Severity: diag.Warning, Span: b.job.Schedules[0].Span,
		Message: fmt.Sprintf("the jobs %s and %s write %s, and at %02d:%02d UTC one starts while a run of the other may be under way, %s", a.job.Name, b.job.Name, diag.Shorten(both, ", "), a.minute/60, a.minute%60, lasts(a.scheduled, b)),
		Hint:    "move one of the schedules, start one job by the success of the other, or set timeouts that end the first before the second begins",
		Related: []diag.Related{{Span: a.job.Schedules[0].Span, Message: "the schedule of " + a.job.Name}},
	}
	if len(met) > 1 {
		var others []string
		for _, m := range met[1:] {
			others = append(others, m.job.Name)
		}
		d.Message += "; the same goes for " + diag.Shorten(others, ", ")
	}
	c.diags.Add(d)
}

// lasts says how long a run was taken to last.
func lasts(a, b scheduled) string {
	if a.job.Timeout == 0 || b.job.Timeout == 0 {
		return "which is taken to last an hour where no timeout is set"
	}
	return "which lasts as long as its timeout at most"
}

// scheduled is what a job writes, and when.
func (c *checker) scheduled(j *Job, places *places) scheduled {
	s := scheduled{job: j, minutes: min(jobs.Lasts(j.Timeout), 7*24*60)}
	if j.Sometimes {
		return s
	}
	for _, text := range j.Schedules {
		if parsed, err := cron.ParseLoosely(oneLine(text.Value)); err == nil {
			s.starts = append(s.starts, parsed)
		}
	}
	if len(s.starts) == 0 {
		return s
	}
	for _, d := range c.done {
		if d.job == j {
			c.writes(d, places, s.writes.add)
		}
	}
	return s
}

// writers are the commands that make relations of what they select.
var writers = []string{"build", "run", "seed", "snapshot", "clone"}

// writes calls f for each place that a step writes.
func (c *checker) writes(d done, places *places, f func(number int)) {
	if d.command.name == "run-operation" && len(d.command.words) > 0 {
		for _, n := range c.published(d.command.words[0].Text) {
			f(places.relation(naming.Name{Database: n.Database, Schema: n.Schema, Identifier: n.Identifier}))
		}
	}
	if !d.known || !slices.Contains(writers, d.command.name) {
		return
	}
	e, place, found := c.under(d)
	for _, n := range d.selected {
		if !naming.IsRelation(n) {
			continue
		}
		if found {
			f(places.node(c.Names, n, e))
		} else if place != "" {
			f(places.elsewhere(n, place))
		}
	}
}

// published are the relations that an operation of a deployment replaces for readers.
func (c *checker) published(macro string) []plan.Name {
	var list []plan.Name
	for i := range c.Plan.Deployments {
		d := &c.Plan.Deployments[i]
		for _, phase := range []string{plan.Publish, plan.Rollback} {
			p, _ := d.Phase(phase)
			for _, g := range p.Groups() {
				if macro != plan.MacroName(d.Name, g.Name) {
					continue
				}
				for _, r := range d.Scope {
					list = append(list, r.Publish)
				}
			}
		}
	}
	return list
}
