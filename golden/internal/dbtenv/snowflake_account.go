package dbtenv

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// RealSnowflake reports whether the tests are to run on a real account: make test-snowflake says so, when SNOWFLAKE_ACCOUNT,
// SNOWFLAKE_USER, SNOWFLAKE_PASSWORD (or a programmatic access token in its place), SNOWFLAKE_WAREHOUSE and SNOWFLAKE_ROLE, which has
// to be able to create databases, are set.
func RealSnowflake() bool { return os.Getenv("DBTWAC_REAL_SNOWFLAKE") == "1" }

// A RemoteDatabase is one on the real account. The test's end drops it.
type RemoteDatabase struct {
	Name   string
	driver *Driver
}

var remotes atomic.Int64

// NewRemoteDatabase creates an empty one under a name that nothing else has.
func NewRemoteDatabase(t testing.TB, driver *Driver) *RemoteDatabase {
	t.Helper()
	return createRemote(t, driver, "")
}

// Copy creates one that holds the same: a clone.
func (d *RemoteDatabase) Copy(t testing.TB) *RemoteDatabase {
	t.Helper()
	return createRemote(t, d.driver, " clone "+d.Name)
}

func createRemote(t testing.TB, driver *Driver, from string) *RemoteDatabase {
	t.Helper()
	d := &RemoteDatabase{fmt.Sprintf("DBTWAC_TEST_%s_%d", strings.ToUpper(fmt.Sprintf("%x", time.Now().UnixNano())), remotes.Add(1)), driver}
	d.SQL(t, "create transient database "+d.Name+from)
	t.Cleanup(func() { d.SQL(t, "drop database if exists "+d.Name) })
	return d
}

// SQL is Driver.SQL for it.
func (d *RemoteDatabase) SQL(t testing.TB, statements ...string) [][]any {
	t.Helper()
	return d.driver.sql(t, statements, map[string]any{"snowflake": d.Name})
}

// Snow runs the script, a file, with Snowflake's CLI, as Account.Snow does.
func (d *RemoteDatabase) Snow(t testing.TB, env map[string]string, script string) (stdout, stderr string, code int) {
	t.Helper()
	text := runVariable(env) + readFile(t, script)
	return feed(t, "", map[string]string{"COLUMNS": "1000"}, text, snowflakeCLI.tool(t, "snow"), "sql", "-x", "--database", d.Name, "--enable-templating", "NONE", "-i")
}
