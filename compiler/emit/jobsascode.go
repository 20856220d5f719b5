package emit

import (
	"strconv"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// jobsAsCodeView is what jobs_as_code.yml prints. Strings are scalars of YAML in which nothing is Jinja: dbt-jobs-as-code renders the
// whole file.
type jobsAsCodeView struct {
	File             string // this file's path: a shell word
	Account, Project int
	OwnsAll          bool
	Jobs             []jobAsCode
}

type jobAsCode struct {
	Key, Name, Description, Target, Cron, Type, Scheduled string
	Environment, Threads, Timeout                         int
	Steps                                                 []string
}

func newJobsAsCodeView(p *plan.Plan, jobs []plan.Job, file string) jobsAsCodeView {
	v := jobsAsCodeView{File: quote.Comment(quote.Shell(file)), Account: p.Platform.AccountID, Project: p.Platform.ProjectID, OwnsAll: p.Platform.OwnsAll}
	for _, j := range jobs {
		job := jobAsCode{
			Key: quote.YAML(j.Name), Name: quote.YAMLWithoutJinja("dbtwac " + j.Name), Description: quote.YAMLWithoutJinja(platformDescription(j)),
			Target: quote.YAMLWithoutJinja(j.Environment.Target), Cron: quote.YAMLText(platformCron(j)),
			Environment: j.EnvironmentID, Threads: platformThreads(j), Timeout: j.Timeout, Type: platformType(j), Scheduled: strconv.FormatBool(j.Schedule != ""),
		}
		for _, step := range platformSteps(j) {
			job.Steps = append(job.Steps, quote.YAMLWithoutJinja(step))
		}
		v.Jobs = append(v.Jobs, job)
	}
	return v
}
