// Package warehouse knows the SQL of each warehouse: how it quotes, what it can do, and the statements that strategies ask for.
//
// One file is one warehouse, or several that begin with its name; ledger.go and catalog.go are what they share. A strategy asks what a warehouse can do and never which one it is.
// Constructors return statements without a semicolon; they do not decide whether or in which order these run, and nothing here
// knows dbt.
package warehouse

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

// Can says what a warehouse is able to do.
type Can struct {
	// Lexis is how SQL is read that others have written: whether names stand in double quotes or these hold texts, and whether letters
	// count in a name without quotes.
	Lexis sqltext.Lexis
	// Transactions: statements that make, replace or drop are part of a transaction, all or nothing. Elsewhere each is committed by
	// itself, together with whatever came before it.
	Transactions bool
	TwoDatabases bool // a transaction may write to more than one database
	// ReadsDatabases: a query may read another database than the session's.
	ReadsDatabases bool
	SwapSchemas    bool // schemas change places in one transaction
	Roles          bool // there are roles that have privileges
	LockTimeout    bool // a statement can be told how long to wait for a lock
	// ViewsHang: a view hangs on the very table that it was made over. The table cannot be dropped while it is there, and one
	// that takes the table's name is none of its business.
	ViewsHang         bool
	MaterializedViews bool
	LowersUnquoted    bool // a name without quotes is the one in lower case, and with quotes each letter counts
	// Methods are the ways in which a table gets the rows of another; the first is the default.
	Methods []Method
	// ViewsByName: a view reads whatever has the names that it was made with.
	ViewsByName bool
	// ViewsHaveMore: a query is not all that there is of a view. It may be secure, or have tags and policies, and a materialized view
	// has a lag and a warehouse.
	ViewsHaveMore bool
	SwapDatabases bool // databases change places with one statement
	// KeepsQuoting: names stand as dbt writes them, because the warehouse takes one without quotes for that in upper case.
	KeepsQuoting bool
	Storages     bool // a table has a plan.Storage
	SetsRole     bool // statements can be run as a role
	CopyJobs     bool // the CLI has a command for what the method Copy does
	Located      bool // a schema is in a place, and nothing is copied from one to another
	// Sessionless: a statement knows nothing of those before it on its connection. What is to last is declared in front of each that
	// reads it.
	Sessionless bool
	// Counts: rows are known by their number and by the moment at which their table was last written, and not read.
	Counts bool
	// SchemaCatalogs: what a schema has is known to that schema alone, which has to be there to be asked.
	SchemaCatalogs bool
	// Partitions: a table has partitions and clusters, and one that has others cannot replace it.
	Partitions bool
	Clusters   bool // a table is clustered by columns
	// DeleteInsert: dbt has the incremental strategy delete+insert, for which a key need not tell rows from another.
	DeleteInsert bool
	// KeepsTypes: dbt does not replace a relation by one of another type, without --full-refresh.
	KeepsTypes bool
	// BreaksMaterialized: a materialized view cannot be read any more once a table under it was replaced.
	BreaksMaterialized bool
	// RecreateViews: without a word from the user, views are made again from compiled SQL, and not by dbt.
	RecreateViews bool
	// TransactionTables is how many tables a publish by the method Transaction can fill; 0: any number.
	TransactionTables int
	// MaxIdentifier is how many bytes of an identifier count; 0: all.
	MaxIdentifier int
}

// Method is a way in which a table gets the rows of another.
type Method string

const (
	Insert  Method = "insert"  // the table stays, its rows go, and others are inserted: both have to have the same columns
	Rebuild Method = "rebuild" // the table is dropped and made again
	Replace Method = "replace" // one statement puts another table in its place
	Clone   Method = "clone"   // likewise, and the two share their storage until one is written
	Copy    Method = "copy"    // likewise, with a storage of its own
	// Transaction gives all tables their rows in one transaction, in which nothing can be made or dropped: both sides have to have the
	// same columns.
	Transaction Method = "transaction"
)

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

	// Carries says in half a sentence why a name cannot stand in a script, or that dbt cannot mean it, where names keep dbt's quoting.
	Carries(name plan.Name) error
	// CarriesSQL says likewise why a query that others have written cannot.
	CarriesSQL(sql string) error

	// Begin and Commit open and close a transaction. Opening is what else has to be said at its beginning; lockTimeout is a
	// length of time such as 5s.
	Begin() string
	Commit() string
	Opening(lockTimeout string) []Commented
	// SetRole makes the rest of the transaction run as a role, where the warehouse SetsRole.
	SetRole(role string) string

	Tables
	Views
	Swaps
	Grants
	Assertions
	Session
	Ledger
	Script
}

// Commented is a statement with the sentence that says why it is there.
type Commented struct{ SQL, Comment string }

// Conditional is a statement that is run where a query of one boolean says so; without a query always.
type Conditional struct{ SQL, When string }

