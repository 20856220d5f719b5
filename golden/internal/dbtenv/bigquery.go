package dbtenv

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var bigqueryTools = environment{"-bigquery", "DBTWAC_REQUIRE_BIGQUERY", "no Python environment for BigQuery; make it with: make python-bigquery"}

// StartBigQueryDriver starts a driver whose dbt has the adapter for BigQuery, and no other one.
func StartBigQueryDriver(t testing.TB) *Driver {
	t.Helper()
	return start(t, bigqueryTools.tool(t, "python"))
}

// BigQuery is a running emulator, golden/python/bigquery_emulator.py, whose comment says what it is not.
type BigQuery struct{ emulator }

// StartBigQuery starts an emulator, which takes two seconds. It ends when the test does. Tests that run at the same time have one
// each: it has the projects of one site at a time.
func StartBigQuery(t testing.TB) *BigQuery {
	t.Helper()
	return &BigQuery{startEmulator(t, bigqueryTools, "bigquery_emulator.py")}
}

// A Project holds the datasets of one site. The emulator has one at a time: whichever is used last. To change it costs a fifth of
// a second.
type Project struct {
	Name   string
	server *BigQuery
	dir    string
}

// NewProject creates an empty one. The test's end drops it.
func (b *BigQuery) NewProject(t testing.TB, name string) *Project {
	t.Helper()
	return &Project{name, b, b.newDir(t)}
}

// Copy creates one that holds the same. Nobody may be connected to the original.
func (p *Project) Copy(t testing.TB) *Project {
	t.Helper()
	return &Project{p.Name, p.server, p.server.copyDir(t, p.dir)}
}

// Use makes it the emulator's project. Nobody may be connected to the one before. What does not go through this package, such as
// dbt, calls it first.
func (p *Project) Use(t testing.TB) {
	t.Helper()
	p.server.use(t, p.dir)
}

// Env tells the profiles of the golden projects where it is.
func (p *Project) Env() map[string]string {
	return map[string]string{"LOCAL_BIGQUERY_PORT": strconv.Itoa(p.server.port)}
}

// SQL runs the statements, each of them a job, and returns the rows of the last, as Driver.SQL does. An error fails the test.
func (p *Project) SQL(t testing.TB, statements ...string) [][]any {
	t.Helper()
	return p.server.driver.sql(t, statements, map[string]any{"account": p.dir, "project": p.Name})
}

// Script runs the script, a file, as Bq does, without the CLI, whose start takes seconds.
func (p *Project) Script(t testing.TB, env map[string]string, script string) (output string, code int) {
	t.Helper()
	parameters := map[string]string{}
	if id, found := env["DBTWAC_RUN_ID"]; found {
		parameters["dbtwac_run_id"] = id
	}
	return p.server.script(t, map[string]any{"account": p.dir, "project": p.Name, "text": readFile(t, script), "parameters": parameters})
}

// Bq runs the script, a file, with Google's own bq: all of it is one job, which stops at the first error. bq breaks long lines of
// what it says about it.
func (p *Project) Bq(t testing.TB, env map[string]string, script string) (stdout, stderr string, code int) {
	t.Helper()
	bq := googleBq(t)
	args := []string{"query", "--use_legacy_sql=false", "--location=US"}
	return feed(t, "", p.bqEnv(t, env), readFile(t, script), bq, append(args, runParameter(env)...)...)
}

// runParameter gives the run's name to a script, which does not see the environment.
func runParameter(env map[string]string) []string {
	if id, found := env["DBTWAC_RUN_ID"]; found {
		return []string{"--parameter=dbtwac_run_id::" + id}
	}
	return nil
}

// BqShell runs a script of the shell, a file, that calls bq: Google's own one, or a stand-in, which is quick.
func (p *Project) BqShell(t testing.TB, env map[string]string, script string, google bool) (stdout, stderr string, code int) {
	t.Helper()
	command := fmt.Sprintf("%s %s", bigqueryTools.tool(t, "python"), filepath.Join(Root(t), "golden", "python", "bq.py"))
	if google {
		command = googleBq(t)
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "bq"), []byte("#!/bin/sh\nexec "+command+` "$@"`+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	all := p.bqEnv(t, env)
	all["PATH"] = bin + string(os.PathListSeparator) + os.Getenv("PATH")
	return feed(t, filepath.Dir(script), all, "", "sh", script)
}

func googleBq(t testing.TB) string {
	t.Helper()
	bq, err := exec.LookPath("bq")
	if err != nil {
		t.Skip("no bq on PATH: the Google Cloud CLI is not on PyPI; a stand-in, which other tests run, shows the same")
	}
	return bq
}

// bqEnv lets either bq find the emulator, and nothing else: neither an account nor a network.
func (p *Project) bqEnv(t testing.TB, env map[string]string) map[string]string {
	t.Helper()
	p.Use(t)
	home := t.TempDir()
	rc, token := filepath.Join(home, "bigqueryrc"), filepath.Join(home, "token")
	for name, text := range map[string]string{
		rc:    fmt.Sprintf("api=http://127.0.0.1:%d\nproject_id=%s\nheadless=true\nquiet=true\n", p.server.port, p.Name),
		token: "anything",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	nowhere := "http://127.0.0.1:9"
	all := map[string]string{
		"HOME": home, "BIGQUERYRC": rc, "CLOUDSDK_CONFIG": home, "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": token, "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
		"http_proxy": nowhere, "https_proxy": nowhere, "no_proxy": "127.0.0.1",
	}
	maps.Copy(all, env)
	return all
}

// unwrapped is what bq says, on one line.
func unwrapped(text string) string { return strings.Join(strings.Fields(text), " ") }
