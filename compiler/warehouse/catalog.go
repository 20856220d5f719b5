package warehouse

import (
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// What the warehouses of plain SQL ask their catalogs, and texts, in the same way.

// named is a list of relations as rows (d, s, t, shown).
func (l ledger) named(names []plan.Name) string {
	var b strings.Builder
	size := 40
	for _, n := range names {
		size += 2*(len(n.Database)+len(n.Schema)+len(n.Identifier)) + 32
	}
	b.Grow(size)
	b.WriteString("(values ")
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		stored := l.d.stored(n)
		for i, text := range [...]string{stored.Database, stored.Schema, stored.Identifier, l.d.Relation(n)} {
			b.WriteString([...]string{"(", ", ", ", ", ", "}[i])
			b.WriteString(l.d.Literal(text))
		}
		b.WriteString(")")
	}
	b.WriteString(") as w(d, s, t, shown)")
	return b.String()
}

func (l ledger) Is(t plan.Type, name plan.Name) string {
	return "select exists (select 1 from " + l.named([]plan.Name{name}) + " where exists (select 1 " + l.d.catalog([]plan.Name{name}, t) + "))"
}

func (l ledger) Exists(name plan.Name) string {
	return "select exists (select 1 from " + l.named([]plan.Name{name}) + " where exists (select 1 " + l.d.catalog([]plan.Name{name}) + "))"
}

func (l ledger) Not(t plan.Type, names []plan.Name) string {
	return "(select " + l.d.list("w.shown") + " from " + l.named(names) + " where not exists (select 1 " + l.d.catalog(names, t) + "))"
}

func (l ledger) Others(t plan.Type, names []plan.Name) string {
	return "(select " + l.d.list("w.shown") + " from " + l.named(names) + " where exists (select 1 " + l.d.catalog(names) +
		") and not exists (select 1 " + l.d.catalog(names, t) + "))"
}

func (l ledger) Shrunk(a, b plan.Name, percent int) string {
	return "(select count(*) from " + l.d.Relation(a) + ") * 100 < (select count(*) from " + l.d.Relation(b) + ") * " + strconv.Itoa(100-percent)
}

func (ledger) Concat(texts ...string) string { return strings.Join(texts, " || ") }

func (ledger) Warning(condition, message string) string {
	return "select case when " + condition + " then " + message + " end as dbtwac_warning"
}

// published are the names of relations where readers find them.
func published(relations []plan.Relation) []plan.Name {
	names := make([]plan.Name, len(relations))
	for i, r := range relations {
		names[i] = r.Publish
	}
	return names
}

// plainSQL is what the dialects of DuckDB and Postgres have in common.
type plainSQL struct{}

func (plainSQL) stored(name plan.Name) plan.Name { return name }
func (plainSQL) list(text string) string {
	return "string_agg(" + text + ", ', ' order by " + text + ")"
}

func (plainSQL) put(table string, columns, values []string, from string, again bool) string {
	sql := "insert into " + table + " (" + strings.Join(columns, ", ") + ") select " + strings.Join(values, ", ") + " from " + from
	if again {
		sql += " where true" + upsert // SQL of some warehouses takes ON for that of a join
	}
	return sql
}

// upsert replaces a record of the same generation, relation and what.
const upsert = " on conflict (deployment, generation, relation, what) do update set rows_before = excluded.rows_before, fingerprint = excluded.fingerprint, definition = excluded.definition"
