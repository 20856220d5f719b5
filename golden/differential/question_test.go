package differential

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// question is one selection. Its keys are those of the cases in golden/conformance.
type question struct {
	Command       string          `json:"command"`
	Select        []string        `json:"select,omitempty"`
	Exclude       []string        `json:"exclude,omitempty"`
	Models        []string        `json:"models,omitempty"`
	Selector      string          `json:"selector,omitempty"`
	Indirect      string          `json:"indirect_selection,omitempty"`
	ResourceTypes []string        `json:"resource_types,omitempty"`
	ExcludeTypes  []string        `json:"exclude_resource_types,omitempty"`
	Selectors     json.RawMessage `json:"selectors,omitempty"` // instead of the project's own
}

// answer is what a question selects, or why it fails.
type answer struct {
	IDs     []string
	NoMatch []string
	Error   string
}

func (q question) String() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(q); err != nil {
		return fmt.Sprintf("%#v", q)
	}
	return strings.TrimSpace(b.String())
}

// rerun is the command that asks this question alone.
func (q question) rerun() string {
	return only + "='" + strings.ReplaceAll(q.String(), "'", `'\''`) + "' go test ./golden/differential -count=1 -v"
}

// forDBT writes the question as a command line.
func (q question) forDBT() dbtenv.Selection {
	s := dbtenv.Selection{Command: q.Command, Args: []string{}, Selectors: q.Selectors}
	add := func(flag string, values ...string) {
		for _, v := range values {
			s.Args = append(s.Args, flag, v)
		}
	}
	add("--select", q.Select...)
	add("--exclude", q.Exclude...)
	add("--models", q.Models...)
	add("--resource-type", q.ResourceTypes...)
	add("--exclude-resource-type", q.ExcludeTypes...)
	if q.Selector != "" {
		add("--selector", q.Selector)
	}
	if q.Indirect != "" {
		add("--indirect-selection", q.Indirect)
	}
	return s
}

// ours answers the question with compiler/selection.
type ours struct {
	project   *project.Project
	files     selection.Option
	evaluator *selection.Evaluator // with the project's own selectors
}

func newOurs(p *project.Project, files []string) *ours {
	option := selection.Files(files)
	return &ours{p, option, selection.New(p, option)}
}

func (o *ours) answer(t testing.TB, q question) answer {
	t.Helper()
	request := selection.Request{
		Select:  selection.Flag("--select", q.Select...),
		Exclude: selection.Flag("--exclude", q.Exclude...),
		Models:  selection.Flag("--models", q.Models...),
	}
	if q.Selector != "" {
		request.Selector = selection.Flag("--selector", q.Selector)[0]
	}
	spec, diags := selection.Parse(request)
	if diags.HasErrors() {
		return answer{Error: text(t, diags)}
	}
	evaluator := o.evaluator
	if q.Selectors != nil {
		list, fault := jsondoc.Open(&source.File{Name: "selectors.json", Text: string(q.Selectors)})
		if fault != nil {
			t.Fatalf("%s\n%s", fault.Message, q.Selectors)
		}
		evaluator = selection.New(o.project, o.files, selection.WithSelectors(list))
	}
	set, diags := evaluator.Evaluate(spec, selection.Options{
		Command: q.Command, ResourceTypes: q.ResourceTypes, ExcludeResourceTypes: q.ExcludeTypes, Indirect: selection.Mode(q.Indirect),
	})
	if diags.HasErrors() {
		return answer{Error: text(t, diags)}
	}
	var a answer
	for _, i := range set.Nodes {
		a.IDs = append(a.IDs, o.project.Nodes[i].ID)
	}
	for _, u := range set.Unmatched {
		a.NoMatch = append(a.NoMatch, u.Value)
	}
	return a
}

func text(t testing.TB, l diag.List) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Text(&b, l, diag.Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
