package warehouse

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// The ledger is two tables in a schema of its own. `event` is a counter and says which row is the latest: time stands still
// inside a transaction. `generation` numbers the publishes.

func (d duckDB) ledger(s plan.Schema) string { return d.Schema(s) + ".dbtwac_ledger" }

func (d duckDB) relations(s plan.Schema) string { return d.Schema(s) + ".dbtwac_relations" }

func (d duckDB) CreateLedger(s plan.Schema) []string {
	return []string{
		"create table if not exists " + d.ledger(s) + " (deployment varchar not null, generation bigint not null, event bigint not null, " +
			"state varchar not null, run_id varchar not null, checksum varchar not null, detail varchar not null, " +
			"happened_at timestamptz not null default now(), primary key (deployment, event))",
		"create table if not exists " + d.relations(s) + " (deployment varchar not null, generation bigint not null, relation varchar not null, " +
			"what varchar not null, rows_before bigint, fingerprint varchar, definition varchar, primary key (deployment, generation, relation, what))",
	}
}

func (d duckDB) Event(s plan.Schema, deployment, what string, g Generation) string {
	generation := d.generation(s, deployment, g)
	if g == New {
		generation = "coalesce(max(generation), 0) + 1"
	}
	return "insert into " + d.ledger(s) + " (deployment, generation, event, state, run_id, checksum, detail) select " + d.Literal(deployment) + ", " +
		generation + ", coalesce(max(event), 0) + 1, " + d.Literal(what) + ", coalesce(" + d.RunID() + ", ''), coalesce(" + d.Checksum() + ", ''), '' from " +
		d.ledger(s) + " where deployment = " + d.Literal(deployment)
}

// latest is a column of the latest event.
func (d duckDB) latest(s plan.Schema, deployment, column string) string {
	return "(select " + column + " from " + d.ledger(s) + " where deployment = " + d.Literal(deployment) + " order by event desc limit 1)"
}

func (d duckDB) Latest(s plan.Schema, deployment string) string {
	return "coalesce(" + d.latest(s, deployment, "state") + ", 'nothing yet')"
}

func (d duckDB) LatestIs(s plan.Schema, deployment string, states ...string) string {
	return d.Latest(s, deployment) + " in (" + d.literals(states) + ")"
}

func (d duckDB) literals(texts []string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = d.Literal(text)
	}
	return strings.Join(list, ", ")
}

func (d duckDB) SameRun(s plan.Schema, deployment string) string {
	return d.latest(s, deployment, "run_id") + " = " + d.RunID() + " and " + d.LatestChecksum(s, deployment) + " = " + d.Checksum()
}

func (d duckDB) LatestRun(s plan.Schema, deployment string) string {
	return "coalesce(" + d.latest(s, deployment, "run_id || ' of project ' || checksum") + ", 'nothing yet')"
}

func (d duckDB) LatestChecksum(s plan.Schema, deployment string) string {
	return d.latest(s, deployment, "checksum")
}

func (d duckDB) Restorable(s plan.Schema, deployment string) string {
	return "coalesce((select not bool_or(state in ('rolled_back', 'cleaned')) from " + d.ledger(s) + " where deployment = " + d.Literal(deployment) +
		" and generation = " + d.generation(s, deployment, Published) + "), false)"
}

func (d duckDB) EverPublished(s plan.Schema, deployment string) string {
	return d.generation(s, deployment, Published) + " is not null"
}

// generation is the number of one, as a query.
func (d duckDB) generation(s plan.Schema, deployment string, g Generation) string {
	which := ""
	if g == Published {
		which = " and state in ('publishing', 'published')"
	}
	return "(select max(generation) from " + d.ledger(s) + " where deployment = " + d.Literal(deployment) + which + ")"
}

func (d duckDB) SetGeneration(s plan.Schema, deployment string, g Generation) string {
	return "set variable dbtwac_generation = coalesce(" + d.generation(s, deployment, g) + ", 0)"
}

