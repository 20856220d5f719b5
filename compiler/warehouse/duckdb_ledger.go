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

func (d duckDB) Event(s plan.Schema, deployment, what string, opens bool) string {
	generation := "coalesce(max(generation), 0)"
	if opens {
		generation += " + 1"
	}
	return "insert into " + d.ledger(s) + " (deployment, generation, event, state, run_id, checksum, detail) select " + d.Literal(deployment) + ", " +
		generation + ", coalesce(max(event), 0) + 1, " + d.Literal(what) + ", '', '', '' from " + d.ledger(s) + " where deployment = " + d.Literal(deployment)
}

func (d duckDB) Latest(s plan.Schema, deployment string) string {
	return "coalesce((select state from " + d.ledger(s) + " where deployment = " + d.Literal(deployment) + " order by event desc limit 1), 'nothing yet')"
}

func (d duckDB) LatestIs(s plan.Schema, deployment string, states ...string) string {
	list := make([]string, len(states))
	for i, state := range states {
		list[i] = d.Literal(state)
	}
	return d.Latest(s, deployment) + " in (" + strings.Join(list, ", ") + ")"
}

// generation is the current one, as a query.
func (d duckDB) generation(s plan.Schema, deployment string) string {
	return "(select max(generation) from " + d.ledger(s) + " where deployment = " + d.Literal(deployment) + ")"
}

func (d duckDB) RecordCreated(s plan.Schema, deployment string, names []plan.Name) string {
	return "insert into " + d.relations(s) + " (deployment, generation, relation, what) select " + d.Literal(deployment) + ", " +
		d.generation(s, deployment) + ", w.shown, 'created' from " + d.wanted(names) + " where not exists (select 1 " + catalogued + ")"
}

func (d duckDB) WasCreated(s plan.Schema, deployment string, name plan.Name) string {
	return "select exists (select 1 from " + d.relations(s) + " where deployment = " + d.Literal(deployment) + " and generation = " +
		d.generation(s, deployment) + " and relation = " + d.Literal(d.Relation(name)) + " and what = 'created')"
}
