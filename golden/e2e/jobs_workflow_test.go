package e2e

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/jobfiles"
)

// A runner runs the workflow of the deployment nightly as GitHub does: each job on a machine of its own, whose checkout has nothing that
// dbt has written, each step in bash -e, and nothing behind a failure but what says so.
type runner struct {
	*relay
	workflow *jobfiles.Workflow
	number   int
}

// ran is what a run has done.
type ran struct {
	jobs []string // that ran, with their result
	log  string
}

// start begins a run: by the schedule, or by a person who has chosen a phase.
func (r *runner) start(phase string) ran {
	t := r.site.t
	t.Helper()
	r.number++
	r.heard = nil
	event := map[string]string{"github.event_name": "schedule", "github.run_id": "400" + string(rune('0'+r.number)), "secrets.MARKET_PASSWORD": "it's $ecret"}
	if phase != "" {
		event["github.event_name"], event["inputs.phase"] = "workflow_dispatch", phase
	}
	var result ran
	passed := map[string]bool{}
	for _, job := range r.workflow.List {
		e := jobfiles.Event{Values: event, Failed: job.Needs != "" && !passed[job.Needs]}
		if !r.runs(e, job.If) {
			continue
		}
		e.Failed = false
		nightlies{r.site}.checkout()
		for _, step := range job.Steps {
			if step.Uses != "" || !r.runs(e, step.If) {
				continue
			}
			output, code := r.step(e, step.Run)
			result.log += "## " + step.Name + "\n" + output
			e.Failed = e.Failed || code != 0
		}
		passed[job.ID] = !e.Failed
		result.jobs = append(result.jobs, job.ID+map[bool]string{true: " failed", false: " passed"}[e.Failed])
	}
	return result
}

func (r *runner) runs(e jobfiles.Event, condition string) bool {
	r.site.t.Helper()
	ok, err := e.Runs(condition)
	if err != nil {
		r.site.t.Fatal(err)
	}
	return ok
}

// step runs a script as GitHub does where no shell is named.
func (r *runner) step(e jobfiles.Event, text string) (output string, code int) {
	t := r.site.t
	t.Helper()
	fill := func(text string) string {
		filled, err := e.Text(text)
		if err != nil {
			t.Fatal(err)
		}
		return filled
	}
	env := map[string]string{}
	for key, value := range r.workflow.Env {
		env[key] = fill(value)
	}
	script := filepath.Join(r.folder, "step.sh")
	if err := os.WriteFile(script, []byte(fill(text)), 0o600); err != nil {
		t.Fatal(err)
	}
	return r.run(env, "bash", "-e", script)
}

func (n nightlies) workflow() {
	n.t.Helper()
	w, err := jobfiles.ReadWorkflow(n.text(".github/workflows/dbtwac-nightly.yml"))
	if err != nil {
		n.t.Fatal(err)
	}
	r := &runner{relay: newRelay(n.site, true), workflow: w}
	before := n.contents("analytics_")
	check := func(what string, got ran, says string, jobs ...string) {
		n.t.Helper()
		if d := cmp.Diff(jobs, got.jobs); d != "" || !strings.Contains(got.log, says) {
			n.t.Errorf("%s: want %q, and these jobs (-want +got):\n%s\n%s", what, says, d, got.log)
		}
	}

	n.breakTest()
	check("a failing test", r.start(""), "unique_dim_items_sku", "build failed")
	if d := cmp.Diff([]string{"nightly_begin --target staging", "build --target staging"}, r.heard); d != "" {
		n.t.Errorf("what runs until a test fails (-want +got):\n%s", d)
	}
	n.unchanged("a failing test", before)
	n.mend()

	r.before = failing
	check("a publish that is broken off", r.start(""), "\n::error::nightly: where a step behind the first has failed, the publish was broken off in the middle: run this workflow with the phase rollback.\n",
		"build passed", "publish failed")
	r.before = nil
	check("its rollback", r.start("rollback"), "", "rollback passed")
	n.unchanged("a publish that was broken off and taken back", before)

	night := r.start("build_and_publish")
	check("a whole night", night, "the publish may go on", "build passed", "publish passed")
	if strings.Contains(night.log, "::error::") {
		n.t.Errorf("a whole night says what to do after a failure:\n%s", night.log)
	}
	n.published("sales", `"Item List"`)
}
