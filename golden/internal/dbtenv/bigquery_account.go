package dbtenv

import (
	"fmt"
	"os"
	"strings"
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

// Copy gives what it holds another prefix, also in the text of views.
func (p *RemoteProject) Copy(t testing.TB) *RemoteProject {
	t.Helper()
	other := NewRemoteProject(t, p.driver)
	other.SQL(t, copyDatasets(p.Location, p.Prefix, other.Prefix))
	return other
}

// copyDatasets is a script that makes the datasets of a prefix again under another one: views last, in the order that they were made in.
func copyDatasets(location, from, to string) string {
	return strings.NewReplacer("LOCATION", location, "REGION", "`region-"+strings.ToLower(location)+"`.INFORMATION_SCHEMA", "FROM_", from, "TO_", to).Replace(`
for found in (select schema_name from REGION.SCHEMATA where starts_with(schema_name, 'FROM_')) do
  execute immediate format("create schema %s options (location = 'LOCATION')", replace(found.schema_name, 'FROM_', 'TO_'));
end for;
for found in (
  select concat(table_schema, '.', table_name) as name, replace(concat(table_schema, '.', table_name), 'FROM_', 'TO_') as copied, table_type, ddl
  from REGION.TABLES where starts_with(table_schema, 'FROM_') order by ends_with(table_type, 'VIEW'), creation_time
) do
  execute immediate case
    when ends_with(found.table_type, 'VIEW') then replace(found.ddl, 'FROM_', 'TO_')
    when found.table_type = 'SNAPSHOT' then concat('create snapshot table ` + "`', found.copied, '` clone `', found.name, '`" + `')
    else concat('create table ` + "`', found.copied, '` copy `', found.name, '`" + `')
  end;
end for;`)
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
