package warehouse

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

func (p postgres) CreateView(t plan.Type, name plan.Name, query string) string {
	create := "create or replace view "
	if t == plan.MaterializedView {
		create = "create materialized view "
	}
	return create + p.Relation(name) + " as (\n" + query + "\n)"
}

// indexes are FROM and WHERE over the indexes i of a relation given as SQL: d.tail is the text of each behind the name of its
// table, before which stands exactly what pg_get_indexdef prints.
func indexes(relation string) string {
	return "from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace\n" +
		"    cross join lateral (select pg_get_indexdef(i.indexrelid) as def, format(' ON %I.%I ', n.nspname, c.relname) as head) x\n" +
		"    cross join lateral (select substr(x.def, position(x.head in x.def) + length(x.head)) as tail) d\n" +
		"    where c.oid = to_regclass(" + relation + ")"
}

func (p postgres) CopyIndexes(name, from plan.Name) string {
	return p.do("declare step text;\nbegin\n" +
		"  for step in select 'create ' || case when i.indisunique then 'unique ' else '' end || " + p.Literal("index on "+p.Relation(name)+" ") + " || d.tail\n    " +
		indexes(p.Literal(p.Relation(from))) + " order by i.indexrelid\n" +
		"  loop execute step; end loop;\nend")
}

func (p postgres) IndexesDiffer(names, like []plan.Name) string {
	of := func(relation string) string { return "select i.indisunique, d.tail " + indexes(relation) }
	return "(select string_agg(p.a, ', ' order by p.a) from " + p.pairs(names, like) + " where exists (" + of("p.a") + " except " + of("p.b") + ") or exists (" + of("p.b") + " except " + of("p.a") + "))"
}

func (p postgres) Refresh(name plan.Name) string {
	return "refresh materialized view " + p.Relation(name)
}

// columns is how many a relation has.
func columns(oid string) string {
	return "(select count(*) from pg_attribute f where f.attrelid = " + oid + " and f.attnum > 0 and not f.attisdropped)"
}

// SaveDefinitions has names written out in full: what is made again must not depend on the session's search path. It notes the
// number of columns in the place of that of rows.
func (p postgres) SaveDefinitions(s plan.Schema, deployment string, relations []plan.Relation) []Conditional {
	insert := func(what, definition, where string) string {
		return "  insert into " + p.relations(s) + " (deployment, generation, relation, what, rows_before, definition)\n" +
			"    select " + p.Literal(deployment) + ", " + p.Generation() + ", w.shown, '" + what + "', " + columns("c.oid") + ", " + definition + "\n" +
			"    from unnest(array[" + p.literals(p.shown(published(relations))) + "]) w(shown) join pg_class c on c.oid = to_regclass(w.shown)" + where + ";\n"
	}
	view := "case c.relkind when 'v' then 'create or replace view ' else 'create materialized view ' end || w.shown" +
		" || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') || ' as ' || rtrim(pg_get_viewdef(c.oid), ';')\n" +
		"      || coalesce((select string_agg('; ' || pg_get_indexdef(i.indexrelid), '' order by i.indexrelid) from pg_index i where i.indrelid = c.oid), '')"
	grant := func(columns string) string {
		return "select format('grant %s" + columns + " on %s to %s%s', a.privilege_type" + strings.Replace(columns, " (%I)", ", t.attname", 1) + ", w.shown, case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,\n" +
			"        case when a.is_grantable then ' with grant option' else '' end) from "
	}
	grants := "coalesce((select string_agg(x.g, '; ' order by x.g) from (" + grant("") + "aclexplode(c.relacl) a where a.grantee <> c.relowner\n" +
		"      union all " + grant(" (%I)") + "pg_attribute t cross join lateral aclexplode(t.attacl) a where t.attrelid = c.oid and not t.attisdropped and a.grantee <> c.relowner) x(g)), '')"
	return []Conditional{{SQL: p.do("declare path text := current_setting('search_path');\nbegin\n" +
		"  perform set_config('search_path', 'pg_catalog', true);\n" +
		insert("definition", view, " where c.relkind in ('v', 'm')") + insert("grants", grants, "") +
		"  perform set_config('search_path', path, true);\nend")}}
}

// RestoreDefinition: a view that has got more columns since cannot be replaced, and is dropped first.
func (p postgres) RestoreDefinition(s plan.Schema, deployment string, name plan.Name) (sql string, each bool) {
	return p.kept(s, deployment, "definition", name, "    begin\n      execute kept;\n"+
		"    exception when invalid_table_definition then\n      execute "+p.Literal("drop view "+p.Relation(name))+";\n      execute kept;\n    end;\n"), false
}

