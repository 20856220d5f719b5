package e2e

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// snowflakeEngine is an emulator, which shows the flow of scripts and macros, and the rows; golden/python/emulator.py says what it
// cannot show. Names are in lower case here, as dbt has them.
type snowflakeEngine struct {
	t       testing.TB
	account *dbtenv.Account
	project string // and its database
	cli     bool   // scripts are run by Snowflake's CLI, whose start takes seconds
}

func newSnowflake(t testing.TB, driver *dbtenv.Driver, project, _ string) engine {
	t.Helper()
	if dbtenv.RealSnowflake() {
		return onAccount(t, dbtenv.NewRemoteDatabase(t, driver), project)
	}
	e := snowflakeEngine{t, dbtenv.StartSnowflake(t).NewAccount(t), project, false}
	e.sql("create database " + project)
	return e
}

func (snowflakeEngine) name() string { return "snowflake" }

func (e snowflakeEngine) sql(statements ...string) [][]any {
	e.t.Helper()
	return e.account.SQL(e.t, statements...)
}

func (e snowflakeEngine) script(file string, env map[string]string) (output string, code int) {
	e.t.Helper()
	if e.cli {
		stdout, stderr, code := e.account.Snow(e.t, env, strings.ToUpper(e.project), file)
		return stdout + stderr, code
	}
	return e.account.Script(e.t, env, e.project, file)
}

// schema names the database too: a session has none.
func (e snowflakeEngine) schema(name string) string { return e.project + "." + name }

func (e snowflakeEngine) env() map[string]string {
	e.t.Helper()
	e.account.Use(e.t)
	env := map[string]string{"DBT_PROFILE": e.project + "_snowflake"}
	maps.Copy(env, e.account.Env())
	return env
}

// ours are the relations that a test compares: not the marks of a swap, nor what dbt has made for a moment, which an emulator shows.
const ours = "table_name <> 'DBTWAC_SWAP' and not endswith(lower(table_name), '__dbt_tmp')"

func (e snowflakeEngine) relations() string {
	return `select '"' || lower(table_schema) || '"."' || lower(table_name) || '"', iff(table_type = 'VIEW', 'view', 'table') from ` + e.project +
		".information_schema.tables where table_schema <> 'INFORMATION_SCHEMA' and " + ours
}

func (e snowflakeEngine) json(relation string) string {
	e.t.Helper()
	return jsonOf(e.sql, e.project, relation)
}

// jsonOf names the columns: the emulator has no object of all.
func jsonOf(sql func(...string) [][]any, database, relation string) string {
	schema, name, _ := strings.Cut(strings.Trim(relation, `"`), `"."`)
	var fields []string
	for _, row := range sql(fmt.Sprintf("select lower(column_name) from %s.information_schema.columns where lower(table_schema) = '%s' and lower(table_name) = '%s' order by ordinal_position", database, schema, name)) {
		fields = append(fields, fmt.Sprintf("'%[1]s', %[1]s", row[0]))
	}
	return fmt.Sprintf("select object_construct_keep_null(%s)::varchar from %s.%s.%s", strings.Join(fields, ", "), database, schema, name)
}

func (e snowflakeEngine) facts() string {
	return fmt.Sprintf(`select '"' || lower(table_schema) || '"."' || lower(table_name) || '"', 'columns: ' || listagg(lower(column_name) || ' ' || data_type, ', ') within group (order by ordinal_position) from %[1]s.information_schema.columns where %[2]s group by table_schema, table_name
		union all select '"' || lower(table_schema) || '"."' || lower(table_name) || '"', 'transient: ' || is_transient from %[1]s.information_schema.tables where table_type = 'BASE TABLE' and %[2]s
		union all select '"' || lower(table_schema) || '"."' || lower(table_name) || '"', 'definition: ' || replace(view_definition, ' ', '') from %[1]s.information_schema.views where table_schema <> 'INFORMATION_SCHEMA'`, e.project, ours)
}

func (e snowflakeEngine) copy(t testing.TB, _ string) engine {
	t.Helper()
	return snowflakeEngine{t, e.account.Copy(t), e.project, e.cli}
}
