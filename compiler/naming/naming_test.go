package naming_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/google/go-cmp/cmp"
)

// TestOf follows dbt's generate_schema_name and generate_database_name, and the two rules that take their place.
func TestOf(t *testing.T) {
	for _, tc := range []struct {
		name, kind, config string
		naming             config.Naming
		want               naming.Name
	}{
		{"no custom schema, default", "model", `{}`, "default", naming.Name{Database: "db", Schema: "tgt", Identifier: "a"}},
		{"no custom schema, custom", "model", `{"schema": null}`, "custom", naming.Name{Database: "db", Schema: "tgt", Identifier: "a"}},
		{"custom schema, default", "model", `{"schema": "mart"}`, "default", naming.Name{Database: "db", Schema: "tgt_mart", Identifier: "a"}},
		{"custom schema, custom", "model", `{"schema": " mart "}`, "custom", naming.Name{Database: "db", Schema: "mart", Identifier: "a"}},
		{"custom schema, single", "model", `{"schema": "mart"}`, "single", naming.Name{Database: "db", Schema: "tgt", Identifier: "a"}},
		{"an empty custom schema is one", "model", `{"schema": ""}`, "default", naming.Name{Database: "db", Schema: "tgt_", Identifier: "a"}},
		{"custom database", "seed", `{"database": "other"}`, "default", naming.Name{Database: "other", Schema: "tgt", Identifier: "a"}},
		{"a snapshot's fixed target", "snapshot", `{"schema": "x", "target_schema": "snap", "target_database": "sdb"}`, "single", naming.Name{Database: "sdb", Schema: "snap", Identifier: "a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := load(t, tc.kind, tc.config)
			e := config.Environment{Database: config.Text{Value: "db"}, Schema: config.Text{Value: "tgt"}, Naming: tc.naming}
			if d := cmp.Diff(tc.want, naming.Of(n, e)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestShapeOf(t *testing.T) {
	declared := []config.Materialization{{Name: config.Text{Value: "vault"}, As: "incremental"}}
	for _, tc := range []struct {
		kind, materialized string
		want               naming.Shape
	}{
		{"model", "table", naming.Table}, {"model", "incremental", naming.Incremental}, {"model", "view", naming.View},
		{"model", "materialized_view", naming.View}, {"seed", "", naming.Table}, {"snapshot", "snapshot", naming.Incremental},
		{"model", "vault", naming.Incremental}, {"model", "odd", naming.Unknown},
	} {
		if got := naming.ShapeOf(load(t, tc.kind, `{"materialized": "`+tc.materialized+`"}`), declared); got != tc.want {
			t.Errorf("a %s of materialization %q has shape %d, want %d", tc.kind, tc.materialized, got, tc.want)
		}
	}
}

// load is a node of a manifest that holds nothing else.
func load(t *testing.T, kind, conf string) *manifest.Node {
	t.Helper()
	m, diags := manifest.Load(&source.File{Name: "manifest.json", Text: `{
		"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
		"nodes": {"x.p.a": {"resource_type": "` + kind + `", "name": "a", "alias": "a", "package_name": "p", "fqn": ["p", "a"], "config": ` + conf + `}}}`})
	if m == nil {
		t.Fatal(diags)
	}
	return m.Nodes[0]
}
