// Package dw406 finds jobs that write one relation and can run at the same time.
package dw406

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/cron"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jobs"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW406"

//go:embed DW406.md
var docs embed.FS

// Rule is DW406.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

// night is a job that a schedule starts, with those that its success starts.
type night struct {
	job      plan.Job // the first
	schedule cron.Schedule
	minutes  int // that it can last
	writes   map[plan.Name]bool
	order    []plan.Name // of what it writes, as it is found
}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	nights := scheduled(p)
	for i, b := range nights {
		for _, a := range nights[:i] {
			var both []string
			for _, name := range b.order {
				if a.writes[name] {
					both = append(both, name.Schema+"."+name.Identifier)
				}
			}
			if len(both) == 0 {
				continue
			}
			if at, meet := cron.Meet(a.schedule, b.schedule, a.minutes, b.minutes); meet {
				f := p.JobFinding(code, diag.Warning, b.job)
				f.Message = fmt.Sprintf("%s and %s both write %s, and one can begin while the other runs, such as at %02d:%02d UTC", a.job.Name, b.job.Name, diag.Shorten(both, ", "), at/60, at%60)
				f.Hint = fmt.Sprintf("set their schedules apart, or their timeouts lower: %s can last %d minutes, %s %d%s", a.job.Name, a.minutes, b.job.Name, b.minutes, guessed(a, b))
				diags.Add(f)
			}
		}
	}
	return diags
}

func guessed(nights ...night) string {
	for _, n := range nights {
		if n.job.Timeout == 0 {
			return "; one without a timeout is taken to last an hour"
		}
	}
	return ""
}

func scheduled(p *rule.Pass) []night {
	var nights []night
	for _, j := range p.Plan.Jobs {
		if j.After != "" && len(nights) > 0 && j.Of == nights[len(nights)-1].job.Of { // jobs of a night stand together
			nights[len(nights)-1].add(p, j)
			continue
		}
		schedule, err := cron.Parse(j.Schedule)
		if err != nil { // none: config.Load has read the others
			continue
		}
		n := night{job: j, schedule: schedule, writes: map[plan.Name]bool{}}
		n.add(p, j)
		nights = append(nights, n)
	}
	return nights
}

func (n *night) add(p *rule.Pass, j plan.Job) {
	n.minutes += jobs.Lasts(j.Timeout)
	write := func(key plan.Name) {
		if !n.writes[key] {
			n.writes[key], n.order = true, append(n.order, key)
		}
	}
	environment, _ := p.Config.Environment(j.Environment.Name)
	for _, c := range j.Commands {
		if c.Step == nil || c.Step.Command == "test" {
			continue
		}
		for _, id := range c.Step.Selected {
			if node := p.Project.Node(id); node != nil && naming.IsWritten(node) {
				if key, known := p.KeyOf(node, environment); known {
					write(key)
				}
			}
		}
	}
	if !j.Mirror && j.Of != "" {
		for _, r := range p.Plan.Deployment(j.Of).Scope {
			write(p.Key(r.Publish))
		}
	}
}
