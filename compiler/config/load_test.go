package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

const good = `version: 1
environments:
  staging: {database: shop, schema: staging, naming: single}
  prod: {database: shop, schema: analytics, naming: custom}
deployments:
  nightly:
    strategy: write_audit_clone
    build: staging
    publish: prod
    select: tag:mart
`

// swapping is one that swaps databases.
const swapping = `version: 1
macros: {ref: true}
environments:
  staging: {database: shop_stage, schema: analytics}
  prod: {database: shop, schema: analytics}
deployments:
  weekly: {strategy: blue_green, swap: schema, build: staging, publish: prod}
  nightly: {strategy: blue_green, swap: database, build: staging, publish: prod}
  hourly: {strategy: blue_green, swap: database, build: staging, publish: prod}
`

// TestRefused: each change of a good file gives one code, at the text that has to change.
func TestRefused(t *testing.T) {
	for _, tc := range []struct{ name, old, new, code, at, says string }{
		{"empty", good, "", "DW001", "", "is empty"},
		{"a tab", "  staging:", "\tstaging:", "DW001", "", "is not YAML"},
		{"a conflict", "version: 1\n", "version: 1\n<<<<<<< HEAD\n", "DW001", "<<<<<<<", "is not YAML"},
		{"a misspelt key", "select:", "selct:", "DW002", "selct", "did you mean select?"},
		{"a key of another place", "version: 1", "version: 1\nselect: x", "DW002", "select", "is no key"},
		{"a root that is no folder above", "version: 1", "version: 1\noutput: {root: ../dbt}", "DW003", "../dbt", "for each folder"},
		{"an argument that is the plan's", ", schema: staging", ", schema: staging, dbt_args: [--target=other]", "DW003", "--target=other", "which dbtwac decides"},
		{"a schedule that nothing holds", "version: 1", "version: 1\njobs: {schedule: 0 5 * * *}", "DW003", "0 5 * * *", "no format of jobs"},
		{"a secret twice", "version: 1", "version: 1\njobs: {github_actions: {secrets: [A, A]}}", "DW003", "A", "stands there already"},
		{"a secret of dbtwac's name", "version: 1", "version: 1\njobs: {github_actions: {secrets: [DBTWAC_RUN_ID]}}", "DW003", "DBTWAC_RUN_ID", "dbtwac's own"},
		{"a schedule of six fields", "version: 1", "version: 1\njobs: {schedule: 0 0 5 * * *}", "DW003", "0 0 5 * * *", "no cron expression"},
		{"jobs of no deployment", "version: 1", "version: 1\njobs: {deployments: {weekly: {threads: 4}}}", "DW004", "weekly", "no deployment"},
		{"no threads", "version: 1", "version: 1\njobs: {threads: 0}", "DW003", "0", "1 or more"},
		{"an unknown format", "version: 1", "version: 1\njobs: {formats: [airflow]}", "DW003", "airflow", "use one of shell"},
		{"a number as a schema", "schema: analytics", "schema: 2024", "DW003", "2024", "has to be text"},
		{"a truth value as a schema", "schema: analytics", "schema: true", "DW003", "true", "has to be text"},
		{"a list as a text", "build: staging", "build: [staging]", "DW003", "", "has to be text"},
		{"a text as a mapping", "  prod: {database: shop, schema: analytics, naming: custom}", "  prod: shop", "DW003", "shop", "has to be a mapping"},
		{"an unknown naming", "naming: custom", "naming: costum", "DW003", "costum", "one of default, custom, single"},
		{"a name that macros cannot carry", "nightly:", "night-ly:", "DW003", "night-ly", "lower-case letters"},
		{"another version", "version: 1", "version: 2", "DW003", "2", "use 1"},
		{"an alias", "schema: analytics", "schema: *x", "DW001", "", "not YAML"},
		{"one target twice", "schema: analytics, naming", "schema: analytics, target: staging, naming", "DW003", "staging", "one target name"},
		{"a key twice", "build: staging\n", "build: staging\n    build: prod\n", "DW003", "build", "stands twice"},
		{"build is publish", "publish: prod", "publish: staging", "DW003", "staging", "in one environment"},
		{"no version", "version: 1\n", "", "DW004", "", "version is missing"},
		{"no schema", ", schema: analytics", "", "DW004", "", "environments.prod.schema is missing"},
		{"nothing selected", "    select: tag:mart\n", "", "DW004", "nightly", "select is missing"},
		{"an unknown environment", "publish: prod", "publish: production", "DW004", "production", "staging, prod"},
		{"a selection of what is swapped whole", "write_audit_clone", "blue_green", "DW003", "tag:mart", "swaps everything"},
		{"a ref without a swap of databases", "version: 1", "version: 1\nmacros: {ref: true}", "DW003", "true", "no meaning without a deployment of strategy blue_green with swap: database"},
		{"a ref with a swap of schemas", good, strings.ReplaceAll(swapping, "swap: database", "swap: schema"), "DW003", "true", "no meaning without"},
		{"a length of time", "select: tag:mart", "select: tag:mart\n    lock_timeout: 5 seconds", "DW003", "5 seconds", "such as 5s"},
		{"a mirror whose names are one", "version: 1", "version: 1\nmirrors: {raw: {sources: source:*, environment: prod, name: raw_<table>}}", "DW003", "raw_<table>", "does not hold <source>"},
		{"a mirror of nowhere", "version: 1", "version: 1\nmirrors: {raw: {sources: source:*, environment: mars}}", "DW004", "mars", "not defined"},
		{"a mirror outside", "version: 1", "version: 1\nmirrors: {raw: {sources: source:*, environment: prod, path: ../raw}}", "DW006", "../raw", "leaves the project"},
		{"a range of moments", "version: 1", "version: 1\nmirrors: {raw: {sources: source:*, environment: prod, overrides: {a.b: {partition_by: {field: at, range: {start: 0, end: 9, interval: 1}}}}}}", "DW003", "at", "go together"},
		{"a column in quotes", "version: 1", "version: 1\nmirrors: {raw: {sources: source:*, environment: prod, overrides: {a.b: {unique_key: ['\"id\"']}}}}", "DW003", "\"id\"", "names of columns"},
		{"an output that leaves", "version: 1", "version: 1\noutput: {sql: ../x}", "DW006", "../x", "leaves the project"},
		{"an absolute output", "version: 1", "version: 1\noutput: {sql: /x}", "DW006", "/x", "leaves the project"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.Replace(good, tc.old, tc.new, 1)
			c, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: text})
			if c != nil || len(diags) == 0 {
				t.Fatal("it is taken")
			}
			d := diags[0]
			if string(d.Code) != tc.code || !strings.Contains(d.Message+"; "+d.Hint, tc.says) {
				t.Errorf("want %s that says %q, have %s: %s; %s", tc.code, tc.says, d.Code, d.Message, d.Hint)
			}
			if !strings.HasPrefix(text[d.Span.Start:], tc.at) {
				t.Errorf("it points at %.20q, not at %q", text[d.Span.Start:], tc.at)
			}
			if d.Hint == "" {
				t.Error("it has no way out")
			}
		})
	}
}

