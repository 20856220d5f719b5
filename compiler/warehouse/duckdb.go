package warehouse

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// duckDB is DuckDB: DDL is transactional, CREATE OR REPLACE TABLE AS replaces a table for every reader at commit, and a
// transaction writes to one database. Identifiers keep their case and are compared without it. A file has one process at a
// time, and so no locks, no roles and no privileges.
type duckDB struct {
	duckDialect
	ledger
	noSwaps
	noGrants
}

func newDuckDB() duckDB { return duckDB{ledger: ledger{duckDialect{}}} }

func (duckDB) Can() Can {
	return Can{Transactions: true, ReadsDatabases: true, DeleteInsert: true, Methods: []Method{Replace}}
}

// duckDialect is how DuckDB quotes, and where it keeps what lasts as long as a connection.
type duckDialect struct{ plainSQL }

func (duckDialect) Ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func (duckDialect) Literal(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

func (d duckDialect) Relation(n plan.Name) string {
	// As Ident, in one piece: nothing is made more often.
	double := strings.ReplaceAll
	return `"` + double(n.Database, `"`, `""`) + `"."` + double(n.Schema, `"`, `""`) + `"."` + double(n.Identifier, `"`, `""`) + `"`
}

func (d duckDialect) Schema(s plan.Schema) string {
	return d.Ident(s.Database) + "." + d.Ident(s.Schema)
}

func (d duckDialect) stateTable(s plan.Schema, name string) string { return d.Schema(s) + "." + name }

func (duckDialect) moment() string     { return "timestamptz not null default now()" }
func (duckDialect) Generation() string { return "getvariable('dbtwac_generation')" }
func (duckDialect) setGeneration(number string) string {
	return "set variable dbtwac_generation = " + number
}

func (d duckDialect) print(name plan.Name) string {
	before, after := d.printOf()
	return before + d.Relation(name) + after
}

// printOf hashes whole rows. The alias is one that no column has.
func (duckDialect) printOf() (before, after string) {
	return "select count(*) as n, coalesce(sum(hash(dbtwac_row)::hugeint), 0)::varchar as f from ", " dbtwac_row"
}

func (d duckDialect) count(name plan.Name) string { return "select count(*) from " + d.Relation(name) }

func (duckDialect) isThere(relation string) string {
	quoted := func(column string) string { return `'"' || replace(t.` + column + `, '"', '""') || '"'` }
	return "exists (select 1 from information_schema.tables t where lower(" + quoted("table_catalog") + " || '.' || " + quoted("table_schema") + " || '.' || " + quoted("table_name") + ") = lower(" + relation + "))"
}

func (duckDialect) catalog(_ []plan.Name, types ...plan.Type) string {
	from := "from information_schema.tables t where lower(t.table_catalog) = lower(w.d) and lower(t.table_schema) = lower(w.s) and lower(t.table_name) = lower(w.t)"
	if len(types) == 0 {
		return from
	}
	names := map[plan.Type]string{plan.Table: "BASE TABLE", plan.View: "VIEW", plan.MaterializedView: "MATERIALIZED VIEW"}
	return from + " and t.table_type = '" + names[types[0]] + "'"
}

func (duckDialect) RunID() string    { return "getvariable('dbtwac_run_id')" }
func (duckDialect) Checksum() string { return "getvariable('dbtwac_checksum')" }

func (duckDialect) SetRunID() (before, after string)    { return "set variable dbtwac_run_id = ", "" }
func (duckDialect) SetChecksum() (before, after string) { return "set variable dbtwac_checksum = ", "" }

// Fold lowers ASCII letters only, as DuckDB's catalog does.
func (duckDB) Fold(identifier string) string {
	for i := range len(identifier) {
		if c := identifier[i]; 'A' <= c && c <= 'Z' {
			return lowerASCII(identifier)
		}
	}
	return identifier
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Carries: all names are quoted.
func (duckDB) Carries(plan.Name) error { return nil }
func (duckDB) CarriesSQL(string) error { return nil }

func (duckDB) Begin() string                 { return "begin" }
func (duckDB) Commit() string                { return "commit" }
func (duckDB) Opening(string) []Commented    { return nil }
func (duckDB) SetRole(string) string         { return "" }
func (duckDB) LockLedger(plan.Schema) string { return "" }
func (duckDB) LockWrites([]plan.Name) string { return "" }
func (duckDB) LockAll(_, _ []plan.Name, _ string) string {
	return ""
}

func (d duckDB) CreateSchema(s plan.Schema, _ string) string {
	return "create schema if not exists " + d.Schema(s)
}

func (d duckDB) CreateLike(name, like plan.Name, _ Method, _ plan.Storage) string {
	return "create table if not exists " + d.Relation(name) + " as select * from " + d.Relation(like) + " limit 0"
}

func (d duckDB) CopyTable(name, from plan.Name, _ Method, _ plan.Storage) []string {
	return []string{"create table " + d.Relation(name) + " as select * from " + d.Relation(from)}
}

func (d duckDB) CopyView(name, from plan.Name, as plan.Storage) []string {
	return d.CopyTable(name, from, Replace, as)
}

func (d duckDB) Backup(name, from plan.Name, method Method, as plan.Storage) []string {
	return d.Refill(name, from, method, as)
}

func (d duckDB) DropBackup(name plan.Name, _ Method) string { return d.Drop(plan.Table, name, false) }

func (d duckDB) Refill(name, from plan.Name, _ Method, _ plan.Storage) []string {
	return []string{"create or replace table " + d.Relation(name) + " as select * from " + d.Relation(from)}
}

func (d duckDB) Restore(name, backup plan.Name, method Method, as plan.Storage) []string {
	return d.Refill(name, backup, method, as)
}

func (d duckDB) Remake(name, backup plan.Name, method Method, as plan.Storage) []string {
	return d.CopyTable(name, backup, method, as)
}

// Drop: nothing hangs on anything.
func (d duckDB) Drop(t plan.Type, name plan.Name, _ bool) string {
	return "drop " + string(t) + " if exists " + d.Relation(name)
}

func (d duckDB) CreateView(_ plan.Type, name plan.Name, query string) string {
	return "create or replace view " + d.Relation(name) + " as (\n" + query + "\n)"
}

func (duckDB) Recluster(plan.Name) string        { return "" }
func (duckDB) CopyIndexes(_, _ plan.Name) string { return "" }
func (duckDB) Refresh(plan.Name) string          { return "" }

// SaveDefinitions: only views have one.
func (d duckDB) SaveDefinitions(s plan.Schema, deployment string, relations []plan.Relation) []Conditional {
	return []Conditional{{SQL: "insert into " + d.relations(s) + " (deployment, generation, relation, what, definition) select " + d.Literal(deployment) + ", " + d.Generation() +
		", w.shown, 'definition', rtrim(v.sql, ';' || chr(10)) from duckdb_views() v join " + d.named(published(relations)) +
		" on lower(v.database_name) = lower(w.d) and lower(v.schema_name) = lower(w.s) and lower(v.view_name) = lower(w.t)"}}
}

func (d duckDB) RestoreDefinition(s plan.Schema, deployment string, name plan.Name) (sql string, each bool) {
	return "select r.sql from (select unnest([" + d.Literal(d.Drop(plan.View, name, false)) + ", definition]) as sql, unnest([1, 2]) as i from " +
		d.record(s, deployment, "definition", name) + ") r order by r.i", true
}

func (duckDB) RestoreGrants(plan.Schema, string, plan.Name) (sql string, each bool) { return "", false }
func (duckDB) MakeWay(plan.Schema, string, plan.Name) string                        { return "" }

func (duckDB) Assert(condition, message string) string {
	return "select case when " + condition + " then 1 else error(" + message + ") end as dbtwac_ok"
}

// AssertNone names the query once: it holds every relation of a deployment.
func (duckDB) AssertNone(query, message string) string {
	return "select case when n is null then 1 else error(" + message + " || n) end as dbtwac_ok from (select " + query + " as n)"
}

// ColumnsDiffer, IndexesDiffer, Guarded, HangingOn: a table that is replaced may have other columns, and nothing hangs on it.
func (duckDB) ColumnsDiffer(plan.Type, []plan.Name, []plan.Name) string { return "" }
func (duckDB) IndexesDiffer(_, _ []plan.Name) string                    { return "" }
func (duckDB) Guarded(_, _ []plan.Name) string                          { return "" }
func (duckDB) HangingOn(_, _ []plan.Name) string                        { return "" }

func (duckDB) CommandLine(path, _ string) string { return "duckdb FILE -bail -f " + path }

// step is the file that a script writes statements to which it has asked the database for: the command line has no conditions.
const step = ".dbtwac_step.sql"

// ScriptHead keeps the rows of assertions off the screen; errors go to stderr as ever.
func (duckDB) ScriptHead() []string { return []string{".headers off", ".mode trash"} }
func (duckDB) ScriptTail(asked bool) []string {
	if !asked {
		return nil
	}
	return []string{".shell rm -f " + step}
}

// WriteProgress quotes as the command line's own parser does: in double quotes, with backslashes.
func (duckDB) WriteProgress(b *strings.Builder, text string) {
	b.WriteString(`.print "`)
	write(b, printEscapes, text)
	b.WriteString(`"`)
}

var (
	printEscapes   = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ")
	literalEscapes = strings.NewReplacer("'", "''")
)

func (d duckDB) WriteConditional(b *strings.Builder, sql, when string, each bool) {
	d.writeStep(b, sql, when, each)
	b.WriteString("\n.mode trash\n.read " + step)
}

// WriteWarning: what is read runs in list mode too.
func (d duckDB) WriteWarning(b *strings.Builder, query, when string, each bool) {
	const warned, shown = "select 'dbtwac: warning: ' || w from (", ") q(w) where w is not null"
	if each {
		d.writeStep(b, "select "+d.Literal(warned)+" || s || "+d.Literal(shown)+" from ("+query+") y(s)", when, true)
	} else {
		d.writeStep(b, warned+query+shown, when, false)
	}
	b.WriteString("\n.read " + step + "\n.mode trash")
}

// writeStep has the statements written into a file, where they are needed.
func (d duckDB) writeStep(b *strings.Builder, sql, when string, each bool) {
	b.WriteString(".mode list\n.once " + step + "\n")
	if each {
		b.WriteString("select s || ';' from (" + sql + ") as x(s)")
	} else {
		b.WriteString("select '")
		write(b, literalEscapes, sql)
		b.WriteString(";'")
	}
	if when != "" {
		b.WriteString(" where (")
		b.WriteString(when)
		b.WriteString(")")
	}
	b.WriteString(";")
}

// write writes text with its escapes. A builder cannot fail.
func write(b *strings.Builder, escapes *strings.Replacer, text string) {
	_, _ = escapes.WriteString(b, text)
}

// ScriptSession: getenv is a function of the command line alone.
func (d duckDB) ScriptSession(checksum string) []string {
	return []string{"set variable dbtwac_run_id = getenv('DBTWAC_RUN_ID');", "set variable dbtwac_checksum = " + checksum + ";"}
}

func (duckDB) NotStored(plan.Storage, []plan.Name) string { return "" }

// noSwaps is a warehouse that Can not swap schemas, noGrants one without roles: nobody asks them.
type noSwaps struct{}

func (noSwaps) Swap(_, _ plan.Schema) []string                  { return nil }
func (noSwaps) LockSchemas([]plan.Schema, string) string        { return "" }
func (noSwaps) CarryGrants([]plan.Swap) (sql string, each bool) { return "", false }
func (noSwaps) LeftBehind([]plan.Swap, []plan.Name) string      { return "" }
func (noSwaps) Across([]plan.Swap, []plan.Name) string          { return "" }
func (noSwaps) Strangers([]plan.Swap, []plan.Name) string       { return "" }
func (noSwaps) Mark(_, _ plan.Schema) []string                  { return nil }
func (noSwaps) Marked(plan.Schema) string                       { return "" }

type noGrants struct{}

func (noGrants) ReadPrivilege() string                                  { return "" }
func (noGrants) IsPrivilege(string) bool                                { return false }
func (noGrants) Lacking([]Privilege, []plan.Schema, []string) string    { return "" }
func (noGrants) CarriesRole(string) error                               { return nil }
func (noGrants) Revoke(string, plan.Type, plan.Name, []string) []string { return nil }
func (noGrants) Grant(string, plan.Type, plan.Name, []string) []string  { return nil }
func (noGrants) GrantUsage(plan.Schema, []string) []string              { return nil }
func (noGrants) GrantFuture(plan.Schema, []string) []string             { return nil }
func (noGrants) GrantAll(plan.Schema, []string) []string                { return nil }
