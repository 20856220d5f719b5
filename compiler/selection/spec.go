package selection

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Text is one value of an option such as --select, and where it stands.
type Text struct {
	Value string
	Span  source.Span // of Value: in a YAML file its scalar, quotes or not; zero is allowed, and then nothing can be marked
}

// Flag returns the values of a command line flag, each in a file of its own with the flag's name.
func Flag(name string, values ...string) []Text {
	texts := make([]Text, len(values))
	for i, v := range values {
		texts[i] = Text{v, source.At(&source.File{Name: name, Text: v}, 0, len(v))}
	}
	return texts
}

// part returns Value[start:end] with its place. Where the document does not hold the value as it is (escapes, folded lines), or
// holds it twice, the place is that of the whole.
func (t Text) part(start, end int) Text {
	p := Text{t.Value[start:end], t.Span}
	s := t.Span
	if s.File == nil || s.Start < 0 || s.End > len(s.File.Text) || s.Start > s.End {
		return p
	}
	spelled := s.File.Text[s.Start:s.End]
	if at := strings.Index(spelled, t.Value); at >= 0 && at == strings.LastIndex(spelled, t.Value) {
		p.Span = source.At(s.File, s.Start+at+start, s.Start+at+end)
	}
	return p
}

// Request is a selection as dbt's command line takes it. Each value may hold several criteria.
type Request struct {
	Select, Exclude []Text
	Models          []Text // --models of `dbt ls`: Select, of models only
	Selector        Text   // --selector: its Value is a name of selectors.yml, or empty; beats Select and Exclude
}

// Mode is dbt's --indirect-selection: which tests come with what is selected. The zero Mode is Eager.
type Mode string

const (
	Eager     Mode = "eager"     // a test of which any parent is selected
	Cautious  Mode = "cautious"  // a test of which all parents are selected
	Buildable Mode = "buildable" // a test of which all parents are selected, or ancestors of what is
	Empty     Mode = "empty"     // no test
)

func (m Mode) known() bool {
	return m == Eager || m == Cautious || m == Buildable || m == Empty
}

// Spec is a parsed selection. It belongs to no project, is immutable and can be evaluated by many goroutines.
type Spec struct {
	root     *expr // nil: the named selector, or the project's default one, or everything
	everyone *expr // what root stands for where neither a name nor a default selector decides
	selector Text
	models   bool
}

// expr is a node of a parsed selection: one criterion, or an operation on several.
type expr struct {
	op        op
	args      []*expr
	criterion *criterion
	flagMode  bool // the tests that a group takes back in follow the flag; those of selectors.yml are always eager
	warn      bool // dbt warns when it selects nothing
	text      Text // as written, for that warning
}

type op uint8

const (
	one op = iota
	union
	intersection
	difference // the first without the others
)

// criterion is one term such as "2+tag:nightly+".
type criterion struct {
	text     Text // as written
	method   string
	args     []string // "materialized" of config.materialized
	value    operand
	family   bool // "@": with all descendants and what they need
	parents  bool
	children bool
	up, down int  // how many generations, or unlimited
	indirect Mode // "" is the flag's
}

const unlimited = -1

// operand is what a criterion compares with. In selectors.yml it may be any value.
type operand struct {
	text string
	json jsondoc.Value // where it is not a string; null is a value here
	str  bool
}

// printed returns the operand for messages.
func (o operand) printed() string {
	if o.str {
		return o.text
	}
	if raw := o.json.Raw(); raw != "" {
		return raw
	}
	return "null"
}

// Parse reads a selection. Unknown methods and terms that dbt refuses are DW120 with the place of the term; a Spec with such
// an error selects nothing and must not be used. What depends on a project, such as the name of a selector, is left to Evaluate.
func Parse(r Request) (*Spec, diag.List) {
	p := parser{}
	selects := r.Select
	if len(r.Models) > 0 {
		selects = r.Models
		if len(r.Select) > 0 {
			p.problem(r.Models[0].Span, "--models and --select exclude each other", "use --select, with --resource-type model")
		}
	}
	s := &Spec{selector: r.Selector, models: len(r.Models) > 0}
	if r.Selector.Value != "" {
		for _, t := range append(append([]Text(nil), selects...), r.Exclude...) {
			p.diags.Add(diag.Diagnostic{
				Code: Syntax, Severity: diag.Warning, Span: t.Span,
				Message: "ignored, because --selector " + r.Selector.Value + " decides", Hint: "give one or the other",
			})
		}
		return s, p.diags
	}
	expr := p.difference(selects, r.Exclude)
	if len(selects)+len(r.Exclude) > 0 {
		s.root = expr
	} else {
		s.everyone = expr
	}
	return s, p.diags
}

// parser gathers what is wrong.
type parser struct {
	diags diag.List
}

func (p *parser) problem(at source.Span, message, hint string) {
	p.diags.Add(diag.Diagnostic{Code: Syntax, Severity: diag.Error, Span: at, Message: message, Hint: hint})
}

// everything is what dbt selects when nothing is asked for.
var everything = []string{"fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"}

// difference is dbt's parse_difference: the union of the selected values without that of the excluded ones.
func (p *parser) difference(selects, excludes []Text) *expr {
	included := selects
	if len(selects) == 0 {
		for _, v := range everything {
			included = append(included, Text{Value: v})
		}
	}
	return &expr{op: difference, args: []*expr{p.union(included, len(selects) > 0), p.union(excludes, true)}}
}

// union splits each value at spaces, and only there: two in a row make an empty term, which matches nothing.
func (p *parser) union(values []Text, warn bool) *expr {
	u := &expr{op: union, flagMode: true}
	for _, v := range values {
		split(v, ' ', func(token Text) {
			i := &expr{op: intersection, flagMode: true, warn: warn, text: token}
			split(token, ',', func(term Text) {
				if c := p.term(term); c != nil {
					i.args = append(i.args, &expr{criterion: c})
				}
			})
			u.args = append(u.args, i)
		})
	}
	return u
}

func split(t Text, sep byte, f func(Text)) {
	start := 0
	for i := 0; i <= len(t.Value); i++ {
		if i == len(t.Value) || t.Value[i] == sep {
			f(t.part(start, i))
			start = i + 1
		}
	}
}
