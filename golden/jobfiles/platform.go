package jobfiles

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	triggers = shape{"github_webhook": needed("flag"), "git_provider_webhook": needed("flag"), "schedule": needed("flag"), "on_merge": needed("flag")}

	// apiBody is a job of the Admin API, version 2. It demands less of the schedule, and refuses half of one.
	apiBody = shape{
		"account_id": needed("number"), "project_id": needed("number"), "environment_id": needed("number"), "name": needed("filled"),
		"description": may("filled"), "execute_steps": needed("texts"), "settings": object(shape{"threads": needed("number"), "target_name": needed("filled")}),
		"execution": object(shape{"timeout_seconds": needed("number")}), "triggers": object(triggers), "state": needed("number"),
		"generate_docs": needed("flag"), "run_generate_sources": needed("flag"), "run_compare_changes": needed("flag"), "run_lint": needed("flag"),
		"errors_on_lint_failure": needed("flag"), "lifecycle_webhooks": needed("flag"), "job_type": may("text", "ci", "scheduled", "other", "merge"),
		"dbt_version": may("filled"), "compare_changes_flags": may("text"), "triggers_on_draft_pr": may("flag"),
		"schedule": object(shape{
			"cron": needed("filled"), "date": object(shape{"type": needed("text", "custom_cron"), "cron": needed("filled")}),
			"time": object(shape{"type": needed("text", "every_hour"), "interval": needed("number")}),
		}),
	}

	// jobAsCode is a job of dbt-jobs-as-code; older releases demand a schedule of each.
	jobAsCode = shape{
		"account_id": needed("number"), "project_id": needed("number"), "environment_id": needed("number"), "name": needed("filled"),
		"description": may("text"), "execute_steps": needed("texts"), "settings": object(shape{"threads": needed("number"), "target_name": needed("filled")}),
		"execution": mayObject(shape{"timeout_seconds": needed("number")}), "triggers": object(triggers),
		"generate_docs": needed("flag"), "run_generate_sources": needed("flag"), "job_type": may("text", "ci", "scheduled", "other", "merge"),
		"schedule": object(shape{"cron": needed("filled")}), "dbt_version": may("filled"),
	}

	identifier = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)
)

// platformJob is what an API body and a job of dbt-jobs-as-code have in common.
type platformJob struct {
	Name        string
	Description string
	Environment int      `json:"environment_id"`
	Steps       []string `json:"execute_steps"`
	Settings    struct {
		Threads int
		Target  string `json:"target_name"`
	}
	Execution struct {
		Timeout int `json:"timeout_seconds"`
	}
	Triggers struct{ Schedule bool }
	Schedule struct {
		Cron string
		Date struct{ Cron string }
	}
	Type string `json:"job_type"`
}

func (p platformJob) job(name string) (Job, error) {
	words, err := steps(p.Steps)
	j := Job{
		Name: name, Description: p.Description, Steps: words, Target: p.Settings.Target, Environment: p.Environment,
		Timeout: p.Execution.Timeout, Threads: p.Settings.Threads,
	}
	if p.Triggers.Schedule {
		j.Schedule = p.Schedule.Cron
	}
	switch {
	case p.Triggers.Schedule != (p.Type == "scheduled"):
		err = errors.Join(err, fmt.Errorf("%s: job_type is %s, and triggers.schedule is %v", name, p.Type, p.Triggers.Schedule))
	case cmp.Or(p.Schedule.Date.Cron, p.Schedule.Cron) != p.Schedule.Cron:
		err = errors.Join(err, fmt.Errorf("%s: schedule.cron is %s, and schedule.date.cron is %s", name, p.Schedule.Cron, p.Schedule.Date.Cron))
	case p.Name != "dbtwac "+name:
		err = errors.Join(err, fmt.Errorf("the job %s is called %q", name, p.Name))
	}
	return j, err
}

// API reads the body of a job; name is that of its file.
func API(name, text string) (Job, error) {
	var body map[string]any
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		return Job{}, err
	}
	var p platformJob
	if err := errors.Join(apiBody.check(name, body), into(body, &p)); err != nil {
		return Job{}, err
	}
	return p.job(name)
}

// JobsAsCode reads a file of dbt-jobs-as-code, which is a template of Jinja first: none may be in it, not even in a comment. The tool
// starts no job by another, since it knows jobs by numbers.
func JobsAsCode(text string) ([]Job, error) {
	for _, mark := range []string{"{{", "{%", "{#"} {
		if strings.Contains(text, mark) {
			return nil, fmt.Errorf("%s is Jinja", mark)
		}
	}
	var file struct{ Jobs yaml.Node }
	if err := yaml.Load([]byte(text), &file, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	var jobs []Job
	for i := 0; i+1 < len(file.Jobs.Content); i += 2 { // in their order
		name := file.Jobs.Content[i].Value
		if !identifier.MatchString(name) {
			return nil, fmt.Errorf("%q is no identifier of a job", name)
		}
		var v map[string]any
		if err := file.Jobs.Content[i+1].Load(&v, yaml.WithUniqueKeys()); err != nil {
			return nil, err
		}
		object, err := plainly(v)
		if err != nil {
			return nil, err
		}
		var p platformJob
		if err := errors.Join(jobAsCode.check(name, object), into(object, &p)); err != nil {
			return nil, err
		}
		j, err := p.job(name)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// Chain reads of create.sh which jobs it writes, in order, and of each the job whose success starts it.
func Chain(script string) (names []string, after map[string]string) {
	after = map[string]string{}
	for _, m := range written.FindAllStringSubmatch(script, -1) {
		if m[2] != "" {
			after[m[1]] = names[len(names)-1]
		}
		names = append(names, m[1])
	}
	return names, after
}

var written = regexp.MustCompile(`(?m)^write ([a-z0-9_-]+)\.json( "\$number")?$`)
