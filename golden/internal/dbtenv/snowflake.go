package dbtenv

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const noSnowflake = "no Python environments for Snowflake; make them with: make python-snowflake"

var (
	snowflakeTools = environment{"-snowflake", "DBTWAC_REQUIRE_SNOWFLAKE", noSnowflake}
	// The CLI needs a protobuf that dbt does not allow.
	snowflakeCLI = environment{"-snowflake-cli", "DBTWAC_REQUIRE_SNOWFLAKE", noSnowflake}
)

// StartSnowflakeDriver starts a driver whose dbt has the adapter for Snowflake, and no other one.
func StartSnowflakeDriver(t testing.TB) *Driver {
	t.Helper()
	return start(t, snowflakeTools.tool(t, "python"))
}

// Snowflake is a running emulator, golden/python/emulator.py, whose comment says what it is not.
type Snowflake struct{ emulator }

// StartSnowflake starts an emulator, which takes a second. It ends when the test does. Tests that run at the same time have one
// each: it has one account at a time.
func StartSnowflake(t testing.TB) *Snowflake {
	t.Helper()
	return &Snowflake{startEmulator(t, snowflakeTools, "emulator.py")}
}

// An Account holds the databases of one site. The emulator has one at a time: whichever is used last. To change it costs some
// milliseconds.
type Account struct {
	server *Snowflake
	dir    string
}

// NewAccount creates an empty one. The test's end drops it.
func (s *Snowflake) NewAccount(t testing.TB) *Account {
	t.Helper()
	return &Account{s, s.newDir(t)}
}

// Copy creates one that holds the same. Nobody may be connected to the original.
func (a *Account) Copy(t testing.TB) *Account {
	t.Helper()
	return &Account{a.server, a.server.copyDir(t, a.dir)}
}

// Use makes it the emulator's account. Nobody may be connected to the one before. What does not go through this package, such as
// dbt, calls it first.
func (a *Account) Use(t testing.TB) {
	t.Helper()
	a.server.use(t, a.dir)
}

// Env tells the profiles of the golden projects where it is.
func (a *Account) Env() map[string]string {
	return map[string]string{"SNOWDUCK_PORT": strconv.Itoa(a.server.port)}
}

// SQL runs the statements in one session without a current database, and returns the rows of the last, as Driver.SQL does. An
// error fails the test.
func (a *Account) SQL(t testing.TB, statements ...string) [][]any {
	t.Helper()
	return a.server.driver.sql(t, statements, map[string]any{"account": a.dir})
}

// Script runs the script, a file, as Snow does, without the CLI, whose start takes seconds.
func (a *Account) Script(t testing.TB, env map[string]string, database, script string) (output string, code int) {
	t.Helper()
	text := "use database " + database + ";\n" + runVariable(env) + readFile(t, script)
	return a.server.script(t, map[string]any{"account": a.dir, "text": text})
}

// runVariable sets the session's variable that is called as that of the environment, which scripts do not see.
func runVariable(env map[string]string) string {
	id, found := env["DBTWAC_RUN_ID"]
	if !found {
		return ""
	}
	return "set dbtwac_run_id = '" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(id) + "';\n"
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Snow runs the script, a file, in a database with Snowflake's CLI. It stops at the first error, with code 1; what is wrong with
// the statement is then in stderr, in a box, with line breaks and bars. When env has a DBTWAC_RUN_ID, the script goes to its stdin,
// behind a line that sets the session's variable of that name: the CLI gives statements no variables of the environment.
func (a *Account) Snow(t testing.TB, env map[string]string, database, script string) (stdout, stderr string, code int) {
	t.Helper()
	snow := snowflakeCLI.tool(t, "snow")
	a.Use(t)
	home := t.TempDir()
	config := filepath.Join(home, "config.toml")
	text := fmt.Sprintf(`[cli.logs]
save_logs = false

[connections.emulator]
account = "emulator"
user = "emulator"
password = "emulator"
protocol = "http"
host = "127.0.0.1"
port = %d
database = %q
`, a.server.port, database)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil { // the CLI refuses one that others can read
		t.Fatal(err)
	}
	all := map[string]string{"HOME": home, "SNOWFLAKE_HOME": home, "COLUMNS": "1000"}
	maps.Copy(all, env)
	args := []string{"--config-file", config, "sql", "-c", "emulator", "--enable-templating", "NONE"}
	if set := runVariable(env); set != "" {
		return feed(t, "", all, set+readFile(t, script), snow, append(args, "-i")...)
	}
	return run(t, all, snow, append(args, "-f", script)...)
}

// Syntax says what is wrong with the syntax of each of the texts in a dialect, snowflake or bigquery, which is nothing for a good one. One
// call for all that a test has: it costs a second, and each text some milliseconds.
func Syntax(t testing.TB, dialect string, texts ...string) [][]string {
	t.Helper()
	request, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "texts.json")
	if err := os.WriteFile(file, request, 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := run(t, nil, snowflakeTools.tool(t, "python"), filepath.Join(Root(t), "golden", "python", "syntax.py"), file, dialect)
	var problems [][]string
	if err := json.Unmarshal([]byte(stdout), &problems); err != nil || code != 0 || len(problems) != len(texts) {
		t.Fatalf("syntax.py: exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	return problems
}

// Sqlfluff fails the test when a file is not Snowflake's SQL.
func Sqlfluff(t testing.TB, files ...string) {
	t.Helper()
	var texts []string
	for _, file := range files {
		texts = append(texts, readFile(t, file))
	}
	for i, problems := range Syntax(t, "snowflake", texts...) {
		for _, problem := range problems {
			t.Errorf("%s: %s", files[i], problem)
		}
	}
}
