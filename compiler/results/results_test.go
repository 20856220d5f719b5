package results_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/results"
	"github.com/dbtwac/dbtwac/compiler/source"
)

func file(text string) *source.File { return &source.File{Name: "results.json", Text: text} }

const runHead = `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "dbt_version": "1.12.6", "invocation_id": "u"}, `

func TestLoadRun(t *testing.T) {
	run, diags := results.LoadRun(file(runHead + `"results": [{"unique_id": "model.a.b", "status": "partial success"}, {"unique_id": "test.a.c", "status": "fail"}], "args": {"which": "build"}}`))
	if run == nil {
		t.Fatal(diags)
	}
	var got [][2]string
	for _, r := range run.Results {
		got = append(got, [2]string{r.ID, r.Status})
	}
	if d := cmp.Diff([][2]string{{"model.a.b", "partial success"}, {"test.a.c", "fail"}}, got); d != "" {
		t.Error(d)
	}
	if m := run.Metadata; m.Schema != 6 || m.DBTVersion != "1.12.6" || m.InvocationID != "u" {
		t.Errorf("metadata: %+v", m)
	}
	if got := run.Args.Get("which").Text(); got != "build" {
		t.Errorf("args.which = %q", got)
	}
}

func TestRefuses(t *testing.T) {
	run := func(text string) string {
		r, diags := results.LoadRun(file(text))
		if r != nil {
			return "accepted"
		}
		return string(diags[0].Code) + " " + diags[0].Message
	}
	sources := func(text string) string {
		s, diags := results.LoadSources(file(text))
		if s != nil {
			return "accepted"
		}
		return string(diags[0].Code) + " " + diags[0].Message
	}
	for _, c := range []struct{ name, got, want string }{
		{"empty", run(""), "DW101 results.json is empty"},
		{"truncated", run(runHead), "DW101 results.json ends in the middle"},
		{"another artifact", run(`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}}`), "DW102 results.json is no run_results.json"},
		{"too new", run(`{"metadata": {"dbt_schema_version": "x/run-results/v7.json"}}`), "DW102 results.json has schema version 7"},
		{"too old", run(`{"metadata": {"dbt_schema_version": "x/run-results/v3.json"}}`), "DW102 results.json has schema version 3"},
		{"no list", run(runHead + `"results": {}}`), "DW103 results of results.json is an object"},
		{"no status", run(runHead + `"results": [{"unique_id": "a"}]}`), "DW103 results[0].status"},
		{"no time", sources(`{"metadata": {"dbt_schema_version": "x/sources/v3.json"}, "results": [{"unique_id": "a", "status": "pass", "max_loaded_at": "soon"}]}`), "DW103 results[0].max_loaded_at"},
	} {
		if !strings.HasPrefix(c.got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestLoadSources(t *testing.T) {
	s, diags := results.LoadSources(file(`{"metadata": {"dbt_schema_version": "x/sources/v3.json"}, "results": [
		{"unique_id": "source.a.b.c", "status": "pass", "max_loaded_at": "2026-11-01T06:00:00Z"},
		{"unique_id": "source.a.b.d", "status": "runtime error", "error": "gone"}]}`))
	if s == nil {
		t.Fatal(diags)
	}
	if !s.Results[0].Loaded || s.Results[1].Loaded {
		t.Errorf("Loaded: %v, %v; want true, false", s.Results[0].Loaded, s.Results[1].Loaded)
	}
}

func TestMoment(t *testing.T) {
	ascending := []string{
		"0001-01-01", "1999-12-31T23:59:59Z", "2000-02-29", "2000-03-01T00:00:00+01:00", "2000-03-01T00:00:00", "2024-02-29T12:00:00Z", "2024-03-01",
		"2026-11-01T06:00:00Z", "2026-11-01 06:00:00.000001", "2026-11-01T06:00:00.5Z", "2026-11-01T06:00:01.123456+00:00",
		"2026-11-01T06:00:00-00:30", "2100-03-01T00:00:00Z",
	}
	var last results.Moment
	for i, text := range ascending {
		m, ok := results.ParseMoment(text)
		if !ok {
			t.Errorf("%s is not read", text)
		}
		if i > 0 && !last.Before(m) {
			t.Errorf("%s is not before %s", ascending[i-1], text)
		}
		last = m
	}
	for _, text := range []string{"", "soon", "2026-13-01", "2026-02-29", "2026-11-01T", "2026-11-01T25:00:00Z", "2026-11-01T06:00:00+1", "2026-11-01X06:00:00", "2026-1-1"} {
		if _, ok := results.ParseMoment(text); ok {
			t.Errorf("%q is read", text)
		}
	}
}
