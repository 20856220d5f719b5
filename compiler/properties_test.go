package compiler_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/emit"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/google/go-cmp/cmp"
)

// shop compiles the shop project with its own dbtwac.yml; change edits the manifest first.
func shop(t *testing.T, change func(string) string) compiler.Output {
	t.Helper()
	dir := filepath.Join("..", "golden", "projects", "shop")
	conf, err := source.Read(filepath.Join(dir, "dbtwac.yml"), "dbtwac.yml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := source.Read(filepath.Join(dir, "manifest.json"), "manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		m = &source.File{Name: m.Name, Text: change(m.Text)}
	}
	out, err := compiler.Compile(compiler.Input{Config: conf, Manifest: m})
	if err != nil || out.Diags.HasErrors() {
		t.Fatal(err, messages(out.Diags))
	}
	return out
}

// TestSameInputSameBytes: neither a second compile nor the order of the manifest's keys changes a byte.
func TestSameInputSameBytes(t *testing.T) {
	first := shop(t, nil)
	sorted := func(text string) string {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(v) // sorts keys
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	for name, change := range map[string]func(string) string{"a second compile": nil, "sorted keys": sorted} {
		if d := cmp.Diff(first.Files, shop(t, change).Files); d != "" {
			t.Errorf("%s gives other files:\n%s", name, d)
		}
	}
}

// everyStrategy are deployments of the market project: each strategy on each warehouse, with what changes its statements.
var everyStrategy = []struct{ manifest, deployment string }{
	{"manifest.json", "strategy: write_audit_clone, select: '*'"},
	{"manifest.json", "strategy: write_audit_clone, select: '*', method: rebuild, readers: [reporter], role: deployer"},
	{"manifest.json", "strategy: write_audit_clone, select: '*', views: rebuild, publish_as: publish"},
	{"manifest.json", "strategy: production_rollback, select: 'tag:mart tag:utils', views: skip, ledger: false"},
	{"manifest.json", "strategy: write_audit_publish, select: 'tag:mart'"},
	{"manifest.json", "strategy: blue_green, full_refresh: true"},
	{"manifest_duckdb.json", "strategy: write_audit_clone, select: '*'"},
	{"manifest_duckdb.json", "strategy: write_audit_clone, select: '*', views: recreate"},
	{"manifest_duckdb.json", "strategy: production_rollback, select: 'tag:mart tag:utils'"},
	{"manifest_duckdb.json", "strategy: write_audit_publish, select: 'tag:mart'"},
	{"manifest_snowflake.json", "strategy: write_audit_clone, select: '*', readers: [reporter]"},
	{"manifest_snowflake.json", "strategy: production_rollback, select: 'tag:mart tag:utils'"},
	{"manifest_bigquery.json", "strategy: write_audit_clone, select: '*', readers: ['group:a@b.c']"},
	{"manifest_bigquery.json", "strategy: write_audit_clone, select: '*', method: copy"},
	{"manifest_bigquery.json", "strategy: write_audit_clone, select: '*', method: transaction, ledger: false"},
	{"manifest_bigquery.json", "strategy: production_rollback, select: 'tag:mart tag:utils'"},
	{"manifest_bigquery.json", "strategy: write_audit_publish, select: 'tag:mart'"},
}

// market compiles the market project with a deployment called nightly. Without its snapshot, for the sake of the swap.
func market(t *testing.T, manifest, deployment string) compiler.Output {
	t.Helper()
	read := func(name string) *source.File {
		file, err := source.Read(filepath.Join("..", "golden", "projects", "market", name), name)
		if err != nil {
			t.Fatal(err)
		}
		return &source.File{Name: name, Text: strings.ReplaceAll(file.Text, `"resource_type": "snapshot"`, `"resource_type": "analysis"`)}
	}
	conf := &source.File{Name: "dbtwac.yml", Text: "version: 1\nenvironments:\n  staging: {database: market, schema: staging}\n" +
		"  prod: {database: market, schema: analytics, manifest: target/prod/manifest.json}\ndeployments:\n  nightly: {build: staging, publish: prod, " + deployment + "}\n"}
	out, err := compiler.Compile(compiler.Input{Config: conf, Manifest: read(manifest), Manifests: map[string]*source.File{"prod": read("manifest_prod.json")}})
	if err != nil || out.Diags.HasErrors() {
		t.Fatalf("%s: %v\n%s", deployment, err, messages(out.Diags))
	}
	return out
}

// TestRollbackIsPublishInReverse: every statement of a publish has an undo, or says why it needs none, and rollback is those undos
// from the last to the first.
func TestRollbackIsPublishInReverse(t *testing.T) {
	for _, tc := range everyStrategy {
		d := market(t, tc.manifest, tc.deployment).Plan.Deployments[0]
		publish, _ := d.Phase(plan.Publish)
		rollback, _ := d.Phase(plan.Rollback)
		var undos, got []string
		for _, g := range publish.Groups() {
			for _, s := range g.Statements {
				if (len(s.Undo.Statements) == 0) == (s.Undo.None == "") {
					t.Errorf("%s: %q has to have either an undo or the reason why not", tc.deployment, s.Comment)
				}
				var back []string
				for _, u := range s.Undo.Statements {
					back = append(back, u.SQL)
				}
				undos = append(back, undos...)
			}
		}
		for _, g := range rollback.Groups() {
			for _, s := range g.Statements {
				if s.Effect != plan.Asserts && s.Effect != plan.Warns {
					got = append(got, s.SQL)
				}
			}
		}
		if len(undos) == 0 {
			t.Errorf("%s: nothing is taken back", tc.deployment)
		}
		if d := cmp.Diff(undos, got); d != "" {
			t.Errorf("%s: rollback is not publish's undos in reverse (-undos +rollback):\n%s", tc.deployment, d)
		}
	}
}

// TestMacrosAreKnownBeforehand: the Project names the macros that emit then prints.
func TestMacrosAreKnownBeforehand(t *testing.T) {
	for _, tc := range everyStrategy {
		out := market(t, tc.manifest, tc.deployment)
		d := out.Plan.Deployments[0]
		text := ""
		for _, f := range out.Files {
			if f.Path == emit.MacroPath(d.Name, out.Config.Output) {
				text = f.Text
			}
		}
		names := emit.Macros(&d, out.Plan.Warehouse)
		for _, name := range names {
			if !strings.Contains(text, "{% macro "+name+"(") {
				t.Errorf("%s is announced and not printed", name)
			}
		}
		if n := strings.Count(text, "{% macro "); n != len(names) {
			t.Errorf("%d macros are printed, %d announced", n, len(names))
		}
	}
}
