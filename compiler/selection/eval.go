// Package selection answers dbt's node selection offline, exactly as dbt Core 1.12 does: --select, --exclude, --selector, the
// selectors of selectors.yml, indirect selection, the resource types of each command, and the comparison with an earlier run
// (state:, result:, source_status:).
//
// A selection is parsed once (Parse, into a Spec that belongs to no project) and evaluated as often as one likes (Evaluator, one
// a project). The answer is dbt's, oddities included: where dbt fails, so does this, with a place and a way out; what dbt v2
// reads differently is a warning when dbt v2 wrote the manifest. The package reads no file and decides nothing about what is
// selected; it does not know dbtwac.yml.
//
// The reference is core/dbt/graph of dbt-core; the names in parentheses in comments are those of its classes.
package selection

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Evaluator answers selections over one project. It is safe for concurrent use.
type Evaluator struct {
	project   *project.Project
	nodes     []*manifest.Node
	graph     manifest.Graph
	selectors *selectorList
	files     []string // handed in, for path:
	hasFiles  bool
	state     State

	kinds    map[manifest.Kind]set
	dangling set // nodes with a parent that is no member of the graph
	cache
}

// Option adds to what an Evaluator knows.
type Option func(*Evaluator)

// New returns an Evaluator over p.
func New(p *project.Project, options ...Option) *Evaluator {
	e := &Evaluator{project: p, nodes: p.Nodes, graph: p.Graph, kinds: map[manifest.Kind]set{}}
	for i, n := range e.nodes {
		s := e.kinds[n.Kind]
		if s == nil {
			s = e.newSet()
			e.kinds[n.Kind] = s
		}
		s.add(int32(i))
	}
	e.dangling = e.newSet()
	for i, n := range e.nodes {
		if len(n.Parents) != len(e.graph.Parents[i]) && slices.ContainsFunc(n.Parents, func(id string) bool { _, ok := p.Index(id); return !ok }) {
			e.dangling.add(int32(i))
		}
	}
	for _, o := range options {
		o(e)
	}
	if e.selectors == nil {
		e.selectors = fromManifest(p.Manifest.Selectors)
	}
	return e
}

func (e *Evaluator) newSet() set { return make(set, (len(e.nodes)+63)/64) }

// of returns the nodes of some kinds.
func (e *Evaluator) of(kinds ...manifest.Kind) set {
	s := e.newSet()
	for _, k := range kinds {
		s.or(e.kinds[k])
	}
	return s
}

// Options are the flags of one evaluation. The zero Options are those of a bare `dbt ls`.
type Options struct {
	Command              string   // dbt command whose resource types count: ls, build, run, test, ...; "" is ls
	ResourceTypes        []string // --resource-type; "all" and "default" are allowed
	ExcludeResourceTypes []string // --exclude-resource-type
	Indirect             Mode     // --indirect-selection; "" is Eager
}

// Set is what a selection selects.
type Set struct {
	Nodes     []int  // positions in Project.Nodes, ascending, and so in the order of the unique ids
	Unmatched []Text // the parts of which dbt says that they match no enabled node, in its order
}

// Evaluate returns what spec selects. It reports what dbt refuses (DW120, errors: the Set is then empty), what the dbt that
// wrote the manifest reads differently (DW120, warnings) and each part that matches nothing (DW122).
func (e *Evaluator) Evaluate(spec *Spec, o Options) (Set, diag.List) {
	r := &run{Evaluator: e, mode: o.Indirect}
	if r.mode == "" {
		r.mode = Eager
	}
	if !r.mode.known() {
		r.problem(source.Span{}, quote(string(r.mode))+" is no mode of indirect selection", modeHint)
	}
	r.resourceTypes(spec, o)
	r.diags.Add(e.selectors.strict...)
	root := r.root(spec)
	if root == nil || r.diags.HasErrors() {
		return Set{}, r.diags
	}
	r.warnV2(root)
	direct, _ := r.eval(root)
	if r.diags.HasErrors() {
		return Set{}, r.diags
	}
	r.filter(direct)
	out := Set{Nodes: make([]int, 0, direct.count()), Unmatched: r.unmatched}
	direct.all(func(i int32) { out.Nodes = append(out.Nodes, int(i)) })
	for _, t := range r.unmatched {
		r.diags.Add(diag.Diagnostic{
			Code: Unmatched, Severity: diag.Warning, Span: t.Span,
			Message: quote(t.Value) + " matches nothing in the manifest", Hint: "is it spelled as in dbt? look at what there is: dbtwac ls",
		})
	}
	return out, r.diags
}

