package warehouse

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

// snowflake is Snowflake: each statement that makes, replaces or drops is a transaction of its own, a clone shares the storage
// of its source, databases and schemas change places with one statement, and a view is the text that it was made of.
type snowflake struct {
	snowflakeDialect
	ledger
}

func newSnowflake() snowflake { return snowflake{ledger: ledger{snowflakeDialect{}}} }

// Can: dbt's materialized views are dynamic tables here.
func (snowflake) Can() Can {
	return Can{
		TwoDatabases: true, SwapSchemas: true, SwapDatabases: true, Roles: true, SetsRole: true, MaterializedViews: true, ViewsByName: true, ViewsHaveMore: true, KeepsQuoting: true, Storages: true,
		Clusters: true, ReadsDatabases: true, DeleteInsert: true, Methods: []Method{Clone}, MaxIdentifier: 255,
	}
}

// snowflakeDialect is how Snowflake quotes, and where it keeps what lasts as long as a session: in variables.
type snowflakeDialect struct{ usual }

// plain is an identifier that needs no quotes.
var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$]*$`)

// Ident leaves the quotes out where it can: a name in quotes is another one, unless it is in upper case.
func (d snowflakeDialect) Ident(name string) string { return d.ident(name, false) }

func (snowflakeDialect) ident(name string, quoted bool) string {
	if !quoted && plain.MatchString(name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (d snowflakeDialect) Relation(n plan.Name) string {
	return d.Schema(plan.SchemaOf(n)) + "." + d.ident(n.Identifier, n.Quoted&plan.QuotedIdentifier != 0)
}

func (d snowflakeDialect) Schema(s plan.Schema) string {
	return d.database(s) + "." + d.ident(s.Schema, s.Quoted&plan.QuotedSchema != 0)
}

func (d snowflakeDialect) database(s plan.Schema) string {
	return d.ident(s.Database, s.Quoted&plan.QuotedDatabase != 0)
}

// Literal writes nothing that the CLI takes for a variable or a template, nor what ends a body: such texts are put together.
func (snowflakeDialect) Literal(text string) string {
	quoted := "'" + snowflakeEscapes.Replace(text) + "'"
	if strings.Contains(quoted, "' || ") {
		return "(" + quoted + ")"
	}
	return quoted
}

var snowflakeEscapes = strings.NewReplacer(`\`, `\\`, `'`, `''`, "\n", `\n`, "\r", `\r`, "&", "' || chr(38) || '", "<%", "<' || '%", "{{", "{' || '{", "{%", "{' || '%", "$$", "$' || '$' || '")

// taken are the marks that the escapes are about, beside those of a literal and line breaks.
var taken = []string{"&", "<%", "{{", "{%", "$$"}

// takenIn is the first of them in a text, or "".
func takenIn(text string) string {
	if i := slices.IndexFunc(taken, func(mark string) bool { return strings.Contains(text, mark) }); i >= 0 {
		return taken[i]
	}
	return ""
}

// Fold goes by the names without quotes, as nearly all are.
func (snowflakeDialect) Fold(identifier string) string { return strings.ToUpper(identifier) }

func (d snowflakeDialect) stored(n plan.Name) plan.Name {
	part := func(name string, quoted plan.Parts) string {
		if n.Quoted&quoted == 0 && plain.MatchString(name) {
			return strings.ToUpper(name)
		}
		return name
	}
	return plan.Name{Database: part(n.Database, plan.QuotedDatabase), Schema: part(n.Schema, plan.QuotedSchema), Identifier: part(n.Identifier, plan.QuotedIdentifier)}
}

func (d snowflakeDialect) stateTable(s plan.Schema, name string) string {
	return d.Schema(s) + "." + name
}

func (snowflakeDialect) moment() string {
	return "timestamp_tz not null default current_timestamp()"
}

func (snowflakeDialect) Generation() string { return "getvariable('DBTWAC_GENERATION')::integer" }
func (snowflakeDialect) setGeneration(number string) string {
	return "set dbtwac_generation = (select " + number + ")"
}

func (d snowflakeDialect) print(name plan.Name) string {
	return "select count(*) as n, hash_agg(*)::varchar as f from " + d.Relation(name)
}

func (d snowflakeDialect) count(name plan.Name) string {
	return "select count(*) from " + d.Relation(name)
}

