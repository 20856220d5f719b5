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

	// SetGeneration chooses, for the rest of the transaction, the generation whose records the following write and read.
	SetGeneration(state plan.Schema, deployment string, g Generation) string
	// RecordCreated notes those of names that do not exist yet. WasCreated is a query of one boolean: name is noted so.
	RecordCreated(state plan.Schema, deployment string, names []plan.Name) string
	WasCreated(state plan.Schema, deployment string, name plan.Name) string
	// Record notes the number of rows and a fingerprint of the rows of name, under what; again says that there may be such a note
	// of this generation already.
	Record(state plan.Schema, deployment, what string, name plan.Name, again bool) string
	// AsRecorded is a condition: name has the rows that were recorded under what.
	AsRecorded(state plan.Schema, deployment, what string, name plan.Name) string
	// WrittenSince is a condition too: something was recorded under what, and name has other rows now.
	WrittenSince(state plan.Schema, deployment, what string, name plan.Name) string
	// Rewritten is a query of statements, one for each relation that is there and was recorded under what: a query of one text, which
	// is that message behind the relation's name where it has other rows now, else NULL.
	Rewritten(state plan.Schema, deployment, what, message string) string
	// CopyRecord notes under what, of name, what was noted under wasWhat of was: the rows are known to be the same.
	CopyRecord(state plan.Schema, deployment, what string, name plan.Name, wasWhat string, was plan.Name) string
	// EmptyAmong is a query of one text, or of NULL where none is: those of names that were recorded under what without rows.
	EmptyAmong(state plan.Schema, deployment, what string, names []plan.Name) string
	// Differing is such a query too: those of names whose record under what is another than that of was at its place, under wasWhat.
	Differing(state plan.Schema, deployment, what string, names []plan.Name, wasWhat string, was []plan.Name) string
	// Unlike is one more: what the chosen generation has written and is none of all, and those of tables that it has not published,
	// if it has come as far as that.
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

	// stateTable is the quoted name of a table of the ledger.
	stateTable(state plan.Schema, name string) string
	// now is the time of the statement.
	now() string
	// generation is the number that setGeneration has set, from the SQL of a number.
	generation() string
	setGeneration(number string) string
	// fingerprint is the number of rows and a text that tells the rows, whatever their order, of a relation given as SQL.
	fingerprint(relation string) string
	// isThere is a condition: the quoted name in an SQL text is that of a relation.
	isThere(relation string) string
	// catalog is FROM and WHERE over the warehouse's relations: those that have the name of the row w of named, and one of types.
	catalog(types ...plan.Type) string
}

// ledger is the Ledger of a warehouse that has upserts, and what else the warehouses of plain SQL have in common.
//
// It is two tables in a schema of their own. `event` is a counter and says which row is the latest: time stands still inside a
// transaction. `generation` numbers the publishes.
type ledger struct{ d dialect }

func (l ledger) events(s plan.Schema) string    { return l.d.stateTable(s, "dbtwac_ledger") }
func (l ledger) relations(s plan.Schema) string { return l.d.stateTable(s, "dbtwac_relations") }

func (l ledger) CreateLedger(s plan.Schema) []string {
	return []string{
		"create table if not exists " + l.events(s) + " (deployment text not null, generation bigint not null, event bigint not null, " +
			"state text not null, run_id text not null, checksum text not null, detail text not null, " +
			"happened_at timestamptz not null default " + l.d.now() + ", primary key (deployment, event))",
		"create table if not exists " + l.relations(s) + " (deployment text not null, generation bigint not null, relation text not null, " +
			"what text not null, rows_before bigint, fingerprint text, definition text, primary key (deployment, generation, relation, what))",
	}
}

