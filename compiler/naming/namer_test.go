package naming_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// TestOf names one node under one environment, target tgt of database db, by each naming.
func TestOf(t *testing.T) {
	const own = `{% macro generate_schema_name(custom_schema_name, node) -%}
		{%- if node.resource_type == 'seed' -%}raw{%- else -%}{{ generate_schema_name_for_env(custom_schema_name, node) }}{%- endif -%}
	{%- endmacro %}`
	for _, tc := range []struct {
		name, kind, node string // the node's config
		environment      string // more keys of the environment
		macros           map[string]string
		want             string // or the error's text
	}{
		{name: "no custom schema, default", kind: "model", node: `{}`, want: "db.tgt.a"},
		{name: "no custom schema, custom", kind: "model", node: `{"schema": null}`, environment: "naming: custom", want: "db.tgt.a"},
		{name: "custom schema, default", kind: "model", node: `{"schema": "mart"}`, want: "db.tgt_mart.a"},
		{name: "custom schema, custom", kind: "model", node: `{"schema": " mart "}`, environment: "naming: custom", want: "db.mart.a"},
		{name: "custom schema, single", kind: "model", node: `{"schema": "mart"}`, environment: "naming: single", want: "db.tgt.a"},
		{name: "custom schema, audit", kind: "model", node: `{"schema": "mart"}`, environment: "naming: {audit: {dataset: unaudited, keep: [stg]}}", want: "db.unaudited.a"},
		{name: "kept schema, audit", kind: "model", node: `{"schema": "stg"}`, environment: "naming: {audit: {dataset: unaudited, keep: [stg]}}", want: "db.stg.a"},
		{name: "no custom schema, audit", kind: "model", node: `{}`, environment: "naming: {audit: {dataset: unaudited}}", want: "db.tgt.a"},
		{name: "an empty custom schema is one", kind: "model", node: `{"schema": ""}`, want: "db.tgt_.a"},
		{name: "custom database", kind: "seed", node: `{"database": "other"}`, want: "other.tgt.a"},
		{name: "mapped database", kind: "seed", node: `{"database": "other"}`, environment: "databases: {other: other_stage}", want: "other_stage.tgt.a"},
		{name: "a snapshot's fixed target", kind: "snapshot", node: `{"schema": "x", "target_schema": "snap", "target_database": "sdb"}`, environment: "naming: single", want: "sdb.snap.a"},
		{name: "own macro, a seed", kind: "seed", node: `{"schema": "x"}`, environment: "naming: project", macros: map[string]string{"p.generate_schema_name": own}, want: "db.raw.a"},
		{name: "own macro, a model", kind: "model", node: `{"schema": "x"}`, environment: "naming: project", macros: map[string]string{"p.generate_schema_name": own}, want: "db.x.a"},
		{name: "no own macro", kind: "model", node: `{"schema": "x"}`, environment: "naming: project", want: "db.tgt_x.a"},
		{
			name: "own alias macro", kind: "model", node: `{}`, macros: map[string]string{"p.generate_alias_name": "{% macro generate_alias_name(custom_alias_name=none, node=none) %}{{ target.name }}_{{ node.name }}{% endmacro %}"},
			want: "db.tgt.prod_a",
		},
		{
			name: "own database macro", kind: "model", node: `{"database": "x"}`, macros: map[string]string{"p.generate_database_name": "{% macro generate_database_name(custom=none, node=none) %}{{ target.database }}_{{ custom }}{% endmacro %}"},
			want: "db_x.tgt.a",
		},
		{
			name: "a macro that reads vars", kind: "model", node: `{}`, environment: "naming: project", macros: map[string]string{"p.generate_schema_name": "{% macro generate_schema_name(c, n) %}{{ var('x') }}{% endmacro %}"},
			want: "the macro p.generate_schema_name of macros/names.sql cannot be read: var is not known without running dbt",
		},
		{
			name: "dispatch leads to another package", kind: "model", node: `{"schema": "x"}`, environment: "naming: project",
			macros: map[string]string{"dbt.generate_schema_name": "macro.q.default__generate_schema_name", "q.default__generate_schema_name": "{% macro default__generate_schema_name(c, n) %}q_{{ c }}{% endmacro %}"},
			want:   "db.q_x.a",
		},
		{name: "own manifest", kind: "model", node: `{"schema": "x"}`, environment: "naming: manifest", want: "in the manifest.as it stands.a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, c := small(t, tc.kind, tc.node, tc.environment, tc.macros)
			name, err := naming.New(p, c, nil).Of(p.Nodes[0], c.Environments[0])
			got := name.Database + "." + name.Schema + "." + name.Identifier
			if err != nil {
				got = err.Error()
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestWrittenMacros evaluates the macros that dbtwac writes: they say what Of says, under every environment.
func TestWrittenMacros(t *testing.T) {
	environments := []string{"naming: default", "naming: custom", "naming: single", "naming: {audit: {dataset: 'un''audited', keep: [stg, x]}}", "databases: {other: other_stage}"}
	for _, environment := range environments {
		for _, conf := range []string{`{}`, `{"schema": "mart", "database": "other"}`, `{"schema": " stg "}`, `{"schema": "", "database": "fine"}`} {
			t.Run(environment+" "+conf, func(t *testing.T) {
				p, c := small(t, "model", conf, environment, nil)
				c.Macros.SchemaName = true
				want, err := naming.New(p, c, nil).Of(p.Nodes[0], c.Environments[0])
				if err != nil {
					t.Fatal(err)
				}
				texts := map[string]string{}
				for _, m := range naming.Written(c) {
					texts["p."+m.Name] = m.Text
				}
				// A project whose own macros those are.
				own, c2 := small(t, "model", conf, "naming: project", texts)
				c2.Macros.DatabaseName = false
				got, err := naming.New(own, c2, nil).Of(own.Nodes[0], c2.Environments[0])
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("rule and macro differ (-rule +macro):\n%s\n%s", d, texts)
				}
				if _, err := jinja.Parse(texts["p.generate_schema_name"]); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestReplayAndRef: a ref that dbt has not parsed yet explains no name that differs, and with --check it has to be there.
func TestReplayAndRef(t *testing.T) {
	same := func(s string) string { return s }
	for _, tc := range []struct {
		name, database string
		ref, strict    bool
		want           string
	}{
		{"no ref, same names", "in the manifest", false, true, ""},
		{"a ref, same names", "in the manifest", true, false, ""},
		{"a ref, same names, strict", "in the manifest", true, true, "error: the manifest was parsed without the macro ref that dbtwac writes: its names are the same"},
		{"a ref, other names", "other", true, false, "error: under prod the names of 1 relations are not those of the manifest: "},
		{"a ref, other names, strict", "other", true, true, "error: under prod the names of 1 relations are not those of the manifest: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, c := small(t, "model", `{"schema": "as it stands"}`, "naming: custom", nil)
			c.Macros.DatabaseName, c.Macros.Ref, c.Environments[0].Database.Value = false, tc.ref, tc.database
			var got string
			for _, d := range naming.New(p, c, nil).Compare(p, same, tc.strict) {
				got += d.Severity.String() + ": " + d.Message
			}
			if !strings.HasPrefix(got, tc.want) || tc.want == "" && got != "" {
				t.Errorf("have %q, want %q", got, tc.want)
			}
		})
	}
}

// small is a project p of one node, and a configuration of one environment.
func small(t *testing.T, kind, nodeConfig, environment string, macros map[string]string) (*project.Project, *config.Config) {
	t.Helper()
	var list []string
	for name, text := range macros {
		pkg, short, _ := strings.Cut(name, ".")
		depends := `[]`
		if strings.HasPrefix(text, "macro.") {
			depends = fmt.Sprintf("[%q]", text)
		}
		list = append(list, fmt.Sprintf(`"macro.%s": {"name": %q, "package_name": %q, "original_file_path": "macros/names.sql", "macro_sql": %q, "depends_on": {"macros": %s}}`, name, short, pkg, text, depends))
	}
	m, diags := manifest.Load(&source.File{Name: "manifest.json", Text: `{
		"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "project_name": "p"},
		"macros": {` + strings.Join(list, ",") + `},
		"nodes": {"x.p.a": {"resource_type": "` + kind + `", "name": "a", "alias": "a", "database": "in the manifest", "schema": "as it stands", "package_name": "p", "fqn": ["p", "a"], "config": ` + nodeConfig + `}}}`})
	if m == nil {
		t.Fatal(diags)
	}
	c, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: `
version: 1
manifest_environment: prod
macros: {generate_database_name: ` + fmt.Sprint(macros["p.generate_database_name"] == "") + `}
environments:
  prod: {database: db, schema: tgt, target: prod, ` + environment + `}
`})
	if c == nil {
		t.Fatal(diags)
	}
	return project.Build(m, func(string) bool { return false }, nil, nil), c
}