// isThere: nothing here looks a name up that is no literal.
func (snowflakeDialect) isThere(string) string           { return "" }
func (snowflakeDialect) printOf() (before, after string) { return "", "" }

// list: LISTAGG of nothing is an empty text.
func (snowflakeDialect) list(text string) string {
	return "nullif(listagg(" + text + ", ', ') within group (order by " + text + "), '')"
}

func (snowflakeDialect) put(table string, columns, values []string, from string, _ bool) string {
	return merged(table, columns, values, from)
}

// catalog asks each database that has one of names: it knows its own relations alone.
func (d snowflakeDialect) catalog(names []plan.Name, types ...plan.Type) string {
	from := "from " + d.perDatabase(names, "tables") + " t where t.table_catalog = w.d and t.table_schema = w.s and t.table_name = w.t"
	if len(types) == 0 {
		return from
	}
	return from + map[plan.Type]string{
		plan.Table: " and t.table_type = 'BASE TABLE' and t.is_dynamic = 'NO'", plan.View: " and t.table_type = 'VIEW'", plan.MaterializedView: " and t.is_dynamic = 'YES'",
	}[types[0]]
}

// perDatabase is a view of the information schema, for all databases of names.
func (d snowflakeDialect) perDatabase(names []plan.Name, view string) string {
	return together(names, "*", func(n plan.Name) string { return d.database(plan.SchemaOf(n)) + ".information_schema." + view })
}

func (snowflakeDialect) RunID() string    { return "getvariable('DBTWAC_RUN_ID')" }
func (snowflakeDialect) Checksum() string { return "getvariable('DBTWAC_CHECKSUM')" }

func (snowflakeDialect) SetRunID() (before, after string)    { return "set dbtwac_run_id = ", "" }
func (snowflakeDialect) SetChecksum() (before, after string) { return "set dbtwac_checksum = ", "" }

// Carries knows no way to write in quotes what the CLI, or a body, takes for its own.
func (snowflake) Carries(n plan.Name) error {
	for _, part := range []struct {
		name   string
		quoted plan.Parts
	}{{n.Database, plan.QuotedDatabase}, {n.Schema, plan.QuotedSchema}, {n.Identifier, plan.QuotedIdentifier}} {
		switch {
		case n.Quoted&part.quoted == 0 && !plain.MatchString(part.name):
			return fmt.Errorf("dbt does not quote %q, which is no name without quotes; say quoting: true for it, or rename it", part.name)
		case takenIn(part.name) != "" || strings.ContainsAny(part.name, "\r\n"):
			return fmt.Errorf("the snow CLI, or Snowflake Scripting, takes part of %q for its own", part.name)
		}
	}
	return nil
}

var (
	// command begins a line that the CLI takes for a command of its own.
	command = regexp.MustCompile(`(?m)^\s*!\w`)
	// escapedQuote is one that ends a literal in other warehouses.
	escapedQuote = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*\\'`)
)

// CarriesSQL also refuses what a reader of standard SQL, as sqltext is, takes for the end of a literal or for no comment: it could
// not tell whether the query is one.
func (snowflake) CarriesSQL(sql string) error {
	switch mark := takenIn(sql); {
	case mark != "":
		return fmt.Errorf("the snow CLI, or Snowflake Scripting, takes %q for its own", mark)
	case command.MatchString(sql):
		return errors.New("the snow CLI takes a line that begins with ! for a command")
	case escapedQuote.MatchString(sql):
		return errors.New(`it holds \', where two quotes are safe`)
	case strings.Contains(sqltext.Standard.Code(sql), "//"):
		return errors.New("it holds a comment behind //, where -- is safe")
	}
	return nil
}

func (snowflake) Begin() string                 { return "" }
func (snowflake) Commit() string                { return "" }
func (snowflake) Opening(string) []Commented    { return nil }
func (s snowflake) SetRole(role string) string  { return "use role " + s.Ident(role) }
func (snowflake) LockLedger(plan.Schema) string { return "" }
func (snowflake) LockWrites([]plan.Name) string { return "" }
func (snowflake) LockAll(_, _ []plan.Name, _ string) string {
	return ""
}

