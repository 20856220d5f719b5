package selection_test

import (
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/selection"
)

// §2.8 and §2.11: definitions, as written.
func TestDefinitions(t *testing.T) {
	p := boundary().project(t, nil)
	for _, c := range []struct{ why, definition, want string }{
		{"text is one term", `"1+b"`, "a b"},
		{"a comma belongs to the value", `"a,b"`, ""},
		{"so does a space", `"a b"`, ""},
		{"no text selects nothing", `""`, ""},
		{"one key", `{"fqn": "a"}`, "a"},
		{"a key with arguments", `{"config.materialized": "view"}`, "a b c"},
		{"the long form", `{"method": "fqn", "value": "c", "parents": true, "parents_depth": 1}`, "b c"},
		{"a depth as text", `{"method": "fqn", "value": "c", "parents": true, "parents_depth": "1"}`, "b c"},
		{"zero as a number is no limit", `{"method": "fqn", "value": "c", "parents": true, "parents_depth": 0}`, "a b c src.t"},
		{"zero as text is none", `{"method": "fqn", "value": "c", "parents": true, "parents_depth": "0"}`, "c"},
		{"below zero is none", `{"method": "fqn", "value": "a", "children": true, "children_depth": -1}`, "a"},
		{"underscores between digits", `{"method": "fqn", "value": "c", "parents": true, "parents_depth": "0_1"}`, "b c"},
		{"underscores elsewhere", `{"method": "fqn", "value": "c", "parents": true, "parents_depth": "1_"}`, "error: 1_ is no number"},
		{"a depth alone does nothing", `{"method": "fqn", "value": "c", "parents_depth": 1}`, "c"},
		{"any text is true", `{"method": "fqn", "value": "b", "children": "false"}`, "b c on_ab on_ac u_b"},
		{"@", `{"method": "fqn", "value": "c", "childrens_parents": true}`, "a b c src.t on_a on_a_src on_ab on_ac u_b"},
		{"@ and +", `{"method": "fqn", "value": "c", "childrens_parents": true, "children": true}`, "error: childrens_parents and children"},
		{"a depth that is no number", `{"method": "fqn", "value": "c", "parents": true, "parents_depth": "x"}`, "error: x is no number"},
		{"exclude at the root", `{"method": "fqn", "value": "*", "exclude": ["a", {"method": "resource_type", "value": "test"}, {"resource_type": "unit_test"}]}`, "b c"},
		{"exclude of nothing", `{"method": "fqn", "value": "a", "exclude": []}`, "a"},
		{"exclude is a list", `{"method": "fqn", "value": "a", "exclude": "b"}`, "error: union, intersection and exclude hold a list"},
		{"an unknown key", `{"method": "fqn", "value": "a", "color": "red"}`, "a"},
		{"union", `{"union": ["a", "c"]}`, "a c"},
		{"union of nothing", `{"union": []}`, ""},
		{"union is a list", `{"union": "a"}`, "error: union, intersection and exclude hold a list"},
		{"of text and objects", `{"union": [1]}`, "error: a member of such a list"},
		{"intersection", `{"intersection": ["+c", "1+c"]}`, "b c"},
		{"exclude in a group", `{"union": ["+c", {"exclude": ["b"]}]}`, "a c src.t"},
		{"one exclude in a group", `{"union": ["+c", {"exclude": ["b"]}, {"exclude": ["a"]}]}`, "error: one union or intersection cannot have two excludes"},
		{"an exclude in a member is the group's, and the member is gone", `{"union": ["a", {"method": "fqn", "value": "c", "exclude": ["b"]}]}`, "a"},
		{"a nested group with an exclude is gone too", `{"union": ["a", {"union": ["c"], "exclude": ["b"]}]}`, "a"},
		{"a union has the root to itself", `{"union": ["a"], "intersection": ["b"]}`, "error: a definition with union or intersection"},
		{"but its members have to be well formed", `{"union": ["a", {"union": ["foo:c"], "exclude": ["b"]}]}`, `error: "foo" is no selection method`},
		{"nested groups", `{"union": [{"intersection": ["+c", "1+c"]}, "a"]}`, "a b c"},
		{"no key", `{}`, "error: a definition needs one key"},
		{"a method alone is a key", `{"method": "fqn"}`, `error: "method" is no selection method`},
		{"a list as the only value is read as definitions", `{"config.tags": ["a", "x:y"]}`, `error: "x" is no selection method`},
		{"which numbers are none of", `{"config.meta.n": [1]}`, "error: a list of values is read as one of definitions"},
		{"and is looked for then", `{"config.tags": ["a", "@tag:x+"]}`, ""},
		{"behind another key it is a value", `{"method": "config.tags", "value": ["x:y"]}`, ""},
		{"no method", `{"value": "a", "parents": true}`, "error: a definition needs one key"},
		{"an unknown mode", `{"method": "fqn", "value": "a", "indirect_selection": "greedy"}`, "error: greedy is no mode"},
		{"null is no mode", `{"method": "fqn", "value": "a", "indirect_selection": null}`, "error: null is no mode"},
		{"a circle", `{"method": "selector", "value": "s"}`, "error: the selectors go in a circle: s -> s"},
		{"a circle by wildcard", `"selector:*"`, "error: the selectors go in a circle"},
		{"a selector that is not there", `"selector:none"`, `error: "none" matches no selector`},
	} {
		list := document(t, []byte(`[{"name": "s", "definition": `+c.definition+`}]`))
		e := selection.New(p, selection.WithSelectors(list))
		mode := selection.Empty
		if strings.Contains(c.want, "on_") {
			mode = selection.Cautious
		}
		got := ask(t, e, p, selection.Options{Indirect: mode}, "--selector=s")
		if got != c.want && (!strings.HasPrefix(c.want, "error: ") || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s: %s\n got %s\nwant %s", c.why, c.definition, got, c.want)
		}
	}
}

