package warehouse

import (
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// duckDB is DuckDB: DDL is transactional, CREATE OR REPLACE TABLE AS replaces a table for every reader at commit, and a
// transaction writes to one database. Identifiers keep their case and are compared without it.
type duckDB struct{}

func (duckDB) Can() Can {
	return Can{CopyInTransaction: true}
}

func (duckDB) Ident(name string) string   { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func (duckDB) Literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

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

func (d duckDB) Relation(n plan.Name) string {
	// As Ident, in one piece: nothing is made more often.
	double := strings.ReplaceAll
	return `"` + double(n.Database, `"`, `""`) + `"."` + double(n.Schema, `"`, `""`) + `"."` + double(n.Identifier, `"`, `""`) + `"`
}

func (d duckDB) Schema(s plan.Schema) string { return d.Ident(s.Database) + "." + d.Ident(s.Schema) }

func (duckDB) Begin() string  { return "begin" }
func (duckDB) Commit() string { return "commit" }

func (d duckDB) CreateSchema(s plan.Schema) string {
	return "create schema if not exists " + d.Schema(s)
}

func (d duckDB) CreateLike(name, like plan.Name) string {
	return "create table if not exists " + d.Relation(name) + " as select * from " + d.Relation(like) + " limit 0"
}

func (d duckDB) ReplaceTable(name, from plan.Name) string {
	return "create or replace table " + d.Relation(name) + " as select * from " + d.Relation(from)
}

func (d duckDB) DropView(name plan.Name) string { return "drop view if exists " + d.Relation(name) }

func (d duckDB) IsView(name plan.Name) string {
	return "select exists (select 1 from " + d.wanted([]plan.Name{name}) + " where exists (select 1 " + catalogued + " and t.table_type = 'VIEW'))"
}

func (d duckDB) CopyTable(name, from plan.Name) string {
	return "create table " + d.Relation(name) + " as select * from " + d.Relation(from)
}

func (d duckDB) Exists(name plan.Name) string {
	return "select exists (select 1 from " + d.wanted([]plan.Name{name}) + " where exists (select 1 " + catalogued + "))"
}

func (d duckDB) DropTable(name plan.Name) string { return "drop table if exists " + d.Relation(name) }

func (duckDB) Assert(condition, message string) string {
	return "select case when " + condition + " then 1 else error(" + message + ") end as dbtwac_ok"
}

// AssertNone names the query once: it holds every relation of a deployment.
func (duckDB) AssertNone(query, message string) string {
	return "select case when n is null then 1 else error(" + message + " || n) end as dbtwac_ok from (select " + query + " as n)"
}

func (duckDB) Concat(texts ...string) string { return strings.Join(texts, " || ") }

func (d duckDB) Shrunk(a, b plan.Name, percent int) string {
	return "(select count(*) from " + d.Relation(a) + ") * 100 < (select count(*) from " + d.Relation(b) + ") * " + strconv.Itoa(100-percent)
}

func (d duckDB) NotTables(names []plan.Name) string {
	return "(select string_agg(w.shown, ', ' order by w.shown) from " + d.wanted(names) +
		" where not exists (select 1 " + catalogued + " and t.table_type = 'BASE TABLE'))"
}

func (d duckDB) Others(names []plan.Name) string {
	return "(select string_agg(w.shown, ', ' order by w.shown) from " + d.wanted(names) +
		" where exists (select 1 " + catalogued + " and t.table_type <> 'BASE TABLE'))"
}

// catalogued joins the catalog to the rows of wanted, comparing names as DuckDB does.
const catalogued = "from information_schema.tables t where lower(t.table_catalog) = lower(w.d) and lower(t.table_schema) = lower(w.s) and lower(t.table_name) = lower(w.t)"

// wanted is a list of relations as rows (d, s, t, shown).
func (d duckDB) wanted(names []plan.Name) string {
	var b strings.Builder
	size := 40
	for _, n := range names {
		size += 2*(len(n.Database)+len(n.Schema)+len(n.Identifier)) + 32
	}
	b.Grow(size)
	b.WriteString("(values ")
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		for i, text := range [...]string{n.Database, n.Schema, n.Identifier, d.Relation(n)} {
			b.WriteString([...]string{"(", ", ", ", ", ", "}[i])
			b.WriteString(d.Literal(text))
		}
		b.WriteString(")")
	}
	b.WriteString(") as w(d, s, t, shown)")
	return b.String()
}

func (duckDB) CommandLine(path string) string { return "duckdb FILE -bail -f " + path }

// ScriptHead keeps the rows of assertions off the screen; errors go to stderr as ever.
func (duckDB) ScriptHead() []string { return []string{".mode trash"} }

// Progress quotes as the command line's own parser does: in double quotes, with backslashes.
func (duckDB) Progress(text string) string {
	return `.print "` + printEscapes.Replace(text) + `"`
}

var printEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ")

// Conditional: the command line has no conditions, so the script asserts that the statement is not needed.
func (d duckDB) Conditional(when, _, instead string) string {
	return d.Assert("not ("+when+")", d.Literal("dbtwac: this script cannot do that step, and has changed nothing; run in its place: "+instead))
}

// ScriptSession: getenv is a function of the command line alone.
func (d duckDB) ScriptSession(checksum string) []string {
	return []string{"set variable dbtwac_run_id = getenv('DBTWAC_RUN_ID')", "set variable dbtwac_checksum = " + checksum}
}

func (duckDB) RunID() string    { return "getvariable('dbtwac_run_id')" }
func (duckDB) Checksum() string { return "getvariable('dbtwac_checksum')" }

func (duckDB) SetRunID() (before, after string)    { return "set variable dbtwac_run_id = ", "" }
func (duckDB) SetChecksum() (before, after string) { return "set variable dbtwac_checksum = ", "" }
