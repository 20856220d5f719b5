package selection_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/corpus"
)

// The cases of dbt itself; their README.md describes the format.

const root = "../.."

// conformanceCase is one question and dbt's answer.
type conformanceCase struct {
	ID            string          `json:"id"`
	Command       string          `json:"command"`
	Select        []string        `json:"select"`
	Exclude       []string        `json:"exclude"`
	Models        []string        `json:"models"`
	Selector      string          `json:"selector"`
	Indirect      string          `json:"indirect_selection"`
	ResourceTypes []string        `json:"resource_types"`
	ExcludeTypes  []string        `json:"exclude_resource_types"`
	Selectors     json.RawMessage `json:"selectors"`
	Expected      []int           `json:"expected"`
	Error         *struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	} `json:"error"`
	NoMatch []string `json:"no_match"`

	noWarnings bool // dbt's warnings were not recorded
}

type selectionCases struct {
	Name             string            `json:"name"`
	Manifest         string            `json:"manifest"`
	ProjectFiles     []string          `json:"project_files"`
	ProjectSelectors json.RawMessage   `json:"project_selectors"`
	IDs              []string          `json:"ids"`
	Cases            []conformanceCase `json:"cases"`
}

func (c conformanceCase) run(t *testing.T, e *selection.Evaluator, ids []string, p *project.Project) {
	t.Helper()
	spec, diags := selection.Parse(selection.Request{
		Select:   selection.Flag("--select", c.Select...),
		Exclude:  selection.Flag("--exclude", c.Exclude...),
		Models:   selection.Flag("--models", c.Models...),
		Selector: flag("--selector", c.Selector),
	})
	var got selection.Set
	if !diags.HasErrors() {
		var more diag.List
		got, more = e.Evaluate(spec, selection.Options{
			Command: c.Command, ResourceTypes: c.ResourceTypes, ExcludeResourceTypes: c.ExcludeTypes, Indirect: selection.Mode(c.Indirect),
		})
		diags.Add(more...)
	}
	switch {
	case c.Error != nil && !diags.HasErrors():
		t.Errorf("dbt fails with %s: %s; we select %d nodes", c.Error.Type, c.Error.Message, len(got.Nodes))
	case c.Error == nil && diags.HasErrors():
		t.Errorf("dbt selects %d nodes; we say: %s", len(c.Expected), text(t, diags))
	}
	if c.Error != nil || diags.HasErrors() {
		return
	}
	var gotIDs, wantIDs []string
	for _, i := range got.Nodes {
		gotIDs = append(gotIDs, p.Nodes[i].ID)
	}
	for _, i := range c.Expected {
		wantIDs = append(wantIDs, ids[i])
	}
	if d := cmp.Diff(wantIDs, gotIDs); d != "" {
		t.Errorf("selected nodes (-dbt +ours):\n%s\ncase: %s", d, marshal(t, c))
	}
	if c.noWarnings {
		return
	}
	var unmatched []string
	for _, u := range got.Unmatched {
		unmatched = append(unmatched, u.Value)
	}
	if d := cmp.Diff(c.NoMatch, unmatched); d != "" {
		t.Errorf("parts that match nothing (-dbt +ours):\n%s\ncase: %s", d, marshal(t, c))
	}
}

// exceptions are the cases that cannot hold offline, with the reason.
var exceptions = map[string]string{}

func TestConformanceSelection(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus.Dir(t, root, "conformance/selection"), "cases_*.json.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	total := 0
	for _, file := range files {
		total += runSelectionCases(t, file)
	}
	t.Logf("%d cases ran", total)
}

func TestConformanceSelectionOwn(t *testing.T) {
	total := 0
	for _, name := range []string{"harbor", "orchard"} {
		total += runSelectionCases(t, filepath.Join(root, "golden", "conformance", "selection", "cases_"+name+".json.gz"))
	}
	t.Logf("%d cases ran", total)
}

func runSelectionCases(t *testing.T, file string) int {
	t.Helper()
	var cases selectionCases
	if err := json.Unmarshal([]byte(corpus.Unzip(t, file).Text), &cases); err != nil {
		t.Fatal(err)
	}
	p := load(t, filepath.Join(filepath.Dir(file), cases.Manifest))
	t.Run(cases.Name, func(t *testing.T) {
		// dbt's list is that of the whole graph; disabled nodes are in it and are never selected.
		for _, n := range p.Nodes {
			if _, ok := slices.BinarySearch(cases.IDs, n.ID); !ok {
				t.Fatalf("%s is no member of dbt's graph", n.ID)
			}
		}
		files := selection.Files(cases.ProjectFiles)
		e := selection.New(p, files)
		written := e
		if cases.ProjectSelectors != nil {
			written = selection.New(p, files, selection.WithSelectors(document(t, cases.ProjectSelectors)))
		}
		for _, c := range cases.Cases {
			t.Run(c.ID, func(t *testing.T) {
				if reason, ok := exceptions[c.ID]; ok {
					t.Skip(reason)
				}
				if c.Selectors != nil {
					c.run(t, selection.New(p, files, selection.WithSelectors(document(t, c.Selectors))), cases.IDs, p)
					return
				}
				// The manifest holds the project's selectors normalised; both forms have to agree.
				c.run(t, e, cases.IDs, p)
				c.run(t, written, cases.IDs, p)
			})
		}
	})
	return len(cases.Cases)
}

func flag(name, value string) selection.Text {
	return selection.Flag(name, value)[0]
}

// load returns the project of a gzipped manifest.
func load(t testing.TB, file string) *project.Project {
	t.Helper()
	return build(t, corpus.Unzip(t, file))
}

func build(t testing.TB, file *source.File) *project.Project {
	t.Helper()
	m, diags := manifest.Load(file)
	if m == nil {
		t.Fatalf("%s: %s", file.Name, text(t, diags))
	}
	return project.Build(m, func(string) bool { return false }, nil, nil)
}

func document(t testing.TB, raw []byte) jsondoc.Value {
	t.Helper()
	v, fault := jsondoc.Open(&source.File{Name: "selectors.json", Text: string(raw)})
	if fault != nil {
		t.Fatal(fault.Message)
	}
	return v
}

func text(t testing.TB, l diag.List) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Text(&b, l, diag.Style{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func marshal(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