// §2.8: the file around the definitions.
func TestSelectorsFile(t *testing.T) {
	p := boundary().project(t, nil)
	for _, c := range []struct{ why, list, ask, want string }{
		{"of two with a name the last counts", `[{"name": "s", "definition": "a"}, {"name": "s", "definition": "b"}]`, "--selector=s", "b"},
		{"a default is used when nothing is asked for", `[{"name": "s", "definition": "a", "default": true}]`, "", "a"},
		{"and not when something is", `[{"name": "s", "definition": "a", "default": true}]`, "b", "b"},
		{"two defaults", `[{"name": "s", "definition": "a", "default": true}, {"name": "t", "definition": "a", "default": true}]`, "b", "error: two selectors are the default"},
		{"a default that is text", `[{"name": "s", "definition": "a", "default": "yes"}]`, "b", "error: default of a selector cannot be a string"},
		{"no name", `[{"definition": "a"}]`, "b", "error: a selector needs a name"},
		{"no definition", `[{"name": "s"}]`, "b", "error: a selector needs a name"},
		{"a list as definition", `[{"name": "s", "definition": ["a"]}]`, "b", "error: definition of a selector cannot be a list"},
		{"a wrong entry counts even when nobody asks for it", `[{"name": "s", "definition": "foo:a"}]`, "b", `error: "foo" is no selection method`},
		{"a name that is not there", `[{"name": "s", "definition": "a"}]`, "--selector=t", `error: there is no selector "t"`},
		{"no selectors at all", `[]`, "selector:*", `error: "*" matches no selector`},
	} {
		e := selection.New(p, selection.WithSelectors(document(t, []byte(c.list))))
		var a []string
		if c.ask != "" {
			a = args(c.ask)
		}
		got := ask(t, e, p, selection.Options{Indirect: selection.Empty}, a...)
		if got != c.want && (!strings.HasPrefix(c.want, "error: ") || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s:\n got %s\nwant %s", c.why, got, c.want)
		}
	}
}

// §2.8: what stands in the manifest is normalised, and wrong only for those who ask for it.
func TestManifestSelectors(t *testing.T) {
	p := boundary().project(t, fields{"selectors": fields{
		"norm":  fields{"name": "norm", "definition": fields{"method": "fqn", "value": "c", "parents": true, "parents_depth": "1"}},
		"empty": fields{"name": "empty", "definition": fields{"method": "fqn"}},
		"text":  fields{"name": "text", "definition": "+b"},
		"wrong": fields{"name": "wrong", "definition": fields{"nope": "x"}},
	}})
	check(t, p, []question{
		{"a depth as text", args("--selector=norm"), selection.Empty, "b c"},
		{"an empty value was dropped by dbt", args("--selector=empty"), selection.Empty, ""},
		{"text stays text", args("--selector=text"), selection.Empty, "a b src.t"},
		{"wrong", args("--selector=wrong"), selection.Empty, `error: "nope" is no selection method`},
		{"and harmless to others", args("selector:no*"), selection.Empty, "b c"},
		{"by a wildcard that meets it", args("selector:*"), selection.Empty, `error: "nope" is no selection method`},
	})
}

// Selectors that refer to each other twice would be evaluated 2^30 times.
func TestSelectorsAreEvaluatedOnce(t *testing.T) {
	p := boundary().project(t, nil)
	var b strings.Builder
	b.WriteString(`[{"name": "s00", "definition": "a"}`)
	for i := 1; i <= 30; i++ {
		before, name := string(rune('0'+(i-1)/10))+string(rune('0'+(i-1)%10)), string(rune('0'+i/10))+string(rune('0'+i%10))
		b.WriteString(`, {"name": "s` + name + `", "definition": {"union": ["selector:s` + before + `", "1+selector:s` + before + `"]}}`)
	}
	b.WriteString("]")
	e := selection.New(p, selection.WithSelectors(document(t, []byte(b.String()))))
	if got, want := ask(t, e, p, selection.Options{Indirect: selection.Empty}, "--selector=s30"), "a src.t"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
