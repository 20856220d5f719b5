package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/golden/jobfiles"
)

// TestJobsAreThePlans reads the jobs of every case in every format, and compares each with what the plan says: the words of its
// steps, what they run on and when. A case that has no jobs of its own gets all of them. The cases of the checks, most of which plan
// the same, have their turn with DBTWAC_FULL=1.
func TestJobsAreThePlans(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(cases, "*", "in", "dbtwac.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var compared atomic.Int64
	t.Run("cases", func(t *testing.T) {
		for _, config := range dirs {
			dir := filepath.Dir(filepath.Dir(config))
			if name := filepath.Base(dir); !strings.HasPrefix(name, "DW") || os.Getenv("DBTWAC_FULL") != "" {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					compared.Add(int64(compareJobs(t, dir)))
				})
			}
		}
	})
	if compared.Load() < 1500 {
		t.Errorf("only %d jobs were read: the cases are laid or compiled in another way now", compared.Load())
	}
	t.Logf("%d jobs compared", compared.Load())
}

// compareJobs returns how many of a case it has compared: none where the case plans nothing, or a check refuses what it plans.
func compareJobs(t *testing.T, dir string) int {
	t.Helper()
	work := t.TempDir()
	lay(t, dir, work)
	p, ok := planOf(t, work)
	if !ok || len(p.Jobs) == 0 {
		return 0
	}
	if text := read(t, filepath.Join(work, "dbtwac.yml")); !strings.Contains(text, "\njobs:") {
		write(t, filepath.Join(work, "dbtwac.yml"), text+allFormats(p))
		if p, ok = planOf(t, work); !ok {
			return 0
		}
	}
	if code := run([]string{"-C", work, "compile"}, &bytes.Buffer{}, &bytes.Buffer{}); code != 0 {
		return 0
	}
	return jobFiles{t, tree(t, work), p}.compare()
}

// allFormats is what says in a dbtwac.yml that jobs are to be written in every format that can carry them, with numbers and times.
func allFormats(p plan.Plan) string {
	var names []string
	for _, j := range p.Jobs {
		if !slices.Contains(names, j.Environment.Name) {
			names = append(names, j.Environment.Name)
		}
	}
	formats := "shell, terraform, api, github_actions, steps"
	if !slices.ContainsFunc(p.Jobs, func(j plan.Job) bool { return j.After != "" }) { // it cannot start a job by another (DW403)
		formats += ", dbt_jobs_as_code"
	}
	text := "\njobs:\n  formats: [" + formats + "]\n  account_id: 1\n  project_id: 2\n" +
		"  schedule: \"15 4 * * 1-5\"\n  timeout_seconds: 5000\n  threads: 3\n  owns_all: true\n  environment_ids:\n"
	for i, name := range names {
		text += fmt.Sprintf("    %s: %d\n", name, 101+i)
	}
	return text
}

func planOf(t *testing.T, work string) (p plan.Plan, ok bool) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run([]string{"-C", work, "plan", "--format", "json"}, &out, &errs); code != 0 {
		return p, false
	}
	if err := json.Unmarshal(out.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p, true
}

// jobFiles are the files of a case, beside its plan.
type jobFiles struct {
	t     *testing.T
	files map[string]string
	plan  plan.Plan
}

const jobsFolder = "deploy/jobs/"

// compare returns how many jobs it has read.
func (f jobFiles) compare() int {
	f.t.Helper()
	want := map[string][]jobfiles.Job{} // by format
	for _, j := range f.plan.Jobs {
		for _, format := range j.Formats {
			want[format] = append(want[format], planned(j, format))
		}
	}
	read := 0
	for format, jobs := range want {
		var got []jobfiles.Job
		var err error
		switch format {
		case "dbt_jobs_as_code":
			got, err = jobfiles.JobsAsCode(f.text(jobsFolder + "dbt_jobs_as_code.yml"))
		case "terraform":
			got, err = jobfiles.Terraform(f.text(jobsFolder + "terraform/dbtwac.tf"))
		case "steps":
			got, err = jobfiles.Steps(f.text(jobsFolder + "steps.json"))
		case "api":
			got, err = f.api()
		default:
			continue
		}
		if err != nil {
			f.t.Errorf("%s: %v", format, err)
		}
		if d := cmp.Diff(jobs, got, cmpopts.EquateEmpty()); d != "" {
			f.t.Errorf("%s (-plan +file):\n%s", format, d)
		}
		read += len(got)
	}
	f.workflows()
	f.runbooks()
	return read
}

func (f jobFiles) text(name string) string {
	f.t.Helper()
	text, ok := f.files[name]
	if !ok {
		f.t.Errorf("%s was not written", name)
	}
	return text
}

// api reads the bodies in the order in which create.sh writes them.
func (f jobFiles) api() (jobs []jobfiles.Job, err error) {
	f.t.Helper()
	names, after := jobfiles.Chain(f.text(jobsFolder + "api/create.sh"))
	for _, name := range names {
		j, failed := jobfiles.API(name, f.text(jobsFolder+"api/"+name+".json"))
		j.After, err = after[name], errors.Join(err, failed)
		jobs = append(jobs, j)
	}
	return jobs, err
}

