package emit

import (
	"path"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// copyView is what mirror.sql prints: the model of one copy.
type copyView struct {
	Config   []string // arguments of config(), Jinja
	Columns  []string // SQL; none where all are copied
	Source   string   // the call of source(), in its braces
	LoadedAt string   // SQL; empty where everything is copied each time
}

func newCopyView(m *plan.Mirror, c *plan.Copied) copyView {
	v := copyView{Source: "{{ source(" + quote.Jinja(c.Arguments[0]) + ", " + quote.Jinja(c.Arguments[1]) + ") }}"}
	set := func(key, value string) { v.Config = append(v.Config, key+"="+value) }
	set("materialized", quote.Jinja(c.Materialized))
	if m.Place.Database != "" {
		set("database", quote.Jinja(m.Place.Database))
	}
	set("schema", quote.Jinja(m.Place.Schema))
	if len(m.Tags) > 0 {
		set("tags", jinjaList(m.Tags))
	}
	if i := c.Incremental; i != nil {
		v.LoadedAt = i.LoadedAt
		key := jinjaList(i.UniqueKey)
		if len(i.UniqueKey) == 1 {
			key = quote.Jinja(i.UniqueKey[0])
		}
		set("unique_key", key)
		set("incremental_strategy", quote.Jinja(i.Strategy))
		set("on_schema_change", quote.Jinja("fail"))
	}
	if p := c.Partition; p != nil {
		set("partition_by", partition(p))
	}
	if len(c.Cluster) > 0 {
		set("cluster_by", jinjaList(c.Cluster))
	}
	if c.Declared {
		for _, column := range c.Columns {
			v.Columns = append(v.Columns, column.SQL)
		}
	}
	return v
}

func jinjaList(texts []string) string {
	var items []string
	for _, t := range texts {
		items = append(items, quote.Jinja(t))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// partition is dbt-bigquery's partition_by.
func partition(p *plan.Partition) string {
	text := "{'field': " + quote.Jinja(p.Field) + ", 'data_type': " + quote.Jinja(p.DataType)
	if len(p.Range) == 3 { // whole numbers: dbtwac.yml takes nothing else
		return text + ", 'range': {'start': " + p.Range[0] + ", 'end': " + p.Range[1] + ", 'interval': " + p.Range[2] + "}}"
	}
	return text + ", 'granularity': " + quote.Jinja(p.Granularity) + "}"
}

// freshnessView is what freshness.sql prints.
type freshnessView struct{ Name string }

// mirrorArtifacts is the table of what a mirror is printed as.
func mirrorArtifacts(m *plan.Mirror, main *plan.Step, out config.Output) []artifact {
	list := []artifact{
		{path: m.Properties, template: "mirror.yml", view: func(*inlays) any { return newCopiesView(m) }},
		{path: path.Join(out.SQL.Value, mirrorName(m), "PLAN.md"), template: "MIRROR.md", view: func(*inlays) any { return newMirrorView(m, main, out) }},
		{path: path.Join(out.Jobs.Value, mirrorName(m)+".sh"), template: "mirror.sh", view: func(*inlays) any { return newRefreshView(m, out) }},
	}
	for i := range m.Models {
		c := &m.Models[i]
		list = append(list, artifact{path: c.File, template: "mirror.sql", view: func(*inlays) any { return newCopyView(m, c) }})
	}
	return list
}