// MakeWay: a view that others hang on cannot be dropped when its turn comes to get fewer columns, so all of them go before, the
// last first. One that somebody else has hung a view on stays, and is replaced if that is possible.
func (p postgres) MakeWay(s plan.Schema, deployment string, name plan.Name) string {
	return p.do("begin\n" +
		"  if exists (select 1 from " + p.ofGeneration(s, deployment) + " and what = 'definition' and rows_before < " + columns("to_regclass(relation)") + ") then\n" +
		"    " + p.Drop(plan.View, name, false) + ";\n  end if;\n" +
		"exception when dependent_objects_still_exist then null;\nend")
}

func (p postgres) RestoreGrants(s plan.Schema, deployment string, name plan.Name) (sql string, each bool) {
	return p.kept(s, deployment, "grants", name, "    execute kept;\n"), false
}

// kept does something with a text that the ledger has, unless it has none.
func (p postgres) kept(s plan.Schema, deployment, what string, name plan.Name, do string) string {
	return p.do("declare kept text;\nbegin\n" +
		"  select r.definition into kept from (select * from " + p.record(s, deployment, what, name) + ") r;\n" +
		"  if kept <> '' then\n" + do + "  end if;\nend")
}

// Assert: the message is a query, for a constant would be computed, and fail, before the condition is.
func (postgres) Assert(condition, message string) string {
	return "select case when " + condition + " then 1 else cast((select " + message + ") as integer) end as dbtwac_ok"
}

// AssertNone names the query once: it holds every relation of a deployment.
func (postgres) AssertNone(query, message string) string {
	return "select case when n is null then 1 else cast(" + message + " || n as integer) end as dbtwac_ok from (select " + query + " as n) q"
}

func (p postgres) ColumnsDiffer(t plan.Type, names, like []plan.Name) string {
	columns := func(relation string) string {
		place := ""
		if t != plan.Table { // a view keeps its columns in their places, and may only get more
			place = ", row_number() over (order by attnum)"
		}
		return "select attname, format_type(atttypid, atttypmod)" + place + " from pg_catalog.pg_attribute where attrelid = to_regclass(p." + relation +
			") and attnum > 0 and not attisdropped"
	}
	differ := "exists (" + columns("a") + " except " + columns("b") + ")"
	if t == plan.Table {
		differ = "(" + differ + " or exists (" + columns("b") + " except " + columns("a") + "))"
	}
	return "(select string_agg(p.a, ', ' order by p.a) from " + p.pairs(names, like) + " where to_regclass(p.a) is not null and " + differ + ")"
}

// dependents are the views d of the schema s that hang on relations t.
const dependents = "pg_catalog.pg_depend x join pg_catalog.pg_rewrite r on x.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = x.objid " +
	"join pg_catalog.pg_class d on d.oid = r.ev_class join pg_catalog.pg_namespace s on s.oid = d.relnamespace " +
	"join pg_catalog.pg_class t on x.refclassid = 'pg_catalog.pg_class'::regclass and t.oid = x.refobjid and t.oid <> d.oid " +
	"join pg_catalog.pg_namespace u on u.oid = t.relnamespace"

// viewsAmong lists dependents that a condition holds for.
func viewsAmong(where string) string {
	return "(select string_agg(distinct format('%I.%I', s.nspname, d.relname), ', ') from " + dependents + " where " + where + ")"
}

// NotStored: there is one storage.
func (postgres) NotStored(plan.Storage, []plan.Name) string { return "" }

// Guarded looks at what belongs to a table and is no part of its columns: a table in its place would not have it.
func (p postgres) Guarded(names, like []plan.Name) string {
	guarded := func(relation string) string {
		of := "to_regclass(p." + relation + ")"
		return "(exists (select 1 from pg_catalog.pg_class c where c.oid = " + of + " and c.relrowsecurity) or exists (select 1 from pg_catalog.pg_trigger t where t.tgrelid = " + of +
			" and not t.tgisinternal) or exists (select 1 from pg_catalog.pg_constraint f where " + of + " in (f.conrelid, f.confrelid) and f.contype = 'f'))"
	}
	where := guarded("a")
	if len(like) == 0 {
		like = names
	} else {
		where += " and not " + guarded("b")
	}
	return "(select string_agg(p.a, ', ' order by p.a) from " + p.pairs(names, like) + " where " + where + ")"
}

func (p postgres) HangingOn(names, known []plan.Name) string {
	return viewsAmong(p.among("u", "t", names) + " and not " + p.among("s", "d", known))
}

// among is a condition: the relation of the row is one of names.
func (p postgres) among(schema, relation string, names []plan.Name) string {
	if len(names) == 0 {
		return "false"
	}
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = "(" + p.Literal(n.Schema) + ", " + p.Literal(n.Identifier) + ")"
	}
	return "(" + schema + ".nspname, " + relation + ".relname) in (" + strings.Join(list, ", ") + ")"
}
