package warehouse

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// Swap renames by way of a third name, which is gone before anybody can see it.
func (p postgres) Swap(a, b plan.Schema) []string {
	rename := func(from, to string) string { return "alter schema " + p.Ident(from) + " rename to " + p.Ident(to) }
	const between = "dbtwac_between"
	return []string{rename(a.Schema, between), rename(b.Schema, a.Schema), rename(between, b.Schema)}
}

// swapRows are the swaps as rows w(b, p).
func (p postgres) swapRows(swaps []plan.Swap) string {
	list := make([]string, len(swaps))
	for i, s := range swaps {
		list[i] = "(" + p.Literal(s.Build.Schema) + ", " + p.Literal(s.Publish.Schema) + ")"
	}
	return "(values " + strings.Join(list, ", ") + ") as w(b, p)"
}

// CarryGrants: privileges, and a schema's comment, stay with the schema and the relation that they were given to, and these change
// their names.
func (p postgres) CarryGrants(swaps []plan.Swap) (sql string, each bool) {
	grantee := "case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end"
	option := "case when a.is_grantable then ' with grant option' else '' end"
	return p.do("declare step text;\nbegin\n  for step in\n" +
		"    select format('grant %s on schema %I to %s%s', a.privilege_type, w.b, " + grantee + ", " + option + ")\n" +
		"      from " + p.swapRows(swaps) + " join pg_catalog.pg_namespace n on n.nspname = w.p cross join lateral aclexplode(n.nspacl) a where a.grantee <> n.nspowner\n" +
		"    union all select format('grant %s on %I.%I to %s%s', a.privilege_type, w.b, c.relname, " + grantee + ", " + option + ")\n" +
		"      from " + p.swapRows(swaps) + " join pg_catalog.pg_namespace n on n.nspname = w.p join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')\n" +
		"      join pg_catalog.pg_namespace m on m.nspname = w.b join pg_catalog.pg_class e on e.relnamespace = m.oid and e.relname = c.relname\n" +
		"      cross join lateral aclexplode(c.relacl) a where a.grantee <> c.relowner\n" +
		"    union all select format('grant %s (%I) on %I.%I to %s%s', a.privilege_type, f.attname, w.b, c.relname, " + grantee + ", " + option + ")\n" +
		"      from " + p.swapRows(swaps) + " join pg_catalog.pg_namespace n on n.nspname = w.p join pg_catalog.pg_class c on c.relnamespace = n.oid\n" +
		"      join pg_catalog.pg_attribute t on t.attrelid = c.oid and not t.attisdropped\n" +
		"      join pg_catalog.pg_namespace m on m.nspname = w.b join pg_catalog.pg_class e on e.relnamespace = m.oid and e.relname = c.relname\n" +
		"      join pg_catalog.pg_attribute f on f.attrelid = e.oid and f.attname = t.attname and not f.attisdropped\n" +
		"      cross join lateral aclexplode(t.attacl) a where a.grantee <> c.relowner\n" +
		"    union all select format('comment on schema %I is %L', w.b, obj_description(n.oid, 'pg_namespace'))\n" +
		"      from " + p.swapRows(swaps) + " join pg_catalog.pg_namespace n on n.nspname = w.p where obj_description(n.oid, 'pg_namespace') is not null\n" +
		"    union all select format('alter default privileges for role %I in schema %I grant %s on %s to %s%s', pg_get_userbyid(f.defaclrole), w.b, a.privilege_type,\n" +
		"        case f.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' end, " + grantee + ", " + option + ")\n" +
		"      from " + p.swapRows(swaps) + " join pg_catalog.pg_namespace n on n.nspname = w.p join pg_catalog.pg_default_acl f on f.defaclnamespace = n.oid and f.defaclobjtype <> 'n'\n" +
		"      cross join lateral aclexplode(f.defaclacl) a where a.grantee <> f.defaclrole and pg_has_role(f.defaclrole, 'member')\n" +
		"  loop execute step; end loop;\nend"), false
}