func (l ledger) Event(s plan.Schema, deployment, what string, g Generation) string {
	generation := l.number(s, deployment, g)
	if g == New {
		generation = "coalesce(max(generation), 0) + 1"
	}
	return "insert into " + l.events(s) + " (deployment, generation, event, state, run_id, checksum, detail) select " + l.d.Literal(deployment) + ", " +
		generation + ", coalesce(max(event), 0) + 1, " + l.d.Literal(what) + ", coalesce(" + l.d.RunID() + ", ''), coalesce(" + l.d.Checksum() + ", ''), '' from " +
		l.events(s) + " where deployment = " + l.d.Literal(deployment)
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

func (l ledger) LatestChecksum(s plan.Schema, deployment string) string {
	return l.latest(s, deployment, "checksum")
}

func (l ledger) Restorable(s plan.Schema, deployment string) string {
	return "coalesce((select not bool_or(state in ('rolled_back', 'cleaned')) from " + l.events(s) + " where deployment = " + l.d.Literal(deployment) +
		" and generation = " + l.number(s, deployment, Published) + "), false)"
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
	return l.relations(s) + " where deployment = " + l.d.Literal(deployment) + " and generation = " + l.d.generation()
}

func (l ledger) record(s plan.Schema, deployment, what string, name plan.Name) string {
	return l.ofGeneration(s, deployment) + " and what = " + l.d.Literal(what) + " and relation = " + l.d.Literal(l.d.Relation(name))
}

// upsert replaces a record of the same generation, relation and what.
const upsert = " on conflict (deployment, generation, relation, what) do update set rows_before = excluded.rows_before, fingerprint = excluded.fingerprint, definition = excluded.definition"

func (l ledger) RecordCreated(s plan.Schema, deployment string, names []plan.Name) string {
	return "insert into " + l.relations(s) + " (deployment, generation, relation, what) select " + l.d.Literal(deployment) +
		", " + l.d.generation() + ", w.shown, 'created' from " + l.named(names) + " where not exists (select 1 " + l.d.catalog() + ")"
}

func (l ledger) WasCreated(s plan.Schema, deployment string, name plan.Name) string {
	return "select exists (select 1 from " + l.record(s, deployment, "created", name) + ")"
}

func (l ledger) Record(s plan.Schema, deployment, what string, name plan.Name, again bool) string {
	sql := "insert into " + l.relations(s) + " (deployment, generation, relation, what, rows_before, fingerprint) select " + l.d.Literal(deployment) +
		", " + l.d.generation() + ", " + l.d.Literal(l.d.Relation(name)) + ", " + l.d.Literal(what) + ", x.* from (" + l.print(name) + ") x"
	if again {
		sql += " where true" + upsert // SQL of some warehouses takes ON for that of a join
	}
	return sql
}

// print is a query of the number of rows n and the fingerprint f of a relation.
func (l ledger) print(name plan.Name) string { return "select " + l.d.fingerprint(l.d.Relation(name)) }

func (l ledger) AsRecorded(s plan.Schema, deployment, what string, name plan.Name) string {
	return "exists (select 1 from " + l.record(s, deployment, what, name) + " and " + l.sameRows(name) + ")"
}

func (l ledger) WrittenSince(s plan.Schema, deployment, what string, name plan.Name) string {
	return "exists (select 1 from " + l.record(s, deployment, what, name) + " and not " + l.sameRows(name) + ")"
}

func (l ledger) Rewritten(s plan.Schema, deployment, what, message string) string {
	// Texts of statements: the relation's name stands in the ledger as it stands in SQL, what was noted becomes a literal.
	print, of, _ := strings.Cut(l.d.fingerprint("\x00"), "\x00")
	text := func(sql string) string { return "'" + strings.ReplaceAll(sql, "'", "''") + "'" }
	literal := func(column string) string { return "'''' || replace(" + column + ", '''', '''''') || ''''" }
	statement := text("select case when not exists (select 1 from (select "+print) + " || r.relation || " + text(of+") x where x.n = ") + " || r.rows_before || " +
		text(" and x.f = ") + " || " + literal("r.fingerprint") + " || " + text(") then ") + " || " + literal(`replace(r.relation, '"', '')`) + " || " +
		text(" || "+l.d.Literal(message)+" end as dbtwac_warning")
	return "select " + statement + " from (select * from " + l.ofGeneration(s, deployment) + " and what = " + l.d.Literal(what) + ") r where " +
		l.d.isThere("r.relation") + " order by r.relation"
}

func (l ledger) CopyRecord(s plan.Schema, deployment, what string, name plan.Name, wasWhat string, was plan.Name) string {
	return "insert into " + l.relations(s) + " (deployment, generation, relation, what, rows_before, fingerprint) select deployment, generation, " +
		l.d.Literal(l.d.Relation(name)) + ", " + l.d.Literal(what) + ", rows_before, fingerprint from " + l.record(s, deployment, wasWhat, was) + upsert
}

// sameRows is a condition on a record: it is what name has.
func (l ledger) sameRows(name plan.Name) string {
	return "exists (select 1 from (" + l.print(name) + ") x where x.n = rows_before and x.f = fingerprint)"
}

func (l ledger) EmptyAmong(s plan.Schema, deployment, what string, names []plan.Name) string {
	return "(select string_agg(relation, ', ' order by relation) from " + l.ofGeneration(s, deployment) + " and what = " + l.d.Literal(what) +
		" and rows_before = 0 and relation in (" + l.literals(l.shown(names)) + "))"
}

func (l ledger) Differing(s plan.Schema, deployment, what string, names []plan.Name, wasWhat string, was []plan.Name) string {
	return "(select string_agg(p.a, ', ' order by p.a) from " + l.pairs(names, was) + " where not exists (" +
		"select 1 from (select * from " + l.ofGeneration(s, deployment) + ") r join (select * from " + l.ofGeneration(s, deployment) + ") q on r.relation = p.a and q.relation = p.b and r.what = " +
		l.d.Literal(what) + " and q.what = " + l.d.Literal(wasWhat) + " and r.rows_before = q.rows_before and r.fingerprint = q.fingerprint))"
}

// pairs are two lists of names as rows (a, b), as the ledger keeps them.
func (l ledger) pairs(a, b []plan.Name) string {
	list := make([]string, len(a))
	for i := range a {
		list[i] = "(" + l.d.Literal(l.d.Relation(a[i])) + ", " + l.d.Literal(l.d.Relation(b[i])) + ")"
	}
	return "(values " + strings.Join(list, ", ") + ") as p(a, b)"
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
		query += " union select w.shown from " + l.named(tables) + " where exists (select 1 " + generation + "= 'published') and w.shown not in (select relation " + generation + "= 'published')"
	}
	return "(select string_agg(x.r, ', ' order by x.r) from (" + query + ") x)"
}

func (l ledger) Known(s plan.Schema, deployment string, name plan.Name, whats ...string) string {
	return "exists (select 1 from " + l.relations(s) + " where deployment = " + l.d.Literal(deployment) + " and relation = " + l.d.Literal(l.d.Relation(name)) +
		" and what in (" + l.literals(whats) + "))"
}
