package mirror

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

// incremental is how a copy takes only new rows. Rows of the latest moment are taken again, because others of that moment may have
// come since. What they replace is known by the unique key, and without one by the moment: all of that moment is replaced.
func (l *layers) incremental(m config.Mirror, n *manifest.Node, t config.MirrorTable) *plan.Incremental {
	in := plan.Incremental{LoadedAt: t.LoadedAt.Value, UniqueKey: []string{}}
	at := t.LoadedAt.Span
	if in.LoadedAt == "" {
		in.LoadedAt, at = loadedAt(n), t.Materialized.Span
	}
	for _, key := range t.UniqueKey {
		in.UniqueKey = append(in.UniqueKey, key.Value)
	}
	if len(in.UniqueKey) == 0 {
		in.UniqueKey = append(in.UniqueKey, l.tested(n)...)
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

// tested is the column that the source's own tests promise to tell rows from another: the first with a test unique of severity
// error that looks at every row.
func (l *layers) tested(n *manifest.Node) []string {
	for it := n.Raw.Get("columns").Entries(); it.Next(); {
		for _, t := range l.tests[n.ID] {
			metadata := t.Raw.Get("test_metadata")
			severity, where := t.Config.Raw.Get("severity").Text(), t.Config.Raw.Get("where")
			column := metadata.Get("kwargs").Get("column_name").Text()
			isWhole := where.Kind() == jsondoc.Missing && !strings.EqualFold(severity, "warn")
			if metadata.Get("name").Text() == "unique" && isWhole && column == name(it.Value(), it.Key()) && plainColumn.MatchString(column) {
				return []string{column}
			}
		}
	}
	return nil
}

// loadedAt is the source's own loaded_at_field, or "". dbt 1.10 moved it into the config.
func loadedAt(n *manifest.Node) string {
	if field := text(n, "loaded_at_field"); field != "" {
		return field
	}
	return n.Config.Raw.Get("loaded_at_field").Text()
}
