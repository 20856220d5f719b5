package emit

import (
	"path"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/jobs"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// workflowView is what workflow.yml prints: a deployment or a mirror in GitHub Actions. Strings are scalars of YAML; Run, and nothing
// else, is text of other people's, in which no expression of GitHub's is one.
type workflowView struct {
	Name, Does, Setup, RunsOn string
	Folder                    string // of the dbt project in the repository; empty: they are one
	Cron                      string // empty: nothing but a person starts it
	Options                   []string
	Secrets                   []string
	Jobs                      []workflowJob
}

type workflowJob struct {
	ID, If  string
	Needs   string // the job that has to succeed first, or empty
	Timeout int    // minutes; 0: GitHub's own
	Steps   []workflowStep
}

type workflowStep struct{ Name, If, Run string }

// whole is what the workflow of a deployment does unless it is told otherwise.
const whole = "build_and_publish"

// workflows are one for each deployment and mirror, and one for the main job where that is a job of its own.
func workflows(p *plan.Plan, out config.Output) []artifact {
	var list []artifact
	add := func(name string, view workflowView) {
		list = append(list, artifact{path: path.Join(out.Workflows.Value, name+".yml"), template: "workflow.yml", view: func(*inlays) any { return view }})
	}
	done := map[string]bool{}
	for _, j := range p.Jobs {
		name := "dbtwac-" + j.Name
		if !slices.Contains(j.Formats, string(config.FormatGitHubActions)) {
			continue
		}
		v := newWorkflowView(p, j, out)
		switch {
		case j.Mirror && !done["mirror "+j.Of]:
			done["mirror "+j.Of] = true
			name = "dbtwac-mirror-" + j.Of
			v.Name, v.Does = name, "Refresh of the mirror "+j.Of+"."
			for _, other := range p.Jobs {
				if other.Mirror && other.Of == j.Of {
					v.Options = append(v.Options, other.Phases[0])
					v.Jobs = append(v.Jobs, simpleJob(other, v.Cron != "" && len(v.Jobs) == 0))
				}
			}
		case j.Of == "":
			v.Options = j.Phases
			v.Jobs = []workflowJob{simpleJob(j, v.Cron != "")}
		case !j.Mirror && j.Name == j.Of:
			if d := p.Deployment(j.Of); d != nil {
				v.Options, v.Jobs = deploymentJobs(d, j, out)
			}
		default:
			continue
		}
		add(name, v)
	}
	return list
}

func newWorkflowView(p *plan.Plan, j plan.Job, out config.Output) workflowView {
	v := workflowView{Name: "dbtwac-" + j.Name, Does: quote.Comment(j.Description), Setup: p.Actions.Setup, RunsOn: quote.YAML(p.Actions.RunsOn), Secrets: p.Actions.Secrets}
	if out.Folder != "." {
		v.Folder = run(out.Folder)
	}
	if j.Schedule != "" {
		v.Cron = quote.YAMLText(j.Schedule)
	}
	return v
}

// when is the condition of a job that does what is chosen by hand, or by the schedule.
func when(phase string, scheduled bool) string {
	if scheduled {
		return "github.event_name == 'schedule' || inputs.phase == '" + phase + "'"
	}
	return "inputs.phase == '" + phase + "'"
}

// simpleJob is a job of one phase that nothing follows.
func simpleJob(j plan.Job, scheduled bool) workflowJob {
	w := workflowJob{ID: j.Phases[0], If: when(j.Phases[0], scheduled), Timeout: jobs.Minutes(j.Timeout)}
	for _, c := range j.Commands {
		w.Steps = append(w.Steps, workflowStep{Name: "dbt " + c.Step.Command, Run: run(commandLine(j, c, false))})
	}
	return w
}

// deploymentJobs are a job for each phase: a publish behind its build, and the others alone.
func deploymentJobs(d *plan.Deployment, j plan.Job, out config.Output) (options []string, list []workflowJob) {
	options = []string{whole}
	for _, phase := range d.Phases {
		w := workflowJob{ID: phase.Name, If: when(phase.Name, false), Timeout: jobs.Minutes(j.Timeout)}
		switch phase.Name {
		case plan.Build:
			w.If = when(whole, j.Schedule != "")
		case plan.Publish:
			w.If, w.Needs = when(whole, j.Schedule != ""), plan.Build
		default:
			options = append(options, phase.Name)
		}
		var worst failure
		for _, i := range invocations(d, phase, out) {
			worst = max(worst, i.failure)
			w.Steps = append(w.Steps, workflowStep{Name: i.title, Run: run(line(d, i))})
		}
		if worst > stops {
			w.Steps = append(w.Steps, workflowStep{Name: "what to do", If: "failure() || cancelled()", Run: run("echo " + quote.Shell("::error::"+advice(d, worst)))})
		}
		list = append(list, w)
	}
	return options, list
}

// line is an invocation as a line of shell, without the functions of a runbook.
func line(d *plan.Deployment, i invocation) string {
	switch i.does {
	case doesOperation:
		return "dbt run-operation " + i.words
	case doesGate:
		return "if command -v dbtwac >/dev/null; then dbtwac gate " + i.words + "; else echo " +
			quote.Shell("::warning::"+d.Name+": dbtwac is not on this runner; "+stands(d)) + "; fi"
	}
	return "dbt " + i.words
}

// advice is what somebody has to know whose publish has failed.
func advice(d *plan.Deployment, f failure) string {
	if f == breaksOff {
		return d.Name + ": where a step behind the first has failed, the publish was broken off in the middle: run this workflow with the phase rollback."
	}
	return d.Name + ": where a check has failed, production is as it was. If it failed behind 'ledger: publishing', run this workflow with the phase rollback."
}

func run(line string) string { return quote.YAMLText(quote.Actions(line)) }