func TestSwappedDatabases(t *testing.T) {
	c, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: swapping})
	if c == nil {
		t.Fatal(diags)
	}
	if d := cmp.Diff([]string{"shop_stage", "shop"}, c.SwappedDatabases()); d != "" || !c.Macros.Ref {
		t.Errorf("swapped are (-want +got):\n%s", d)
	}
}

func TestDefaults(t *testing.T) {
	c, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: good})
	if c == nil {
		t.Fatal(diags)
	}
	d := c.Deployments[0]
	for name, pair := range map[string][2]string{
		"manifest": {c.Manifest.Value, "target/manifest.json"}, "target": {c.Environments[0].Target.Value, "staging"},
		"route": {string(d.Route), "model"}, "multi_tag": {string(d.MultiTag), "error"}, "state": {d.StateSchema.Value, "dbtwac_state"},
		"macros": {c.Output.Macros.Value, "macros/dbtwac"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	if at := d.Select.Span; good[at.Start:at.End] != "tag:mart" {
		t.Errorf("select points at %q", good[at.Start:at.End])
	}
}

// TestJSONSchema: the schema for editors is JSON, and knows the keys that the reader knows.
func TestJSONSchema(t *testing.T) {
	var schema struct {
		Properties map[string]json.RawMessage
		Required   []string
	}
	if err := json.Unmarshal(config.JSONSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"environments", "deployments", "mirrors", "jobs", "output"} {
		if schema.Properties[key] == nil {
			t.Errorf("no %s in the schema", key)
		}
	}
}

// FuzzLoad: no text makes it panic; a text that it refuses has an error.
func FuzzLoad(f *testing.F) {
	f.Add(good)
	f.Add("version: 1\nenvironments: {a: &x {database: b, schema: c}, d: *x}\n")
	f.Add("? [a]\n: b\n--- !!binary x\n")
	f.Add("version: 0x1\noutput: {sql: \"\\u0000\"}\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, diags := config.Load(&source.File{Name: "c", Text: text})
		if c == nil && !diags.HasErrors() {
			t.Fatal("neither a config nor an error")
		}
		_ = diag.Text(&strings.Builder{}, diags.Sorted(), diag.Style{})
	})
}
