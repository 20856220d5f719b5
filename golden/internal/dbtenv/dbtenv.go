// Package dbtenv runs the real tools for the end-to-end tests: dbt, the DuckDB CLI, PostgreSQL and shellcheck, for Snowflake
// an emulator, its CLI and sqlfluff, and for BigQuery an emulator, from the Python environments that golden/python/install.sh makes.
//
// A tool that fails is a result, which the test judges. A tool that cannot be run, or does not end in time, fails the
// test here. Without the environment tests are skipped, unless DBTWAC_REQUIRE_DBT=1 says that there has to be one, or
// DBTWAC_REQUIRE_SNOWFLAKE=1 and DBTWAC_REQUIRE_BIGQUERY=1 that there have to be those for Snowflake and BigQuery.
package dbtenv

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The time that one step may take; each is many times what it needs, since the machine may be busy.
const (
	answerLimit = 5 * time.Minute // of the driver; its first command also imports dbt and parses dbt's macros
	toolLimit   = 2 * time.Minute
)

// Root returns the root folder of the repository.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the folder of the test")
		}
		dir = parent
	}
}

// An environment is one of those that golden/python/install.sh makes.
type environment struct {
	suffix  string // of its folder
	require string // the variable that says that there has to be one
	missing string
}

// Tool returns the path of a program of the Python environment, such as "python" or "dbt".
// When there is no environment the test is skipped, or fails if DBTWAC_REQUIRE_DBT=1.
func Tool(t testing.TB, name string) string {
	t.Helper()
	return environment{"", "DBTWAC_REQUIRE_DBT", "no Python environment with dbt; make it with: make python"}.tool(t, name)
}

