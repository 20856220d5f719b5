package manifest

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Load reads a manifest. With a diagnostic of severity error the manifest is nil. It reports DW101 to DW105, DW108 and DW110.
//
// One goroutine walks the sections and hands out their entries in batches; the others find each entry valid and decode it.
// So a document is scanned once for its structure and once for its validity, at the same time.
func Load(file *source.File) (*Manifest, diag.List) {
	root, fault := jsondoc.Open(file)
	if fault != nil {
		return nil, diag.List{fault.Diagnostic()}
	}
	l := &loader{m: &Manifest{File: file, Disabled: map[string]jsondoc.Value{}}}
	if root.Kind() != jsondoc.Object {
		l.problem(WrongType, root, "", "a manifest is an object, this is "+root.Kind().String(), "hand dbtwac the manifest.json that dbt parse writes")
		return nil, l.diags
	}
	if d, ok := l.metadata(root); !ok {
		return nil, diag.List{d}
	}
	if !l.sections(root) {
		return nil, diag.List{jsondoc.Diagnose(file).Diagnostic()}
	}
	l.finish()
	if l.diags.HasErrors() {
		return nil, l.diags
	}
	return l.m, l.diags
}

// loader gathers what the batches found.
type loader struct {
	m     *Manifest
	nodes []*Node
	diags diag.List
}

// section is one top-level key of a manifest.
type section uint8

const (
	other section = iota // only has to be JSON
	nodesSection
	sourcesSection
	macrosSection
	groupsSection
	selectorsSection
	disabledSection
)

// sectionOf names the sections that are walked. A key that is not here is of no use to dbtwac.
var sectionOf = map[string]section{
	"nodes": nodesSection, "exposures": nodesSection, "metrics": nodesSection, "semantic_models": nodesSection,
	"saved_queries": nodesSection, "unit_tests": nodesSection, "functions": nodesSection,
	"sources": sourcesSection, "macros": macrosSection, "groups": groupsSection, "selectors": selectorsSection, "disabled": disabledSection,
}

// entry is one key of a section.
type entry struct {
	section    string
	kind       section
	key, value jsondoc.Value
}

// batch is a run of entries and what became of them.
type batch struct {
	entries []entry
	parsed
}

type parsed struct {
	nodes     []*Node
	macros    []*Macro
	groups    []Group
	selectors []Selector
	disabled  []entry
	diags     diag.List
	invalid   bool
}

const batchSize = 64

// sections walks the document; false means that it is not JSON.
func (l *loader) sections(root jsondoc.Value) bool {
	work := make(chan *batch, 64)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for b := range work {
				b.parse(l.m.Metadata)
			}
		}()
	}
	var batches []*batch
	var current []entry
	send := func() {
		if len(current) > 0 {
			b := &batch{entries: current}
			batches, current = append(batches, b), make([]entry, 0, batchSize)
			work <- b
		}
	}
	walked := true
	seen := map[string]bool{}
	top := root.Entries()
	for top.Next() {
		name := top.Key()
		kind := sectionOf[name]
		if kind == other || seen[name] {
			if kind != other {
				l.problem(DuplicateKey, top.KeyValue(), name, "the section stands twice in the manifest", "let dbt write the manifest again: dbt parse")
			}
			current = append(current, entry{name, other, top.KeyValue(), top.Value()})
			send()
			continue
		}
		seen[name] = true
		it := top.Descend()
		for it.Next() {
			current = append(current, entry{name, kind, it.KeyValue(), it.Value()})
			if len(current) == batchSize {
				send()
			}
		}
		if it.Faulty() {
			walked = false
			break
		}
		// A section that is no object was not walked: null is an empty one, in old manifests as in those of dbt v2.
		if v := top.Value(); v.Kind() != jsondoc.Object && v.Kind() != jsondoc.Missing {
			l.problem(WrongType, v, name, name+" is "+v.Kind().String()+" and has to be an object", rewrite)
		}
	}
	send()
	close(work)
	wait.Wait()
	if !walked || top.Faulty() {
		return false
	}
	for _, b := range batches {
		if b.invalid {
			return false
		}
		l.nodes = append(l.nodes, b.nodes...)
		l.m.Macros = append(l.m.Macros, b.macros...)
		l.m.Groups = append(l.m.Groups, b.groups...)
		l.m.Selectors = append(l.m.Selectors, b.selectors...)
		for _, e := range b.disabled {
			l.m.Disabled[e.key.Text()] = e.value
		}
		l.diags.Add(b.diags...)
	}
	if !seen["nodes"] {
		l.problem(WrongType, root, "nodes", "the manifest has no nodes", "hand dbtwac the manifest.json that dbt parse writes")
	}
	return true
}

func (b *batch) parse(meta Metadata) {
	for _, e := range b.entries {
		if !e.key.Valid() || !e.value.Valid() {
			b.invalid = true
			return
		}
		p := parser{parsed: &b.parsed, section: e.section, id: e.key.Text(), key: e.key, meta: meta}
		switch e.kind {
		case nodesSection:
			p.node(e.value)
		case sourcesSection:
			p.node(e.value)
		case macrosSection:
			p.macro(e.value)
		case groupsSection:
			p.group(e.value)
		case selectorsSection:
			b.selectors = append(b.selectors, Selector{p.id, e.value})
		case disabledSection:
			b.disabled = append(b.disabled, e)
		}
	}
}

// finish sorts, indexes and links what the batches found.
func (l *loader) finish() {
	m := l.m
	slices.SortStableFunc(l.nodes, func(a, b *Node) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(m.Macros, func(a, b *Macro) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(m.Groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
	for i := 1; i < len(l.nodes); i++ {
		if l.nodes[i].ID == l.nodes[i-1].ID {
			l.duplicate(l.nodes[i].ID, l.nodes[i].Raw, l.nodes[i-1].Raw)
		}
	}
	for i := 1; i < len(m.Macros); i++ {
		if m.Macros[i].ID == m.Macros[i-1].ID {
			l.duplicate(m.Macros[i].ID, m.Macros[i].Raw, m.Macros[i-1].Raw)
		}
	}
	m.Nodes = l.nodes
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
