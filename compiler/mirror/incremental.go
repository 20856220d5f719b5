package mirror

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
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
	if l.wh == nil {
		l.errorf(config.Unsupported, m, t.Materialized.Span, "say materialized: table", "%s is to be copied incrementally, and of this warehouse dbtwac does not know by which incremental strategy rows make room for others", n.ID)
		return &in
	}
	lexis, deletes := l.wh.Can().Lexis, l.wh.Can().DeleteInsert
	switch {
	case in.LoadedAt == "":
		l.errorf(NoIncremental, m, at, "say loaded_at_field in overrides, or materialized: table", "%s is to be copied incrementally, and nothing says by which column new rows are known: it has no loaded_at_field", n.ID)
	case !lexis.Closed(in.LoadedAt) || quote.Template(in.LoadedAt) != in.LoadedAt || strings.ContainsAny(in.LoadedAt, "\n\r") || strings.Contains(in.LoadedAt, "--"):
		l.errorf(NoIncremental, m, at, "name a column, or write an expression without comments and Jinja", "the loaded_at_field of %s is no expression that can stand in a model: %s", n.ID, quote.Jinja(in.LoadedAt))
	case t.Columns.Value == "declared" && plainColumn.MatchString(in.LoadedAt) && !declares(n, in.LoadedAt):
		l.errorf(NoIncremental, m, at, "add it to the columns of the source's properties", "%s is copied by %s, which is not one of the declared columns", n.ID, in.LoadedAt)
	case len(in.UniqueKey) == 0 && !deletes:
		l.errorf(NoIncremental, m, at, "say unique_key in overrides, or materialized: table", "%s is to be copied incrementally without a unique_key, and this warehouse would lose or double the rows of the latest moment", n.ID)
	}
	if len(in.UniqueKey) == 0 {
		in.UniqueKey = []string{in.LoadedAt}
	}
	in.Strategy = "merge"
	if deletes {
		in.Strategy = "delete+insert"
	}
	return &in
}

// tested is the column that the source's own tests promise to tell rows from another: the first that dbt's unique and not_null both
// watch, each over every row, and each an error.
func (l *layers) tested(n *manifest.Node) []string {
	for it := n.Raw.Get("columns").Entries(); it.Next(); {
		column := name(it.Value(), it.Key())
		if plainColumn.MatchString(column) && l.watches(n, "unique", column) && l.watches(n, "not_null", column) {
			return []string{column}
		}
	}
	return nil
}

// watches reports whether a test of dbt's own fails as soon as one row of a source breaks it.
func (l *layers) watches(n *manifest.Node, test, column string) bool {
	return slices.ContainsFunc(l.tests[n.ID], func(t *manifest.Node) bool {
		metadata := t.Raw.Get("test_metadata")
		if metadata.Get("name").Text() != test || metadata.Get("kwargs").Get("column_name").Text() != column || !slices.Contains(t.Macros, "macro.dbt.test_"+test) {
			return false
		}
		for _, key := range []string{"severity", "error_if", "fail_calc", "where", "limit"} {
			if v := t.Config.Raw.Get(key); v.Kind() != jsondoc.Missing && !strings.EqualFold(v.Raw(), byDefault[key]) {
				return false
			}
		}
		return true
	})
}

// loadedAt is the source's own loaded_at_field, or "". dbt 1.10 moved it into the config.
func loadedAt(n *manifest.Node) string {
	if field := text(n, "loaded_at_field"); field != "" {
		return field
	}
	return n.Config.Raw.Get("loaded_at_field").Text()
}