// Tables makes and replaces tables and schemas. Where there is a choice, a table is made with a storage.
type Tables interface {
	// CreateSchema makes a schema, or a database, unless it is there already: in a location, where the warehouse is Located and there is one.
	CreateSchema(schema plan.Schema, location string) string
	// CreateLike makes an empty table with the columns of like, unless name is there already; it is empty where the method that fills
	// the table makes it too.
	CreateLike(name, like plan.Name, method Method, as plan.Storage) string
	// CopyTable makes a table with the rows of from, where there is none.
	CopyTable(name, from plan.Name, method Method, as plan.Storage) []string
	// CopyView makes a table of the rows that a view shows, or a table has.
	CopyView(name, from plan.Name, as plan.Storage) []string
	// Backup makes or replaces what keeps the rows of a table that a publish by a method replaces. DropBackup drops it, if it is there.
	Backup(name, from plan.Name, method Method, as plan.Storage) []string
	DropBackup(name plan.Name, method Method) string
	// BackupKind is part of the name of such a backup, empty for a table: what is no table cannot take the place of one of that name.
	BackupKind(method Method) string
	// Refill gives a table the rows of from. RefillAll does so for all of tables in one transaction, where that is the method; one
	// whose query in unless says true is left as it is.
	Refill(name, from plan.Name, method Method, as plan.Storage) []string
	RefillAll(tables, from []plan.Name, unless []string) string
	// Restore gives a table the rows of its backup, Remake makes it with them where there is none.
	Restore(name, backup plan.Name, method Method, as plan.Storage) []string
	Remake(name, backup plan.Name, method Method, as plan.Storage) []string
	// Loses says, a sentence each, what else a publish of so many tables by a method drops, changes, suspends or uses up.
	Loses(method Method, tables int) []string
	// Recluster lets the clustering of a table go on, which a clone suspends; empty where nothing does.
	Recluster(name plan.Name) string
	// Drop drops a relation of a type, if there is one; with what hangs on it, or not at all while something does.
	Drop(t plan.Type, name plan.Name, hanging bool) string
	// LockWrites keeps others from writing tables until the transaction ends. LockAll keeps them from reading too, and waits
	// without holding part of the locks, so that no reader is ever in a deadlock; of views, relations of any type, it passes over
	// what is not there. Both are empty where a transaction needs no such thing.
	LockWrites(tables []plan.Name) string
	LockAll(tables, views []plan.Name, lockTimeout string) string
}

// Views makes views again.
type Views interface {
	// CreateView makes a view of a query. A view is replaced where its columns allow it, a materialized view has to be dropped before.
	CreateView(t plan.Type, name plan.Name, query string) string
	// CopyIndexes makes on a materialized view the indexes that another has; empty where there are none.
	CopyIndexes(name, from plan.Name) string
	// Refresh makes a materialized view read its tables anew.
	Refresh(name plan.Name) string
	// SaveDefinitions keeps in the ledger what makes relations again as they are: the text of a view, and the privileges that others
	// have on any relation. RestoreDefinition is one statement that makes the view, or, with each, a query of the statements that
	// do; RestoreGrants, of both forms too, gives back the privileges. Both do nothing where nothing was kept.
	SaveDefinitions(state plan.Schema, deployment string, relations []plan.Relation) []Conditional
	RestoreDefinition(state plan.Schema, deployment string, name plan.Name) (sql string, each bool)
	RestoreGrants(state plan.Schema, deployment string, name plan.Name) (sql string, each bool)
	// MakeWay drops a view, unless something hangs on it, where one of the kept definitions has fewer columns than its view has now
	// and could not replace it while others hang on that; empty where every definition can.
	MakeWay(state plan.Schema, deployment string, name plan.Name) string
}

// Swaps makes schemas change places, or databases: schemas without a name.
type Swaps interface {
	Swap(a, b plan.Schema) []string
	// LockSchemas is LockAll for every relation of schemas.
	LockSchemas(schemas []plan.Schema, lockTimeout string) string
	// CarryGrants gives the build side's schemas and relations the privileges that production's have; with each it is a query of
	// statements that do.
	CarryGrants(swaps []plan.Swap) (sql string, each bool)
	// LeftBehind lists the relations of the publish side that the build side does not have, Strangers those of the build side that
	// are none of known. Across lists the views whose text would, after the swap, read the side that they are not part of; it is
	// empty where a text cannot.
	LeftBehind(swaps []plan.Swap, except []plan.Name) string
	Strangers(swaps []plan.Swap, known []plan.Name) string
	Across(swaps []plan.Swap, except []plan.Name) string
	// Mark makes a table on the side at, with the chosen generation in it, and one on the side other, if there is none there. It
	// goes where its side goes. Marked is a query of one boolean: the mark at that side is of the chosen generation. Both are
	// empty where a swap is part of the transaction that notes it.
	Mark(at, other plan.Schema) []string
	Marked(at plan.Schema) string
}