// LeftBehind counts functions and types too: a swap carries away whatever a schema has. A sequence or a type that belongs to a
// table goes with it.
func (p postgres) LeftBehind(swaps []plan.Swap, except []plan.Name) string {
	return "(select string_agg(distinct format('%I.%I', n.nspname, c.relname), ', ') from " + p.swapRows(swaps) +
		" join pg_catalog.pg_namespace n on n.nspname = w.p left join pg_catalog.pg_namespace m on m.nspname = w.b cross join lateral (" +
		"select o.relname from pg_catalog.pg_class o where o.relnamespace = n.oid and o.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c') and not exists " +
		"(select 1 from pg_catalog.pg_depend i where i.classid = 'pg_catalog.pg_class'::regclass and i.objid = o.oid and i.deptype in ('a', 'i') and o.relkind = 'S') and not exists " +
		"(select 1 from pg_catalog.pg_class e where e.relnamespace = m.oid and e.relname = o.relname) " +
		"union all select o.proname from pg_catalog.pg_proc o where o.pronamespace = n.oid and not exists " +
		"(select 1 from pg_catalog.pg_proc e where e.pronamespace = m.oid and e.proname = o.proname and e.proargtypes = o.proargtypes) " +
		"union all select o.typname from pg_catalog.pg_type o where o.typnamespace = n.oid and o.typtype in ('b', 'd', 'e', 'r') and o.typcategory <> 'A' and not exists " +
		"(select 1 from pg_catalog.pg_type e where e.typnamespace = m.oid and e.typname = o.typname)) c where not " + p.among("n", "c", except) + ")"
}

func (p postgres) Strangers(swaps []plan.Swap, known []plan.Name) string {
	return "(select string_agg(format('%I.%I', n.nspname, c.relname), ', ' order by n.nspname, c.relname) from " + p.swapRows(swaps) +
		" join pg_catalog.pg_namespace n on n.nspname = w.b join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f') where not " + p.among("n", "c", known) + ")"
}

// Across: a view outside of the publish side that reads it would go on reading what has become the build side, and a view of the
// build side that reads the publish side likewise.
func (p postgres) Across(swaps []plan.Swap, except []plan.Name) string {
	var publish []plan.Schema
	for _, s := range swaps {
		publish = append(publish, s.Publish)
	}
	schemas := p.schemaNames(publish)
	return viewsAmong("u.nspname in (" + schemas + ") and s.nspname not in (" + schemas + ") and not " + p.among("s", "d", except))
}

// Mark, Marked: the swap is part of the transaction.
func (postgres) Mark(_, _ plan.Schema) []string { return nil }
func (postgres) Marked(plan.Schema) string      { return "" }

func (postgres) ReadPrivilege() string        { return "select" }
func (postgres) IsPrivilege(text string) bool { return isWords(text) }
func (postgres) CarriesRole(string) error     { return nil }

func (p postgres) Grant(privilege string, _ plan.Type, name plan.Name, roles []string) []string {
	return []string{"grant " + privilege + " on " + p.Relation(name) + " to " + p.roles(roles)}
}

// Revoke takes along what the roles have granted in their turn: it would fail else.
func (p postgres) Revoke(privilege string, _ plan.Type, name plan.Name, roles []string) []string {
	return []string{"revoke " + privilege + " on " + p.Relation(name) + " from " + p.roles(roles) + " cascade"}
}

func (p postgres) GrantUsage(s plan.Schema, roles []string) []string {
	return []string{"grant usage on schema " + p.Schema(s) + " to " + p.roles(roles)}
}

func (p postgres) GrantFuture(s plan.Schema, roles []string) []string {
	return []string{"alter default privileges in schema " + p.Schema(s) + " grant select on tables to " + p.roles(roles)}
}

func (p postgres) GrantAll(s plan.Schema, roles []string) []string {
	return []string{"grant select on all tables in schema " + p.Schema(s) + " to " + p.roles(roles)}
}

// asked are the privileges that has_table_privilege knows by one word.
var asked = []string{"select", "insert", "update", "delete", "truncate", "references", "trigger"}

func (p postgres) Lacking(privileges []Privilege, schemas []plan.Schema, readers []string) string {
	var rows []string
	for _, g := range privileges {
		if !slices.Contains(asked, strings.ToLower(g.Privilege)) {
			continue
		}
		for _, role := range g.Roles {
			rows = append(rows, "("+p.Literal(role)+", "+p.Literal(g.Privilege+" on ")+", "+p.Literal(p.Ident(g.Name.Schema)+"."+p.Ident(g.Name.Identifier))+
				", has_table_privilege("+p.Literal(role)+", "+p.Literal(p.Relation(g.Name))+", "+p.Literal(g.Privilege)+"))")
		}
	}
	for _, s := range schemas {
		for _, role := range readers {
			rows = append(rows, "("+p.Literal(role)+", 'usage of ', "+p.Literal(p.Schema(s))+", has_schema_privilege("+p.Literal(role)+", "+p.Literal(s.Schema)+", 'usage'))")
		}
	}
	if len(rows) == 0 {
		return ""
	}
	return "(select string_agg(who || ' lacks ' || what || of_what, ', ' order by who, of_what) from (values " + strings.Join(rows, ", ") + ") as g (who, what, of_what, has) where not has)"
}

func (p postgres) roles(roles []string) string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = p.Ident(r)
	}
	return strings.Join(list, ", ")
}