func (e environment) tool(t testing.TB, name string) string {
	t.Helper()
	venv := os.Getenv("DBTWAC_VENV")
	if venv == "" {
		venv = filepath.Join(Root(t), ".venv")
	}
	path := filepath.Join(venv+e.suffix, "bin", name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if os.Getenv(e.require) == "1" {
		t.Fatalf("%s is missing: %s", path, e.missing)
	}
	t.Skip(e.missing)
	return ""
}

// CopyProject copies golden/projects/<name> to a temporary folder, without what runs of dbt have left in it.
func CopyProject(t testing.TB, name string) string {
	t.Helper()
	project := filepath.Join(Root(t), "golden", "projects", name)
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	databases, err := filepath.Glob(filepath.Join(dir, "*.duckdb*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append([]string{filepath.Join(dir, "target"), filepath.Join(dir, "logs"), filepath.Join(dir, "dbt_packages")}, databases...) {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// DuckDB runs the script, a file, on the database, also a file, with the DuckDB CLI. It stops at the first error, with
// code 1. Results are printed to stdout as CSV, one header line for each.
func DuckDB(t testing.TB, env map[string]string, database, script string) (stdout, stderr string, code int) {
	t.Helper()
	return runIn(t, filepath.Dir(database), env, Tool(t, "duckdb"), database, "-no-init", "-csv", "-bail", "-f", script)
}

// Shellcheck fails the test when shellcheck has anything to say about the file.
func Shellcheck(t testing.TB, file string) {
	t.Helper()
	if stdout, stderr, code := run(t, nil, Tool(t, "shellcheck"), "--norc", file); code != 0 {
		t.Errorf("shellcheck %s:\n%s%s", file, stdout, stderr)
	}
}

func run(t testing.TB, env map[string]string, name string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return runIn(t, "", env, name, args...)
}

// runIn runs a program in a folder: some scripts leave a file there while they run.
func runIn(t testing.TB, dir string, env map[string]string, name string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return feed(t, dir, env, "", name, args...)
}

// feed gives a program a text to read.
func feed(t testing.TB, dir string, env map[string]string, stdin, name string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), toolLimit) // cleanups run tools too
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir = strings.NewReader(stdin), &out, &errs, dir
	cmd.Env = os.Environ()
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("%s did not end within %v\n%s%s", cmd, toolLimit, &out, &errs)
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// A Driver is a running golden/python/driver.py, whose comment describes the protocol.
// It lives until the test that started it ends; subtests may share it, and take turns.
type Driver struct {
	mu      sync.Mutex
	process *os.Process
	stdin   io.WriteCloser
	stdout  *bufio.Reader
	stderr  string // the file it goes to
}

// Start starts a driver.
func Start(t testing.TB) *Driver {
	t.Helper()
	return start(t, Tool(t, "python"))
}

func start(t testing.TB, python string) *Driver {
	t.Helper()
	stderr, err := os.Create(filepath.Join(t.TempDir(), "driver.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stderr.Close() }()

	// The context ends the process before the cleanup waits for it.
	cmd := exec.CommandContext(t.Context(), python, filepath.Join(Root(t), "golden", "python", "driver.py"))
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // it was killed: no other error can come
	return &Driver{process: cmd.Process, stdin: stdin, stdout: bufio.NewReader(stdout), stderr: stderr.Name()}
}

// A Result is what a dbt command answers.
type Result struct {
	OK   bool
	Exit int    // dbt's exit code: 0 fine, 1 a node failed, 2 wrong usage or an error outside of the nodes
	Log  string // what it printed
}

// DBT runs a dbt command, such as "build", "--target", "staging", in the folder dir. env is added to the environment for
// this command only. A change of target makes dbt parse the project again, unless each has its own --target-path.
func (d *Driver) DBT(t testing.TB, dir string, env map[string]string, args ...string) Result {
	t.Helper()
	var answer struct {
		Result
		Error string // a Python traceback
	}
	d.ask(t, map[string]any{"op": "dbt", "cwd": dir, "env": env, "args": args}, &answer)
	if answer.Error != "" {
		t.Fatalf("dbt %s\n%s", strings.Join(args, " "), answer.Error)
	}
	return answer.Result
}

// SQL runs the statements on a DuckDB file, one after the other, and returns the rows of the last: nil, bool, int,
// float64 or string for each value, decimals and dates as strings. An error fails the test.
func (d *Driver) SQL(t testing.TB, database string, statements ...string) [][]any {
	t.Helper()
	return d.sql(t, statements, map[string]any{"db": database})
}

// sql asks for statements on what the other fields of the request name.
func (d *Driver) sql(t testing.TB, statements []string, request map[string]any) [][]any {
	t.Helper()
	var answer struct {
		Rows  [][]any
		Error string
	}
	request["op"], request["statements"] = "sql", statements
	d.ask(t, request, &answer)
	if answer.Error != "" {
		t.Fatalf("%s\n%s", strings.Join(statements, ";\n"), answer.Error)
	}
	for _, row := range answer.Rows {
		for i, value := range row {
			row[i] = number(value)
		}
	}
	return answer.Rows
}

// ask sends a request and decodes the answer.
func (d *Driver) ask(t testing.TB, request map[string]any, answer any) {
	t.Helper()
	line, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	limit := time.AfterFunc(answerLimit, func() { _ = d.process.Kill() }) // which ends the read below
	_, err = d.stdin.Write(append(line, '\n'))
	if err == nil {
		line, err = d.stdout.ReadBytes('\n')
	}
	if !limit.Stop() {
		t.Fatalf("no answer within %v to %v", answerLimit, request)
	}
	if err != nil {
		log, _ := os.ReadFile(d.stderr)
		t.Fatalf("the driver died: %v\n%s", err, log)
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(answer); err != nil {
		t.Fatalf("%v in the driver's answer %s", err, line)
	}
}

// number turns a JSON number into an int or a float64, and leaves other values alone.
func number(value any) any {
	text, ok := value.(json.Number)
	if !ok {
		return value
	}
	if n, err := text.Int64(); err == nil {
		return int(n)
	}
	f, _ := text.Float64() // the driver sends finite numbers only
	return f
}
