package mirror

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/switching"
)

// syntaxOf is how the dbt that wrote the manifest wants generic tests in properties.
func syntaxOf(m manifest.Metadata) plan.TestSyntax {
	s := plan.TestSyntax{Key: "tests"}
	if m.V2() || m.AtLeast(1, 8, 0) {
		s.Key = "data_tests"
	}
	s.Arguments = m.V2() || m.AtLeast(1, 10, 5)
	return s
}

// testsOfSources are the generic tests that the properties of sources ask for, by the unique id of the source.
func testsOfSources(p *project.Project) map[string][]*manifest.Node {
	tests := map[string][]*manifest.Node{}
	for _, n := range p.Nodes {
		if n.Kind != manifest.Test {
			continue
		}
		for _, id := range n.Parents { // nearly all end here, before their JSON is read
			if s := p.Node(id); s != nil && s.Kind == manifest.Source && strings.Contains(testedBy(n.Raw), call(s)) {
				tests[id] = append(tests[id], n)
				break
			}
		}
	}
	return tests
}

// testedBy is what a generic test tests, as dbt hands it on: an expression; of any other node "".
func testedBy(test jsondoc.Value) string {
	return test.Get("test_metadata").Get("kwargs").Get("model").Text()
}

// call is how dbt itself writes the call of a source, in the arguments of its tests.
func call(s *manifest.Node) string { return "source('" + s.SourceName + "', '" + s.Name + "')" }

// carryTests hands the sources' tests, and their freshness, to the copies. It needs all of them: an argument of a test may name
// another mirrored source.
func (l *layers) carryTests(mirrors []plan.Mirror) {
	l.copies, l.models = map[string]plan.Copied{}, map[[2]string]string{}
	for _, m := range mirrors {
		for _, c := range m.Models {
			l.copies[c.Source] = c
			l.models[c.Arguments] = c.Name
		}
	}
	for i := range mirrors {
		m := &mirrors[i]
		for j := range m.Models {
			c := &m.Models[j]
			untold := func(what, why string) {
				m.Untold = append(m.Untold, plan.Untold{Source: c.Source, What: what, Why: why})
			}
			for _, n := range l.tests[c.Source] {
				t, why := l.carried(m.Name, c.Source, n)
				if why != "" {
					untold(n.ID, why)
					continue
				}
				l.place(c, n, t)
			}
			for _, id := range l.disabled(l.all.Node(c.Source)) {
				untold(id, "it is disabled, under the target that the manifest was parsed for at least")
			}
			freshness, why := l.freshness(*c, l.all.Node(c.Source))
			c.Tests = append(c.Tests, freshness...)
			if len(freshness) > 0 {
				m.Freshness = freshnessTest
			}
			if why != "" {
				untold("freshness", why)
			}
			identify(l.all.Name(), c)
		}
		slices.SortFunc(m.Untold, func(a, b plan.Untold) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.What, b.What))
		})
	}
}

// place puts a test where the source has it: at a column, or at the table.
func (l *layers) place(c *plan.Copied, n *manifest.Node, t plan.Test) {
	of := n.Raw.Get("column_name").Text()
	for i := range c.Columns {
		if column := &c.Columns[i]; of != "" && (of == column.Name || strings.Trim(of, "\"`") == column.Name) {
			t.Column = n.Raw.Get("test_metadata").Get("kwargs").Get("column_name").Text()
			t.Arguments = slices.DeleteFunc(t.Arguments, func(a plan.Argument) bool { return a.Key == "column_name" })
			column.Tests = append(column.Tests, t)
			return
		}
	}
	c.Tests = append(c.Tests, t)
}

// disabled are the generic tests of a source that dbt has parsed and left out, by unique id.
func (l *layers) disabled(n *manifest.Node) []string {
	var ids []string
	for _, t := range l.off {
		if strings.Contains(t.model, call(n)) {
			ids = append(ids, t.id)
		}
	}
	return ids
}

