package warehouse

import "github.com/dbtwac/dbtwac/compiler/plan"

// CreateView makes views only: of materialized views dbt knows how they are refreshed, partitioned and clustered. The query stands without
// parentheses, as dbt has it there.
func (b bigQuery) CreateView(_ plan.Type, name plan.Name, query string) string {
	return "create or replace view " + b.Relation(name) + " as\n" + query + "\n"
}

func (bigQuery) Refresh(plan.Name) string { return "" }

// SaveDefinitions keeps the statement that the catalog has for each.
func (b bigQuery) SaveDefinitions(state plan.Schema, deployment string, relations []plan.Relation) []Conditional {
	var names []plan.Name
	for _, r := range relations {
		if r.Was != plan.Table {
			names = append(names, r.Publish)
		}
	}
	from := b.named(names) + " join " + b.perSchema(names, "TABLES", "table_catalog, table_schema, table_name, table_type, ddl") +
		" t on t.table_catalog = w.d and t.table_schema = w.s and t.table_name = w.t where t.table_type in (" + bigQueryTypes[plan.View] + ", " + bigQueryTypes[plan.MaterializedView] + ")"
	return []Conditional{{SQL: b.put(b.relations(state), []string{"deployment", "generation", "relation", "what", "definition"},
		[]string{b.Literal(deployment), b.Generation(), "w.shown", b.Literal("definition"), "t.ddl"}, from, true)}}
}

func (b bigQuery) RestoreDefinition(state plan.Schema, deployment string, name plan.Name) (sql string, each bool) {
	return "select regexp_replace(rtrim(definition, '; \\n'), r'(?i)^create\\s+(or\\s+replace\\s+)?', 'create or replace ') as dbtwac_step from " + b.record(state, deployment, "definition", name), true
}

// RestoreGrants: what is replaced keeps them.
func (bigQuery) RestoreGrants(plan.Schema, string, plan.Name) (sql string, each bool) {
	return "", false
}
