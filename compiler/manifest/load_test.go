package manifest_test

import (
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/google/go-cmp/cmp"
)

const meta = `"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.12.0", "adapter_type": "duckdb", "project_name": "shop"}`

// node is a model as small as it can be; extra replaces or adds keys.
func node(id, extra string) string {
	name := id[strings.LastIndexByte(id, '.')+1:]
	return `"` + id + `": {"unique_id": "` + id + `", "resource_type": "model", "name": "` + name + `", "package_name": "shop", "fqn": ["shop", "` + name + `"]` + extra + `}`
}

func doc(nodes ...string) string {
	return `{` + meta + `, "nodes": {` + strings.Join(nodes, ", ") + `}}`
}

// TestBroken: whatever is wrong with a document gives one code, a position, and no manifest.
func TestBroken(t *testing.T) {
	good := node("model.shop.a", "")
	for _, tc := range []struct{ name, text, code, says string }{
		{"empty", "", "DW101", "is empty"},
		{"blank", " \n\t", "DW101", "is empty"},
		{"a byte order mark", "\xef\xbb\xbf{}", "DW101", "byte order mark"},
		{"gzip", "\x1f\x8b\x08", "DW101", "gzip"},
		{"no UTF-8", `{"a": "` + "\xff" + `"}`, "DW101", "not UTF-8"},
		{"truncated in a string", doc(good)[:200], "DW101", "truncated"},
		{"truncated at the end", strings.TrimSuffix(doc(good), "}"), "DW101", "truncated"},
		{"two documents", doc(good) + doc(good), "DW101", "goes on after its end"},
		{"a trailing comma", `{` + meta + `, "nodes": {` + good + `,}}`, "DW101", "is not JSON"},
		{"a missing colon", `{` + meta + `, "nodes" {}}`, "DW101", "is not JSON"},
		{"a bad literal deep inside", doc(node("model.shop.a", `, "meta": {"x": [tru]}`)), "DW101", "is not JSON"},
		{"a bad escape in a key", `{` + meta + `, "nodes": {"a\q": {}}}`, "DW101", "is not JSON"},
		{"a line break in a string", doc(node("model.shop.a", ", \"alias\": \"a\nb\"")), "DW101", "is not JSON"},
		{"a conflict", "{\n<<<<<<< HEAD\n", "DW101", "merge conflict"},
		{"nested too deep", `{` + meta + `, "nodes": {"x": ` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}}`, "DW101", "nested deeper"},
		{"nested for ever", `{` + meta + `, "x": ` + strings.Repeat("[", 3_000_000), "DW101", "nested deeper"},
		{"a list", "[]", "DW103", "a manifest is an object"},
		{"a number", "7", "DW103", "a manifest is an object"},
		{"no metadata", `{"nodes": {}}`, "DW103", "has no metadata"},
		{"no version", `{"metadata": {}, "nodes": {}}`, "DW102", "no manifest of dbt"},
		{"a catalog", `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}}`, "DW102", "no manifest of dbt"},
		{"version 1", `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v1.json"}}`, "DW102", "schema version 1"},
		{"version 13", `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v13.json"}}`, "DW102", "does not know"},
		{"no nodes", `{` + meta + `}`, "DW103", "has no nodes"},
		{"nodes as a list", `{` + meta + `, "nodes": []}`, "DW103", "nodes is a list"},
		{"a node as a text", `{` + meta + `, "nodes": {"model.shop.a": "x"}}`, "DW103", "model.shop.a is a string"},
		{"no name", doc(`"model.shop.a": {"resource_type": "model", "package_name": "shop", "fqn": ["a"]}`), "DW103", "has no name"},
		{"no fqn", doc(`"model.shop.a": {"resource_type": "model", "name": "a", "package_name": "shop"}`), "DW103", "has no fqn"},
		{"a schema as a number", doc(node("model.shop.a", `, "schema": 7`)), "DW103", "schema of model.shop.a is a number"},
		{"tags as an object", doc(node("model.shop.a", `, "tags": {}`)), "DW103", "tags of model.shop.a has to be a list"},
		{"a tag as a number", doc(node("model.shop.a", `, "tags": [1]`)), "DW103", "tags of model.shop.a has to be a list"},
		{"a config as a list", doc(node("model.shop.a", `, "config": []`)), "DW103", "config of model.shop.a is a list"},
		{"another unique_id", doc(node("model.shop.a", `, "unique_id": "model.shop.b"`)), "DW103", `unique_id is "model.shop.b"`},
		{"a parent that is nowhere", doc(node("model.shop.a", `, "depends_on": {"nodes": ["model.shop.b"]}`)), "DW104", "nowhere in the manifest"},
		{"a node twice", doc(good, good), "DW105", "stands twice"},
		{"a section twice", `{` + meta + `, "nodes": {}, "nodes": {}}`, "DW105", "section stands twice"},
		{"a line break in an alias", doc(node("model.shop.a", `, "alias": "a\nb"`)), "DW108", "control or invisible"},
		{"a reordering character in a tag", doc(node("model.shop.a", `, "tags": ["a\u202eb"]`)), "DW108", "control or invisible"},
		{"a path that leaves the package", doc(node("model.shop.a", `, "original_file_path": "models/../../x.sql"`)), "DW108", "leaves its package"},
		{"a cycle", doc(node("model.shop.a", `, "depends_on": {"nodes": ["model.shop.b"]}`), node("model.shop.b", `, "depends_on": {"nodes": ["model.shop.a"]}`)), "DW110", "model.shop.a -> model.shop.b -> model.shop.a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, diags := manifest.Load(&source.File{Name: "manifest.json", Text: tc.text})
			if m != nil {
				t.Error("it gives a manifest all the same")
			}
			if len(diags) == 0 || string(diags[0].Code) != tc.code || !strings.Contains(diags[0].Message, tc.says) {
				t.Fatalf("want %s that says %q, have %v", tc.code, tc.says, diags)
			}
			for _, d := range diags {
				if d.Span.IsZero() || d.Span.Start < 0 || d.Span.Start > len(tc.text) || d.Hint == "" {
					t.Errorf("%s needs a position in the file and a way out: %+v", d.Code, d.Span)
				}
			}
		})
	}
}

