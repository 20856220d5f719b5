package emit

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

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
			cp := columnProperties{Name: quote.YAML(quote.Template(column.Name)), Description: description(column.Description), Quote: column.Quote, Tests: testLines(column.Tests, m.Syntax)}
			if column.DataType != "" {
				cp.DataType = quote.YAML(quote.Template(column.DataType))
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
	arguments := yamlEntries(t.Arguments, asItIs) // dbt renders them when it runs, and hands them on as they were written
	switch {
	case len(arguments) > 0 && syntax.Arguments:
		keys = append(keys, "arguments: {"+strings.Join(arguments, ", ")+"}")
	default:
		keys = append(keys, arguments...)
	}
	if len(t.Config) > 0 {
		keys = append(keys, "config: {"+strings.Join(yamlEntries(t.Config, quote.Template), ", ")+"}")
	}
	if len(keys) == 0 {
		return quote.YAML(t.Name)
	}
	return quote.YAML(t.Name) + ": {" + strings.Join(keys, ", ") + "}"
}

func asItIs(text string) string { return text }

// yamlEntries are keys with their values; of each text in a value dbt is to read what text makes of it.
func yamlEntries(list []plan.Argument, text func(string) string) []string {
	var entries []string
	for _, a := range list {
		entries = append(entries, quote.YAML(a.Key)+": "+yamlValue(a.JSON, text))
	}
	return entries
}
