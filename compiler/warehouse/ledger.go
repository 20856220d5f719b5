package warehouse

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

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
	// LockLedger lets one operation run at a time; empty where a transaction needs no such thing.
	LockLedger(state plan.Schema) string
	// Event adds an event with the session's run id and checksum, and a detail. HadDetail is a condition: the chosen generation has such an
	// event with that detail.
	Event(state plan.Schema, deployment, what, detail string, g Generation) string
	HadDetail(state plan.Schema, deployment, what, detail string) string
	// Latest is the latest event's state, as text. LatestIs is a condition: it is one of states.
	Latest(state plan.Schema, deployment string) string
	LatestIs(state plan.Schema, deployment string, states ...string) string
	// SameRun is a condition: the latest event has the session's run id and checksum. LatestRun is the event's, as a text for people.
	SameRun(state plan.Schema, deployment string) string
	LatestRun(state plan.Schema, deployment string) string
	LatestRunID(state plan.Schema, deployment string) string
	LatestChecksum(state plan.Schema, deployment string) string
	// Restorable is a condition: the latest published generation was neither rolled back nor cleaned. EverPublished is one too.
	Restorable(state plan.Schema, deployment string) string
	EverPublished(state plan.Schema, deployment string) string

	// SetGeneration chooses, for the rest of the transaction, the generation whose records the following write and read. Where the
	// warehouse is Sessionless it is a query of a number, which whoever runs it declares in front of them.
	SetGeneration(state plan.Schema, deployment string, g Generation) string
	// RecordCreated notes those of names that do not exist yet. WasCreated is a query of one boolean: name is noted so.
	RecordCreated(state plan.Schema, deployment string, names []plan.Name) string
	WasCreated(state plan.Schema, deployment string, name plan.Name) string
	// RecordBackups notes those of names that do exist: they are backed up from now on. BackedUpSince is a condition: a later
	// generation than the chosen one has noted that, and so has replaced its backups.
	RecordBackups(state plan.Schema, deployment string, names []plan.Name) string
	BackedUpSince(state plan.Schema, deployment string) string
	// Forget takes the notes back that an attempt of the same generation has left, which ended before it published.
	Forget(state plan.Schema, deployment string) string
	// Once is a condition: the chosen generation has come to a state once, and not in two sessions at the same time.
	Once(state plan.Schema, deployment, what string) string
	// Record notes the number of rows and a fingerprint of the rows of name, under what; again says that there may be such a note
	// of this generation already.
	Record(state plan.Schema, deployment, what string, name plan.Name, again bool) string
	// RecordAll is Record for all of names that are there. Where every relation has to be read for that it is empty, and each is recorded
	// by itself; so are Unrecorded and WrittenAmong, queries of one text that lists those of names that are not as they were recorded under
	// what, or have other rows than were recorded, if any were.
	RecordAll(state plan.Schema, deployment, what string, names []plan.Name) string
	Unrecorded(state plan.Schema, deployment, what string, names []plan.Name) string
	WrittenAmong(state plan.Schema, deployment, what string, names []plan.Name) string
	// AsRecorded is a condition: name has the rows that were recorded under what.
	AsRecorded(state plan.Schema, deployment, what string, name plan.Name) string
	// WrittenSince is a condition too: something was recorded under what, and name has other rows now.
	WrittenSince(state plan.Schema, deployment, what string, name plan.Name) string
	// Rewritten is a query of statements, one for each relation that is there and was recorded under what: a query of one text, which
	// is that message behind the relation's name where it has other rows now, else NULL. It is empty where a query cannot make such.
	Rewritten(state plan.Schema, deployment, what, message string) string
	// CopyRecord notes under what, of name, what was noted under wasWhat of was: the rows are known to be the same.
	CopyRecord(state plan.Schema, deployment, what string, name plan.Name, wasWhat string, was plan.Name) string
	// EmptyAmong is a query of one text, or of NULL where none is: those of names that were recorded under what without rows.
	EmptyAmong(state plan.Schema, deployment, what string, names []plan.Name) string
	// Differing is such a query too: those of names whose record under what is another than that of was at its place, under wasWhat.
	Differing(state plan.Schema, deployment, what string, names []plan.Name, wasWhat string, was []plan.Name) string
	// Unlike is one more: what the chosen generation has written and is none of all, and those of tables that it has not published,
	// if it has come to its end.
	Unlike(state plan.Schema, deployment string, all, tables []plan.Name) string
	// Known is a condition: any generation recorded name under one of whats.
	Known(state plan.Schema, deployment string, name plan.Name, whats ...string) string
}

