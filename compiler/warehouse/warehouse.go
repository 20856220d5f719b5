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
	DropView(name plan.Name) string
	// IsView is a query of one boolean: there is a view of that name.
	IsView(name plan.Name) string
	// CopyTable makes a table with the rows of from, where there is none.
	CopyTable(name, from plan.Name) string
	// Exists is a query of one boolean: there is a table or a view of that name.
	Exists(name plan.Name) string

	// Assert is a SELECT that fails with message unless condition holds. The message is SQL of type text.
	Assert(condition, message string) string
	// AssertNone is a SELECT that fails with message and the answer of query, which is one text, unless that is NULL.
	AssertNone(query, message string) string
	// Shrunk is a condition: a has fewer rows than b less percent.
	Shrunk(a, b plan.Name, percent int) string
	// NotTables lists those of names that are not there or are no tables, Others those that are there and are no tables.
	NotTables(names []plan.Name) string
	Others(names []plan.Name) string
	// Concat joins texts given as SQL.
	Concat(texts ...string) string

	Session
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
	// ScriptSession sets RunID from the environment's DBTWAC_RUN_ID, and Checksum to the SQL of a text.
	ScriptSession(checksum string) []string
}

// Session is what tells one run of a deployment from another. No statement holds it, because statements are written once: it is
// set when an operation begins, and lasts as long as its connection.
type Session interface {
	// RunID and Checksum are SQL of type text. Where they were not set they equal nothing.
	RunID() string
	Checksum() string
	// SetRunID and SetChecksum are a statement each, in which only a text in single quotes is missing, between before and after.
	// The texts hold letters, digits and .:_- and so need no escapes.
	SetRunID() (before, after string)
	SetChecksum() (before, after string)
}

// Generation says which generation of a deployment an event belongs to.
type Generation uint8

const (
	Current   Generation = iota // the latest
	New                         // one more than the latest
	Published                   // the latest that was published
)

// Ledger makes the statements of the publishing ledger: what happened to a deployment, and what is known of its relations.
type Ledger interface {
	CreateLedger(state plan.Schema) []string
	// Event adds an event with the session's run id and checksum.
	Event(state plan.Schema, deployment, what string, g Generation) string
	// Latest is the latest event's state, as text. LatestIs is a condition: it is one of states.
	Latest(state plan.Schema, deployment string) string
	LatestIs(state plan.Schema, deployment string, states ...string) string
	// SameRun is a condition: the latest event has the session's run id and checksum. LatestRun is the event's, as a text for people.
	SameRun(state plan.Schema, deployment string) string
	LatestRun(state plan.Schema, deployment string) string
	LatestChecksum(state plan.Schema, deployment string) string
	// Restorable is a condition: the latest published generation was neither rolled back nor cleaned. EverPublished is one too.
	Restorable(state plan.Schema, deployment string) string
	EverPublished(state plan.Schema, deployment string) string

	// SetGeneration chooses, for the rest of the session, the generation whose records the following write and read.
	SetGeneration(state plan.Schema, deployment string, g Generation) string
	// RecordCreated notes those of names that do not exist yet. WasCreated is a query of one boolean: name is noted so.
	RecordCreated(state plan.Schema, deployment string, names []plan.Name) string
	WasCreated(state plan.Schema, deployment string, name plan.Name) string
	// Record notes the number of rows and a fingerprint of the rows of name, under what.
	Record(state plan.Schema, deployment, what string, name plan.Name) string
	// AsRecorded is a condition: name has the rows that were recorded under what.
	AsRecorded(state plan.Schema, deployment, what string, name plan.Name) string
	// AsRecordedIfAny is one too, which also holds where nothing was recorded.
	AsRecordedIfAny(state plan.Schema, deployment, what string, name plan.Name) string
	// EmptyAmong is a query of one text, or of NULL where none is: those of names that were recorded under what without rows.
	EmptyAmong(state plan.Schema, deployment, what string, names []plan.Name) string
	// Differing is such a query too: those of names whose record under what is another than that of was at its place, under wasWhat.
	Differing(state plan.Schema, deployment, what string, names []plan.Name, wasWhat string, was []plan.Name) string
	// Known is a condition: any generation recorded name under one of whats.
	Known(state plan.Schema, deployment string, name plan.Name, whats ...string) string
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
