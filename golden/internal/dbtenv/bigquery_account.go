package dbtenv

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// RealBigQuery reports whether the tests are to run on a real project: make test-bigquery says so, when DBTWAC_BIGQUERY_PROJECT and
// DBTWAC_BIGQUERY_LOCATION are set and there are application default credentials.
func RealBigQuery() bool { return os.Getenv("DBTWAC_REAL_BIGQUERY") == "1" }

// A RemoteProject is the real one, with datasets of which each name has a prefix of its own. The test's end drops them.
type RemoteProject struct {
	Name     string
	Location string
	Prefix   string
	driver   *Driver
}

var prefixes atomic.Int64

// NewRemoteProject gives a site a prefix that nothing else has.
func NewRemoteProject(t testing.TB, driver *Driver) *RemoteProject {
	t.Helper()
	p := &RemoteProject{
		Name:     os.Getenv("DBTWAC_BIGQUERY_PROJECT"),
		Location: os.Getenv("DBTWAC_BIGQUERY_LOCATION"),
		Prefix:   fmt.Sprintf("dbtwac_test_%x_%d_", time.Now().UnixNano(), prefixes.Add(1)),
		driver:   driver,
	}
	t.Cleanup(func() {
		for _, row := range p.SQL(t, fmt.Sprintf("select schema_name from `region-%s`.INFORMATION_SCHEMA.SCHEMATA where starts_with(schema_name, '%s')", p.Location, p.Prefix)) {
			p.SQL(t, fmt.Sprintf("drop schema `%s` cascade", row[0]))
		}
	})
	return p
}

// SQL is Driver.SQL for it.
func (p *RemoteProject) SQL(t testing.TB, statements ...string) [][]any {
	t.Helper()
	return p.driver.sql(t, statements, map[string]any{"bigquery": p.Name, "location": p.Location})
}

// Bq runs the script, a file, with Google's bq, as Project.Bq does.
func (p *RemoteProject) Bq(t testing.TB, env map[string]string, script string) (stdout, stderr string, code int) {
	t.Helper()
	args := []string{"--project_id=" + p.Name, "--headless=true", "--quiet=true", "query", "--use_legacy_sql=false", "--location=" + p.Location}
	return feed(t, "", env, readFile(t, script), googleBq(t), append(args, runParameter(env)...)...)
}
