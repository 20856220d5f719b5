package mirror

import (
	"regexp"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

// cannotCopy says why no model can copy n 1:1, or nothing.
func (l *layers) cannotCopy(n *manifest.Node, t config.MirrorTable) string {
	schema, _, _ := strings.Cut(n.Schema, ".")
	identifier, _, _ := strings.Cut(n.Alias, ".")
	switch {
	case n.Raw.Get("external").Kind() == jsondoc.Object:
		return "it is an external table, which the warehouse reads from files with each query; where these stay readable, so does it"
	case strings.Contains(n.Alias, "*"):
		return "its identifier is a wildcard, which is no one table"
	case isSystem(schema), isSystem(identifier), strings.EqualFold(n.Database, "snowflake"), strings.HasPrefix(strings.ToLower(schema), "region-"):
		return "it is the warehouse's own, and shows each role something else"
	case t.Columns.Value == "declared" && !hasEntries(n.Raw.Get("columns")):
		return "columns: declared, and its properties list none"
	}
	for it := n.Raw.Get("columns").Entries(); it.Next() && t.Columns.Value == "declared"; {
		if c := it.Value(); l.columnSQL(name(c, it.Key()), quoted(c)) == "" {
			return "its column " + quote.Jinja(name(c, it.Key())) + " needs quotes, and this warehouse's are not known"
		}
	}
	return ""
}

func hasEntries(v jsondoc.Value) bool {
	it := v.Entries()
	return it.Next()
}

func isSystem(name string) bool {
	switch strings.ToLower(name) {
	case "information_schema", "pg_catalog", "sys", "account_usage":
		return true
	}
	return false
}

// columns are those that the properties of n list, in their order.
func (l *layers) columns(n *manifest.Node, t config.MirrorTable) []plan.Column {
	list := []plan.Column{}
	for it := n.Raw.Get("columns").Entries(); it.Next(); {
		v := it.Value()
		c := plan.Column{Name: name(v, it.Key()), Description: v.Get("description").Text(), DataType: v.Get("data_type").Text(), Quote: quoted(v), Tests: []plan.Test{}}
		if t.Columns.Value == "declared" {
			c.SQL = l.columnSQL(c.Name, c.Quote)
		}
		list = append(list, c)
	}
	return list
}

func name(column jsondoc.Value, key string) string {
	if n := column.Get("name").Text(); n != "" {
		return n
	}
	return key
}

func quoted(column jsondoc.Value) bool {
	b, _ := column.Get("quote").Bool()
	return b
}

var plainColumn = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$]*$`)

// columnSQL is a column in the text of a model, as the properties mean it; empty where nobody knows how to quote it.
func (l *layers) columnSQL(name string, quoted bool) string {
	switch {
	case !quoted && plainColumn.MatchString(name):
		return name
	case l.wh == nil:
		return ""
	}
	return quote.Template(l.wh.Ident(name))
}

// incremental is how a copy takes only new rows. Rows of the latest moment are taken again, because others of that moment may have
// come since: without a unique key all of that moment is replaced.
func (l *layers) incremental(m config.Mirror, n *manifest.Node, t config.MirrorTable) *plan.Incremental {
	in := plan.Incremental{LoadedAt: t.LoadedAt.Value, UniqueKey: []string{}}
	at := t.LoadedAt.Span
	if in.LoadedAt == "" {
		in.LoadedAt, at = loadedAt(n), t.Materialized.Span
	}
	for _, key := range t.UniqueKey {
		in.UniqueKey = append(in.UniqueKey, key.Value)
	}
	lexis, deletes := sqltext.Standard, false
	if l.wh != nil {
		lexis, deletes = l.wh.Can().Lexis, l.wh.Can().DeleteInsert
	}
	switch {
	case in.LoadedAt == "":
		l.errorf(NoIncremental, m, at, "say loaded_at_field in overrides, or materialized: table", "%s is to be copied incrementally, and nothing says by which column new rows are known: it has no loaded_at_field", n.ID)
	case !lexis.Closed(in.LoadedAt) || quote.Template(in.LoadedAt) != in.LoadedAt || strings.ContainsAny(in.LoadedAt, "\n\r") || strings.Contains(in.LoadedAt, "--"):
		l.errorf(NoIncremental, m, at, "name a column, or write an expression without comments and Jinja", "the loaded_at_field of %s is no expression that can stand in a model: %s", n.ID, quote.Jinja(in.LoadedAt))
	case len(in.UniqueKey) == 0 && !deletes:
		l.errorf(NoIncremental, m, at, "say unique_key in overrides, or materialized: table", "%s is to be copied incrementally without a unique_key, and this warehouse would lose or double the rows of the latest moment", n.ID)
	}
	if len(in.UniqueKey) == 0 {
		in.UniqueKey = []string{in.LoadedAt}
	}
	if deletes {
		in.Strategy = "delete+insert"
	}
	return &in
}

// loadedAt is the source's own loaded_at_field, or "". dbt 1.10 moved it into the config.
func loadedAt(n *manifest.Node) string {
	if field := text(n, "loaded_at_field"); field != "" {
		return field
	}
	return n.Config.Raw.Get("loaded_at_field").Text()
}
