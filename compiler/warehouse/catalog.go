package warehouse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// What the warehouses of plain SQL ask their catalogs, and texts, in the same way.

// named is a list of relations as rows (d, s, t, shown).
func (l ledger) named(names []plan.Name) string {
	return l.d.values("w", []string{"d", "s", "t", "shown"}, len(names), func(row, column int) string {
		n := names[row]
		if column == 3 {
			return l.d.Literal(l.d.Relation(n))
		}
		stored := l.d.stored(n)
		return l.d.Literal([3]string{stored.Database, stored.Schema, stored.Identifier}[column])
	})
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
	return "(" + l.d.count(a) + ") * 100 < (" + l.d.count(b) + ") * " + strconv.Itoa(100-percent)
}

func (ledger) Concat(texts ...string) string { return strings.Join(texts, " || ") }

func (usual) RecordAll(plan.Schema, string, string, []plan.Name) string    { return "" }
func (usual) Unrecorded(plan.Schema, string, string, []plan.Name) string   { return "" }
func (usual) WrittenAmong(plan.Schema, string, string, []plan.Name) string { return "" }

func (usual) BackupKind(Method) string { return "" }

func (usual) Loses(Method, int) []string { return nil }

func (usual) DeclareGeneration() (before, after string)     { return "", "" }
func (usual) RefillAll(_, _ []plan.Name, _ []string) string { return "" }
func (usual) QueryCommand(string) string                    { return "" }
func (usual) CopyCommand(plan.Copy, string) []string        { return nil }

// WriteKeep: what a statement sets lasts.
func (usual) WriteKeep(*strings.Builder, string) {}

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

// together is FROM over the view that each of names is in, each view once.
func together(names []plan.Name, columns string, view func(plan.Name) string) string {
	var views []string
	for _, n := range names {
		if v := view(n); !slices.Contains(views, v) {
			views = append(views, v)
		}
	}
	if len(views) == 1 {
		return views[0]
	}
	return "(select " + columns + " from " + strings.Join(views, " union all select "+columns+" from ") + ")"
}

// usual is what the dialects of most warehouses have in common.
type usual struct{}

func (usual) text() string              { return "text" }
func (usual) number() string            { return "bigint" }
func (usual) key(columns string) string { return "primary key (" + columns + ")" }
func (usual) comparable() bool          { return true }
func (usual) distinct() string          { return "" }

func (usual) values(alias string, columns []string, n int, literal func(row, column int) string) string {
	var b strings.Builder
	b.Grow(32 + 128*n)
	b.WriteString("(values ")
	for row := range n {
		if row > 0 {
			b.WriteString(", ")
		}
		for column := range columns {
			b.WriteString([2]string{"(", ", "}[min(column, 1)])
			b.WriteString(literal(row, column))
		}
		b.WriteString(")")
	}
	b.WriteString(") as " + alias + "(" + strings.Join(columns, ", ") + ")")
	return b.String()
}

// merged is put where no key is enforced, and a failed operation is done once more in the same generation.
func merged(table string, columns, values []string, from string) string {
	var using, set, names []string
	for i, c := range columns {
		using = append(using, values[i]+" as "+c)
		names = append(names, "s."+c)
		if i >= 4 { // behind deployment, generation, relation and what
			set = append(set, c+" = s."+c)
		}
	}
	return "merge into " + table + " t using (select " + strings.Join(using, ", ") + " from " + from +
		") s on (t.deployment = s.deployment and t.generation = s.generation and t.relation = s.relation and t.what = s.what) when matched then update set " + strings.Join(set, ", ") +
		" when not matched then insert (" + strings.Join(columns, ", ") + ") values (" + strings.Join(names, ", ") + ")"
}

// plainSQL is what the dialects of DuckDB and Postgres have in common beside that.
type plainSQL struct{ usual }

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

// isWords reports whether a text can stand where a keyword does.
func isWords(text string) bool {
	for _, c := range text {
		if c != ' ' && (c < 'a' || 'z' < c) && (c < 'A' || 'Z' < c) {
			return false
		}
	}
	return text != ""
}
