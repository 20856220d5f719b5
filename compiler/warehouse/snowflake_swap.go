package warehouse

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// Swap exchanges everything, privileges too.
func (s snowflake) Swap(a, b plan.Schema) []string {
	if a.Schema == "" {
		return []string{"alter database " + s.database(a) + " swap with " + s.database(b)}
	}
	return []string{"alter schema " + s.Schema(a) + " swap with " + s.Schema(b)}
}

func (snowflake) LockSchemas([]plan.Schema, string) string { return "" }

// mark is the table that shows which side a container is.
const mark = "dbtwac_swap"

// Mark, Marked: the ledger cannot note a swap together with it, so the container itself has to tell. at and other have names.
func (s snowflake) Mark(at, other plan.Schema) []string {
	return []string{
		"create transient table if not exists " + s.stateTable(other, mark) + " (generation integer)",
		"create or replace transient table " + s.stateTable(at, mark) + " as select " + s.Generation() + " as generation",
	}
}

func (s snowflake) Marked(at plan.Schema) string {
	return "select exists (select 1 from " + s.stateTable(at, mark) + " where generation = " + s.Generation() + ")"
}

// sides is one swap, with the catalog's names of both sides.
type sides struct {
	swap           plan.Swap
	build, publish plan.Name
}

func (s snowflake) sidesOf(swaps []plan.Swap) []sides {
	list := make([]sides, len(swaps))
	for i, w := range swaps {
		of := func(c plan.Schema) plan.Name {
			return s.stored(plan.Name{Database: c.Database, Schema: c.Schema, Quoted: c.Quoted})
		}
		list[i] = sides{w, of(w.Build), of(w.Publish)}
	}
	return list
}

// objects are what a swap takes along, and what each has a view of the information schema for.
var objects = []struct{ view, schema, name, kind string }{
	{"tables", "table_schema", "table_name", "table"},
	{"functions", "function_schema", "function_name || argument_signature", "function"},
	{"procedures", "procedure_schema", "procedure_name || argument_signature", "procedure"},
	{"sequences", "sequence_schema", "sequence_name", "sequence"},
	{"stages", "stage_schema", "stage_name", "stage"},
	{"pipes", "pipe_schema", "pipe_name", "pipe"},
	{"file_formats", "file_format_schema", "file_format_name", "file format"},
}

// within are the objects (schema, name, kind) of a container. The swap's own mark is none.
func (s snowflake) within(c plan.Schema, stored plan.Name) string {
	var list []string
	for _, o := range objects {
		where := o.schema + " <> 'INFORMATION_SCHEMA'"
		if stored.Schema != "" {
			where = o.schema + " = " + s.Literal(stored.Schema)
		}
		if o.kind == "table" {
			where += " and table_name <> '" + strings.ToUpper(mark) + "'"
		}
		list = append(list, "select "+o.schema+" as s, "+o.name+" as t, '"+o.kind+"' as k from "+s.database(c)+".information_schema."+o.view+" where "+where)
	}
	return "(" + strings.Join(list, " union all ") + ")"
}

// LeftBehind compares schema by schema where a database is swapped. Streams, tasks, alerts and policies have no view that could
// be asked.
func (s snowflake) LeftBehind(swaps []plan.Swap, except []plan.Name) string {
	var list []string
	for _, p := range s.sidesOf(swaps) {
		on := "b.t = a.t and b.k = a.k"
		if p.publish.Schema == "" {
			on += " and b.s = a.s"
		}
		list = append(list, "select a.s || '.' || a.t as r from "+s.within(p.swap.Publish, p.publish)+" a left join "+s.within(p.swap.Build, p.build)+" b on "+on+
			" where b.t is null"+s.not("a", except))
	}
	return s.listed(list)
}

func (s snowflake) Strangers(swaps []plan.Swap, known []plan.Name) string {
	var list []string
	for _, p := range s.sidesOf(swaps) {
		list = append(list, "select a.s || '.' || a.t as r from "+s.within(p.swap.Build, p.build)+" a where a.k = 'table'"+s.not("a", known))
	}
	return s.listed(list)
}

// listed is one text of what queries of a text r find.
func (s snowflake) listed(queries []string) string {
	return "(select " + s.d.list("x.r") + " from (" + strings.Join(queries, " union all ") + ") x)"
}

// not is a condition behind others: the object is none of names.
func (s snowflake) not(object string, names []plan.Name) string {
	if len(names) == 0 {
		return ""
	}
	list := make([]string, len(names))
	for i, n := range names {
		stored := s.stored(n)
		list[i] = "(" + s.Literal(stored.Schema) + ", " + s.Literal(stored.Identifier) + ")"
	}
	return " and (" + object + ".s, " + object + ".t) not in (" + strings.Join(list, ", ") + ")"
}

// Across: no view hangs on a relation.
func (snowflake) Across([]plan.Swap, []plan.Name) string { return "" }

