package selection_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/results"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/corpus"
)

type stateCases struct {
	Name  string      `json:"name"`
	Pairs []statePair `json:"pairs"`
}

type statePair struct {
	Old            string            `json:"old"`
	New            string            `json:"new"`
	RunResults     json.RawMessage   `json:"run_results"`
	StateSources   json.RawMessage   `json:"state_sources"`
	CurrentSources json.RawMessage   `json:"current_sources"`
	IDs            []string          `json:"ids"`
	Cases          []conformanceCase `json:"cases"`
}

func TestConformanceState(t *testing.T) {
	total := runStateCases(t, corpus.Dir(t, root, "conformance/state"))
	t.Logf("%d cases ran", total)
}

func TestConformanceStateOwn(t *testing.T) {
	total := runStateCases(t, filepath.Join(root, "golden", "conformance", "state"))
	t.Logf("%d cases ran", total)
}

func runStateCases(t *testing.T, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "cases_*.json.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", dir, err)
	}
	projects := map[string]*project.Project{}
	at := func(name string) *project.Project {
		if projects[name] == nil {
			projects[name] = load(t, filepath.Join(dir, name))
		}
		return projects[name]
	}
	total := 0
	for _, file := range files {
		var cases stateCases
		if err := json.Unmarshal([]byte(corpus.Unzip(t, file).Text), &cases); err != nil {
			t.Fatal(err)
		}
		t.Run(cases.Name, func(t *testing.T) {
			for _, pair := range cases.Pairs {
				p := at(pair.New)
				state := pair.state(t, at(pair.Old))
				for _, c := range pair.Cases {
					total++
					t.Run(c.ID, func(t *testing.T) {
						c.noWarnings = c.NoMatch == nil // most of these pairs were recorded without them
						t.Logf("%s -> %s", pair.Old, pair.New)
						options := []selection.Option{selection.Previous(state)}
						if c.Selectors != nil {
							options = append(options, selection.WithSelectors(document(t, c.Selectors)))
						}
						c.run(t, selection.New(p, options...), pair.IDs, p)
					})
				}
			}
		})
	}
	return total
}

func (pair statePair) state(t *testing.T, before *project.Project) selection.State {
	t.Helper()
	s := selection.State{Manifest: before.Manifest}
	file := func(name string, raw []byte) *source.File { return &source.File{Name: name, Text: string(raw)} }
	if pair.RunResults != nil {
		run, diags := results.LoadRun(file("run_results.json", pair.RunResults))
		if run == nil {
			t.Fatal(text(t, diags))
		}
		s.Run = run
	}
	for _, f := range []struct {
		raw []byte
		to  **results.Sources
	}{{pair.StateSources, &s.Sources}, {pair.CurrentSources, &s.CurrentSources}} {
		if f.raw == nil {
			continue
		}
		sources, diags := results.LoadSources(file("sources.json", f.raw))
		if sources == nil {
			t.Fatal(text(t, diags))
		}
		*f.to = sources
	}
	return s
}
