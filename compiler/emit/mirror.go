package emit

import (
	"fmt"
	"path"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/mirror"
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
		set("unique_key", jinjaList(i.UniqueKey))
		if len(i.UniqueKey) == 1 {
			v.Config[len(v.Config)-1] = "unique_key=" + quote.Jinja(i.UniqueKey[0])
		}
		if i.Strategy != "" {
			set("incremental_strategy", quote.Jinja(i.Strategy))
		}
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

// copiesView is what mirror.yml prints. Strings are YAML.
type copiesView struct {
	TestsKey string
	Models   []copyProperties
}

type copyProperties struct {
	Name, Description string
	Tests             []string
	Columns           []columnProperties
}

type columnProperties struct {
	Name, Description, DataType string
	Quote                       bool
	Tests                       []string
}

func newCopiesView(m *plan.Mirror) copiesView {
	v := copiesView{TestsKey: m.Syntax.Key}
	for i := range m.Models {
		c := &m.Models[i]
		p := copyProperties{Name: quote.YAML(c.Name), Description: description(c.Description), Tests: testLines(c.Tests, m.Syntax)}
		for _, column := range c.Columns {
			cp := columnProperties{Name: quote.YAML(column.Name), Description: description(column.Description), Quote: column.Quote, Tests: testLines(column.Tests, m.Syntax)}
			if column.DataType != "" {
				cp.DataType = quote.YAML(column.DataType)
			}
			p.Columns = append(p.Columns, cp)
		}
		v.Models = append(v.Models, p)
	}
	return v
}

// description is a text that dbt renders, as it was rendered already.
func description(text string) string {
	if text == "" {
		return ""
	}
	return quote.YAML(quote.Template(text))
}

func testLines(tests []plan.Test, syntax plan.TestSyntax) []string {
	var lines []string
	for _, t := range tests {
		lines = append(lines, testLine(t, syntax))
	}
	return lines
}

// testLine is a test as a value of YAML on one line.
func testLine(t plan.Test, syntax plan.TestSyntax) string {
	var keys []string
	if t.Label != "" {
		keys = append(keys, "name: "+quote.YAML(t.Label))
	}
	if t.Description != "" {
		keys = append(keys, "description: "+description(t.Description))
	}
	arguments := yamlEntries(t.Arguments)
	switch {
	case len(arguments) > 0 && syntax.Arguments:
		keys = append(keys, "arguments: {"+strings.Join(arguments, ", ")+"}")
	default:
		keys = append(keys, arguments...)
	}
	if len(t.Config) > 0 {
		keys = append(keys, "config: {"+strings.Join(yamlEntries(t.Config), ", ")+"}")
	}
	if len(keys) == 0 {
		return quote.YAML(t.Name)
	}
	return quote.YAML(t.Name) + ": {" + strings.Join(keys, ", ") + "}"
}

func yamlEntries(list []plan.Argument) []string {
	var entries []string
	for _, a := range list {
		entries = append(entries, quote.YAML(a.Key)+": "+yamlValue(a.JSON))
	}
	return entries
}

// freshnessView is what freshness.sql prints.
type freshnessView struct{ Name string }

// refreshView is what mirror.sh prints. Commands are shell words behind dbt's own name.
type refreshView struct{ Name, File, Root, Refresh, Check string }

func newRefreshView(m *plan.Mirror, out config.Output) refreshView {
	return refreshView{
		Name: m.Name, File: mirrorName(m) + ".sh", Root: quote.Shell(up(out.Jobs.Value)),
		Refresh: mirrorCommand(m.Refresh, m), Check: mirrorCommand(m.Check, m),
	}
}

func mirrorCommand(s plan.Step, m *plan.Mirror) string {
	return stepCommand(s, "--target "+quote.Shell(m.Environment.Target))
}

// mirrorName is what the files beside the models are called: a deployment may have the mirror's name.
func mirrorName(m *plan.Mirror) string { return "mirror_" + m.Name }

// mirrorView is what MIRROR.md prints. Strings are Markdown, but for the commands, which stand in code blocks.
type mirrorView struct {
	Name, Place, Target, Runbook string
	Total                        int
	Models                       []mirrorRow
	Incremental                  []string
	Refresh, Check, Main         string
	MainCount                    int // the other steps change with what reads the copies, and the plan is of the copies
	Untold                       []string
}

type mirrorRow struct{ Name, Source, Materialized, Tests string }

func newMirrorView(m *plan.Mirror, out config.Output) mirrorView {
	v := mirrorView{
		Name: quote.Markdown(m.Name), Place: quote.Code(strings.TrimPrefix(m.Place.Database+"."+m.Place.Schema, ".")), Target: quote.Code(m.Environment.Target),
		Runbook: quote.Code("sh " + path.Join(out.Jobs.Value, mirrorName(m)+".sh")), Total: len(m.Models),
		Refresh: "dbt " + mirrorCommand(m.Refresh, m), Check: "dbt " + mirrorCommand(m.Check, m), Main: "dbt " + stepCommand(m.Main, "--target "+quote.Shell(m.Environment.Target)),
		MainCount: len(m.Main.Selected),
	}
	for _, c := range m.Models {
		tests := len(c.Tests)
		for _, column := range c.Columns {
			tests += len(column.Tests)
		}
		v.Models = append(v.Models, mirrorRow{quote.Code(c.Name), quote.Code(c.Source), quote.Markdown(c.Materialized), fmt.Sprint(tests)})
		if i := c.Incremental; i != nil {
			v.Incremental = append(v.Incremental, quote.Code(c.Name)+" by "+quote.Code(i.LoadedAt)+", with the key "+quote.Code(strings.Join(i.UniqueKey, ", ")))
		}
	}
	for _, u := range m.Untold {
		v.Untold = append(v.Untold, quote.Code(u.What)+" of "+quote.Code(u.Source)+": "+quote.Markdown(u.Why))
	}
	return v
}

// mirrorArtifacts is the table of what a mirror is printed as.
func mirrorArtifacts(m *plan.Mirror, out config.Output) []artifact {
	list := []artifact{
		{mirror.PropertiesFile(*m), "mirror.yml", func(*inlays) any { return newCopiesView(m) }},
		{path.Join(out.SQL.Value, mirrorName(m), "PLAN.md"), "MIRROR.md", func(*inlays) any { return newMirrorView(m, out) }},
		{path.Join(out.Jobs.Value, mirrorName(m)+".sh"), "mirror.sh", func(*inlays) any { return newRefreshView(m, out) }},
	}
	for i := range m.Models {
		c := &m.Models[i]
		list = append(list, artifact{c.File, "mirror.sql", func(*inlays) any { return newCopyView(m, c) }})
	}
	return list
}
