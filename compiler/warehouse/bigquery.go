package warehouse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

// bigQuery is BigQuery: each statement is a job of its own, and one that makes, replaces or drops is committed with it; a transaction
// holds statements that change rows alone. A database is a project, a schema a dataset, in a location that nothing is copied out of.
// dbt quotes every name there, and letters count.
//
// What is known of a table without reading it, which costs, is its number of rows and the moment when it was last changed.
type bigQuery struct {
	bigQueryDialect
	ledger
	noSwaps
}

func newBigQuery() bigQuery { return bigQuery{ledger: ledger{bigQueryDialect{}}} }

func (bigQuery) Can() Can {
	return Can{
		Lexis: sqltext.Backticks, TwoDatabases: true, Roles: true, MaterializedViews: true, ViewsByName: true, ViewsHaveMore: true, CopyJobs: true, Located: true, Sessionless: true, Counts: true, SchemaCatalogs: true,
		Partitions: true, ReadsDatabases: true, Clusters: true, BreaksMaterialized: true, KeepsTypes: true, Methods: []Method{Clone, Copy, Transaction}, MaxIdentifier: 1024, TransactionTables: 100,
	}
}

// bigQueryDialect is how BigQuery quotes, and the variables of a script.
type bigQueryDialect struct{ usual }

func (bigQueryDialect) text() string   { return "string" }
func (bigQueryDialect) number() string { return "int64" }
func (bigQueryDialect) key(columns string) string {
	return "primary key (" + columns + ") not enforced"
}
func (bigQueryDialect) comparable() bool { return false }
func (bigQueryDialect) distinct() string { return "distinct " }

// values are structs: there is no VALUES behind FROM.
func (bigQueryDialect) values(alias string, columns []string, n int, literal func(row, column int) string) string {
	var b strings.Builder
	b.Grow(32 + 128*n)
	b.WriteString("unnest([")
	for row := range n {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteString("struct(")
		for column, name := range columns {
			if column > 0 {
				b.WriteString(", ")
			}
			b.WriteString(literal(row, column))
			if row == 0 { // which names the fields of all
				b.WriteString(" as " + name)
			}
		}
		b.WriteString(")")
	}
	b.WriteString("]) as " + alias)
	return b.String()
}

// Ident quotes as a literal is quoted.
func (bigQueryDialect) Ident(name string) string {
	return "`" + bigQueryEscapes.Replace(name) + "`"
}

func (bigQueryDialect) Literal(text string) string {
	return "'" + bigQueryEscapes.Replace(text) + "'"
}

