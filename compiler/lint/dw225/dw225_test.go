package dw225_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw225"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	found := func(names string) []string {
		return []string{"warning: hooks run under every target, and these name what only stage or only prod has: model.p.m (" + names + ")"}
	}
	for _, tc := range []struct {
		name, hook string
		want       []string
	}{
		{"a relation of production", "insert into mart.m select 1", found("mart.m")},
		{"a relation of the build side", "delete from staging.anything", found("staging.anything")},
		{"with its database", `grant select on "shop"."mart"."m" to r`, found("shop.mart.m")},
		{"a schema", "grant usage on schema analytics to r", found("schema analytics")},
		{"a schema with its database", "grant usage on schema shop.staging to r", found("schema shop.staging")},
		{"both", "grant usage on schema staging to r; grant usage on schema mart to r", found("schema staging and schema mart")},
		{"a schema of neither side", "insert into audit.log values ('mart.m')", nil},
		{"this", "grant select on {{ this }} to r; analyze {{ target.schema }}.m", nil},
		{"a bare word", "grant staging to analytics", nil},
		{"a database that a schema of one side is called like", "analyze shop.raw.m", nil},
		{"a schema that is called like the database", "analyze shop.m", found("shop.m")},
		{"another database", "grant select on other.mart.m to r", nil},
		{"in Jinja", "{{ grant_to('mart.m') }} {# mart.m #} -- mart.m", nil},
		{"for one target", "{% if target.name == 'prod' %}grant usage on schema analytics to r{% endif %}", nil},
		{"for one adapter", "{% if target.type == 'postgres' %}analyze mart.m{% endif %}", found("mart.m")},
		{"a schema of both sides", "grant usage on schema shared to r", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, err := json.Marshal(tc.hook)
			if err != nil {
				t.Fatal(err)
			}
			nodes := []ruletest.Node{
				{ID: "model.p.m", Config: `{"schema": "mart", "post-hook": [{"sql": ` + string(text) + `, "transaction": true, "index": null}]}`},
				{ID: "snapshot.p.shared", Config: `{"target_schema": "shared"}`},
				{ID: "model.p.other", Config: `{"schema": "shop"}`},
			}
			got := ruletest.Findings(t, dw225.Rule, ruletest.Case{Config: ruletest.Deployment("write_audit_clone", ""), Nodes: nodes})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestBackticks: a path in one pair of backticks, and texts in double quotes.
func TestBackticks(t *testing.T) {
	for hook, name := range map[string]string{
		"insert into `shop.mart.m` select 1":                                                             "shop.mart.m",
		"delete from staging.m where a = \"it's\"":                                                       "staging.m",
		"grant `roles/bigquery.dataViewer` on schema `shop.analytics` to \"group:readers@example.com\"":  "schema shop.analytics",
		"CREATE SCHEMA IF NOT EXISTS `shop`.staging":                                                     "schema shop.staging",
		"insert into `shop.audit.log` values (\"mart.m\", r'\\' mart.m') # mart.m":                       "",
		"insert into `shop.Mart.m` select * from `other.mart.m`":                                         "",
		"grant `roles/bigquery.dataViewer` on schema `{{ target.schema }}` to 'user:mart.m@example.com'": "",
	} {
		var want []string
		if name != "" {
			want = []string{"warning: hooks run under every target, and these name what only stage or only prod has: model.p.m (" + name + ")"}
		}
		text, err := json.Marshal(hook)
		if err != nil {
			t.Fatal(err)
		}
		got := ruletest.Findings(t, dw225.Rule, ruletest.Case{
			Config: ruletest.Deployment("write_audit_clone", ""), Adapter: "bigquery",
			Nodes: []ruletest.Node{{ID: "model.p.m", Config: `{"schema": "mart", "post-hook": [{"sql": ` + string(text) + `}]}`}},
		})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", hook, d)
		}
	}
}

func TestOperations(t *testing.T) {
	want := []string{"warning: hooks run under every target, and these name what only stage or only prod has: operation.p.p-on-run-end-0 (schema analytics)"}
	for _, tc := range []struct {
		name, more string
		want       []string
	}{
		{"on-run-end", "", want},
		{"accepted", "lint: {ignore: [{code: DW225, node: operation.p.p-on-run-end-0, reason: known}]}", nil},
	} {
		got := ruletest.Findings(t, dw225.Rule, ruletest.Case{
			Config: ruletest.Deployment("write_audit_clone", "") + tc.more,
			Nodes:  []ruletest.Node{{ID: "model.p.m"}, {ID: "operation.p.p-on-run-end-0", Raw: "grant usage on schema analytics to r"}},
		})
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// TestOneSchemaInTwoDatabases: each target finds its own under the bare name, and only one of them under the full one.
func TestOneSchemaInTwoDatabases(t *testing.T) {
	const deployment = "deployments:\n  x: {strategy: write_audit_clone, build: apart, publish: prod, select: '*'}\n"
	for _, tc := range []struct {
		hook string
		want []string
	}{
		{"analyze mart.m", nil},
		{"analyze shop_stage.mart.m", []string{"warning: hooks run under every target, and these name what only apart or only prod has: model.p.m (shop_stage.mart.m)"}},
	} {
		got := ruletest.Findings(t, dw225.Rule, ruletest.Case{
			Config: deployment, Nodes: []ruletest.Node{{ID: "model.p.m", Config: `{"schema": "mart", "pre-hook": [{"sql": "` + tc.hook + `"}]}`}},
		})
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.hook, d)
		}
	}
}
