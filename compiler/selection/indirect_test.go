package selection_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/selection"
)

// boundary is src -> a -> b -> c with tests that reach over them.
func boundary() doc {
	return doc{}.
		node("source.p.src.t", nil).
		node("model.p.a", fields{"on": []string{"source.p.src.t"}}).
		node("model.p.b", fields{"on": []string{"model.p.a"}}).
		node("model.p.c", fields{"on": []string{"model.p.b"}}).
		node("test.p.on_a", fields{"on": []string{"model.p.a"}}).
		node("test.p.on_ab", fields{"on": []string{"model.p.a", "model.p.b"}}).
		node("test.p.on_ac", fields{"on": []string{"model.p.a", "model.p.c"}}).
		node("test.p.on_a_src", fields{"on": []string{"model.p.a", "source.p.src.t"}}).
		node("unit_test.p.u_b", fields{"on": []string{"model.p.b"}})
}

// §2.4: which tests come with what is selected.
func TestIndirectSelection(t *testing.T) {
	check(t, boundary().project(t, nil), []question{
		{"eager takes a test of which any parent is selected", args("b"), "", "b on_ab u_b"},
		{"cautious asks for all parents", args("b"), selection.Cautious, "b u_b"},
		{"buildable counts ancestors", args("b"), selection.Buildable, "b on_ab u_b"},
		{"buildable counts all sources where a term is expanded", args("c"), selection.Buildable, "c on_ac"},
		{"empty takes none", args("b"), selection.Empty, "b"},
		{"empty keeps neighbours", args("+b"), selection.Empty, "a b src.t"},
		{"cautious: a union of the command line brings parents together", args("a b"), selection.Cautious, "a b on_a on_ab u_b"},
		{"cautious: so do two values", args("a", "b"), selection.Cautious, "a b on_a on_ab u_b"},
		{"buildable: a test of a source", args("a"), selection.Buildable, "a on_a on_a_src"},
		{"cautious without the source", args("a"), selection.Cautious, "a on_a"},
		{"eager exclude drops every test that touches b", args("a b", "--exclude", "b"), "", "a on_a on_a_src on_ac"},
		{"the excluded side is cautious too: a test that also needs a stays", args("a b c", "--exclude", "b"), selection.Cautious, "a c on_a on_ab on_ac"},
		{"an intersection of terms expands each of them", args("a,b"), "", "on_ab"},
		{"a term that matches tests is itself", args("on_a"), "", "on_a"},
	})
}

// §2.4: the groups of selectors.yml are always eager, so a union does not bring parents together there.
func TestYAMLGroupsAreEager(t *testing.T) {
	p := boundary().project(t, nil)
	list := document(t, []byte(`[
		{"name": "union", "definition": {"union": ["a", "b"]}},
		{"name": "own_mode", "definition": {"union": [{"method": "fqn", "value": "a", "indirect_selection": "empty"}, "b"]}},
		{"name": "exclude", "definition": {"union": ["+c", {"exclude": ["b"]}]}},
		{"name": "referred", "definition": {"method": "selector", "value": "union"}}]`))
	check(t, p, []question{
		{"no test of both under cautious", args("--selector=union"), selection.Cautious, "a b on_a u_b"},
		{"a definition's own mode beats the flag", args("--selector=own_mode"), "", "a b on_ab u_b"},
		{"the excluded side takes the flag", args("--selector=exclude"), "", "a c src.t on_a on_a_src on_ac"},
		{"a selector is not expanded again", args("selector:union"), selection.Cautious, "a b on_a u_b"},
		{"referred to by another", args("--selector=referred"), selection.Cautious, "a b on_a u_b"},
		{"graph operators apply to a selector", args("1+selector:own_mode"), selection.Empty, "a b src.t"},
	}, selection.WithSelectors(list))
}

// §2.3: graph operators walk over everything; types are filtered at the end.
func TestGraphOperators(t *testing.T) {
	check(t, boundary().project(t, nil), []question{
		{"all ancestors", args("+c"), selection.Empty, "a b c src.t"},
		{"one generation", args("1+c"), selection.Empty, "b c"},
		{"no generation", args("0+c"), selection.Empty, "c"},
		{"descendants hold tests", args("b+"), selection.Empty, "b c on_ab on_ac u_b"},
		{"one generation down", args("a+1"), selection.Empty, "a b on_a on_a_src on_ab on_ac"},
		{"both, each from what matched", args("1+b+1"), selection.Empty, "a b c on_ab u_b"},
		{"@ takes what the descendants need", args("@b"), selection.Empty, "a b c src.t on_ab on_ac u_b"},
		{"@ with + before is allowed", args("@+c"), selection.Empty, "a b c src.t on_ac"},
		{"@ with + behind is not", args("@b+"), "", `error: "@" before`},
		{"digits of any script", args("١+c"), selection.Empty, "b c"},
		{"+ alone matches nothing", args("+"), "", ""},
		{"the empty term matches nothing", args("a  b"), selection.Empty, "a b"},
	})
}