// Grants gives privileges to roles, by one or several statements.
type Grants interface {
	// ReadPrivilege is what readers need on a relation. IsPrivilege says whether a text, which is not quoted, can be one.
	ReadPrivilege() string
	IsPrivilege(text string) bool
	// CarriesRole says in half a sentence why a text cannot stand in a script as a role, or is none.
	CarriesRole(role string) error
	Grant(privilege string, t plan.Type, name plan.Name, roles []string) []string
	Revoke(privilege string, t plan.Type, name plan.Name, roles []string) []string
	// GrantUsage lets roles use a schema, and the database it is in, where that takes a privilege.
	GrantUsage(schema plan.Schema, roles []string) []string
	// GrantFuture lets roles read what will be made in a schema.
	GrantFuture(schema plan.Schema, roles []string) []string
	// GrantAll lets roles read every relation that a schema has.
	GrantAll(schema plan.Schema, roles []string) []string
	// Lacking is a query of a text, or NULL: which of these privileges, and of the use of these schemas by readers, somebody does not
	// have. It is empty where the warehouse cannot be asked in a statement.
	Lacking(privileges []Privilege, schemas []plan.Schema, readers []string) string
}

// Privilege is what roles have on a relation.
type Privilege struct {
	Privilege string
	Name      plan.Name
	Roles     []string
}

// Assertions makes conditions, the queries behind them, and the SELECTs that fail.
type Assertions interface {
	// Assert is a SELECT that fails with message unless condition holds. The message is SQL of type text.
	Assert(condition, message string) string
	// AssertNone is a SELECT that fails with message and the answer of query, which is one text, unless that is NULL.
	AssertNone(query, message string) string
	// Warning is a query of message where condition holds, else of NULL.
	Warning(condition, message string) string
	// Concat joins texts given as SQL.
	Concat(texts ...string) string

	// Is is a query of one boolean: there is a relation of that type and name. Exists: there is one of any type.
	Is(t plan.Type, name plan.Name) string
	Exists(name plan.Name) string
	// Shrunk is a condition: a has fewer rows than b less percent.
	Shrunk(a, b plan.Name, percent int) string

	// The following are queries of one text that lists names, or of NULL where there is none to list. Not lists those of names
	// that are not there as a relation of the type, Others those that are there and are something else.
	Not(t plan.Type, names []plan.Name) string
	// NotStored lists those of names that are there and have another storage; it is empty where there is no choice.
	NotStored(as plan.Storage, names []plan.Name) string
	Others(t plan.Type, names []plan.Name) string
	// ColumnsDiffer lists those of names whose columns are not those of like at the same place: for a table names and types, in
	// any order; for a view, those it has have to be the first of like.
	ColumnsDiffer(t plan.Type, names, like []plan.Name) string
	// IndexesDiffer lists those of names that have other indexes than like at the same place.
	IndexesDiffer(names, like []plan.Name) string
	// Guarded lists those of names that have row security, triggers or foreign keys and whose like at the same place has not; without
	// like, all that have.
	Guarded(names, like []plan.Name) string
	// HangingOn lists the views that hang on one of names and are none of known.
	HangingOn(names, known []plan.Name) string
}

// Script is how statements become a script for the warehouse's own CLI.
type Script interface {
	// CommandLine runs the script at path; what differs from place to place stands in capitals.
	CommandLine(path, location string) string
	// ScriptHead are the lines before the first statement, ScriptTail those behind the last; asked says whether the script has
	// conditional statements.
	ScriptHead() []string
	ScriptTail(asked bool) []string
	// ScriptSession sets RunID from the environment's DBTWAC_RUN_ID, and Checksum to the SQL of a text. It returns lines.
	ScriptSession(checksum string) []string

	// The following write whole lines, without the last line break. WriteProgress shows text while the script runs.
	WriteProgress(b *strings.Builder, text string)
	// QueryCommand is a shell command that runs SQL from its stdin, as a script's part, where there are CopyJobs.
	QueryCommand(location string) string
	// CopyCommand are the words, none of them quoted, of the command that does what a statement with such a copy does, where there are
	// CopyJobs.
	CopyCommand(c plan.Copy, location string) []string
	// WriteKeep keeps the number that a query finds as the generation, where the warehouse is Sessionless.
	WriteKeep(b *strings.Builder, query string)
	// WriteConditional runs sql where the query when says true, or always where it is empty; with each, sql is a query of the
	// statements that are run.
	WriteConditional(b *strings.Builder, sql, when string, each bool)
	// WriteWarning shows the answer of a query of one text, unless that is NULL; where the query when, if any, says true. With each,
	// query is a query of such queries.
	WriteWarning(b *strings.Builder, query, when string, each bool)
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
	// Generation is SQL of the number that SetGeneration has set.
	Generation() string
	// DeclareGeneration is a number between before and after, where the warehouse is Sessionless. What the other two return stands in front
	// of a statement then.
	DeclareGeneration() (before, after string)
}

// warehouses is the table of what is implemented, by dbt's adapter_type.
var warehouses = []struct {
	adapter   string
	warehouse Warehouse
}{
	{"bigquery", newBigQuery()},
	{"duckdb", newDuckDB()},
	{"postgres", newPostgres()},
	{"snowflake", newSnowflake()},
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
