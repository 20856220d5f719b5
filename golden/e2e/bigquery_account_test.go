package e2e

import (
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
	for name, text := range map[string]string{
		"dbtwac.yml":                  "schema: ",
		"models/staging/_staging.yml": "  - name: raw_market\n",
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		found, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		other := text + project.Prefix
		if strings.HasSuffix(text, "\n") {
			other = text + "    schema: " + project.Prefix + "raw_market\n"
		}
		if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(found), text, other)), 0o644); err != nil {
			t.Fatal(err)
		}
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

// copy needs the sites' own prefix in files and views, so a copy is no clone: a test that wants one does not run here.
func (e projectEngine) copy(t testing.TB, _ string) engine {
	t.Helper()
	t.Skip("a real project holds no copy of a site: the names of its datasets are in its files and views")
	return nil
}
