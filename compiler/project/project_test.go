package project_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// load makes a manifest of models and their parents; source.shop.a.b is there too.
func load(t *testing.T, parents map[string]string) *manifest.Manifest {
	t.Helper()
	var nodes []string
	for name, parent := range parents {
		nodes = append(nodes, `"model.shop.`+name+`": {"resource_type": "model", "name": "`+name+`", "package_name": "shop", "fqn": ["shop", "`+name+`"], "path": "`+name+`.sql",
			"original_file_path": "models/`+name+`.sql", "config": {"materialized": "table"}, "depends_on": {"nodes": ["`+parent+`"]}}`)
	}
	m, diags := manifest.Load(&source.File{Name: "manifest.json", Text: `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "project_name": "shop"}, "macros": {},
		"sources": {"source.shop.a.b": {"resource_type": "source", "name": "b", "source_name": "a", "package_name": "shop", "fqn": ["shop", "a", "b"]}}, "nodes": {` + strings.Join(nodes, ",") + `}}`})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return m
}

func graph(p *project.Project) map[string][]string {
	reads := map[string][]string{}
	for i, n := range p.Nodes {
		reads[n.ID] = []string{}
		for _, at := range p.Graph.Parents[i] {
			reads[n.ID] = append(reads[n.ID], p.Nodes[at].ID)
		}
	}
	return reads
}

func isRaw(path string) bool { return path == "models/raw.sql" }

// TestBuild: what dbtwac owns is taken out, and what it will write put in, so that the graph is the same before and after dbt has
// parsed it.
func TestBuild(t *testing.T) {
	parsed := load(t, map[string]string{"raw": "source.shop.a.b", "stg": "model.shop.raw"})
	made := load(t, map[string]string{"raw": "source.shop.a.b"}).Nodes[:1]
	p := project.Build(parsed, isRaw, nil, made)
	want := map[string][]string{"source.shop.a.b": {}, "model.shop.raw": {"source.shop.a.b"}, "model.shop.stg": {"model.shop.raw"}}
	if d := cmp.Diff(want, graph(p)); d != "" {
		t.Error(d)
	}
	if !p.IsMade(p.Node("model.shop.raw")) || p.IsMade(p.Node("model.shop.stg")) || p.Node("model.shop.raw") == parsed.Node("model.shop.raw") {
		t.Error("what dbt has parsed of the copy is not replaced by what this compile writes")
	}
	gone := project.Build(parsed, isRaw, nil, nil)
	if d := cmp.Diff(map[string][]string{"source.shop.a.b": {}, "model.shop.stg": {}}, graph(gone)); d != "" {
		t.Error(d)
	}
	if before := load(t, map[string]string{"stg": "source.shop.a.b"}); project.Build(before, isRaw, nil, nil).Nodes[0] != before.Nodes[0] {
		t.Error("a manifest with nothing to take out is not taken as it is")
	}
}

// TestWithout: behind a switch the graph without the copies is the one in front of it.
func TestWithout(t *testing.T) {
	parsed := load(t, map[string]string{"raw": "source.shop.a.b", "stg": "model.shop.raw"})
	want := graph(project.Without(load(t, map[string]string{"stg": "source.shop.a.b"}), isRaw))
	if d := cmp.Diff(want, graph(project.Without(parsed, isRaw))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"model.shop.raw"}, parsed.Node("model.shop.stg").Parents); d != "" {
		t.Errorf("the manifest was changed: %s", d)
	}
}