// offTest is a generic test that is disabled.
type offTest struct{ id, model string } // model: what it tests, as dbt hands it on

// offTests are all of them, sorted.
func offTests(m *manifest.Manifest) []offTest {
	var list []offTest
	for id, nodes := range m.Disabled {
		for it := nodes.Items(); strings.HasPrefix(id, "test.") && it.Next(); {
			if model := testedBy(it.Value()); model != "" {
				list = append(list, offTest{id, model})
			}
		}
	}
	slices.SortFunc(list, func(a, b offTest) int { return cmp.Compare(a.id, b.id) })
	return slices.Compact(list)
}

// carried is a test as the copy has it; why says why it cannot have it.
func (l *layers) carried(mirror, of string, n *manifest.Node) (t plan.Test, why string) {
	metadata := n.Raw.Get("test_metadata")
	t = plan.Test{From: n.ID, Name: l.testName(n, metadata)}
	if t.Name == "" {
		return t, "the macro of the test " + metadata.Get("name").Text() + " is not in the manifest"
	}
	for it := metadata.Get("kwargs").Entries(); it.Next(); {
		if it.Key() != "model" {
			t.Arguments = append(t.Arguments, plan.Argument{Key: it.Key(), JSON: l.switched(it.Value())})
		}
	}
	for _, id := range n.Parents {
		switch c, mirrored := l.copies[id]; {
		case id == of:
		case mirrored:
			t.Reads = append(t.Reads, c.Node)
		default:
			t.Reads = append(t.Reads, id)
		}
	}
	slices.SortFunc(t.Arguments, func(a, b plan.Argument) int { return cmp.Compare(a.Key, b.Key) })
	t.Config, t.Description = testConfig(n), text(n, "description")
	if label := customLabel(n, l.all); label != "" {
		t.Label = mirror + "_" + label
	}
	return t, ""
}

// testName is what properties of the root package call a test: with its package, unless it is dbt's or their own. It is empty
// where nobody knows whose it is.
func (l *layers) testName(n *manifest.Node, metadata jsondoc.Value) string {
	name, namespace := metadata.Get("name").Text(), metadata.Get("namespace").Text()
	if namespace != "" {
		return namespace + "." + name
	}
	for _, id := range n.Macros {
		pkg, ok := strings.CutSuffix(strings.TrimPrefix(id, "macro."), ".test_"+name)
		switch {
		case !ok:
		case pkg == "dbt" || pkg == l.all.Name():
			return name
		default:
			return pkg + "." + name
		}
	}
	return ""
}

// switched is an argument as JSON, in which what names a mirrored source names its copy.
func (l *layers) switched(v jsondoc.Value) string {
	s, isText := v.Str()
	if !isText || v.Kind() != jsondoc.String || !strings.Contains(s, "source") {
		return v.Raw()
	}
	mirrored := func(source, table string) (string, bool) {
		model, ok := l.models[[2]string{source, table}]
		return model, ok
	}
	if strings.Contains(s, "{{") {
		return jsonText(switching.Template(s, mirrored).Text)
	}
	const open, shut = "{{ ", " }}"
	text := switching.Template(open+s+shut, mirrored).Text
	return jsonText(strings.TrimSuffix(strings.TrimPrefix(text, open), shut))
}

// jsonText is s as JSON. It is a string, and every string is JSON.
func jsonText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

// byDefault is what dbt writes into the config of a test that says nothing, as JSON in lower case.
var byDefault = map[string]string{
	"enabled": "true", "schema": `"dbt_test__audit"`, "materialized": `"test"`, "severity": `"error"`, "fail_calc": `"count(*)"`,
	"warn_if": `"!= 0"`, "error_if": `"!= 0"`, "alias": "", "group": "",
}