func (s snowflake) CreateSchema(schema plan.Schema, _ string) string {
	if schema.Schema == "" {
		return "create database if not exists " + s.database(schema)
	}
	return "create schema if not exists " + s.Schema(schema)
}

// kind is the word between CREATE and TABLE, with a blank behind it.
func kind(as plan.Storage) string {
	if as == plan.Permanent || as == "" {
		return ""
	}
	return string(as) + " "
}

func (s snowflake) CreateLike(name, like plan.Name, _ Method, as plan.Storage) string {
	return "create " + kind(as) + "table if not exists " + s.Relation(name) + " like " + s.Relation(like)
}

func (s snowflake) CopyTable(name, from plan.Name, _ Method, as plan.Storage) []string {
	return []string{"create or replace " + kind(as) + "table " + s.Relation(name) + " clone " + s.Relation(from)}
}

// CopyView: a view cannot be cloned.
func (s snowflake) CopyView(name, from plan.Name, _ plan.Storage) []string {
	return []string{"create or replace transient table " + s.Relation(name) + " as select * from " + s.Relation(from)}
}

func (s snowflake) Backup(name, from plan.Name, method Method, as plan.Storage) []string {
	return s.CopyTable(name, from, method, as)
}

func (s snowflake) DropBackup(name plan.Name, _ Method) string {
	return s.Drop(plan.Table, name, false)
}

// Refill keeps the privileges of the table that is replaced.
func (s snowflake) Refill(name, from plan.Name, method Method, as plan.Storage) []string {
	return []string{s.CopyTable(name, from, method, as)[0] + " copy grants"}
}

func (s snowflake) Restore(name, backup plan.Name, method Method, as plan.Storage) []string {
	return s.Refill(name, backup, method, as)
}

func (s snowflake) Remake(name, backup plan.Name, method Method, as plan.Storage) []string {
	return s.CopyTable(name, backup, method, as)
}

// Drop: nothing hangs on anything.
func (s snowflake) Drop(t plan.Type, name plan.Name, _ bool) string {
	return "drop " + snowflakeType(t) + " if exists " + s.Relation(name)
}

// snowflakeType is what a type is called in statements.
func snowflakeType(t plan.Type) string {
	if t == plan.MaterializedView {
		return "dynamic table"
	}
	return string(t)
}

func (s snowflake) Recluster(name plan.Name) string {
	return "alter table " + s.Relation(name) + " resume recluster"
}

// Assert makes a number of the message, unless the condition holds: there is no function that fails.
func (snowflake) Assert(condition, message string) string {
	return "select to_number(case when " + condition + " then '1' else " + message + " end) as dbtwac_ok"
}

func (snowflake) AssertNone(query, message string) string {
	return "select to_number(case when n is null then '1' else " + message + " || n end) as dbtwac_ok from (select " + query + " as n) q"
}

func (s snowflake) NotStored(as plan.Storage, names []plan.Name) string {
	differs := map[plan.Storage]string{
		plan.Permanent: "(t.is_transient = 'YES' or t.is_iceberg = 'YES')", plan.Transient: "t.is_transient = 'NO'", plan.Iceberg: "t.is_iceberg = 'NO'",
	}[as]
	return "(select " + s.list("w.shown") + " from " + s.named(names) + " where exists (select 1 " + s.catalog(names, plan.Table) + " and " + differs + "))"
}

// ColumnsDiffer, IndexesDiffer, Guarded, HangingOn: a table that is replaced may have other columns, and nothing hangs on it.
func (snowflake) ColumnsDiffer(plan.Type, []plan.Name, []plan.Name) string { return "" }
func (snowflake) IndexesDiffer(_, _ []plan.Name) string                    { return "" }
func (snowflake) Guarded(_, _ []plan.Name) string                          { return "" }
func (snowflake) HangingOn(_, _ []plan.Name) string                        { return "" }

func (snowflake) Loses(Method, int) []string {
	return []string{
		"A stream on a published table is stale behind the publish: make it again.",
		"Policies, tags and constraints of a published table are those of the build; what somebody has put on production's table by hand is gone. Privileges stay.",
		"A dynamic table, or a materialized view, that reads a published table is refreshed in full, or has to be made again. Tasks, pipes and stages stay as they are.",
		"Time travel of a published table begins anew; the table that was replaced can be undropped while its retention lasts.",
	}
}
