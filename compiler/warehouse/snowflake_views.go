package warehouse

import "github.com/dbtwac/dbtwac/compiler/plan"

// CreateView makes views only: dynamic tables are made by dbt, which knows their lag and their warehouse.
func (s snowflake) CreateView(_ plan.Type, name plan.Name, query string) string {
	return "create or replace view " + s.Relation(name) + " copy grants as (\n" + query + "\n)"
}

func (snowflake) CopyIndexes(_, _ plan.Name) string             { return "" }
func (snowflake) Refresh(plan.Name) string                      { return "" }
func (snowflake) MakeWay(plan.Schema, string, plan.Name) string { return "" }

// SaveDefinitions asks for each text by itself: GET_DDL takes no name that is not a literal. Privileges are kept as a statement
// that grants all of them.
func (s snowflake) SaveDefinitions(state plan.Schema, deployment string, relations []plan.Relation) []Conditional {
	columns := []string{"deployment", "generation", "relation", "what", "definition"}
	values := func(relation, what, definition string) []string {
		return []string{s.Literal(deployment), s.Generation(), relation, s.Literal(what), definition}
	}
	var list []Conditional
	for _, r := range relations {
		if r.Was == plan.Table {
			continue
		}
		of := map[plan.Type]string{plan.View: "'VIEW'", plan.MaterializedView: "'DYNAMIC_TABLE'"}[r.Was]
		name := s.Literal(s.Relation(r.Publish))
		list = append(list, Conditional{
			SQL: s.put(s.relations(state), columns, values(name, "definition", "rtrim(get_ddl("+of+", "+name+", true), ';\\n ')"), "(select 1 as one) x", true), When: s.Is(r.Was, r.Publish),
		})
	}
	names := published(relations)
	grants := s.Literal("execute immediate $$begin ") + " || listagg('grant ' || lower(p.privilege_type) || ' on ' || lower(p.object_type) || ' ' || w.shown || ' to role \"' || replace(p.grantee, '\"', '\"\"') || '\"' || " +
		"iff(p.is_grantable = 'YES', ' with grant option', '') || '; ') within group (order by p.privilege_type, p.grantee) || " + s.Literal("end$$")
	from := s.named(names) + " join " + s.perDatabase(names, "object_privileges") + " p on p.object_catalog = w.d and p.object_schema = w.s and p.object_name = w.t" +
		" where p.object_type in ('TABLE', 'VIEW', 'DYNAMIC TABLE') and p.privilege_type <> 'OWNERSHIP' and p.granted_to = 'ROLE' group by w.shown"
	return append(list, Conditional{SQL: s.put(s.relations(state), columns, values("w.shown", "grants", grants), from, true)})
}

// RestoreDefinition: the text begins with CREATE OR REPLACE.
func (s snowflake) RestoreDefinition(state plan.Schema, deployment string, name plan.Name) (sql string, each bool) {
	return "select definition from " + s.record(state, deployment, "definition", name), true
}

func (s snowflake) RestoreGrants(state plan.Schema, deployment string, name plan.Name) (sql string, each bool) {
	return "select definition from " + s.record(state, deployment, "grants", name), true
}
