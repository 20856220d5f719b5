package emit

import (
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// body is what dbt's Admin API, version 2, takes for a job: everything that it demands, and the schedule whole, because it refuses half
// of one.
type body struct {
	AccountID     int          `json:"account_id"`
	ProjectID     int          `json:"project_id"`
	EnvironmentID int          `json:"environment_id"`
	Name          string       `json:"name"`
	Description   string       `json:"description"`
	Steps         []string     `json:"execute_steps"`
	Settings      bodySettings `json:"settings"`
	Execution     struct {
		Timeout int `json:"timeout_seconds"`
	} `json:"execution"`
	Triggers struct {
		GitHub   bool `json:"github_webhook"`
		Git      bool `json:"git_provider_webhook"`
		Schedule bool `json:"schedule"`
		OnMerge  bool `json:"on_merge"`
	} `json:"triggers"`
	Schedule       bodySchedule `json:"schedule"`
	Type           string       `json:"job_type"`
	State          int          `json:"state"` // 1: active
	Docs           bool         `json:"generate_docs"`
	Freshness      bool         `json:"run_generate_sources"`
	CompareChanges bool         `json:"run_compare_changes"`
	Lint           bool         `json:"run_lint"`
	FailsOnLint    bool         `json:"errors_on_lint_failure"`
	Webhooks       bool         `json:"lifecycle_webhooks"`
}

type bodySettings struct {
	Threads int    `json:"threads"`
	Target  string `json:"target_name"`
}

type bodySchedule struct {
	Cron string `json:"cron"`
	Date struct {
		Type string `json:"type"`
		Cron string `json:"cron"`
	} `json:"date"`
	Time struct {
		Type     string `json:"type"`
		Interval int    `json:"interval"`
	} `json:"time"`
}

func newBody(p *plan.Plan, j plan.Job) body {
	b := body{
		AccountID: p.Platform.AccountID, ProjectID: p.Platform.ProjectID, EnvironmentID: j.EnvironmentID,
		Name: "dbtwac " + j.Name, Description: platformDescription(j), Steps: platformSteps(j),
		Settings: bodySettings{platformThreads(j), j.Environment.Target}, State: 1, FailsOnLint: true,
		Type: platformType(j),
	}
	b.Execution.Timeout = j.Timeout
	if j.Schedule != "" {
		b.Triggers.Schedule = true
	}
	b.Schedule.Cron, b.Schedule.Date.Type, b.Schedule.Date.Cron = platformCron(j), "custom_cron", platformCron(j)
	b.Schedule.Time.Type, b.Schedule.Time.Interval = "every_hour", 1
	return b
}

// createView is what create.sh prints.
type createView struct {
	Account, Project int
	Jobs             []createJob
}

// createJob are the words behind write: the file of a body, and the number that the job before has got, where that starts it.
type createJob struct{ Words string }

func newCreateView(p *plan.Plan, jobs []plan.Job) createView {
	v := createView{Account: p.Platform.AccountID, Project: p.Platform.ProjectID}
	for _, j := range jobs {
		words := quote.Shell(j.Name + ".json")
		if j.After != "" {
			words += ` "$number"`
		}
		v.Jobs = append(v.Jobs, createJob{words})
	}
	return v
}
