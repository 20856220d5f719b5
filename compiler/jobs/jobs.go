// Package jobs cuts what a Plan does into jobs, each under one target, and checks what a job can be.
//
// It knows what dbt's platform takes for a step, and no format: package emit prints jobs. What people have written as jobs is the
// affair of package joblint.
package jobs

import (
	"fmt"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// Plan returns p with its jobs: of each deployment in order, of each mirror, and where there are mirrors and no deployment, the main
// job.
func Plan(p plan.Plan, c *config.Config) plan.Plan {
	jobs := []plan.Job{}
	for i := range p.Deployments {
		jobs = append(jobs, ofDeployment(&p.Deployments[i], c.Jobs.ForDeployment(p.Deployments[i].Name))...)
	}
	for i := range p.Mirrors {
		jobs = append(jobs, ofMirror(&p.Mirrors[i], c.Jobs.ForMirror(p.Mirrors[i].Name))...)
	}
	if p.Main != nil && len(p.Deployments) == 0 {
		main := job("main", "", p.Mirrors[0].Environment, c.Jobs.Default, plan.Build)
		main.Description = "Builds and tests everything but the copies of the mirrors."
		main.Commands = []plan.Command{{Step: p.Main}}
		jobs = append(jobs, main)
	}
	for i := range jobs {
		jobs[i].EnvironmentID = c.Jobs.EnvironmentID(jobs[i].Environment.Name)
	}
	p.Jobs = jobs
	p.Platform = plan.Platform{AccountID: c.Jobs.AccountID.Value, ProjectID: c.Jobs.ProjectID.Value, OwnsAll: c.Jobs.OwnsAll}
	p.Actions = plan.Actions{Setup: c.Jobs.Actions.Setup.Value, RunsOn: c.Jobs.Actions.RunsOn.Value, Secrets: []string{}}
	for _, secret := range c.Jobs.Actions.Secrets {
		p.Actions.Secrets = append(p.Actions.Secrets, secret.Value)
	}
	return p
}

// Unlimited is how many minutes a job without a timeout is taken to last.
const Unlimited = 60

// Minutes are as many as hold the seconds of a timeout.
func Minutes(timeout int) int { return (timeout + 59) / 60 }

// Lasts is how many minutes a job of that timeout can last; 0 is none.
func Lasts(timeout int) int {
	if timeout == 0 {
		return Unlimited
	}
	return Minutes(timeout)
}

// nightly are the phases of the job that a schedule starts; every other phase is a job that a person starts.
var nightly = []string{plan.Build, plan.Publish}

func ofDeployment(d *plan.Deployment, s config.JobSettings) []plan.Job {
	jobs := cut(d, d.Name, s, nightly...)
	for i := range jobs {
		jobs[i].Description = describe(d, jobs[i], i)
	}
	s.Schedule = config.Text{}
	for _, phase := range d.Phases {
		if slices.Contains(nightly, phase.Name) {
			continue
		}
		byHand := cut(d, d.Name+"-"+phase.Name, s, phase.Name)
		for i := range byHand {
			byHand[i].Description = "Deployment " + d.Name + ". " + byHandText[phase.Name]
		}
		jobs = append(jobs, byHand...)
	}
	return jobs
}

// cut makes a job of phases, and one more wherever the environment changes.
func cut(d *plan.Deployment, name string, s config.JobSettings, phases ...string) []plan.Job {
	var jobs []plan.Job
	for _, phaseName := range phases {
		phase, _ := d.Phase(phaseName)
		for _, a := range phase.Actions {
			e := d.Environment(a)
			if n := len(jobs); n == 0 {
				jobs = append(jobs, job(name, d.Name, e, s))
			} else if jobs[n-1].Environment.Name != e.Name {
				j := job(fmt.Sprintf("%s-%d", name, n+1), d.Name, e, s)
				j.Schedule, j.After = "", jobs[n-1].Name
				jobs = append(jobs, j)
			}
			last := &jobs[len(jobs)-1]
			if !slices.Contains(last.Phases, phaseName) {
				last.Phases = append(last.Phases, phaseName)
			}
			last.Commands = append(last.Commands, command(a, last.After != "" && d.Ledger))
		}
	}
	return jobs
}

// job is one without commands. Its name is that of a deployment, or has a hyphen, which no name of dbtwac.yml has.
func job(name, of string, e plan.Environment, s config.JobSettings, phases ...string) plan.Job {
	return plan.Job{
		Name: name, Of: of, Phases: phases, Formats: formats(s), Environment: e, Schedule: s.Schedule.Value, Timeout: s.Timeout, Threads: s.Threads,
		Commands: []plan.Command{},
	}
}

func formats(s config.JobSettings) []string {
	list := []string{}
	for _, f := range config.Formats {
		if s.Has(config.Format(f)) {
			list = append(list, f)
		}
	}
	return list
}

func command(a plan.Action, continues bool) plan.Command {
	if a.Step != nil {
		return plan.Command{Step: a.Step}
	}
	return plan.Command{Operation: a.Group.Name, Continues: continues}
}

func describe(d *plan.Deployment, j plan.Job, i int) string {
	does := "Builds and tests in " + d.Build.Name
	switch {
	case slices.Equal(j.Phases, nightly):
		does += ", and publishes to " + d.Publish.Name
	case i > 0:
		does = "Goes on with the publish to " + d.Publish.Name
	}
	return fmt.Sprintf("%s (deployment %s, %s).", does, d.Name, d.Strategy)
}

// byHandText describes the jobs that a person starts.
var byHandText = map[string]string{
	plan.Bootstrap: "Once, before the first publish over an existing production: copies what no build can make again to the build side.",
	plan.Rollback:  "Takes the latest publish back.",
	plan.Reset:     "After a build that failed, or a rollback: gives the build side what production has.",
	plan.Cleanup:   "Drops the backups of the latest publish, which cannot be taken back then.",
}

func ofMirror(m *plan.Mirror, s config.JobSettings) []plan.Job {
	var jobs []plan.Job
	for _, step := range []struct {
		name, description string
		step              *plan.Step
	}{
		{"refresh", "Copies the sources of the mirror " + m.Name + " and tests the copies.", &m.Refresh},
		{"full_refresh", "Copies the sources of the mirror " + m.Name + ", and makes incremental copies anew.", &m.FullRefresh},
		{"check", "Tests the copies of the mirror " + m.Name + " as they are.", &m.Check},
	} {
		if step.name == "check" && len(step.step.Selected) == 0 {
			continue // it has no test
		}
		j := job(m.Name+"-"+step.name, m.Name, m.Environment, s, step.name)
		j.Mirror, j.Description, j.Commands = true, step.description, []plan.Command{{Step: step.step}}
		jobs = append(jobs, j)
		s.Schedule = config.Text{}
	}
	return jobs
}
