package e2e

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// An engine is one warehouse with the database of one site. Sites take turns: nothing may hold a connection between two calls.
type engine interface {
	name() string
	sql(statements ...string) [][]any
	script(file string, env map[string]string) (output string, code int)

	// schema is the name of a schema in statements.
	schema(name string) string

	// env is what dbt, and the warehouse's own programs, need to find the database, which is ready for them.
	env() map[string]string

	// relations are a SELECT of the quoted name and the kind of all that is there.
	relations() string
	// json is a SELECT of each row of a relation as a JSON object.
	json(relation string) string
	// facts are a SELECT of the quoted name of a relation, and one fact about it: all that is to be known beside its rows.
	facts() string

	// copy is the same for a copy of the site in dir.
	copy(t testing.TB, dir string) engine
}

// engines make an empty database for a project in dir, called as the project is. The project's own profile is Postgres, at the
// host that its variable <PROJECT>_HOST names; a second one, <project>_duckdb, is DuckDB.
var engines = map[string]func(t testing.TB, driver *dbtenv.Driver, project, dir string) engine{
	"bigquery":  newBigQuery,
	"duckdb":    newDuckDB,
	"postgres":  newPostgres,
	"snowflake": newSnowflake,
}

type duckdbEngine struct {
	t       testing.TB
	driver  *dbtenv.Driver
	project string
	dir     string
}

func newDuckDB(t testing.TB, driver *dbtenv.Driver, project, dir string) engine {
	return duckdbEngine{t, driver, project, dir}
}

func (duckdbEngine) name() string { return "duckdb" }

func (e duckdbEngine) file() string { return filepath.Join(e.dir, e.project+".duckdb") }

func (e duckdbEngine) sql(statements ...string) [][]any {
	e.t.Helper()
	return e.driver.SQL(e.t, e.file(), statements...)
}

func (e duckdbEngine) script(file string, env map[string]string) (output string, code int) {
	e.t.Helper()
	stdout, stderr, code := dbtenv.DuckDB(e.t, env, e.file(), file)
	return stdout + stderr, code
}

func (duckdbEngine) schema(name string) string { return name }

func (e duckdbEngine) env() map[string]string {
	return map[string]string{"DBT_PROFILE": e.project + "_duckdb"}
}

func (duckdbEngine) relations() string {
	return `select '"' || schema_name || '"."' || table_name || '"', 'table' from duckdb_tables()
		union all select '"' || schema_name || '"."' || view_name || '"', 'view' from duckdb_views() where not internal`
}

func (duckdbEngine) json(relation string) string {
	return "select to_json(t)::varchar from " + relation + " t"
}

func (duckdbEngine) facts() string {
	return `select '"' || schema_name || '"."' || table_name || '"', 'columns: ' || string_agg(column_name || ' ' || data_type, ', ' order by column_index)
			from duckdb_columns() where not internal group by all
		union all select '"' || schema_name || '"."' || view_name || '"', 'definition: ' || sql from duckdb_views() where not internal`
}

func (e duckdbEngine) copy(t testing.TB, dir string) engine {
	return newDuckDB(t, e.driver, e.project, dir)
}

type postgresEngine struct {
	t        testing.TB
	driver   *dbtenv.Driver
	server   *dbtenv.Postgres
	database *dbtenv.Database
	project  string
}

func newPostgres(t testing.TB, driver *dbtenv.Driver, project, _ string) engine {
	t.Helper()
	server := dbtenv.StartPostgres(t)
	e := postgresEngine{t, driver, server, server.NewDatabase(t, project), project}
	e.sql("do $$ begin create role reporter; exception when duplicate_object then null; end $$") // roles are the server's
	return e
}

func (postgresEngine) name() string { return "postgres" }

func (e postgresEngine) sql(statements ...string) [][]any {
	e.t.Helper()
	return e.database.SQL(e.t, e.driver, statements...)
}

func (e postgresEngine) script(file string, env map[string]string) (output string, code int) {
	e.t.Helper()
	stdout, stderr, code := e.database.Psql(e.t, env, file)
	return stdout + stderr, code
}

func (postgresEngine) schema(name string) string { return name }

func (e postgresEngine) env() map[string]string {
	e.t.Helper()
	e.database.Use(e.t)
	env := map[string]string{"DBT_PROFILE": e.project, strings.ToUpper(e.project) + "_HOST": e.server.Host}
	maps.Copy(env, e.database.Env())
	return env
}

func (postgresEngine) relations() string {
	return `select '"' || nspname || '"."' || relname || '"', case relkind when 'r' then 'table' when 'v' then 'view' else 'materialized view' end
		from pg_class join pg_namespace on pg_namespace.oid = relnamespace
		where relkind in ('r', 'v', 'm') and nspname <> 'information_schema' and nspname not like 'pg\_%'`
}

// json has a space in timestamps, as DuckDB's, so that what the engines have built can be compared.
func (postgresEngine) json(relation string) string {
	return `select regexp_replace(row_to_json(t)::text, '(\d{4}-\d\d-\d\d)T(\d\d:)', '\1 \2', 'g') from ` + relation + " t"
}

// facts have no names of indexes, which dbt makes anew each time.
func (postgresEngine) facts() string {
	privileges := `(select string_agg(grantee::regrole || ' ' || privilege_type || ' ' || is_grantable, ', ' order by grantee::regrole::text, privilege_type) from aclexplode(%))`
	return `select '"' || nspname || '"."' || relname || '"', fact from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral (
			select 'columns: ' || string_agg(attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull, ', ' order by attnum) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
			union all select 'owner: ' || relowner::regrole
			union all select 'privileges: ' || ` + strings.ReplaceAll(privileges, "%", "coalesce(relacl, acldefault('r', relowner))") + `
			union all select 'privileges of the schema: ' || ` + strings.ReplaceAll(privileges, "%", "coalesce(nspacl, acldefault('n', nspowner))") + `
			union all select 'index: ' || regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \S+ ON', 'INDEX ON') from pg_index where indrelid = c.oid
			union all select 'constraint: ' || pg_get_constraintdef(k.oid) from pg_constraint k where conrelid = c.oid
			union all select 'definition: ' || pg_get_viewdef(c.oid) where relkind in ('v', 'm')
		) f(fact) where relkind in ('r', 'v', 'm') and nspname <> 'information_schema' and nspname not like 'pg\_%'`
}

func (e postgresEngine) copy(t testing.TB, _ string) engine {
	t.Helper()
	return postgresEngine{t, e.driver, e.server, e.database.Copy(t), e.project}
}
