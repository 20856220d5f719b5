package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/emit"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
	"github.com/dbtwac/dbtwac/golden/jobfiles"
)

// actionlint reads workflows. It is no part of go.mod: it wants another version of what reads dbtwac.yml.
const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"

// dollars are in single quotes because they are to stay, where a name or an argument has one: shellcheck would have them explained.
const dollars = "SHELLCHECK_OPTS=--exclude=SC2016"

// TestJobFiles shows the job files of all golden cases to the tools that they are for. That they say what the plan says is compared
// in cmd/dbtwac.
func TestJobFiles(t *testing.T) {
	t.Parallel()
	cases := filepath.Join(dbtenv.Root(t), "golden", "cases")
	files := jobFilesOf(t, cases)

	t.Run("shellcheck", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), dbtenv.Tool(t, "shellcheck"), append([]string{"--norc"}, files["sh"]...)...)
		cmd.Env = append(os.Environ(), dollars)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("actionlint", func(t *testing.T) {
		args := append([]string{"run", actionlint, "-no-color", "-pyflakes=", "-shellcheck", dbtenv.Tool(t, "shellcheck")}, files["workflow"]...)
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), dollars) // no go.mod has a say there
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("actionlint: %v\n%s", err, out)
		}
	})
	t.Run("terraform fmt", func(t *testing.T) {
		terraform, err := exec.LookPath("terraform")
		if err != nil {
			t.Log("there is no terraform on this machine: only HCL's own parser has read the files")
			return
		}
		if out, err := exec.CommandContext(t.Context(), terraform, append([]string{"fmt", "-check", "-diff"}, files["tf"]...)...).CombinedOutput(); err != nil {
			t.Errorf("terraform fmt: %v\n%s", err, out)
		}
	})
	t.Run("dbt-jobs-as-code", func(t *testing.T) {
		checkJobsAsCode(t, append(files["jobs as code"], hostileJobFiles(t)...))
	})
	t.Run("readers", func(t *testing.T) {
		readers := map[string]func(string) error{
			"tf":       func(text string) error { _, err := jobfiles.Terraform(text); return err },
			"workflow": func(text string) error { _, err := jobfiles.ReadWorkflow(text); return err },
			"steps":    func(text string) error { _, err := jobfiles.Steps(text); return err },
		}
		for kind, list := range files {
			for _, path := range list {
				text, name := readFile(t, path).Text, strings.TrimSuffix(filepath.Base(path), ".json")
				var err error
				if kind == "api" {
					_, err = jobfiles.API(name, text)
				} else if read := readers[kind]; read != nil {
					err = read(text)
				}
				if err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
		}
	})
}

// jobFilesOf are the files that the cases want, by what they are.
func jobFilesOf(t *testing.T, cases string) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(cases, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, folder := filepath.ToSlash(path), filepath.Base(filepath.Dir(path))
		switch {
		case !strings.Contains(rel, "/want/out/"):
		case strings.Contains(rel, "/.github/workflows/"):
			files["workflow"] = append(files["workflow"], path)
		case !strings.Contains(rel, "/deploy/jobs/"):
		case filepath.Base(path) == "dbt_jobs_as_code.yml":
			files["jobs as code"] = append(files["jobs as code"], path)
		case filepath.Base(path) == "steps.json":
			files["steps"] = append(files["steps"], path)
		case folder == "api" && filepath.Ext(path) == ".json":
			files["api"] = append(files["api"], path)
		case filepath.Ext(path) == ".tf", filepath.Ext(path) == ".sh":
			kind := filepath.Ext(path)[1:]
			files[kind] = append(files[kind], path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"workflow", "jobs as code", "steps", "api", "tf", "sh"} {
		if len(files[kind]) == 0 {
			t.Errorf("no case has a file of the kind %q: its folder has another name now, change the test with it", kind)
		}
	}
	return files
}

// checkJobsAsCode lets dbt-jobs-as-code read files, both as they are and as the templates that its option for variables makes of them,
// and compares what it has read with what the reader of the tests does.
func checkJobsAsCode(t *testing.T, files []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), dbtenv.Tool(t, "python"), filepath.Join(dbtenv.Root(t), "golden", "python", "jobs_as_code.py"))
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, said.String())
	}
	var answers []struct {
		Error string
		Jobs  []struct {
			Name, Description, Target, Cron string
			Environment, Threads, Timeout   int
			Scheduled                       bool
			Steps                           []string
		}
	}
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(files) {
		t.Fatalf("%v, %d answers to %d files\n%s", err, len(answers), len(files), out)
	}
	for i, path := range files {
		if answers[i].Error != "" {
			t.Errorf("%s is refused: %s", path, answers[i].Error)
			continue
		}
		want, err := jobfiles.JobsAsCode(readFile(t, path).Text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		var got []jobfiles.Job
		for _, j := range answers[i].Jobs {
			job := jobfiles.Job{Name: j.Name, Description: j.Description, Target: j.Target, Environment: j.Environment, Threads: j.Threads, Timeout: j.Timeout}
			if j.Scheduled {
				job.Schedule = j.Cron
			}
			for _, step := range j.Steps {
				words, err := jobfiles.Words(step)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				job.Steps = append(job.Steps, words[1:])
			}
			got = append(got, job)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-tests +dbt-jobs-as-code):\n%s", path, d)
		}
	}
}

// hostileJobFiles are files whose jobs select what is Jinja, or YAML, or the end of a text.
func hostileJobFiles(t *testing.T) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	var p plan.Plan
	p.Platform = plan.Platform{AccountID: 1, ProjectID: 2}
	for i, text := range []string{
		"{{ x }}", "{{", "}}", "{% raw %}", "{% endraw %}", "{# c #}", "{{{%{#", "#}", "a {", "{a: {b: {c: d}}}", `{"a": {"b": "{{ c }}"}}`, hostile, `it's "x" \ \\ \n`, `ends with \`, "# x", "a: b", "- a",
		"'''", `"""`, "größe 日本 🦆", "\u202ezero\u200bwidth", "tab\t", "\u0085\u2028\ufeff", "\x01\x7f", "%}", "*a &b !c", "null", "",
	} {
		name := "hostile-" + strings.Repeat("i", i+1)
		p.Jobs = append(p.Jobs, plan.Job{
			Name: name, Of: "hostile", Formats: []string{string(config.FormatJobsAsCode)}, Description: "It is.", EnvironmentID: 3,
			Environment: plan.Environment{Name: "prod", Target: "t" + text}, Commands: []plan.Command{{Step: &plan.Step{Command: "build", Select: text, Exclude: text, Args: []string{"--vars", text}}}},
		})
	}
	files, err := emit.Render(p, config.Output{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		path := filepath.Join(dir, filepath.Base(f.Path))
		if err := os.WriteFile(path, []byte(f.Text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if len(paths) != 1 {
		t.Fatalf("one file is printed, and not %v", paths)
	}
	return paths
}
