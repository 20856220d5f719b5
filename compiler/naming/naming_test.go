package naming_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/source"
)

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
