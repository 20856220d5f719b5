package joblint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/cron"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// unlimited is how long, in minutes, a run is taken to last where no timeout says it.
const unlimited = 60

// scheduled is a job that starts by itself.
type scheduled struct {
	job     *Job
	starts  []cron.Schedule
	minutes int
	writes  []string // keys of relations, sorted, each once
	shown   map[string]string
}

// overlaps reports two jobs that write one relation at one time (DW406).
func (c *checker) overlaps() {
	var list []scheduled
	for i := range c.jobs {
		if s := c.scheduled(&c.jobs[i]); len(s.starts) > 0 && len(s.writes) > 0 {
			list = append(list, s)
		}
	}
	for i, a := range list {
		for _, b := range list[i+1:] {
			c.overlap(a, b)
		}
	}
}

func (c *checker) overlap(a, b scheduled) {
	var both []string
	for _, key := range a.writes {
		if _, found := slices.BinarySearch(b.writes, key); found {
			both = append(both, a.shown[key])
		}
	}
	if len(both) == 0 {
		return
	}
	for _, x := range a.starts {
		for _, y := range b.starts {
			minute, meet := cron.Meet(x, y, a.minutes, b.minutes)
			if !meet {
				continue
			}
			c.diags.Add(diag.Diagnostic{
				Code: Overlap, Severity: diag.Warning, Span: b.job.Schedules[0].Span,
				Message: fmt.Sprintf("the jobs %s and %s write %s, and at %02d:%02d UTC one starts while a run of the other may be under way, %s", a.job.Name, b.job.Name, diag.Shorten(both, ", "), minute/60, minute%60, lasts(a, b)),
				Hint:    "move one of the schedules, start one job by the success of the other, or set timeouts that end the first before the second begins",
				Related: []diag.Related{{Span: a.job.Schedules[0].Span, Message: "the schedule of " + a.job.Name}},
			})
			return
		}
	}
}

// lasts says how long a run was taken to last.
func lasts(a, b scheduled) string {
	if a.job.Timeout == 0 || b.job.Timeout == 0 {
		return "which is taken to last an hour where no timeout is set"
	}
	return "which lasts as long as its timeout at most"
}

// scheduled is what a job writes, and when.
func (c *checker) scheduled(j *Job) scheduled {
	s := scheduled{job: j, minutes: unlimited, shown: map[string]string{}}
	if j.Timeout > 0 {
		s.minutes = min((j.Timeout+59)/60, 7*24*60)
	}
	for _, text := range j.Schedules {
		if parsed, err := cron.Parse(oneLine(text.Value)); err == nil {
			s.starts = append(s.starts, parsed)
		}
	}
	if len(s.starts) == 0 {
		return s
	}
	for _, d := range c.done {
		if d.job == j {
			c.writes(d, func(key, name string) { s.shown[key] = name; s.writes = append(s.writes, key) })
		}
	}
	slices.Sort(s.writes)
	s.writes = slices.Compact(s.writes)
	return s
}

// writers are the commands that make relations of what they select.
var writers = []string{"build", "run", "seed", "snapshot", "clone"}

// writes calls f for each relation that a step writes.
func (c *checker) writes(d done, f func(key, name string)) {
	if d.command.name == "run-operation" && len(d.command.words) > 0 {
		for _, n := range c.published(d.command.words[0].Text) {
			f(c.key(naming.Name{Database: n.Database, Schema: n.Schema, Identifier: n.Identifier}))
		}
	}
	if !d.known || !slices.Contains(writers, d.command.name) {
		return
	}
	e, target, found := c.under(d)
	for _, n := range d.selected {
		if !naming.IsRelation(n) {
			continue
		}
		if found {
			if name, err := c.Names.Of(n, e); err == nil {
				f(c.key(name))
				continue
			}
		}
		if target != "" {
			f("node "+target+" "+n.ID, n.ID+" under the target "+target)
		}
	}
}

func (c *checker) key(n naming.Name) (key, name string) {
	fold := c.Fold
	if fold == nil {
		fold = strings.ToLower
	}
	return strings.Join([]string{"relation", fold(n.Database), fold(n.Schema), fold(n.Identifier)}, "\x00"), n.String()
}

// published are the relations that an operation of a deployment replaces for readers.
func (c *checker) published(macro string) []plan.Name {
	var list []plan.Name
	for i := range c.Plan.Deployments {
		d := &c.Plan.Deployments[i]
		for _, phase := range []string{plan.Publish, plan.Rollback} {
			p, _ := d.Phase(phase)
			for _, g := range p.Groups() {
				if macro != "dbtwac_"+d.Name+"_"+g.Name {
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
