package selection_test

import (
	"slices"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

var seeds = []string{
	"a", "+a+", "2+tag:x+1", "@b", "@b+", "tag:x,config.materialized:table", "a b --", "path:models/**/x", "config.meta.n:1", "[!a-]*",
	"selector:*", "١+c", "método:x", "state:modified", "result:error", "test_type:", "version:old", "source:*.t", "p.*", "", " ", ",", "a\nb", "\xff",
}

// FuzzSelection: nothing panics, an answer without an error is the same twice and holds what it may, and every position in a
// finding lies in its file.
func FuzzSelection(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, seeds[len(seeds)-1-i], uint8(i))
	}
	p := zoo().project(f, nil)
	e := selection.New(p, selection.Previous(selection.State{Manifest: p.Manifest}))
	modes := []selection.Mode{selection.Eager, selection.Cautious, selection.Buildable, selection.Empty}
	f.Fuzz(func(t *testing.T, include, exclude string, n uint8) {
		spec, diags := selection.Parse(selection.Request{Select: selection.Flag("--select", include), Exclude: selection.Flag("--exclude", exclude)})
		if !diags.HasErrors() {
			o := selection.Options{Indirect: modes[n%4], Command: selection.Commands()[int(n)%len(selection.Commands())]}
			first, more := e.Evaluate(spec, o)
			again, _ := e.Evaluate(spec, o)
			diags = append(diags, more...)
			if !slices.Equal(first.Nodes, again.Nodes) {
				t.Errorf("two answers: %v, %v", first.Nodes, again.Nodes)
			}
			if !slices.IsSorted(first.Nodes) {
				t.Errorf("not sorted: %v", first.Nodes)
			}
		}
		for _, d := range diags {
			if s := d.Span; s.File != nil && (s.Start < 0 || s.End < s.Start || s.End > len(s.File.Text)) {
				t.Errorf("%s: position %d to %d of %q", d.Message, s.Start, s.End, s.File.Text)
			}
		}
	})
}

// FuzzSelectors: no definition panics, as written or as the manifest holds it.
func FuzzSelectors(f *testing.F) {
	for _, s := range []string{
		`"a"`, `{"union": ["a", {"exclude": ["b"]}]}`, `{"method": "fqn", "value": "a", "parents": true, "parents_depth": "1"}`,
		`{"method": "fqn"}`, `{"intersection": [{"tag": 1}, {"config.meta": {"a": [1, true, null]}}]}`, `{}`, `{"method": null, "value": "a/b"}`,
		`{"method": "selector", "value": "s"}`, `{"fqn": "a", "children_depth": 1e999}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, definition string) {
		list, fault := jsondoc.Open(&source.File{Name: "selectors.json", Text: `{"selectors": [{"name": "s", "definition": ` + definition + `}]}`})
		if fault != nil || !list.Valid() {
			t.Skip()
		}
		p := boundary().project(t, fields{"selectors": fields{"s": fields{"definition": raw(definition)}}})
		for _, e := range []*selection.Evaluator{selection.New(p), selection.New(p, selection.WithSelectors(list.Get("selectors")))} {
			ask(t, e, p, selection.Options{}, "--selector=s")
		}
	})
}

// raw is JSON that is written as it is.
type raw string

func (r raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }
