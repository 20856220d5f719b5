package emit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// TestShellScript runs a script of the shell with a bq that writes down what it is called with: SQL reaches it byte for byte, whatever
// lines it has, and names as one word each.
func TestShellScript(t *testing.T) {
	bq := plan.Statement{Comment: "copy it\nrm -rf /", Effect: plan.Replaces, SQL: "create or replace table t copy s",
		Copy: &plan.Copy{From: plan.Name{Database: "p", Schema: "s", Identifier: "Item's $(List) `x`"}, To: plan.Name{Database: "p", Schema: "d", Identifier: "山 b"}}}
	view := "create or replace view v as (\nselect '$HOME' as a, `b`\nSQL\nSQL_\nfrom x\n)"
	p := plan.Plan{Warehouse: "bigquery", Deployments: []plan.Deployment{{
		Name: "nightly", Location: "EU", Publish: plan.Environment{Name: "prod"}, Phases: []plan.Phase{{Name: plan.Publish, Actions: []plan.Action{{Group: &plan.Group{Name: plan.Publish, Statements: []plan.Statement{
			{SQL: "select 7", Keeps: true, Comment: "the generation"}, {SQL: view, Comment: "a view"}, bq, bq, {SQL: "select 1", Comment: "behind it"},
		}}}}}},
	}}}
	out := config.Output{Macros: config.Text{Value: "macros"}, SQL: config.Text{Value: "deploy"}, Jobs: config.Text{Value: "jobs"}}
	files, err := Render(p, out)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range files {
		if f.Path == "deploy/nightly/publish.sh" {
			write(t, filepath.Join(dir, "publish.sh"), f.Text)
		}
	}
	write(t, filepath.Join(dir, "bq"), "#!/bin/sh\nprintf '%s|' \"$@\" >> log; echo >> log\nif [ \"$1\" = query ]; then cat >> log; fi\n")
	cmd := exec.CommandContext(t.Context(), "sh", "publish.sh")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "DBTWAC_RUN_ID=r 1")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	declared := "declare dbtwac_run_id string default @dbtwac_run_id;\ndeclare dbtwac_checksum string default '';\ndeclare dbtwac_generation int64;\n"
	query := "query|--use_legacy_sql=false|--location=EU|--parameter=dbtwac_run_id::r 1|\n" + declared
	generation := "\n-- the generation\nset dbtwac_generation = (select 7);\n"
	copied := "--location=EU|cp|-f|p:s.Item's $(List) `x`|p:d.山 b|\n"
	want := query + generation + "\n-- a view\n" + view + ";\n" + copied + copied + query + generation + "\n-- behind it\nselect 1;\n"
	if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(log), "\n")); d != "" {
		t.Errorf("bq is called with something else (-want +got):\n%s", d)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}