var bigQueryEscapes = strings.NewReplacer(`\`, `\\`, "'", `\'`, "`", "\\`", "\n", `\n`, "\r", `\r`)

func (d bigQueryDialect) Relation(n plan.Name) string {
	return d.Ident(n.Database) + "." + d.Ident(n.Schema) + "." + d.Ident(n.Identifier)
}

func (d bigQueryDialect) Schema(s plan.Schema) string {
	return d.Ident(s.Database) + "." + d.Ident(s.Schema)
}

// Fold: letters count, in the names of datasets and of tables.
func (bigQueryDialect) Fold(identifier string) string { return identifier }

func (bigQueryDialect) stored(name plan.Name) plan.Name { return name }

func (d bigQueryDialect) stateTable(s plan.Schema, name string) string {
	return d.Schema(s) + "." + d.Ident(name)
}

func (bigQueryDialect) moment() string { return "timestamp not null default current_timestamp()" }

func (bigQueryDialect) Generation() string                 { return "dbtwac_generation" }
func (bigQueryDialect) setGeneration(number string) string { return "select " + number }

// tables is FROM over what a dataset knows of the rows of its tables. It is free, and up to date.
func (d bigQueryDialect) tables(name plan.Name) string {
	return "from " + d.Schema(plan.SchemaOf(name)) + ".__TABLES__ where table_id = " + d.Literal(name.Identifier)
}

func (d bigQueryDialect) print(name plan.Name) string {
	return "select row_count as n, cast(last_modified_time as string) as f " + d.tables(name)
}

func (d bigQueryDialect) count(name plan.Name) string { return "select row_count " + d.tables(name) }

// isThere: nothing here looks a name up that is no literal.
func (bigQueryDialect) isThere(string) string           { return "" }
func (bigQueryDialect) printOf() (before, after string) { return "", "" }

func (bigQueryDialect) list(text string) string {
	return "string_agg(" + text + ", ', ' order by " + text + ")"
}

func (bigQueryDialect) put(table string, columns, values []string, from string, _ bool) string {
	return merged(table, columns, values, from)
}

// bigQueryTypes are the types of the catalog.
var bigQueryTypes = map[plan.Type]string{plan.Table: "'BASE TABLE', 'CLONE'", plan.View: "'VIEW'", plan.MaterializedView: "'MATERIALIZED VIEW'"}

func (d bigQueryDialect) catalog(names []plan.Name, types ...plan.Type) string {
	from := "from " + d.perSchema(names, "TABLES", "table_catalog, table_schema, table_name, table_type") + " t where t.table_catalog = w.d and t.table_schema = w.s and t.table_name = w.t"
	if len(types) == 0 {
		return from
	}
	return from + " and t.table_type in (" + bigQueryTypes[types[0]] + ")"
}

// perSchema is a view of the information schema, for all datasets of names.
func (d bigQueryDialect) perSchema(names []plan.Name, view, columns string) string {
	return together(names, columns, func(n plan.Name) string { return d.Schema(plan.SchemaOf(n)) + ".INFORMATION_SCHEMA." + view })
}

func (bigQueryDialect) RunID() string    { return "dbtwac_run_id" }
func (bigQueryDialect) Checksum() string { return "dbtwac_checksum" }

func (bigQueryDialect) SetRunID() (before, after string) {
	return "declare dbtwac_run_id string default ", ";\n"
}

func (bigQueryDialect) SetChecksum() (before, after string) {
	return "declare dbtwac_checksum string default ", ";\n"
}

func (bigQueryDialect) DeclareGeneration() (before, after string) {
	return "declare dbtwac_generation int64 default ", ";\n"
}

var (
	project = regexp.MustCompile(`^(?:[a-z0-9.-]+:)?[a-z0-9-]+$`)
	dataset = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
	table   = regexp.MustCompile(`^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]+$`)
)

// Carries goes by what BigQuery takes for the name of each.
func (bigQuery) Carries(n plan.Name) error {
	switch {
	case n.Database != "" && !project.MatchString(n.Database):
		return fmt.Errorf("%q is no id of a project", n.Database)
	case n.Schema != "" && !dataset.MatchString(n.Schema):
		return fmt.Errorf("a dataset's name has letters, digits and underscores, and %q something else", n.Schema)
	case n.Identifier != "" && !table.MatchString(n.Identifier):
		return fmt.Errorf("a table's name has letters, digits, dashes, underscores and spaces, and %q something else", n.Identifier)
	}
	return nil
}

func (bigQuery) CarriesSQL(string) error { return nil }

func (bigQuery) Begin() string                 { return "" }
func (bigQuery) Commit() string                { return "" }
func (bigQuery) Opening(string) []Commented    { return nil }
func (bigQuery) SetRole(string) string         { return "" }
func (bigQuery) LockLedger(plan.Schema) string { return "" }
func (bigQuery) LockWrites([]plan.Name) string { return "" }
func (bigQuery) LockAll(_, _ []plan.Name, _ string) string {
	return ""
}

func (bigQuery) Assert(condition, message string) string {
	return "select if(" + condition + ", 1, error(" + message + ")) as dbtwac_ok"
}

// AssertNone names the query once: it holds every relation of a deployment.
func (bigQuery) AssertNone(query, message string) string {
	return "select if(n is null, 1, error(" + message + " || n)) as dbtwac_ok from (select " + query + " as n)"
}

// ColumnsDiffer compares places too: rows are inserted by them.
func (b bigQuery) ColumnsDiffer(_ plan.Type, names, like []plan.Name) string {
	of := "(select table_catalog as d, table_schema as s, table_name as t, string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position) as c from " +
		b.perSchema(slices.Concat(names, like), "COLUMNS", "table_catalog, table_schema, table_name, column_name, data_type, ordinal_position") + " group by 1, 2, 3)"
	pairs := b.values("w", []string{"d", "s", "t", "bd", "bs", "bt", "shown"}, len(names), func(row, column int) string {
		n, l := names[row], like[row]
		if column == 6 {
			return b.Literal(b.Relation(n))
		}
		return b.Literal([6]string{n.Database, n.Schema, n.Identifier, l.Database, l.Schema, l.Identifier}[column])
	})
	return "(select " + b.list("w.shown") + " from " + pairs + " join " + of + " x on x.d = w.d and x.s = w.s and x.t = w.t join " + of +
		" y on y.d = w.bd and y.s = w.bs and y.t = w.bt where x.c <> y.c)"
}

// IndexesDiffer, Guarded, HangingOn: there are no indexes, keys are not enforced, and nothing hangs on anything.
func (bigQuery) IndexesDiffer(_, _ []plan.Name) string         { return "" }
func (bigQuery) Guarded(_, _ []plan.Name) string               { return "" }
func (bigQuery) HangingOn(_, _ []plan.Name) string             { return "" }
func (bigQuery) NotStored(plan.Storage, []plan.Name) string    { return "" }
func (bigQuery) CopyIndexes(_, _ plan.Name) string             { return "" }
func (bigQuery) MakeWay(plan.Schema, string, plan.Name) string { return "" }
