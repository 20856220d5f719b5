package jobfiles_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/jobfiles"
)

// TestReadersRefuse: what a tool takes without a word, and does not do, a reader here refuses. Each row changes one thing about a file
// that is fine.
func TestReadersRefuse(t *testing.T) {
	api := func(text string) error { _, err := jobfiles.API("nightly", text); return err }
	jobsAsCode := func(text string) error { _, err := jobfiles.JobsAsCode(text); return err }
	terraform := func(text string) error { _, err := jobfiles.Terraform(text); return err }
	workflow := func(text string) error { _, err := jobfiles.ReadWorkflow(text); return err }
	const folder = "jobs_one_target/want/out/"
	for _, format := range []struct {
		name, file string
		read       func(string) error
		changes    [][2]string
	}{
		{"API", folder + "deploy/jobs/api/nightly.json", api, [][2]string{
			{`"lifecycle_webhooks": false`, `"webhooks": false`},
			{`"environment_id": 101`, `"environment_id": "101"`},
			{`"description": "`, `"description": "", "comment": "`},
			{`"interval": 1`, `"hours": [1]`},
			{`"dbt run-operation dbtwac_nightly_begin"`, `"echo $HOME"`},
			{`"dbt run-operation dbtwac_nightly_begin"`, `"dbt deps"`},
			{`"dbt run-operation dbtwac_nightly_begin"`, `"dbt --quiet run"`},
			{`"dbt run-operation dbtwac_nightly_begin"`, `"dbt run && dbt test"`},
			{`"job_type": "scheduled"`, `"job_type": "adaptive"`},
			{`"schedule": true`, `"schedule": false`},
		}},
		{"dbt-jobs-as-code", folder + "deploy/jobs/dbt_jobs_as_code.yml", jobsAsCode, [][2]string{
			{"# Code", "# {{ x }}"},
			{`dbtwac_nightly_begin"`, `dbtwac_nightly_begin {# x #}"`},
			{"  nightly:", "  the nightly:"},
			{"on_merge: false", "on_job_completion: false"},
			{`schedule: {cron: "0 5 * * *"}`, "schedule: {}"},
			{"on_merge: false, ", ""},
			{"environment_id: 101", "environment_id: abc"},
			{"job_type: scheduled", "job_type: adaptive"},
			{"    generate_docs: false\n", ""},
			{"jobs:", "jobbs:"},
		}},
		{"Terraform", folder + "deploy/jobs/terraform/dbtwac.tf", terraform, [][2]string{
			{"var.environment_id_staging", "var.environment_id_nobody"},
			{"num_threads", "threads"},
			{"on_merge             = false", `on_merge             = "no"`},
			{`schedule_type = "custom_cron"`, `schedule_type = "every_day"`},
			{`resource "dbtcloud_job" "nightly-reset"`, `resource "dbtcloud_job" "nightly"`},
			{"  schedule_cron", "  timeout_seconds = 1\n  schedule_cron"},
			{`"dbt-labs/dbtcloud"`, `"gthesheep/dbtcloud"`},
			{"dbtwac_nightly_begin", "dbtwac_${var.nobody}"},
		}},
		{"workflow", folder + ".github/workflows/dbtwac-nightly.yml", workflow, [][2]string{
			{"    needs: build", "    need: build"},
			{"timeout-minutes: 120", "timeout-minutes: two hours"},
		}},
	} {
		t.Run(format.name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "cases", filepath.FromSlash(format.file)))
			if err != nil {
				t.Fatal(err)
			}
			if err := format.read(string(text)); err != nil {
				t.Fatalf("%s is refused: %v", format.file, err)
			}
			for _, change := range format.changes {
				if !strings.Contains(string(text), change[0]) {
					t.Errorf("%s does not hold %q: it has changed, change the row with it", format.file, change[0])
				} else if format.read(strings.Replace(string(text), change[0], change[1], 1)) == nil {
					t.Errorf("%q in place of %q is not refused", change[1], change[0])
				}
			}
		})
	}
}

