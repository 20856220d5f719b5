package manifest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Load reads a manifest. With a diagnostic of severity error the manifest is nil. It reports DW101 to DW105, DW108 and DW110.
//
// The walk decodes what it passes, and hands each entry to another goroutine that finds out whether it is JSON at all. So a
// document is scanned once for its content and once for its validity, at the same time; what was decoded from a document that
// turns out not to be JSON is thrown away.
func Load(file *source.File) (*Manifest, diag.List) {
	root, fault := jsondoc.Open(file)
	if fault != nil {
		return nil, diag.List{fault.Diagnostic()}
	}
	l := &loader{m: &Manifest{File: file, Disabled: map[string]jsondoc.Value{}}, seen: map[string]bool{}}
	if root.Kind() != jsondoc.Object {
		l.problem(WrongType, root, "", "a manifest is an object, this is "+root.Kind().String(), "hand dbtwac the manifest.json that dbt parse writes")
		return nil, l.diags
	}
	if d, ok := l.metadata(root); !ok {
		return nil, diag.List{d}
	}
	v := startValidator()
	walked := l.walk(root, v)
	if walked {
		l.finish() // while the validator goes on
	}
	if !v.finish() || !walked {
		return nil, diag.List{jsondoc.Diagnose(file).Diagnostic()}
	}
	if !l.seen["nodes"] {
		l.problem(WrongType, root.Head(), "nodes", "the manifest has no nodes", "hand dbtwac the manifest.json that dbt parse writes")
	}
	if l.diags.HasErrors() {
		return nil, l.diags
	}
	return l.m, l.diags
}

// loader gathers what the walk finds.
type loader struct {
	m     *Manifest
	diags diag.List
	seen  map[string]bool // sections
}

// sections are the top-level keys that are walked, each with what becomes of an entry. Of every other key only the validity
// counts.
var sections = map[string]func(*parser, *jsondoc.Entries){
	"nodes":           func(p *parser, e *jsondoc.Entries) { p.node(e, "") },
	"sources":         func(p *parser, e *jsondoc.Entries) { p.node(e, Source) },
	"exposures":       func(p *parser, e *jsondoc.Entries) { p.node(e, Exposure) },
	"metrics":         func(p *parser, e *jsondoc.Entries) { p.node(e, Metric) },
	"semantic_models": func(p *parser, e *jsondoc.Entries) { p.node(e, SemanticModel) },
	"saved_queries":   func(p *parser, e *jsondoc.Entries) { p.node(e, SavedQuery) },
	"unit_tests":      func(p *parser, e *jsondoc.Entries) { p.node(e, UnitTest) },
	"functions":       func(p *parser, e *jsondoc.Entries) { p.node(e, Function) },
	"macros":          (*parser).macro,
	"groups":          (*parser).group,
	"selectors":       (*parser).selector,
	"disabled":        (*parser).disabled,
}

// walk decodes the document and hands its parts to v; false means that it is not JSON.
func (l *loader) walk(root jsondoc.Value, v *validator) bool {
	top := root.Entries()
	for top.Next() {
		name := top.Key()
		parse := sections[name]
		if parse != nil && l.seen[name] {
			l.problem(DuplicateKey, top.KeyValue(), name, "the section stands twice in the manifest", rewrite)
			parse = nil
		}
		v.check(top.KeyValue())
		if parse == nil {
			v.check(top.Value())
			continue
		}
		l.seen[name] = true
		// A section may be null: an empty one in old manifests, and in those of dbt v2.
		if k := top.Kind(); k != jsondoc.Object && k != jsondoc.Missing {
			l.problem(WrongType, top.KeyValue(), name, name+" is "+k.String()+" and has to be an object", rewrite)
		}
		it := top.Descend()
		for it.Next() {
			p := parser{loader: l, section: name, id: it.Key(), key: it.KeyValue()}
			parse(&p, &it)
			v.check(it.KeyValue())
			v.check(it.Value())
		}
		if it.Faulty() {
			return false
		}
	}
	return !top.Faulty()
}

// finish sorts, indexes and links what the walk found.
func (l *loader) finish() {
	m := l.m
	byID(m.Nodes, func(n *Node) (string, jsondoc.Value) { return n.ID, n.Raw }, l.duplicate)
	byID(m.Macros, func(n *Macro) (string, jsondoc.Value) { return n.ID, n.Raw }, l.duplicate)
	slices.SortFunc(m.Groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
	if m.Metadata.Project == "" {
		m.Metadata.Project = l.projectName()
	}
	m.index = make(map[string]int, len(m.Nodes))
	for i, n := range m.Nodes {
		m.index[n.ID] = i
	}
	graph, diags := Link(m.Nodes, m.index, m.Disabled)
	m.Graph = graph
	l.diags.Add(diags...)
}

// byID sorts list by unique id, and by place where two have one, and reports those.
func byID[T any](list []T, key func(T) (string, jsondoc.Value), duplicate func(id string, second, first jsondoc.Value)) {
	slices.SortFunc(list, func(a, b T) int {
		idA, rawA := key(a)
		idB, rawB := key(b)
		if c := strings.Compare(idA, idB); c != 0 {
			return c
		}
		return cmp.Compare(rawA.Span().Start, rawB.Span().Start)
	})
	for i := 1; i < len(list); i++ {
		first, firstRaw := key(list[i-1])
		if id, raw := key(list[i]); id == first {
			duplicate(id, raw.Head(), firstRaw.Head())
		}
	}
}

func (l *loader) duplicate(id string, second, first jsondoc.Value) {
	l.diags.Add(diag.Diagnostic{
		Code: DuplicateKey, Severity: diag.Error, Span: second.Span(), Path: quoted(id),
		Message: id + " stands twice in the manifest",
		Hint:    rewrite,
		Related: []diag.Related{{Span: first.Span(), Message: "the first one"}},
	})
}

func (l *loader) problem(code diag.Code, v jsondoc.Value, path, message, hint string) {
	l.diags.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: v.Span(), Path: path, Message: message, Hint: hint})
}