const modeHint = "use eager, cautious, buildable or empty"

// root decides between the selection, the named selector and the default one.
func (r *run) root(spec *Spec) *expr {
	if spec.selector.Value != "" {
		x, ok := r.named(spec.selector.Value)
		if !ok {
			r.problem(spec.selector.Span, "there is no selector "+quote(spec.selector.Value), r.selectors.hint())
		}
		return x
	}
	if spec.root != nil {
		return spec.root
	}
	if name := r.selectors.standard; name != "" {
		x, _ := r.named(name)
		return x
	}
	return spec.everyone
}

// run is one evaluation.
type run struct {
	*Evaluator
	mode      Mode
	types     set  // what the command may select
	keepBlank bool // nodes whose code is blank included
	diags     diag.List
	unmatched []Text
	memo      map[string]set // selector -> what it selects
	active    []string       // the selectors being evaluated
	states    map[string]set // value of state: -> its nodes
}

func (r *run) problem(at source.Span, message, hint string) {
	r.diags.Add(diag.Diagnostic{Code: Syntax, Severity: diag.Error, Span: at, Message: message, Hint: hint})
}

// eval returns what x selects, and the tests that touch it but have a parent outside: a group around x may bring that parent.
func (r *run) eval(x *expr) (direct, indirect set) {
	if x.criterion != nil {
		return r.criterion(x.criterion)
	}
	for i, arg := range x.args {
		d, with := r.eval(arg)
		if with == nil {
			with = d.clone()
		} else {
			with.or(d)
		}
		if i == 0 {
			direct, indirect = d, with
			continue
		}
		switch x.op {
		case union:
			direct.or(d)
			indirect.or(with)
		case intersection:
			direct.and(d)
			indirect.and(with)
		case difference:
			direct.minus(d)
			indirect.minus(with)
		}
	}
	if direct == nil {
		direct, indirect = r.newSet(), r.newSet()
	}
	if x.flagMode {
		r.takeBack(direct, indirect)
	}
	if x.warn && direct.empty() {
		r.unmatched = append(r.unmatched, x.text)
	}
	return direct, indirect
}

// criterion matches, adds the neighbours that are asked for and the tests of both.
func (r *run) criterion(c *criterion) (direct, indirect set) {
	direct = methodNamed(c.method)(r, c)
	if c.family {
		r.descend(direct, unlimited)
		r.ascend(direct, unlimited)
	}
	if c.parents && c.children {
		matched := direct.clone()
		r.ascend(matched, c.up)
		r.descend(direct, c.down)
		direct.or(matched)
	} else if c.parents {
		r.ascend(direct, c.up)
	} else if c.children {
		r.descend(direct, c.down)
	}
	mode := c.indirect
	if mode == "" {
		mode = r.mode
	}
	// What a selector selects has its tests already; to expand it again would bring back what it excludes.
	if mode == Empty || c.method == "selector" {
		return direct, nil
	}
	return r.expand(direct, mode)
}

// filter leaves what the command may select and what is not blank.
func (r *run) filter(s set) {
	s.and(r.types)
	if r.keepBlank {
		return
	}
	s.all(func(i int32) {
		if r.blank(i) {
			s[i>>6] &^= 1 << (i & 63)
		}
	})
}

// selector returns what the selector with a name selects, as a whole evaluation of its own would.
func (r *run) selector(name string, at source.Span) set {
	if s, ok := r.memo[name]; ok {
		return s
	}
	if slices.Contains(r.active, name) {
		r.problem(at, fmt.Sprintf("the selectors go in a circle: %s", strings.Join(append(r.active, name), " -> ")), "let one of them name what it wants instead of a selector")
		return r.newSet()
	}
	x, ok := r.named(name)
	if !ok {
		return r.newSet()
	}
	r.active = append(r.active, name)
	s, _ := r.eval(x)
	r.active = r.active[:len(r.active)-1]
	r.filter(s)
	if r.memo == nil {
		r.memo = map[string]set{}
	}
	r.memo[name] = s
	return s
}
