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
		for i, text := range [...]string{n.Database, n.Schema, n.Identifier, l.d.Relation(n)} {
			b.WriteString([...]string{"(", ", ", ", ", ", "}[i])
			b.WriteString(l.d.Literal(text))
		}
		b.WriteString(")")
	}
	b.WriteString(") as w(d, s, t, shown)")
	return b.String()
}

func (l ledger) Is(t plan.Type, name plan.Name) string {
	return "select exists (select 1 from " + l.named([]plan.Name{name}) + " where exists (select 1 " + l.d.catalog(t) + "))"
}

func (l ledger) Exists(name plan.Name) string {
	return "select exists (select 1 from " + l.named([]plan.Name{name}) + " where exists (select 1 " + l.d.catalog() + "))"
}

func (l ledger) Not(t plan.Type, names []plan.Name) string {
	return "(select string_agg(w.shown, ', ' order by w.shown) from " + l.named(names) + " where not exists (select 1 " + l.d.catalog(t) + "))"
}

func (l ledger) Others(t plan.Type, names []plan.Name) string {
	return "(select string_agg(w.shown, ', ' order by w.shown) from " + l.named(names) + " where exists (select 1 " + l.d.catalog() +
		") and not exists (select 1 " + l.d.catalog(t) + "))"
}

func (l ledger) Shrunk(a, b plan.Name, percent int) string {
	return "(select count(*) from " + l.d.Relation(a) + ") * 100 < (select count(*) from " + l.d.Relation(b) + ") * " + strconv.Itoa(100-percent)
}

func (ledger) Concat(texts ...string) string { return strings.Join(texts, " || ") }

func (ledger) Warning(condition, message string) string {
	return "select case when " + condition + " then " + message + " end as dbtwac_warning"
}
