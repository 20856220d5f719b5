package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// published are the shop's published relations, quoted, with what they are built as.
var published = map[string]string{
	`mart."Order Lines"`:      `staging."Order Lines"`,
	"mart.customer_scores_v1": "staging.customer_scores_v1",
	"mart.customer_scores_v2": "staging.customer_scores_v2",
	"mart.customers_snapshot": "staging.customers_snapshot",
	"mart.daily_revenue":      "staging.daily_revenue",
	"mart.dim_customers":      "staging.dim_customers",
	"mart.order_status_log":   "staging.order_status_log",
	"mart.orders":             "staging.orders",
	"utils.calendar":          "staging.calendar",
	"utils.payment_methods":   "staging.payment_methods",
}

// shop is a copy of the shop project with its database.
type shop struct {
	t       testing.TB
	driver  *dbtenv.Driver
	command string // dbtwac
	dir     string
}

// newShop is the shop after its first night: compiled and built in staging, nothing published.
func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, driver: dbtenv.Start(t), dir: dbtenv.CopyProject(t, "shop"), command: buildCommand(t)}
	s.mustScript("sources.sql")
	s.mustDBT("parse", "--target", "staging")
	s.mustCompile()
	s.build()
	return s
}

// run is the id of the tests' runs. Each that builds anew is a generation of its own.
var run = map[string]string{"DBTWAC_RUN_ID": "test-1"}

// build is what the runbook does before a publish.
func (s *shop) build() {
	s.t.Helper()
	s.mustMacro("begin")
	s.mustDBT("build", "--target", "staging")
	s.mustMacro("audited")
}

// buildCommand builds dbtwac.
func buildCommand(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "dbtwac")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/dbtwac")
	build.Dir = dbtenv.Root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// copy is the same shop in a folder of its own.
func (s *shop) copy(t *testing.T) *shop {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	return &shop{t, s.driver, s.command, dir}
}

func (s *shop) database() string { return filepath.Join(s.dir, "shop.duckdb") }

// script runs one of the project's SQL files with the duckdb command line.
func (s *shop) script(name string) (output string, code int) {
	s.t.Helper()
	stdout, stderr, code := dbtenv.DuckDB(s.t, run, s.database(), filepath.Join(s.dir, name))
	return stdout + stderr, code
}

func (s *shop) mustScript(name string) {
	s.t.Helper()
	if output, code := s.script(name); code != 0 {
		s.t.Fatalf("%s: exit %d\n%s", name, code, output)
	}
}

func (s *shop) mustDBT(args ...string) {
	s.t.Helper()
	if r := s.driver.DBT(s.t, s.dir, nil, args...); !r.OK {
		s.t.Fatalf("dbt %s: exit %d\n%s", strings.Join(args, " "), r.Exit, r.Log)
	}
}

// macro runs an operation of the deployment under a target.
func (s *shop) macro(operation, target string, more ...string) dbtenv.Result {
	s.t.Helper()
	return s.driver.DBT(s.t, s.dir, run, append([]string{"run-operation", "dbtwac_nightly_" + operation, "--target", target}, more...)...)
}

func (s *shop) mustMacro(operation string) {
	s.t.Helper()
	if r := s.macro(operation, "staging"); !r.OK {
		s.t.Fatalf("%s: exit %d\n%s", operation, r.Exit, r.Log)
	}
}

// compile runs dbtwac compile.
func (s *shop) compile(args ...string) (output string, code int) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), s.command, append([]string{"-C", s.dir, "compile"}, args...)...)
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

func (s *shop) mustCompile() {
	s.t.Helper()
	if output, code := s.compile(); code != 0 {
		s.t.Fatalf("dbtwac compile: exit %d\n%s", code, output)
	}
}

// edit replaces text in one of the project's files.
func (s *shop) edit(name, old, new string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		s.t.Fatalf("%s does not hold %q: the project has changed, change the test with it", name, old)
	}
	s.write(name, strings.Replace(string(text), old, new, 1))
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// production is everything that readers could see, and the ledger, as one text a relation: its name, rows and a hash of them.
func (s *shop) production() map[string]string {
	s.t.Helper()
	state := map[string]string{}
	for _, row := range s.driver.SQL(s.t, s.database(),
		"select schema_name, table_name from duckdb_tables() where schema_name in ('mart', 'utils', 'dbtwac_state') order by all") {
		name := `"` + row[0].(string) + `"."` + row[1].(string) + `"`
		got := s.driver.SQL(s.t, s.database(), "select count(*)::varchar || ' ' || coalesce(sum(hash(t)::hugeint), 0)::varchar from "+name+" t")
		state[name] = got[0][0].(string)
	}
	return state
}

// readers is production without what is dbtwac's own.
func (s *shop) readers() map[string]string {
	s.t.Helper()
	state := s.production()
	for name := range state {
		if strings.HasPrefix(name, `"dbtwac_state"`) {
			delete(state, name)
		}
	}
	return state
}
