package mirror_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/mirror"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// head is a dbtwac.yml in front of its mirrors.
const head = "version: 1\nenvironments: {prod: {database: db, schema: main}}\nmirrors:\n"

// projectOf has sources, each as its name, its table and more of its JSON.
func projectOf(t *testing.T, sources ...[3]string) *project.Project {
	t.Helper()
	var entries []string
	for _, s := range sources {
		id := "source.shop." + s[0] + "." + s[1]
		entries = append(entries, `"`+id+`": {"unique_id": "`+id+`", "resource_type": "source", "name": "`+s[1]+`", "source_name": "`+s[0]+`", "package_name": "shop",
			"fqn": ["shop", "`+s[0]+`", "`+s[1]+`"], "database": "db", "schema": "`+s[0]+`", "identifier": "`+s[1]+`"`+s[2]+`}`)
	}
	m, diags := manifest.Load(&source.File{Name: "manifest.json", Text: `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.12.6", "adapter_type": "duckdb",
		"project_name": "shop"}, "nodes": {}, "macros": {}, "sources": {` + strings.Join(entries, ",") + `}}`})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return project.Build(m, func(string) bool { return false }, nil, nil)
}

func layers(t *testing.T, p *project.Project, mirrors string) ([]plan.Mirror, []string) {
	t.Helper()
	c, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: head + mirrors})
	if c == nil {
		t.Fatal(diags)
	}
	wh, _ := warehouse.For("duckdb")
	list, diags := mirror.Layers(p, c, wh)
	var found []string
	for _, d := range diags {
		found = append(found, string(d.Code)+" "+d.Message)
	}
	return list, found
}

// TestNames: a name is the pattern with the source's and the table's, of letters, digits and underscores.
func TestNames(t *testing.T) {
	for _, tc := range []struct{ name, source, table, mirror, want string }{
		{"by default", "shop", "orders", "", "raw_shop__orders"},
		{"by a pattern", "shop", "orders", "name: <table>_of_<source>", "orders_of_shop"},
		{"by an override", "shop", "orders", "overrides: {shop.orders: {name: o}}", "o"},
		{"a dot, a blank and a letter that is none everywhere", "well.deep", "größe 1", "", "raw_well_deep__gr__e_1"},
		{"a digit in front", "2024", "x", "name: <source>_<table>", "_2024_x"},
		{"what would be a pattern again", "<table>", "x", "", "raw__table___x"},
		{"Jinja and quotes", `{{x}}'`, `y%}`, "", "raw___x_____y__"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := "  raw:\n    sources: source:*\n    environment: prod\n"
			if tc.mirror != "" {
				text += "    " + tc.mirror + "\n"
			}
			list, found := layers(t, projectOf(t, [3]string{tc.source, tc.table, ""}), text)
			if len(found) > 0 || len(list[0].Models) != 1 {
				t.Fatalf("no model of it: %v", found)
			}
			if d := cmp.Diff(tc.want, list[0].Models[0].Name); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestNotCopied: what cannot be copied 1:1 is refused with the reason.
func TestNotCopied(t *testing.T) {
	for _, tc := range []struct{ name, more, mirror, want string }{
		{"a table", "", "", ""},
		{"an external table", `, "external": {"location": "s3://x"}`, "", "DW303 raw cannot copy source.shop.a.b: it is an external table"},
		{"not an external table, by a null", `, "external": null`, "", ""},
		{"files that DuckDB reads", `, "meta": {"external_location": "x.parquet"}`, "", ""},
		{"a wildcard", `, "identifier": "events_*"`, "", "DW303 raw cannot copy source.shop.a.b: its identifier is a wildcard"},
		{"a schema of the warehouse", `, "schema": "Information_Schema"`, "", "DW303 raw cannot copy source.shop.a.b: it is the warehouse's own"},
		{"a region of BigQuery", `, "schema": "region-eu", "identifier": "INFORMATION_SCHEMA.JOBS"`, "", "DW303 raw cannot copy source.shop.a.b: it is the warehouse's own"},
		{"Snowflake's own database", `, "database": "SNOWFLAKE", "schema": "x"`, "", "DW303 raw cannot copy source.shop.a.b: it is the warehouse's own"},
		{"columns that nobody declares", `, "columns": {}`, "columns: declared", "DW303 raw cannot copy source.shop.a.b: columns: declared, and its properties list none"},
		{"columns that need quotes", `, "columns": {"x y": {"name": "x y"}}`, "columns: declared", ""},
		{"no moment", "", "materialized: incremental", "DW304 source.shop.a.b is to be copied incrementally, and nothing says"},
		{"a moment", `, "loaded_at_field": "at"`, "materialized: incremental", ""},
		{"a moment that is in the config, as since dbt 1.10", `, "config": {"loaded_at_field": "at"}`, "materialized: incremental", ""},
		{"a moment that is an expression", `, "loaded_at_field": "cast(\"at\" as timestamp)"`, "materialized: incremental", ""},
		{"a moment that closes more than it opens", `, "loaded_at_field": "at) or (1=1"`, "materialized: incremental", "DW304 the loaded_at_field of source.shop.a.b is no expression"},
		{"a moment with Jinja in it", `, "loaded_at_field": "{{ x }}"`, "materialized: incremental", "DW304 the loaded_at_field of source.shop.a.b is no expression"},
		{"a moment with a comment", `, "loaded_at_field": "at -- x"`, "materialized: incremental", "DW304 the loaded_at_field of source.shop.a.b is no expression"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := "  raw:\n    sources: source:*\n    environment: prod\n"
			if tc.mirror != "" {
				text += "    " + tc.mirror + "\n"
			}
			_, found := layers(t, projectOf(t, [3]string{"a", "b", tc.more}), text)
			got := strings.Join(found, "\n")
			if tc.want == "" && got != "" || !strings.HasPrefix(got, tc.want) {
				t.Errorf("want %q, have %q", tc.want, got)
			}
		})
	}
}
