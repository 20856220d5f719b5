// Package results reads what dbt says about a run: run_results.json and sources.json.
//
// It keeps what selection and the publish gate ask for, and the position of each entry. It does not judge a run.
package results

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Both are documented by package manifest: they mean the same of every artifact.
const (
	unknownVersion diag.Code = "DW102"
	wrongType      diag.Code = "DW103"
)

// Metadata is an artifact's own account of itself.
type Metadata struct {
	Schema       int    // schema version: 6 of ".../run-results/v6.json"
	DBTVersion   string // such as "1.12.6"
	InvocationID string // a UUID that the manifest of the same run shares, or empty
	GeneratedAt  Moment
}

// Run is one run_results.json.
type Run struct {
	File     *source.File
	Metadata Metadata
	Results  []Result      // in the order in which the nodes finished
	Args     jsondoc.Value // the command line as dbt understood it
}

// Result is what became of one node.
type Result struct {
	ID     string        // unique_id
	Status string        // such as success, error, fail, warn, pass, skipped, "partial success", "no-op"
	Raw    jsondoc.Value // the whole entry
}

// Sources is one sources.json, as `dbt source freshness` writes it.
type Sources struct {
	File     *source.File
	Metadata Metadata
	Results  []Freshness
}

// Freshness is what is known of one source.
type Freshness struct {
	ID          string // unique_id
	Status      string // pass, warn, error or "runtime error"
	Loaded      bool   // MaxLoadedAt is known; it is not after a runtime error
	MaxLoadedAt Moment
	Raw         jsondoc.Value
}

// LoadRun reads a run_results.json, of schema version 4 (dbt 1.0) or later. With a diagnostic of severity error the Run is nil.
// It reports DW101, DW102 and DW103.
func LoadRun(file *source.File) (*Run, diag.List) {
	r := reader{file: file, artifact: "run-results", name: "run_results.json", oldest: 4, newest: 6}
	run := &Run{File: file}
	root, entries := r.open()
	run.Metadata, run.Args = r.meta, root.Get("args")
	for i, v := range entries {
		run.Results = append(run.Results, Result{r.text(v, i, "unique_id"), r.text(v, i, "status"), v})
	}
	if r.diags.HasErrors() {
		return nil, r.diags
	}
	return run, r.diags
}

// LoadSources reads a sources.json of schema version 3 (dbt 0.21) or later. With a diagnostic of severity error the Sources are
// nil. It reports DW101, DW102 and DW103.
func LoadSources(file *source.File) (*Sources, diag.List) {
	r := reader{file: file, artifact: "sources", name: "sources.json", oldest: 3, newest: 3}
	s := &Sources{File: file}
	_, entries := r.open()
	s.Metadata = r.meta
	for i, v := range entries {
		f := Freshness{ID: r.text(v, i, "unique_id"), Status: r.text(v, i, "status"), Raw: v}
		if at := v.Get("max_loaded_at"); f.Status != "runtime error" && at.Kind() != jsondoc.Missing {
			f.MaxLoadedAt, f.Loaded = r.moment(at, i)
		}
		s.Results = append(s.Results, f)
	}
	if r.diags.HasErrors() {
		return nil, r.diags
	}
	return s, r.diags
}

// reader reads what both have in common.
type reader struct {
	file           *source.File
	artifact, name string
	oldest, newest int
	meta           Metadata
	diags          diag.List
}

func (r *reader) problem(code diag.Code, v jsondoc.Value, path, message string) {
	r.diags.Add(diag.Diagnostic{
		Code: code, Severity: diag.Error, Span: v.Head().Span(), Path: path, Message: message,
		Hint: "hand dbtwac the " + r.name + " that dbt wrote, as it is",
	})
}

// open returns the document and the members of its results.
func (r *reader) open() (jsondoc.Value, []jsondoc.Value) {
	root, fault := jsondoc.Open(r.file)
	if fault == nil && !root.Valid() {
		fault = jsondoc.Diagnose(r.file)
	}
	if fault != nil {
		r.diags.Add(fault.Diagnostic())
		return jsondoc.Value{}, nil
	}
	meta := root.Get("metadata")
	schema := meta.Get("dbt_schema_version").Text()
	r.meta.DBTVersion = meta.Get("dbt_version").Text()
	r.meta.InvocationID = meta.Get("invocation_id").Text()
	r.meta.GeneratedAt, _ = ParseMoment(meta.Get("generated_at").Text())
	_, number, _ := strings.Cut(schema, "/"+r.artifact+"/v")
	n, err := strconv.Atoi(strings.TrimSuffix(number, ".json"))
	switch {
	case err != nil:
		r.problem(unknownVersion, root, "metadata.dbt_schema_version", r.file.Name+" is no "+r.name+" of dbt: its schema version is "+strconv.Quote(schema))
		return root, nil
	case n < r.oldest || n > r.newest:
		r.problem(unknownVersion, root, "metadata.dbt_schema_version",
			fmt.Sprintf("%s has schema version %d: dbtwac reads %d to %d", r.file.Name, n, r.oldest, r.newest))
		return root, nil
	}
	r.meta.Schema = n
	list := root.Get("results")
	if list.Kind() != jsondoc.Array {
		r.problem(wrongType, root, "results", "results of "+r.file.Name+" is "+list.Kind().String()+" and has to be a list")
		return root, nil
	}
	var entries []jsondoc.Value
	for it := list.Items(); it.Next(); {
		entries = append(entries, it.Value())
	}
	return root, entries
}

func (r *reader) text(v jsondoc.Value, i int, key string) string {
	s := v.Get(key)
	if s.Kind() != jsondoc.String {
		path := fmt.Sprintf("results[%d].%s", i, key)
		r.problem(wrongType, v, path, path+" of "+r.file.Name+" is "+s.Kind().String()+" and has to be a string")
	}
	return s.Text()
}

func (r *reader) moment(v jsondoc.Value, i int) (Moment, bool) {
	t, ok := ParseMoment(v.Text())
	if !ok {
		path := fmt.Sprintf("results[%d].max_loaded_at", i)
		r.problem(wrongType, v, path, path+" of "+r.file.Name+" is no time: "+v.Raw())
	}
	return t, ok
}