// testConfig is what a test's config says beyond the defaults, sorted. dbt has rendered what stands there, and no manifest shows how
// it was written.
func testConfig(n *manifest.Node) []plan.Argument {
	var list []plan.Argument
	for it := n.Config.Raw.Entries(); it.Next(); {
		raw, initial := it.Value().Raw(), byDefault[it.Key()]
		_, known := byDefault[it.Key()]
		isDefault := known && (initial == "" || strings.EqualFold(raw, initial)) || raw == "null" || raw == "[]" || raw == "{}"
		// What is written is said again, though it is dbt's default: dbt_project.yml may have another one.
		if isDefault && (n.Config.Unrendered.Get(it.Key()).Kind() == jsondoc.Missing || raw == "null" || it.Key() == "alias") {
			continue
		}
		list = append(list, plan.Argument{Key: it.Key(), JSON: raw})
	}
	slices.SortFunc(list, func(a, b plan.Argument) int { return cmp.Compare(a.Key, b.Key) })
	if n.Config.StoresFailures() { // dbt fills each of the two in from the other
		list = slices.DeleteFunc(list, func(a plan.Argument) bool { return a.Key == "store_failures_as" && a.JSON == `"table"` })
	}
	return list
}

// customLabel is the name that the properties give a test, or "" where dbt has made one up.
func customLabel(n *manifest.Node, p *project.Project) string {
	metadata := n.Raw.Get("test_metadata")
	for _, id := range n.Parents {
		s := p.Node(id)
		if s == nil || s.Kind != manifest.Source {
			continue
		}
		kind := metadata.Get("name").Text()
		if namespace := metadata.Get("namespace").Text(); namespace != "" {
			kind = namespace + "_" + kind
		}
		full := testLabel("source_"+kind, s.SourceName+"_"+s.Name, arguments(metadata))
		if n.Name == full || len(n.Name) <= 63 && strings.HasPrefix(full, n.Name[:min(30, len(n.Name))]) && len(full) > 63 { // dbt v2 cuts it
			return ""
		}
	}
	return n.Name
}

// freshness is the source's freshness as tests of the copy; why says why it cannot be told.
func (l *layers) freshness(c plan.Copied, n *manifest.Node) (tests []plan.Test, why string) {
	rules := n.Raw.Get("freshness")
	if rules.Kind() != jsondoc.Object {
		rules = n.Config.Raw.Get("freshness")
	}
	field := loadedAt(n)
	if c.Incremental != nil {
		field = cmp.Or(field, c.Incremental.LoadedAt)
	}
	for _, rule := range []struct{ key, severity string }{{"error_after", "error"}, {"warn_after", "warn"}} {
		count, period := rules.Get(rule.key).Get("count"), rules.Get(rule.key).Get("period").Text()
		if count.Kind() != jsondoc.Number || period == "" {
			continue
		}
		switch {
		case field == "" && (text(n, "loaded_at_query") != "" || n.Config.Raw.Get("loaded_at_query").Text() != ""):
			return nil, "it comes from a loaded_at_query, which asks the source"
		case c.Declared && plainColumn.MatchString(field) && !declares(n, field):
			return nil, "it asks for " + field + ", which is not one of the declared columns"
		case field == "":
			return nil, "it comes from the warehouse's metadata, and that of the copy says when it was copied"
		}
		t := plan.Test{From: n.ID, Name: freshnessTest, Label: c.Name + "_fresh_" + count.Raw() + "_" + period, Arguments: []plan.Argument{
			{Key: "count", JSON: count.Raw()}, {Key: "loaded_at_field", JSON: jsonText(quote.Template(field))}, {Key: "period", JSON: jsonText(period)},
		}, Config: []plan.Argument{{Key: "severity", JSON: jsonText(rule.severity)}}}
		if filter := rules.Get("filter").Text(); filter != "" {
			t.Arguments = slices.Insert(t.Arguments, 1, plan.Argument{Key: "filter", JSON: jsonText(quote.Template(filter))})
		}
		if len(tests) == 0 || tests[0].Label != t.Label { // of two with one age the error says all
			tests = append(tests, t)
		}
	}
	return tests, ""
}