// dialect is what the ledger has to know of a warehouse.
type dialect interface {
	Literal(text string) string
	Relation(name plan.Name) string
	Schema(schema plan.Schema) string
	RunID() string
	Checksum() string

	// text and number are types, key a constraint: these columns are unique.
	text() string
	number() string
	key(columns string) string
	// values are n rows of literals, as what stands behind FROM: the columns of alias.
	values(alias string, columns []string, n int, literal func(row, column int) string) string
	// stateTable is the quoted name of a table of the ledger.
	stateTable(state plan.Schema, name string) string
	// moment is the type and the default of a column that says when its row was inserted.
	moment() string
	// setGeneration sets what Generation is, from the SQL of a number.
	Generation() string
	setGeneration(number string) string
	// print is a query of the number of rows n of a relation, and of a text f that is another one when the rows are others, whatever their order.
	print(name plan.Name) string
	// comparable: two relations with the same rows have the same print. Elsewhere a print says only whether the relation itself was written.
	comparable() bool
	// count is a query of a relation's number of rows.
	count(name plan.Name) string
	// printOf is print for a relation whose quoted name is in an SQL text, in two parts around the name; empty where isThere is.
	printOf() (before, after string)
	// isThere is a condition: the quoted name in an SQL text is that of a relation. It is empty where a name has to be a literal.
	isThere(relation string) string
	// catalog is FROM and WHERE over the warehouse's relations: those that have the name of the row w of named(names), and one of types.
	catalog(names []plan.Name, types ...plan.Type) string
	// stored is a name as the catalog has it.
	stored(name plan.Name) plan.Name
	// distinct is the word behind UNION that leaves one of equal rows, with a blank; empty where it goes without saying.
	distinct() string
	// list is an aggregate that joins texts, sorted, with commas; NULL where there is none.
	list(text string) string
	// put adds a row to the ledger, from is what stands behind the values. With again there may be such a row already, which
	// it replaces.
	put(table string, columns, values []string, from string, again bool) string
}

// ledger is the Ledger of every warehouse, and what else the warehouses of plain SQL have in common.
//
// It is two tables in a schema of their own. `event` is a counter and says which row is the latest: time stands still inside a
// transaction. `generation` numbers the publishes.
type ledger struct{ d dialect }

func (l ledger) events(s plan.Schema) string    { return l.d.stateTable(s, "dbtwac_ledger") }
func (l ledger) relations(s plan.Schema) string { return l.d.stateTable(s, "dbtwac_relations") }

func (l ledger) CreateLedger(s plan.Schema) []string {
	text, number := l.d.text(), l.d.number()
	return []string{
		"create table if not exists " + l.events(s) + " (deployment " + text + " not null, generation " + number + " not null, event " + number + " not null, " +
			"state " + text + " not null, run_id " + text + " not null, checksum " + text + " not null, detail " + text + " not null, " +
			"happened_at " + l.d.moment() + ", " + l.d.key("deployment, event") + ")",
		"create table if not exists " + l.relations(s) + " (deployment " + text + " not null, generation " + number + " not null, relation " + text + " not null, " +
			"what " + text + " not null, rows_before " + number + ", fingerprint " + text + ", definition " + text + ", " + l.d.key("deployment, generation, relation, what") + ")",
	}
}

func (l ledger) Event(s plan.Schema, deployment, what, detail string, g Generation) string {
	generation := l.number(s, deployment, g)
	if g == New {
		generation = "coalesce(max(generation), 0) + 1"
	}
	return "insert into " + l.events(s) + " (deployment, generation, event, state, run_id, checksum, detail) select " + l.d.Literal(deployment) + ", " +
		generation + ", coalesce(max(event), 0) + 1, " + l.d.Literal(what) + ", coalesce(" + l.d.RunID() + ", ''), coalesce(" + l.d.Checksum() + ", ''), " + l.d.Literal(detail) + " from " +
		l.events(s) + " where deployment = " + l.d.Literal(deployment)
}

func (l ledger) HadDetail(s plan.Schema, deployment, what, detail string) string {
	return "exists (select 1 from " + l.events(s) + " where deployment = " + l.d.Literal(deployment) + " and state = " + l.d.Literal(what) + " and detail = " + l.d.Literal(detail) + " and generation = " + l.d.Generation() + ")"
}

// latest is a column of the latest event.
func (l ledger) latest(s plan.Schema, deployment, column string) string {
	return "(select " + column + " from " + l.events(s) + " where deployment = " + l.d.Literal(deployment) + " order by event desc limit 1)"
}

func (l ledger) Latest(s plan.Schema, deployment string) string {
	return "coalesce(" + l.latest(s, deployment, "state") + ", 'nothing yet')"
}

func (l ledger) LatestIs(s plan.Schema, deployment string, states ...string) string {
	return l.Latest(s, deployment) + " in (" + l.literals(states) + ")"
}

