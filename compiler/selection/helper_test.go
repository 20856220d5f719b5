package selection_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// fields are a node's own keys; what every node needs is added.
type fields map[string]any

// doc is a manifest in the making: unique id -> node.
type doc map[string]fields

// node adds a node of package p; kind and name come from its id, "model.p.a" or "source.p.src.tbl" or "model.p.a.v2".
func (d doc) node(id string, f fields) doc {
	parts := strings.Split(id, ".")
	kind, name := parts[0], parts[2]
	n := fields{
		"unique_id": id, "resource_type": kind, "package_name": parts[1], "name": name, "fqn": append([]string{parts[1]}, parts[2:]...),
		"path": name + ".sql", "original_file_path": "models/" + name + ".sql", "config": fields{}, "tags": []string{},
		"depends_on": fields{"nodes": []string{}, "macros": []string{}},
	}
	switch kind {
	case "source":
		n["source_name"], n["name"] = parts[2], parts[3]
	case "unit_test":
		delete(n, "tags")
	case "seed", "exposure", "metric", "semantic_model", "saved_query":
	default:
		n["raw_code"] = "select 1"
	}
	for k, v := range f {
		if k == "on" {
			k, v = "depends_on", fields{"nodes": v, "macros": []string{}}
		}
		n[k] = v
	}
	d[id] = n
	return d
}

// text writes the manifest.
func (d doc) text(t testing.TB, more fields) string {
	t.Helper()
	sections := map[string]fields{"nodes": {}}
	for _, s := range []string{"sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions"} {
		sections[s] = fields{}
	}
	for id, n := range d {
		section := n["resource_type"].(string) + "s"
		switch section {
		case "saved_querys":
			section = "saved_queries"
		case "models", "seeds", "snapshots", "tests", "analysiss", "operations":
			section = "nodes"
		}
		sections[section][id] = n
	}
	m := fields{"metadata": fields{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.12.6", "project_name": "p", "adapter_type": "duckdb"}}
	for s, v := range sections {
		m[s] = v
	}
	maps.Copy(m, more)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (d doc) project(t testing.TB, more fields) *project.Project {
	t.Helper()
	return build(t, &source.File{Name: "manifest.json", Text: d.text(t, more)})
}

// ask evaluates a selection: values for --select, then "--exclude" or "--models" and values for it. The answer is the names behind the package,
// or "error: " and the first message.
func ask(t testing.TB, e *selection.Evaluator, p *project.Project, o selection.Options, args ...string) string {
	t.Helper()
	var r selection.Request
	to := &r.Select
	for _, a := range args {
		switch a {
		case "--exclude":
			to = &r.Exclude
			continue
		case "--models":
			to = &r.Models
			continue
		}
		if name, ok := strings.CutPrefix(a, "--selector="); ok {
			r.Selector = flag("--selector", name)
			continue
		}
		*to = append(*to, selection.Flag("--select", a)...)
	}
	spec, diags := selection.Parse(r)
	var set selection.Set
	if !diags.HasErrors() {
		set, diags = e.Evaluate(spec, o)
	}
	if diags.HasErrors() {
		return "error: " + diags[0].Message
	}
	var names []string
	for _, i := range set.Nodes {
		_, rest, _ := strings.Cut(p.Nodes[i].ID, ".")
		_, rest, _ = strings.Cut(rest, ".")
		names = append(names, rest)
	}
	return strings.Join(names, " ")
}

// question is a row of a table: what is asked and what dbt answers.
type question struct {
	why  string
	args []string
	mode selection.Mode
	want string // names, or the beginning of "error: ..."
}

func check(t *testing.T, p *project.Project, questions []question, options ...selection.Option) {
	t.Helper()
	e := selection.New(p, options...)
	for _, q := range questions {
		t.Run(strings.Join(q.args, " "), func(t *testing.T) {
			got := ask(t, e, p, selection.Options{Indirect: q.mode}, q.args...)
			if strings.HasPrefix(q.want, "error: ") && strings.HasPrefix(got, q.want) {
				return
			}
			if d := cmp.Diff(q.want, got); d != "" {
				t.Errorf("%s (-dbt +ours):\n%s", q.why, d)
			}
		})
	}
}

func args(list ...string) []string { return list }

// jsonFile writes a document.
func jsonFile(t testing.TB, v any) *source.File {
	t.Helper()
	return &source.File{Name: "results.json", Text: marshal(t, v)}
}
