package emit

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/output"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/jobfiles"
)

// hostileWords are what a selection, or an argument of dbt's, could hold to leave the place that it is printed to, on its way through a
// shell, YAML, HCL, JSON, Jinja and the expressions of GitHub.
var hostileWords = []string{
	"", " ", "it's", `say "hi"`, `'`, `"`, `'''`, `"""`, `\`, `ends with \`, `\n`, `\'`, "$HOME", "$(id)", "`id`", "${x}", "$${x}", "${{ secrets.KEY }}", "${{", "$${{ '}}' }}", "${{ '${{' }}",
	"{{ x }}", "{{", "{%", "{% raw %}", "{# c #}", "#}", "%}", "}}", "%{ if true }", "%%{", "{{{%{#", "{", "a\nb", "a\r\nb", "a\rb", "\t", "\n", "tab\tin", "\x01\x07\x1b\x7f", "a\u0085b\u2028c\u2029d",
	"größe 日本 🦆", "\u202eright to left", "zero\u200bwidth\ufeff", "-n", "--target prod", "-- x", "- x", "# x", "a #b", "a: b", "a: ", ": ", "? x", "! x", "&a", "*a", "a*", "~", "|", ">", "[a]", "a, b", "@a", "%a",
	"null", "yes", "1e3", "<<EOT", "EOT", "; rm -rf /", "&& x", "| x", "> x", "a=b", "<%= v %>", "<% x %>", `{"error": ["X"]}`, "{a: {b: c}}",
}

// TestHostileJobs prints jobs that are full of one hostile text, in every format, and reads them back: the words of each step are what
// they were. What no reader of names has to take, such as a target, is quoted all the same.
func TestHostileJobs(t *testing.T) {
	for _, text := range hostileWords {
		p := hostilePlan(text)
		files, err := Render(p, hostileOutput)
		if err != nil {
			t.Fatal(err)
		}
		f := printedJobs{t, text, map[string]string{}}
		for _, file := range files {
			f.files[file.Path] = file.Text
		}
		step := []string{"build", "--select", text, "--exclude", text, "--vars", text}
		if text == "" {
			step = []string{"build", "--vars", ""}
		}
		onPlatform := jobfiles.Job{Name: "nightly", Target: "t" + text, Environment: 3, Threads: 4, Schedule: "0 5 * * *", Steps: [][]string{{"run-operation", "dbtwac_nightly_begin"}, step}}
		list := jobfiles.Job{Name: "nightly", Schedule: "0 5 * * *"}
		var behind [][]string // the step as the runbook and the workflow have it, which say the target first
		for _, words := range onPlatform.Steps {
			i := 1
			if words[0] == "run-operation" {
				i = 2
			}
			words = append(append(append([]string{}, words[:i]...), "--target", "t"+text), words[i:]...)
			list.Steps, behind = append(list.Steps, words), append(behind, words)
		}

		jobs, err := jobfiles.JobsAsCode(f.files["jobs/dbt_jobs_as_code.yml"])
		f.same("dbt-jobs-as-code", []jobfiles.Job{onPlatform}, jobs, err)
		jobs, err = jobfiles.Terraform(f.files["jobs/terraform/dbtwac.tf"])
		f.same("Terraform", []jobfiles.Job{onPlatform}, jobs, err)
		job, err := jobfiles.API("nightly", f.files["jobs/api/nightly.json"])
		f.same("API", onPlatform, job, err)
		jobs, err = jobfiles.Steps(f.files["jobs/steps.json"])
		f.same("steps", []jobfiles.Job{list}, jobs, err)
		phases, err := jobfiles.Runbook(f.files["jobs/nightly.sh"])
		f.same("runbook", behind, phases[plan.Build], err)
		f.workflow(behind)
		f.dbtHears(phases)
	}
}

var hostileOutput = config.Output{
	Macros: config.Text{Value: "macros"}, SQL: config.Text{Value: "deploy"}, Jobs: config.Text{Value: "jobs"}, Workflows: config.Text{Value: "workflows"},
	Folder: ".", Config: "dbtwac.yml", TargetPath: "target",
}

// hostilePlan is a deployment whose build says a text wherever somebody could have said it.
func hostilePlan(text string) plan.Plan {
	e := plan.Environment{Name: "staging", Target: "t" + text} // its target cannot be empty
	begin := &plan.Group{Name: "begin", Environment: e.Name, Atomic: true}
	build := &plan.Step{Environment: e.Name, Command: "build", Select: text, Exclude: text, Args: []string{"--vars", text}}
	return plan.Plan{
		Warehouse: "duckdb",
		Deployments: []plan.Deployment{{
			Name: "nightly", Build: e, Publish: plan.Environment{Name: "prod", Target: "prod"},
			Phases: []plan.Phase{{Name: plan.Build, Actions: []plan.Action{{Group: begin}, {Step: build}}}},
		}},
		Jobs: []plan.Job{{
			Name: "nightly", Of: "nightly", Phases: []string{plan.Build}, Formats: config.Formats, Description: "Says " + text + ".", Environment: e, EnvironmentID: 3,
			Schedule: "0 5 * * *", Commands: []plan.Command{{Operation: "begin"}, {Step: build}},
		}},
		Platform: plan.Platform{AccountID: 1, ProjectID: 2},
		Actions:  plan.Actions{Setup: "./setup", RunsOn: "ubuntu-latest"},
	}
}

// printedJobs are the files of a plan that is full of a text.
type printedJobs struct {
	t     *testing.T
	text  string
	files map[string]string
}

func (f printedJobs) same(format string, want, got any, err error) {
	f.t.Helper()
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(jobfiles.Job{}, "Description"), cmpopts.EquateEmpty()); d != "" || err != nil {
		f.t.Errorf("%s of %q: %v (-planned +read):\n%s", format, f.text, err, d)
	}
}