func (l ledger) literals(texts []string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = l.d.Literal(text)
	}
	return strings.Join(list, ", ")
}

func (l ledger) SameRun(s plan.Schema, deployment string) string {
	return l.latest(s, deployment, "run_id") + " = " + l.d.RunID() + " and " + l.LatestChecksum(s, deployment) + " = " + l.d.Checksum()
}

func (l ledger) LatestRun(s plan.Schema, deployment string) string {
	return "coalesce(" + l.latest(s, deployment, "run_id || ' of project ' || coalesce(nullif(checksum, ''), 'unknown (a script has begun it)')") + ", 'nothing yet')"
}

func (l ledger) LatestRunID(s plan.Schema, deployment string) string {
	return l.latest(s, deployment, "run_id")
}

func (l ledger) LatestChecksum(s plan.Schema, deployment string) string {
	return l.latest(s, deployment, "checksum")
}

func (l ledger) Restorable(s plan.Schema, deployment string) string {
	return "(" + l.EverPublished(s, deployment) + " and not exists (select 1 from " + l.events(s) + " where deployment = " + l.d.Literal(deployment) +
		" and state in ('rolled_back', 'cleaned') and generation = " + l.number(s, deployment, Published) + "))"
}

func (l ledger) EverPublished(s plan.Schema, deployment string) string {
	return l.number(s, deployment, Published) + " is not null"
}

// number is that of a generation, as a query.
func (l ledger) number(s plan.Schema, deployment string, g Generation) string {
	which := ""
	if g == Published {
		which = " and state in ('publishing', 'published')"
	}
	return "(select max(generation) from " + l.events(s) + " where deployment = " + l.d.Literal(deployment) + which + ")"
}

func (l ledger) SetGeneration(s plan.Schema, deployment string, g Generation) string {
	return l.d.setGeneration("coalesce(" + l.number(s, deployment, g) + ", 0)")
}

// ofGeneration are the rows of the chosen generation.
func (l ledger) ofGeneration(s plan.Schema, deployment string) string {
	return l.relations(s) + " where deployment = " + l.d.Literal(deployment) + " and generation = " + l.d.Generation()
}

func (l ledger) record(s plan.Schema, deployment, what string, name plan.Name) string {
	return l.ofGeneration(s, deployment) + " and what = " + l.d.Literal(what) + " and relation = " + l.d.Literal(l.d.Relation(name))
}

func (l ledger) RecordCreated(s plan.Schema, deployment string, names []plan.Name) string {
	return l.note(s, deployment, "created", names, "not ")
}

func (l ledger) RecordBackups(s plan.Schema, deployment string, names []plan.Name) string {
	return l.note(s, deployment, "backup", names, "")
}

// note records those of names that are there, or are not.
func (l ledger) note(s plan.Schema, deployment, what string, names []plan.Name, not string) string {
	return "insert into " + l.relations(s) + " (deployment, generation, relation, what) select " + l.d.Literal(deployment) +
		", " + l.d.Generation() + ", w.shown, " + l.d.Literal(what) + " from " + l.named(names) + " where " + not + "exists (select 1 " + l.d.catalog(names) + ")"
}

func (l ledger) Forget(s plan.Schema, deployment string) string {
	return "delete from " + l.ofGeneration(s, deployment) + " and what in ('created', 'backup', 'definition', 'grants')"
}

func (l ledger) BackedUpSince(s plan.Schema, deployment string) string {
	return "exists (select 1 from " + l.relations(s) + " where deployment = " + l.d.Literal(deployment) + " and what = 'backup' and generation > " + l.d.Generation() + ")"
}

func (l ledger) Once(s plan.Schema, deployment, state string) string {
	return "(select count(*) from " + l.events(s) + " where deployment = " + l.d.Literal(deployment) + " and state = " + l.d.Literal(state) + " and generation = " + l.d.Generation() + ") = 1"
}

func (l ledger) WasCreated(s plan.Schema, deployment string, name plan.Name) string {
	return "select exists (select 1 from " + l.record(s, deployment, "created", name) + ")"
}

// noted are the columns of a record of rows.
var noted = []string{"deployment", "generation", "relation", "what", "rows_before", "fingerprint"}

func (l ledger) Record(s plan.Schema, deployment, what string, name plan.Name, again bool) string {
	return l.d.put(l.relations(s), noted, []string{l.d.Literal(deployment), l.d.Generation(), l.d.Literal(l.d.Relation(name)), l.d.Literal(what), "x.n", "x.f"}, "("+l.d.print(name)+") x", again)
}

func (l ledger) AsRecorded(s plan.Schema, deployment, what string, name plan.Name) string {
	return l.beside(s, deployment, what, name, "x.n = r.rows_before and x.f = r.fingerprint")
}