// ofGeneration are the rows of the session's generation.
func (d duckDB) ofGeneration(s plan.Schema, deployment string) string {
	return d.relations(s) + " where deployment = " + d.Literal(deployment) + " and generation = getvariable('dbtwac_generation')"
}

func (d duckDB) record(s plan.Schema, deployment, what string, name plan.Name) string {
	return d.ofGeneration(s, deployment) + " and what = " + d.Literal(what) + " and relation = " + d.Literal(d.Relation(name))
}

func (d duckDB) RecordCreated(s plan.Schema, deployment string, names []plan.Name) string {
	return "insert into " + d.relations(s) + " (deployment, generation, relation, what) select " + d.Literal(deployment) +
		", getvariable('dbtwac_generation'), w.shown, 'created' from " + d.wanted(names) + " where not exists (select 1 " + catalogued + ")"
}

func (d duckDB) WasCreated(s plan.Schema, deployment string, name plan.Name) string {
	return "select exists (select 1 from " + d.record(s, deployment, "created", name) + ")"
}

// fingerprint is of the rows of t, whatever their order.
const fingerprint = "count(*), coalesce(sum(hash(t)::hugeint), 0)::varchar"

func (d duckDB) Record(s plan.Schema, deployment, what string, name plan.Name) string {
	return "insert or replace into " + d.relations(s) + " (deployment, generation, relation, what, rows_before, fingerprint) select " + d.Literal(deployment) +
		", getvariable('dbtwac_generation'), " + d.Literal(d.Relation(name)) + ", " + d.Literal(what) + ", " + fingerprint + " from " + d.Relation(name) + " t"
}

func (d duckDB) AsRecorded(s plan.Schema, deployment, what string, name plan.Name) string {
	return "(select row(rows_before, fingerprint) from " + d.record(s, deployment, what, name) + ") = (select row(" + fingerprint + ") from " + d.Relation(name) + " t)"
}

func (d duckDB) AsRecordedIfAny(s plan.Schema, deployment, what string, name plan.Name) string {
	return "not exists (select 1 from " + d.record(s, deployment, what, name) + " and row(rows_before, fingerprint) <> (select row(" + fingerprint + ") from " + d.Relation(name) + " t))"
}

func (d duckDB) EmptyAmong(s plan.Schema, deployment, what string, names []plan.Name) string {
	return "(select string_agg(relation, ', ' order by relation) from " + d.ofGeneration(s, deployment) + " and what = " + d.Literal(what) +
		" and rows_before = 0 and relation in (" + d.literals(d.shown(names)) + "))"
}

func (d duckDB) Differing(s plan.Schema, deployment, what string, names []plan.Name, wasWhat string, was []plan.Name) string {
	pairs := make([]string, len(names))
	for i := range names {
		pairs[i] = "(" + d.Literal(d.Relation(names[i])) + ", " + d.Literal(d.Relation(was[i])) + ")"
	}
	return "(select string_agg(p.a, ', ' order by p.a) from (values " + strings.Join(pairs, ", ") + ") as p(a, b) where not exists (" +
		"select 1 from (select * from " + d.ofGeneration(s, deployment) + ") r join (select * from " + d.ofGeneration(s, deployment) + ") q on r.relation = p.a and q.relation = p.b and r.what = " +
		d.Literal(what) + " and q.what = " + d.Literal(wasWhat) + " and r.rows_before = q.rows_before and r.fingerprint = q.fingerprint))"
}

// shown are the names as the ledger keeps them.
func (d duckDB) shown(names []plan.Name) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = d.Relation(n)
	}
	return list
}

func (d duckDB) Known(s plan.Schema, deployment string, name plan.Name, whats ...string) string {
	return "exists (select 1 from " + d.relations(s) + " where deployment = " + d.Literal(deployment) + " and relation = " + d.Literal(d.Relation(name)) +
		" and what in (" + d.literals(whats) + "))"
}
