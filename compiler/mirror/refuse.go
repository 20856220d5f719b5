package mirror

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
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
	case isSystem(schema), strings.EqualFold(identifier, "information_schema"), strings.EqualFold(n.Database, "snowflake"), strings.HasPrefix(strings.ToLower(schema), "region-"):
		return "it is the warehouse's own, and shows each role something else"
	case l.namesake(n) != nil:
		return call(n) + " can mean " + l.namesake(n).ID + " in this project"
	case t.Columns.Value == "declared" && !hasEntries(n.Raw.Get("columns")):
		return "columns: declared, and its properties list none"
	}
	for _, column := range slices.Concat(t.UniqueKey, t.Cluster, []config.Text{t.Partition.Field}) {
		if t.Columns.Value == "declared" && column.Value != "" && !declares(n, column.Value) {
			return "columns: declared leaves out " + column.Value + ", by which it is to be copied, partitioned or clustered"
		}
	}
	for it := n.Raw.Get("columns").Entries(); it.Next() && t.Columns.Value == "declared"; {
		if c := it.Value(); l.columnSQL(name(c, it.Key()), quoted(c)) == "" {
			return "its column " + quote.Jinja(name(c, it.Key())) + " needs quotes, and this warehouse's are not known"
		}
	}
	return ""
}

// namesake is another source that dbt may find in place of n for a model of the root package, or nil. It looks there first, and then
// in the packages, in no order that a manifest shows.
func (l *layers) namesake(n *manifest.Node) *manifest.Node {
	if n.Package == l.all.Name() {
		return nil
	}
	for _, other := range l.named[[2]string{n.SourceName, n.Name}] {
		if other != n {
			return other
		}
	}
	return nil
}

// excluded is a selection that leaves out n, and no namesake.
func (l *layers) excluded(n *manifest.Node) string {
	term := "source:" + sourceArgument(n)
	if l.namesake(n) != nil {
		term = "package:" + n.Package + "," + term
	}
	return term
}

// declares reports whether the properties of n list a column.
func declares(n *manifest.Node, column string) bool {
	for it := n.Raw.Get("columns").Entries(); it.Next(); {
		if strings.EqualFold(name(it.Value(), it.Key()), column) {
			return true
		}
	}
	return false
}

func hasEntries(v jsondoc.Value) bool {
	it := v.Entries()
	return it.Next()
}

func isSystem(name string) bool {
	switch strings.ToLower(name) {
	case "information_schema", "pg_catalog", "sys", "system", "account_usage":
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
