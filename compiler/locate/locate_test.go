package locate_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/locate"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
)

func TestFindings(t *testing.T) {
	files := fstest.MapFS{
		"models/a.sql":   {Data: []byte("{{ config(\n  materialized='incremental') }}\nselect 1")},
		"models/b.sql":   {Data: []byte("select 1")},
		"models/all.yml": {Data: []byte("models:\n  - name: bb\n  - name: 'b' # the second\nsources:\n  - name: raw\n    tables:\n      - name: c.d\n")},
	}
	node := func(id, name, pkg, file, patch string) string {
		return fmt.Sprintf(`%q: {"unique_id": %q, "resource_type": %q, "name": %q, "package_name": %q, "original_file_path": %q, "patch_path": %q, "path": "x", "fqn": ["p"], "config": {}, "depends_on": {"nodes": []}}`,
			id, id, strings.Split(id, ".")[0], name, pkg, file, patch)
	}
	text := `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0", "project_name": "p", "adapter_type": "duckdb"}, "macros": {}, "nodes": {` +
		node("model.p.a", "a", "p", "models/a.sql", "") + ", " + node("model.p.b", "b", "p", "models/b.sql", "p://models/all.yml") + ", " +
		node("model.p.gone", "gone", "p", "models/gone.sql", "") + ", " + node("model.q.other", "other", "q", "models/a.sql", "") +
		`}, "sources": {"source.p.raw.cd": {"unique_id": "source.p.raw.cd", "resource_type": "source", "name": "c.d", "source_name": "raw", "package_name": "p", "original_file_path": "models/all.yml", "path": "x", "fqn": ["p"], "config": {}}}}`
	m, diags := manifest.Load(&source.File{Name: "manifest.json", Text: text})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p := project.Build(m, func(string) bool { return false }, nil, nil)
	for _, tc := range []struct {
		name, word string
		nodes      []string
		want       []string
	}{
		{"a word of the model's own file", "materialized", []string{"model.p.a"}, []string{"models/a.sql:2:3 model.p.a"}},
		{"a word that only its properties can say", "materialized", []string{"model.p.b"}, []string{"models/all.yml:3:12 model.p.b"}},
		{"no word", "", []string{"model.p.b"}, []string{"models/b.sql:1:1 model.p.b"}},
		{"what is said of a node behind its name", "", []string{"source.p.raw.cd (raw)"}, []string{"models/all.yml:7:15 source.p.raw.cd"}},
		{"no such file, another package, no such node", "x", []string{"model.p.gone", "model.q.other", "model.p.none"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := diag.List{{Code: "DW201", Nodes: tc.nodes, Word: tc.word}}
			var have []string
			for _, r := range locate.Findings(l, p, source.Memory(files))[0].Related {
				line, column := r.Span.Position()
				have = append(have, fmt.Sprintf("%s:%d:%d %s", r.Span.File.Name, line, column, r.Message))
			}
			if d := cmp.Diff(tc.want, have); d != "" {
				t.Errorf("places (-want +got):\n%s", d)
			}
			if len(l[0].Related) > 0 || len(locate.Findings(l, p, nil)[0].Related) > 0 {
				t.Error("it has changed its input, or found places without files")
			}
		})
	}
}