// TestMissingIsNull: dbt 2 leaves out what dbt 1 writes as null, and both give one model.
func TestMissingIsNull(t *testing.T) {
	keys := []string{"group", "alias", "version", "relation_name", "patch_path", "depends_on", "config", "tags", "checksum", "schema"}
	var nulls strings.Builder
	for _, k := range keys {
		nulls.WriteString(`, "` + k + `": null`)
	}
	without, _ := manifest.Load(&source.File{Text: doc(node("model.shop.a", ""))})
	with, _ := manifest.Load(&source.File{Text: doc(node("model.shop.a", nulls.String()))})
	if without == nil || with == nil {
		t.Fatal("both are manifests")
	}
	type facts struct {
		Group, Alias, Relation, Patch, Schema, Access string
		Versioned, HasSchema                          bool
		Tags, Parents                                 []string
	}
	of := func(m *manifest.Manifest) facts {
		n := m.Node("model.shop.a")
		return facts{n.Group, n.Alias, n.RelationName, n.PatchPath, n.Schema, n.Access, n.Versioned(), n.Config.HasSchema, n.Tags, n.Parents}
	}
	if d := cmp.Diff(of(without), of(with)); d != "" {
		t.Errorf("missing and null differ (-missing +null):\n%s", d)
	}
}

// TestKeyOrder: the order of a document's keys is of no consequence.
func TestKeyOrder(t *testing.T) {
	a, b := node("model.shop.a", ""), node("model.shop.b", `, "depends_on": {"nodes": ["model.shop.a"]}`)
	one, _ := manifest.Load(&source.File{Text: doc(a, b)})
	two, _ := manifest.Load(&source.File{Text: `{"nodes": {` + b + `, ` + a + `}, ` + meta + `}`})
	if one == nil || two == nil {
		t.Fatal("both are manifests")
	}
	for i := range one.Nodes {
		if one.Nodes[i].ID != two.Nodes[i].ID {
			t.Errorf("node %d is %s and %s", i, one.Nodes[i].ID, two.Nodes[i].ID)
		}
	}
	if d := cmp.Diff(one.Graph, two.Graph); d != "" {
		t.Error(d)
	}
}

// FuzzLoad: no document makes it panic, and every position lies in the document.
func FuzzLoad(f *testing.F) {
	f.Add(doc(node("model.shop.a", `, "config": {"schema": "x", "enabled": true}, "tags": "a"`)))
	f.Add(`{` + meta + `, "nodes": {"a": [`)
	f.Add(`{` + meta + `, "nodes": null, "sources": {"s": {"fqn": []}}, "macros": {"m": {}}, "disabled": {"x": []}}`)
	f.Add(doc(node(`model.shop.a`, `, "alias": "\ud800\"\\", "version": 1.0`)))
	f.Fuzz(func(t *testing.T, text string) {
		m, diags := manifest.Load(&source.File{Name: "m", Text: text})
		if m == nil && !diags.HasErrors() {
			t.Fatal("neither a manifest nor an error")
		}
		for _, d := range diags {
			if d.Span.Start < 0 || d.Span.End > len(text)+1 || d.Span.Start > d.Span.End {
				t.Fatalf("%s at %d to %d of %d bytes", d.Code, d.Span.Start, d.Span.End, len(text))
			}
			d.Span.Excerpt()
		}
		_ = diag.Text(&strings.Builder{}, diags.Sorted(), diag.Style{})
	})
}