func TestWords(t *testing.T) {
	for line, want := range map[string][]string{
		"dbt build":                    {"dbt", "build"},
		`dbt run --select 'a b' +c`:    {"dbt", "run", "--select", "a b", "+c"},
		`dbt run 'it'\''s' '$x "y"'`:   {"dbt", "run", "it's", `$x "y"`},
		"dbt run ''":                   {"dbt", "run", ""},
		"dbt run a*":                   nil,
		"dbt run ~":                    nil,
		"dbt run {a,b}":                nil,
		`dbt run "a"`:                  nil,
		"dbt run $'a'":                 nil,
		"dbt run; dbt test":            nil,
		"dbt run & ":                   nil,
		"dbt run | cat":                nil,
		"A=b dbt run":                  nil,
		"dbt run > file":               nil,
		"dbt run # comment":            nil,
		"dbt run `id`":                 nil,
		"! dbt run":                    nil,
		"if true; then dbt run; fi":    nil,
		"dbt run 'not closed":          nil,
		"dbt run a=b":                  nil,
		`dbt run \a`:                   nil,
		"dbt run 'a' \\\n 'continued'": {"dbt", "run", "a", "continued"},
	} {
		got, err := jobfiles.Words(line)
		if d := cmp.Diff(want, got); d != "" || (err == nil) != (want != nil) {
			t.Errorf("%q: %v (-want +got):\n%s", line, err, d)
		}
	}
}

// TestPlatformStep: what `terraform plan` of the provider dbt-labs/dbtcloud said to steps, with validate_execute_steps.
func TestPlatformStep(t *testing.T) {
	for step, want := range map[string]bool{
		"dbt build": true, "dbt run --target x": true, "dbt clone --state d": true, "dbt --fail-fast build": true, "dbt run-operation m --args '{..}'": true,
		`dbt run-operation --sql "..."`: true, "dbt build staging.*+": true, "dbt run && dbt test": true, "dbt run\n  --select a": true,
		"dbt --target prod run": false, "dbt --quiet run": false, "dbt deps": false, "dbt clean": false, "dbt show --inline ..": false, "dbt --version": false,
		"echo hi": false, "dbt --fail-fast --fail-fast build": false,
	} {
		if got := jobfiles.PlatformStep(step); got != want {
			t.Errorf("%q: %v, want %v", step, got, want)
		}
	}
}

// TestEvent: which jobs and steps GitHub runs, and what it makes of expressions.
func TestEvent(t *testing.T) {
	e := jobfiles.Event{Values: map[string]string{"github.event_name": "schedule", "github.run_id": "7", "secrets.KEY": "k"}}
	failed := jobfiles.Event{Values: e.Values, Failed: true}
	for _, tc := range []struct {
		event     jobfiles.Event
		condition string
		want      bool
	}{
		{e, "", true}, {failed, "", false},
		{e, "github.event_name == 'schedule' || inputs.phase == 'build'", true}, {failed, "github.event_name == 'schedule'", false},
		{e, "inputs.phase == 'rollback'", false}, {failed, "failure() || cancelled()", true}, {e, "failure() || cancelled()", false},
		{jobfiles.Event{Cancelled: true}, "failure() || cancelled()", true},
	} {
		if got, err := tc.event.Runs(tc.condition); got != tc.want || err != nil {
			t.Errorf("if: %s, failed %v: %v (%v), want %v", tc.condition, tc.event.Failed, got, err, tc.want)
		}
	}
	for text, want := range map[string]string{
		"plain": "plain", "${{ github.run_id }} ${{secrets.KEY}}${{ secrets.OTHER }}": "7 k", "a ${{ '${{' }} x }}": "a ${{ x }}", "${{ 'it''s }}' }}": "it's }}",
	} {
		if got, err := e.Text(text); got != want || err != nil {
			t.Errorf("%s: %q (%v), want %q", text, got, err, want)
		}
	}
	if _, err := e.Text("${{ toJSON(github) }}"); err == nil {
		t.Error("an expression that the test does not know is none")
	}
}
