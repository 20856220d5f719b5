// Package warehouse knows the SQL of each warehouse: how it quotes, what it can do, and the statements that strategies ask for.
//
// One file is one warehouse. A strategy asks what a warehouse can do and never which one it is. Constructors return one
// statement without a semicolon; they do not decide whether or in which order it runs, and nothing here knows dbt.
package warehouse

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// Can says what a warehouse is able to do.
type Can struct {
	CopyInTransaction bool // many tables are replaced in one transaction, all or nothing
	TwoDatabases      bool // a transaction may write to more than one database
}

// Warehouse makes a warehouse's statements. Names are unquoted identifiers; conditions and queries are SQL of this warehouse.
type Warehouse interface {
	Can() Can

	// Ident quotes an identifier, Literal a text; both carry any text without NUL.
	Ident(name string) string
	Literal(text string) string
	// Fold returns the form under which the warehouse takes two identifiers for one.
	Fold(identifier string) string
	// Relation is the quoted name of a table or view, Schema that of a schema.
	Relation(name plan.Name) string
	Schema(schema plan.Schema) string

	// Begin and Commit open and close a transaction.
	Begin() string
	Commit() string
	CreateSchema(schema plan.Schema) string
	// CreateLike makes an empty table with the columns of like, unless name is there already.
	CreateLike(name, like plan.Name) string
	// ReplaceTable makes or replaces a table with the rows of from.
	ReplaceTable(name, from plan.Name) string
	DropTable(name plan.Name) string

	// Assert is a SELECT that fails with message unless condition holds. The message is SQL of type text.
	Assert(condition, message string) string
	// Exists, IsTable and SameRows are conditions; NotTables and ViewsAmong are queries of one text, or of NULL where none is.
	HasRows(name plan.Name) string
	SameCount(a, b plan.Name) string
	// NotTables lists those of names that are not there or are no tables, Others those that are there and are no tables.
	NotTables(names []plan.Name) string
	Others(names []plan.Name) string
	// Concat joins texts given as SQL.
	Concat(texts ...string) string

	Ledger
	Script
}

// Script is how statements become a script for the warehouse's own CLI.
type Script interface {
	// CommandLine runs the script at path; what differs from place to place stands in capitals.
	CommandLine(path string) string
	// ScriptHead are the lines before the first statement, Progress is a line that shows text while the script runs.
	ScriptHead() []string
	Progress(text string) string
	// Conditional is a statement that runs sql where the query when says true. A CLI without conditions gets a statement that
	// fails there, and names what to run in its place.
	Conditional(when, sql, instead string) string
}

// Ledger makes the statements of the publishing ledger: what happened to a deployment, and which relations a publish created.
type Ledger interface {
	CreateLedger(state plan.Schema) []string
	// Event adds an event: the next generation when opens is true, the current one otherwise.
	Event(state plan.Schema, deployment, what string, opens bool) string
	// LatestIs is a condition: the deployment's latest event is one of states. Latest is that event's state, as text.
	LatestIs(state plan.Schema, deployment string, states ...string) string
	Latest(state plan.Schema, deployment string) string
	// RecordCreated notes those of names that do not exist yet.
	RecordCreated(state plan.Schema, deployment string, names []plan.Name) string
	// WasCreated is a query of one boolean: the current generation created name.
	WasCreated(state plan.Schema, deployment string, name plan.Name) string
}

// warehouses is the table of what is implemented, by dbt's adapter_type.
var warehouses = []struct {
	adapter   string
	warehouse Warehouse
}{
	{"duckdb", duckDB{}},
}

// For returns the warehouse of an adapter.
func For(adapter string) (Warehouse, bool) {
	for _, w := range warehouses {
		if w.adapter == adapter {
			return w.warehouse, true
		}
	}
	return nil, false
}

// Adapters lists the adapters that are implemented, sorted.
func Adapters() []string {
	var names []string
	for _, w := range warehouses {
		names = append(names, w.adapter)
	}
	slices.Sort(names)
	return names
}
