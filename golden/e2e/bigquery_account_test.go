package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// projectEngine is a real project of BigQuery, in datasets with a prefix of their own.
type projectEngine struct {
	bigqueryEngine
	project *dbtenv.RemoteProject
	profile string
}

func onProject(t testing.TB, project *dbtenv.RemoteProject, profile, dir string) engine {
	t.Helper()
	inGoogleSQL(t, dir, project.Prefix)
	name := filepath.Join(dir, "models", "staging", "_staging.yml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("  - name: raw_market\n"), []byte("  - name: raw_market\n    schema: "+project.Prefix+"raw_market\n"), 1)
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return projectEngine{bigqueryEngine{t: t}, project, profile}
}

func (e projectEngine) sql(statements ...string) [][]any {
	e.t.Helper()
	return e.project.SQL(e.t, statements...)
}

func (e projectEngine) script(file string, env map[string]string) (output string, code int) {
	e.t.Helper()
	stdout, stderr, code := e.project.Bq(e.t, env, file)
	return stdout + stderr, code
}

func (e projectEngine) schema(name string) string { return e.project.Prefix + name }

func (e projectEngine) env() map[string]string {
	return map[string]string{"DBT_PROFILE": e.profile + "_bigquery_account", "DBTWAC_PREFIX": e.project.Prefix}
}

func (e projectEngine) relations() string {
	return relationsIn(strings.ToLower(e.project.Location), e.project.Prefix)
}

func (e projectEngine) json(relation string) string { return jsonIn(relation, e.project.Prefix) }

func (e projectEngine) facts() string {
	return factsIn(strings.ToLower(e.project.Location), e.project.Prefix)
}

// copy has a prefix of its own, also in the files of the site's copy.
func (e projectEngine) copy(t testing.TB, dir string) engine {
	t.Helper()
	other := e.project.Copy(t)
	err := filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, bytes.ReplaceAll(text, []byte(e.project.Prefix), []byte(other.Prefix)), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return projectEngine{bigqueryEngine{t: t}, other, e.profile}
}
