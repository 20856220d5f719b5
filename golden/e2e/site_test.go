package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// site is a copy of a golden project with a database of its own, on any engine.
type site struct {
	engine
	t       *testing.T
	driver  *dbtenv.Driver
	command string // dbtwac, once it was asked for
	dir     string
}

// newSite is the project as it is committed, and an empty database.
func newSite(t *testing.T, engine, project string) *site {
	t.Helper()
	driver, dir := driverOf(t, engine), dbtenv.CopyProject(t, project)
	return &site{engines[engine](t, driver, project, dir), t, driver, "", dir}
}

// database is what dbt calls it.
func (s *site) database() string {
	switch e := s.engine.(type) {
	case accountEngine:
		return e.project
	case snowflakeEngine:
		return strings.ToUpper(e.project)
	case projectEngine:
		return e.project.Name
	}
	return "market"
}

// location is a key of an environment, behind others, where the warehouse has locations.
func (s *site) location() string {
	if s.name() == "bigquery" {
		return ", location: " + cmp.Or(os.Getenv("DBTWAC_BIGQUERY_LOCATION"), "US")
	}
	return ""
}

// stateKey is a key of a deployment, in front of others, where the ledger's schema cannot be the usual one.
func (s *site) stateKey() string {
	if prefix := s.prefix(); prefix != "" {
		return "state: {schema: " + prefix + "dbtwac_state}, "
	}
	return ""
}

// prefix is what the names of schemas begin with, where others are beside them.
func (s *site) prefix() string {
	if e, real := s.engine.(projectEngine); real {
		return e.project.Prefix
	}
	return ""
}

// driverOf runs dbt with the adapter for an engine.
func driverOf(t *testing.T, engine string) *dbtenv.Driver {
	t.Helper()
	switch engine {
	case "bigquery":
		return dbtenv.StartBigQueryDriver(t)
	case "snowflake":
		return dbtenv.StartSnowflakeDriver(t)
	}
	return dbtenv.Start(t)
}

// copy is the same site: a folder and a database of its own that hold the same. Both can go on, in turn.
func (s *site) copy(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	return &site{s.engine.copy(t, dir), t, s.driver, s.command, dir}
}

// script runs one of the project's SQL files with the warehouse's own command line.
func (s *site) script(name string) (output string, code int) {
	s.t.Helper()
	return s.engine.script(filepath.Join(s.dir, name), run)
}

func (s *site) mustScript(name string) {
	s.t.Helper()
	if output, code := s.script(name); code != 0 {
		s.t.Fatalf("%s: exit %d\n%s", name, code, output)
	}
}

// environment is what dbt, or a runbook that calls it, runs with.
func (s *site) environment() map[string]string {
	s.t.Helper()
	env := s.env()
	maps.Copy(env, run)
	return env
}

func (s *site) dbt(args ...string) dbtenv.Result {
	s.t.Helper()
	return s.driver.DBT(s.t, s.dir, s.environment(), args...)
}

func (s *site) mustDBT(args ...string) {
	s.t.Helper()
	if r := s.dbt(args...); !r.OK {
		s.t.Fatalf("dbt %s: exit %d\n%s", strings.Join(args, " "), r.Exit, r.Log)
	}
}

// macro runs an operation of the deployment nightly under a target.
func (s *site) macro(operation, target string, args ...string) dbtenv.Result {
	s.t.Helper()
	return s.dbt(append([]string{"run-operation", "dbtwac_nightly_" + operation, "--target", target}, args...)...)
}

// dbtwac runs it in the site's folder.
func (s *site) dbtwac(args ...string) (output string, code int) {
	s.t.Helper()
	if s.command == "" {
		s.command = buildCommand(s.t)
	}
	cmd := exec.CommandContext(s.t.Context(), s.command, append([]string{"-C", s.dir}, args...)...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (s *site) compile(args ...string) (output string, code int) {
	s.t.Helper()
	return s.dbtwac(append([]string{"compile"}, args...)...)
}

func (s *site) mustCompile(args ...string) {
	s.t.Helper()
	if output, code := s.compile(args...); code != 0 {
		s.t.Fatalf("dbtwac compile: exit %d\n%s", code, output)
	}
}

func (s *site) text(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// edit replaces text in one of the project's files.
func (s *site) edit(name, old, new string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		s.t.Fatalf("%s does not hold %q: the project has changed, change the test with it", name, old)
	}
	s.write(name, strings.Replace(string(text), old, new, 1))
}

func (s *site) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) remove(name string) {
	s.t.Helper()
	if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
		s.t.Fatal(err)
	}
}

// rows are those of a relation, by the names of their columns, in an order of their own. Some columns, such as those that say
// when dbt has run, can be left out.
func (s *site) rows(relation string, without ...string) []map[string]any {
	s.t.Helper()
	rows := []map[string]any{}
	for _, answer := range s.sql(s.json(relation)) {
		var row map[string]any
		if err := json.Unmarshal([]byte(answer[0].(string)), &row); err != nil {
			s.t.Fatal(err)
		}
		maps.DeleteFunc(row, func(column string, _ any) bool { return slices.Contains(without, column) })
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b map[string]any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return rows
}

// content is what somebody sees in a relation.
type content struct {
	Kind string // table, view or materialized view
	Rows []map[string]any
}

// contents are those of all relations, by their quoted names, in the schemas that begin so.
func (s *site) contents(schemas string, without ...string) map[string]content {
	s.t.Helper()
	contents := map[string]content{}
	for _, row := range s.sql(s.relations()) {
		if name := row[0].(string); strings.HasPrefix(name, `"`+schemas) {
			contents[name] = content{row[1].(string), s.rows(name, without...)}
		}
	}
	return contents
}

// facts are all that is to be known of the relations, by their quoted names, in the schemas that begin so, beside their rows.
func (s *site) facts(schemas string) map[string][]string {
	s.t.Helper()
	facts := map[string][]string{}
	for _, row := range s.sql(s.engine.facts()) {
		if name := row[0].(string); strings.HasPrefix(name, `"`+schemas) && row[1] != nil {
			facts[name] = append(facts[name], row[1].(string))
		}
	}
	for _, list := range facts {
		slices.Sort(list)
	}
	return facts
}