// workflow reads each line as GitHub fills it in, where a secret must not come into it.
func (f printedJobs) workflow(want [][]string) {
	f.t.Helper()
	w, err := jobfiles.ReadWorkflow(f.files["workflows/dbtwac-nightly.yml"])
	if err != nil {
		f.t.Errorf("workflow of %q: %v", f.text, err)
		return
	}
	var got [][]string
	for _, s := range w.List[0].Steps {
		if s.Run == "" {
			continue
		}
		line, err := jobfiles.Event{Values: map[string]string{"secrets.KEY": "a secret"}}.Text(s.Run)
		if err != nil {
			f.t.Errorf("workflow of %q: %v", f.text, err)
		}
		words, err := jobfiles.Words(line)
		if err != nil {
			f.t.Errorf("workflow of %q: %v", f.text, err)
			return
		}
		got = append(got, words[1:])
	}
	f.same("workflow", want, got, nil)
}

// dbtHears lets a shell run the runbook's phase, with a program in dbt's place that repeats its arguments.
func (f printedJobs) dbtHears(phases map[string][][]string) {
	f.t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		f.t.Skip("needs a POSIX shell: ", err)
	}
	dir := f.t.TempDir()
	write(f.t, dir+"/repeater", "#!/bin/sh\nprintf '%s\\0' \"$@\" ''\n")
	if err := os.Mkdir(dir+"/jobs", 0o700); err != nil {
		f.t.Fatal(err)
	}
	write(f.t, dir+"/jobs/nightly.sh", f.files["jobs/nightly.sh"])
	cmd := exec.CommandContext(f.t.Context(), sh, dir+"/jobs/nightly.sh", "build")
	cmd.Env = append(os.Environ(), "DBT="+dir+"/repeater")
	out, err := cmd.CombinedOutput()
	var want strings.Builder
	for _, words := range phases[plan.Build] {
		want.WriteString(strings.Join(words, "\x00") + "\x00\x00")
	}
	f.same("what dbt hears", want.String(), string(out), err)
}

// TestRefusedNames: what is printed into a place that cannot carry everything is refused by dbtwac.yml, if it is hostile.
func TestRefusedNames(t *testing.T) {
	const (
		deployment   = "deployments: {nightly: {strategy: write_audit_clone, build: staging, publish: prod, select: a}}\n"
		environments = "version: 1\nenvironments: {staging: {database: d, schema: s}, prod: {database: d, schema: p}}\n"
	)
	for name, tc := range map[string]struct{ text, fine string }{
		"target":      {strings.Replace(environments, "schema: s", "schema: s, target: HERE", 1) + deployment, "Prod.eu-1"},
		"environment": {strings.Replace(environments, "staging", "HERE", 1) + strings.Replace(deployment, "staging", "HERE", 1), "staging"},
		"deployment":  {environments + strings.Replace(deployment, "nightly", "HERE", 1), "nightly"},
		"mirror":      {environments + "mirrors: {HERE: {sources: a, environment: prod}}\n", "raw"},
		"schedule":    {environments + deployment + "jobs: {schedule: HERE, formats: [steps]}\n", "0 5 * * 1-5"},
		"format":      {environments + deployment + "jobs: {formats: [HERE]}\n", "steps"},
		"setup":       {environments + deployment + "jobs: {github_actions: {setup: HERE}}\n", "acme/dbt@v1"},
		"runner":      {environments + deployment + "jobs: {github_actions: {runs_on: HERE}}\n", "self-hosted"},
		"secret":      {environments + deployment + "jobs: {github_actions: {secrets: [HERE]}}\n", "PASSWORD"},
	} {
		for _, word := range append([]string{tc.fine}, hostileWords...) {
			_, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: strings.ReplaceAll(tc.text, "HERE", quote.YAMLText(word))})
			if refused := diags.HasErrors(); refused == (word == tc.fine) && !slices.Contains(harmless, word) {
				t.Errorf("the %s %q is refused: %v\n%v", name, word, refused, diags)
			}
		}
	}
}

// harmless are words like others, or nothing at all.
var harmless = []string{"null", "yes", "1e3", "EOT", ""}

// TestLeftOutJobs: a format that knows environments by numbers leaves out all jobs of a deployment of which one has no number: a build
// without its publish is green every night, and a publish that another job starts has nothing to publish.
func TestLeftOutJobs(t *testing.T) {
	p := hostilePlan("a")
	first := p.Jobs[0]
	second, third, byHand, other := first, first, first, first
	other.Name, other.Of = "weekly", "weekly"
	second.Name, second.After, second.EnvironmentID, third.Name, third.After, byHand.Name = "nightly-2", "nightly", 0, "nightly-3", "nightly-2", "nightly-rollback"
	p.Jobs = []plan.Job{first, second, third, byHand, other}
	files, err := Render(p, hostileOutput)
	if err != nil {
		t.Fatal(err)
	}
	var create output.File
	for _, f := range files {
		if f.Path == "jobs/api/create.sh" {
			create = f
		}
	}
	names, after := jobfiles.Chain(create.Text)
	if d := cmp.Diff([]string{"weekly"}, names); d != "" || len(after) > 0 {
		t.Errorf("what create.sh writes, with the chain %v (-want +got):\n%s", after, d)
	}
}

// TestJSONIsPlain: JSON for people has no escapes that they would not write.
func TestJSONIsPlain(t *testing.T) {
	text, err := printJSON([]string{"<a> & b's"})
	if err != nil || !strings.Contains(text, `"<a> & b's"`) || !json.Valid([]byte(text)) {
		t.Errorf("%v: %s", err, text)
	}
}