func (l ledger) WrittenSince(s plan.Schema, deployment, what string, name plan.Name) string {
	return l.beside(s, deployment, what, name, "x.n <> r.rows_before or x.f <> r.fingerprint")
}

// beside is a condition: there is a record r of name, and what name has now, x, compares so with it.
func (l ledger) beside(s plan.Schema, deployment, what string, name plan.Name, compares string) string {
	return "exists (select 1 from (select * from " + l.record(s, deployment, what, name) + ") r join (" + l.d.print(name) + ") x on " + compares + ")"
}

func (l ledger) Rewritten(s plan.Schema, deployment, what, message string) string {
	if l.d.isThere("r.relation") == "" {
		return ""
	}
	// Texts of statements: the relation's name stands in the ledger as it stands in SQL, what was noted becomes a literal.
	print, of := l.d.printOf()
	text := func(sql string) string { return "'" + strings.ReplaceAll(sql, "'", "''") + "'" }
	literal := func(column string) string { return "'''' || replace(" + column + ", '''', '''''') || ''''" }
	statement := text("select case when not exists (select 1 from ("+print) + " || r.relation || " + text(of+") x where x.n = ") + " || r.rows_before || " +
		text(" and x.f = ") + " || " + literal("r.fingerprint") + " || " + text(") then ") + " || " + literal(`replace(r.relation, '"', '')`) + " || " +
		text(" || "+l.d.Literal(message)+" end as dbtwac_warning")
	return "select " + statement + " from (select * from " + l.ofGeneration(s, deployment) + " and what = " + l.d.Literal(what) + ") r where " +
		l.d.isThere("r.relation") + " order by r.relation"
}

func (l ledger) CopyRecord(s plan.Schema, deployment, what string, name plan.Name, wasWhat string, was plan.Name) string {
	return l.d.put(l.relations(s), noted, []string{"r.deployment", "r.generation", l.d.Literal(l.d.Relation(name)), l.d.Literal(what), "r.rows_before", "r.fingerprint"},
		"(select * from "+l.record(s, deployment, wasWhat, was)+") r", true)
}

func (l ledger) EmptyAmong(s plan.Schema, deployment, what string, names []plan.Name) string {
	return "(select " + l.d.list("relation") + " from " + l.ofGeneration(s, deployment) + " and what = " + l.d.Literal(what) +
		" and rows_before = 0 and relation in (" + l.literals(l.shown(names)) + "))"
}

func (l ledger) Differing(s plan.Schema, deployment, what string, names []plan.Name, wasWhat string, was []plan.Name) string {
	of := func(what string) string {
		return "(select * from " + l.ofGeneration(s, deployment) + " and what = " + l.d.Literal(what) + ")"
	}
	same := " q on q.relation = p.b and q.rows_before = r.rows_before"
	if l.d.comparable() {
		same += " and q.fingerprint = r.fingerprint"
	}
	return "(select " + l.d.list("p.a") + " from " + l.pairs(names, was) + " left join " + of(what) + " r on r.relation = p.a left join " + of(wasWhat) + same + " where q.relation is null)"
}

// pairs are two lists of names as rows (a, b), as the ledger keeps them.
func (l ledger) pairs(a, b []plan.Name) string {
	return l.d.values("p", []string{"a", "b"}, len(a), func(row, column int) string {
		return l.d.Literal(l.d.Relation([2][]plan.Name{a, b}[column][row]))
	})
}

// shown are the names as the ledger keeps them.
func (l ledger) shown(names []plan.Name) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = l.d.Relation(n)
	}
	return list
}

func (l ledger) Unlike(s plan.Schema, deployment string, all, tables []plan.Name) string {
	generation := "from " + l.ofGeneration(s, deployment) + " and what "
	query := "select relation as r " + generation + "in ('published', 'created', 'definition') and relation not in (" + l.literals(l.shown(all)) + ")"
	if len(tables) > 0 {
		query += " union " + l.d.distinct() + "select w.shown from " + l.named(tables) + " where exists (select 1 from " + l.events(s) + " where deployment = " + l.d.Literal(deployment) +
			" and state = 'published' and generation = " + l.d.Generation() + ") and w.shown not in (select relation " + generation + "= 'published')"
	}
	return "(select " + l.d.list("x.r") + " from (" + query + ") x)"
}

func (l ledger) Known(s plan.Schema, deployment string, name plan.Name, whats ...string) string {
	return "exists (select 1 from " + l.relations(s) + " where deployment = " + l.d.Literal(deployment) + " and relation = " + l.d.Literal(l.d.Relation(name)) +
		" and what in (" + l.literals(whats) + "))"
}