// CarryGrants finds the privileges on the containers, on the schemas in them and on relations that both sides have. Ownership
// stays: whoever owns a side goes on owning it under the other name.
func (s snowflake) CarryGrants(swaps []plan.Swap) (sql string, each bool) {
	quote := func(text string) string { return `'"' || replace(` + text + `, '"', '""') || '"'` }
	grant := func(kind, target, from string) string {
		return "select 'grant ' || lower(p.privilege_type) || ' on " + kind + " ' || " + target + " || ' to role ' || " + quote("p.grantee") + " || iff(p.is_grantable = 'YES', ' with grant option', '') as g from " +
			from + " and p.privilege_type <> 'OWNERSHIP' and p.granted_to = 'ROLE'"
	}
	var list []string
	for _, p := range s.sidesOf(swaps) {
		privileges := s.database(p.swap.Publish) + ".information_schema.object_privileges p"
		build := s.Literal(s.database(p.swap.Build) + ".")
		schema, tables := s.Literal(s.ident(p.swap.Build.Schema, p.swap.Build.Quoted&plan.QuotedSchema != 0)), "p.object_schema = "+s.Literal(p.publish.Schema)
		join := "b.table_schema = " + s.Literal(p.build.Schema)
		if p.publish.Schema == "" {
			list = append(list, grant("database", s.Literal(s.database(p.swap.Build)), privileges+" where p.object_type = 'DATABASE' and p.object_name = "+s.Literal(p.publish.Database)))
			schema, tables, join = quote("b.schema_name"), "true", "b.table_schema = p.object_schema"
			list = append(list, grant("schema", build+" || "+schema, privileges+" join "+s.database(p.swap.Build)+".information_schema.schemata b on b.schema_name = p.object_name where p.object_type = 'SCHEMA'"))
			schema = quote("b.table_schema")
		} else {
			list = append(list, grant("schema", build+" || "+schema, privileges+" where p.object_type = 'SCHEMA' and p.object_name = "+s.Literal(p.publish.Schema)))
		}
		list = append(list, grant("' || lower(p.object_type) || '", build+" || "+schema+" || '.' || "+quote("b.table_name"), privileges+" join "+s.database(p.swap.Build)+
			".information_schema.tables b on b.table_name = p.object_name and "+join+" where p.object_type in ('TABLE', 'VIEW') and "+tables))
	}
	return "select x.g from (" + strings.Join(list, " union all ") + ") x order by x.g", true
}

// roles completes each statement for each role: a statement has one.
func (s snowflake) roles(roles []string, statements ...string) []string {
	var list []string
	for _, r := range roles {
		for _, statement := range statements {
			list = append(list, statement+" role "+s.Ident(r))
		}
	}
	return list
}

func (snowflake) ReadPrivilege() string        { return "select" }
func (snowflake) IsPrivilege(text string) bool { return isWords(text) }

func (s snowflake) CarriesRole(role string) error {
	return s.Carries(plan.Name{Identifier: role, Quoted: plan.QuotedDatabase | plan.QuotedSchema | plan.QuotedIdentifier})
}

func (s snowflake) Grant(privilege string, t plan.Type, name plan.Name, roles []string) []string {
	return s.roles(roles, "grant "+privilege+" on "+snowflakeType(t)+" "+s.Relation(name)+" to")
}

func (s snowflake) Revoke(privilege string, t plan.Type, name plan.Name, roles []string) []string {
	return s.roles(roles, "revoke "+privilege+" on "+snowflakeType(t)+" "+s.Relation(name)+" from")
}

func (s snowflake) GrantUsage(schema plan.Schema, roles []string) []string {
	database := "grant usage on database " + s.database(schema) + " to"
	if schema.Schema == "" {
		return s.roles(roles, database, "grant usage on future schemas in database "+s.database(schema)+" to")
	}
	return s.roles(roles, database, "grant usage on schema "+s.Schema(schema)+" to")
}

func (s snowflake) GrantFuture(schema plan.Schema, roles []string) []string {
	return s.roles(roles, s.reading("future", schema)...)
}

func (s snowflake) GrantAll(schema plan.Schema, roles []string) []string {
	statements := s.reading("all", schema)
	if schema.Schema == "" {
		statements = append(statements, "grant usage on all schemas in database "+s.database(schema)+" to")
	}
	return s.roles(roles, statements...)
}

// reading grants SELECT on each kind of relation.
func (s snowflake) reading(which string, schema plan.Schema) []string {
	in := " in database " + s.database(schema)
	if schema.Schema != "" {
		in = " in schema " + s.Schema(schema)
	}
	var list []string
	for _, t := range []plan.Type{plan.Table, plan.View, plan.MaterializedView} {
		list = append(list, "grant select on "+which+" "+snowflakeType(t)+"s"+in+" to")
	}
	return list
}

// Lacking: what a role can do is found through the roles that it has, and no statement that may fail can ask that.
func (snowflake) Lacking([]Privilege, []plan.Schema, []string) string { return "" }