// planned is a job as a format has to have it.
func planned(j plan.Job, format string) jobfiles.Job {
	file := jobfiles.Job{Name: j.Name, After: j.After, Schedule: j.Schedule, Timeout: j.Timeout}
	switch onPlatform := format != "steps"; {
	case onPlatform:
		file.Description = j.Description + " Written by dbtwac: change dbtwac.yml, and not this job."
		file.Target, file.Environment, file.Threads = j.Environment.Target, j.EnvironmentID, j.Threads
		if file.Threads == 0 {
			file.Threads = 4 // there is no profile that would say it
		}
		if format == "dbt_jobs_as_code" {
			file.After = "" // it knows jobs by numbers that they have not got yet
		}
	default:
		file.Description = j.Description
	}
	for _, c := range j.Commands {
		var words []string
		switch {
		case c.Step != nil:
			words = []string{c.Step.Command}
		default:
			words = []string{"run-operation", "dbtwac_" + j.Of + "_" + c.Operation}
		}
		if format == "steps" {
			words = append(words, "--target", j.Environment.Target)
		}
		switch {
		case c.Step != nil && format == "steps":
			words = append(words, ofStep(*c.Step, j.Threads)...)
		case c.Step != nil:
			words = append(words, ofStep(*c.Step, 0)...)
		case c.Continues:
			words = append(words, "--args", "{continues: true}")
		}
		file.Steps = append(file.Steps, words)
	}
	return file
}

// ofStep are the words of a step behind its target.
func ofStep(s plan.Step, threads int) (words []string) {
	if threads > 0 {
		words = append(words, "--threads", strconv.Itoa(threads))
	}
	if s.Select != "" {
		words = append(words, "--select", s.Select)
	}
	if s.Exclude != "" {
		words = append(words, "--exclude", s.Exclude)
	}
	return append(words, s.Args...)
}

// phase are the commands of a phase of a deployment, on a machine that keeps what dbt has written: what runs under the publish target
// writes to a folder of its own.
func phase(d plan.Deployment, actions []plan.Action) (commands [][]string) {
	for _, a := range actions {
		var words []string
		var environment string
		if a.Step != nil {
			words, environment = []string{a.Step.Command}, a.Step.Environment
		} else {
			words, environment = []string{"run-operation", "dbtwac_" + d.Name + "_" + a.Group.Name}, a.Group.Environment
		}
		if environment == d.Publish.Name {
			words = append(words, "--target", d.Publish.Target, "--target-path", "target/dbtwac_"+d.Publish.Name)
		} else {
			words = append(words, "--target", d.Build.Target)
		}
		if a.Step != nil {
			words = append(words, ofStep(*a.Step, d.Threads)...)
		}
		commands = append(commands, words)
	}
	return commands
}

// workflows compares those of the deployments; mirrors and the main job have one step each.
func (f jobFiles) workflows() {
	f.t.Helper()
	for _, j := range f.plan.Jobs {
		if !slices.Contains(j.Formats, "github_actions") {
			continue
		}
		file, id := "dbtwac-"+j.Name, ""
		switch {
		case j.Mirror:
			file, id = "dbtwac-mirror-"+j.Of, j.Phases[0]
		case j.Of == "":
			id = "build"
		case j.Of != j.Name:
			continue
		}
		w, err := jobfiles.ReadWorkflow(f.text(".github/workflows/" + file + ".yml"))
		if err != nil {
			f.t.Errorf("%s: %v", file, err)
			continue
		}
		if cron := len(w.On.Schedule) > 0 && w.On.Schedule[0].Cron == j.Schedule; cron != (j.Schedule != "") && (!j.Mirror || j.Schedule != "") {
			f.t.Errorf("%s: the schedule is %v, and the plan says %q", file, w.On.Schedule, j.Schedule)
		}
		want, got := map[string][][]string{}, map[string][][]string{}
		for _, d := range f.plan.Deployments {
			if d.Name == j.Of && !j.Mirror {
				for _, p := range d.Phases {
					want[p.Name] = phase(d, p.Actions)
				}
			}
		}
		if id != "" {
			want[id] = planned(j, "steps").Steps
		}
		for _, job := range w.List {
			if job.Timeout != (j.Timeout+59)/60 {
				f.t.Errorf("%s: %s ends after %d minutes, and the plan says %d seconds", file, job.ID, job.Timeout, j.Timeout)
			}
			if id == "" || job.ID == id {
				got[job.ID] = f.commands(job)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			f.t.Errorf("%s (-plan +file):\n%s", file, d)
		}
	}
}

// commands are what a job of a workflow gives to dbt. The gate, and advice, are no commands of dbt.
func (f jobFiles) commands(job jobfiles.WorkflowJob) (commands [][]string) {
	f.t.Helper()
	for _, s := range job.Steps {
		line, err := jobfiles.Event{}.Text(s.Run)
		if err != nil {
			f.t.Error(err)
		}
		if s.Uses != "" || s.Name == "dbtwac gate" || s.Name == "what to do" {
			continue
		}
		words, err := jobfiles.Words(line)
		if err != nil {
			f.t.Error(err)
			continue
		}
		commands = append(commands, words[1:])
	}
	return commands
}

// runbooks compares those of the deployments.
func (f jobFiles) runbooks() {
	f.t.Helper()
	for _, d := range f.plan.Deployments {
		want := map[string][][]string{}
		for _, p := range d.Phases {
			want[p.Name] = phase(d, p.Actions)
		}
		got, err := jobfiles.Runbook(f.text(jobsFolder + d.Name + ".sh"))
		if err != nil {
			f.t.Errorf("%s: %v", d.Name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			f.t.Errorf("the runbook of %s (-plan +file):\n%s", d.Name, diff)
		}
	}
}
