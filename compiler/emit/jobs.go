package emit

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// jobArtifacts is the table of the formats that jobs are printed in, beside the runbooks. A format that knows jobs by numbers has all jobs
// of a deployment, or none where nobody has said one of the numbers (DW407): a build without its publish would be green every night.
func jobArtifacts(p *plan.Plan, out config.Output) []artifact {
	var list []artifact
	in := func(f config.Format, known func(plan.Job) bool) []plan.Job {
		type family struct {
			of     string
			mirror bool
		}
		torn := map[family]bool{}
		for _, j := range p.Jobs {
			torn[family{j.Of, j.Mirror}] = torn[family{j.Of, j.Mirror}] || !known(j)
		}
		var jobs []plan.Job
		for _, j := range p.Jobs {
			if slices.Contains(j.Formats, string(f)) && !torn[family{j.Of, j.Mirror}] {
				jobs = append(jobs, j)
			}
		}
		return jobs
	}
	all := func(plan.Job) bool { return true }
	numbered := func(j plan.Job) bool {
		return p.Platform.AccountID > 0 && p.Platform.ProjectID > 0 && j.EnvironmentID > 0
	}

	if jobs := in(config.FormatJobsAsCode, numbered); len(jobs) > 0 {
		file := path.Join(out.Jobs.Value, "dbt_jobs_as_code.yml")
		list = append(list, artifact{path: file, template: "jobs_as_code.yml", view: func(*inlays) any { return newJobsAsCodeView(p, jobs, file) }})
	}
	if jobs := in(config.FormatTerraform, all); len(jobs) > 0 {
		list = append(list, artifact{path: path.Join(out.Jobs.Value, "terraform", "dbtwac.tf"), text: func() (string, error) { return terraform(p, jobs), nil }})
	}
	if jobs := in(config.FormatAPI, numbered); len(jobs) > 0 {
		list = append(list, artifact{path: path.Join(out.Jobs.Value, "api", "create.sh"), template: "create.sh", view: func(*inlays) any { return newCreateView(p, jobs) }})
		for _, j := range jobs {
			list = append(list, artifact{path: path.Join(out.Jobs.Value, "api", j.Name+".json"), text: func() (string, error) { return printJSON(newBody(p, j)) }})
		}
	}
	if jobs := in(config.FormatSteps, all); len(jobs) > 0 {
		list = append(list, artifact{path: path.Join(out.Jobs.Value, "steps.json"), text: func() (string, error) { return printJSON(newStepList(jobs)) }})
	}
	return append(list, workflows(p, out)...)
}

// words are those of a command of a job, behind dbt's own name. On dbt's platform the environment decides the target, and the job the
// threads.
func words(j plan.Job, c plan.Command, onPlatform bool) []string {
	var list []string
	if c.Step != nil {
		list = []string{c.Step.Command}
	} else {
		list = []string{"run-operation", plan.MacroName(j.Of, c.Operation)}
	}
	if !onPlatform {
		list = append(list, "--target", j.Environment.Target)
	}
	if c.Step == nil {
		if c.Continues {
			list = append(list, "--args", "{continues: true}")
		}
		return list
	}
	if !onPlatform && j.Threads > 0 {
		list = append(list, threadArgs(j.Threads)...)
	}
	return append(list, selectArgs(c.Step)...)
}

// commandLine is a command of a job as shell words, dbt's own name included.
func commandLine(j plan.Job, c plan.Command, onPlatform bool) string {
	return "dbt " + shellWords(words(j, c, onPlatform))
}

func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote.Shell(w)
	}
	return strings.Join(quoted, " ")
}

// platformSteps are the commands of a job as dbt's platform takes them.
func platformSteps(j plan.Job) []string {
	steps := make([]string, len(j.Commands))
	for i, c := range j.Commands {
		steps[i] = commandLine(j, c, true)
	}
	return steps
}

// platformThreads are those of a job: the platform knows no profile that would say it.
func platformThreads(j plan.Job) int {
	if j.Threads > 0 {
		return j.Threads
	}
	return 4
}

// unscheduled is a schedule that a switched-off trigger never asks for, and that tools demand all the same.
const unscheduled = "0 0 1 1 *"

func platformCron(j plan.Job) string {
	if j.Schedule != "" {
		return j.Schedule
	}
	return unscheduled
}

// platformType is what the platform calls a job that something starts by the clock, or that nothing does.
func platformType(j plan.Job) string {
	if j.Schedule != "" {
		return "scheduled"
	}
	return "other"
}

// platformDescription says who has written a job. Braces cannot be in it: all its parts are dbtwac's own words and names.
func platformDescription(j plan.Job) string {
	return j.Description + " Written by dbtwac: change dbtwac.yml, and not this job."
}

// stepList is steps.json: command lines for an orchestrator that takes nothing else.
type stepList struct {
	Job      string     `json:"job"`
	Does     string     `json:"description"`
	After    string     `json:"after,omitempty"`
	Schedule string     `json:"schedule,omitempty"`
	Timeout  int        `json:"timeout_seconds,omitempty"`
	Steps    []stepLine `json:"steps"`
}

type stepLine struct {
	Command string   `json:"command"` // for a POSIX shell
	Words   []string `json:"words"`   // the same, for who starts programs without one
}

func newStepList(jobs []plan.Job) []stepList {
	var list []stepList
	for _, j := range jobs {
		l := stepList{Job: j.Name, Does: j.Description, After: j.After, Schedule: j.Schedule, Timeout: j.Timeout}
		for _, c := range j.Commands {
			l.Steps = append(l.Steps, stepLine{commandLine(j, c, false), append([]string{"dbt"}, words(j, c, false)...)})
		}
		list = append(list, l)
	}
	return list
}

// printJSON prints what a person may want to read.
func printJSON(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.String(), err
}
