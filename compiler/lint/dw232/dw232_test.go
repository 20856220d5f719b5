package dw232_test

import (
	"cmp"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw232"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

func TestRule(t *testing.T) {
	missing := []string{"error: views: recreate makes views from their SQL, and none is compiled for prod: model.p.v"}
	for _, tc := range []struct {
		name, views, materialized, sql, raw, more string
		want                                      []string
	}{
		{name: "not compiled", materialized: "view", want: missing},
		{name: "white space", materialized: "view", sql: " \n", want: missing},
		{name: "compiled", materialized: "view", sql: "select 1"},
		{name: "a table", materialized: "table"},
		{name: "rebuilt by dbt", views: "rebuild", materialized: "view"},
		{name: "Python is DW224", materialized: "view", more: `"language": "python"`},
		{
			name: "a moment", materialized: "view", sql: "select 1", raw: "select '{{ x }}', {{ run_started_at }}",
			want: []string{"warning: the compiled SQL of these views holds the time or the id of the run that compiled it, and every publish makes them with that again: model.p.v"},
		},
		{name: "a moment, not compiled", materialized: "view", raw: "select {{ run_started_at }}", want: missing},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.views == "" {
				tc.views = "recreate"
			}
			got := ruletest.Findings(t, dw232.Rule, ruletest.Case{
				Config: ruletest.Deployment("write_audit_clone", "views: "+tc.views),
				Nodes:  []ruletest.Node{{ID: "model.p.v", Config: `{"materialized": "` + tc.materialized + `"}`, Compiled: tc.sql, Raw: tc.raw, More: tc.more}},
			})
			if d := gocmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestBeyond: what a view is besides its SQL, and SQL that a script's reader takes for its own.
func TestBeyond(t *testing.T) {
	more := func(what string) []string {
		return []string{"error: views: recreate makes views from their SQL alone, and dbt makes more of these: model.p.v (" + what + ")"}
	}
	taken := func(why string) []string {
		return []string{"error: the compiled SQL of these views cannot stand in a script: model.p.v (" + why + ")"}
	}
	byCLI := func(mark string) []string {
		return taken("the snow CLI, or Snowflake Scripting, takes \"" + mark + "\" for its own")
	}
	for _, tc := range []struct {
		name, adapter, views, materialized, config, sql string
		want                                            []string
	}{
		{name: "plain"},
		{name: "secure", config: `, "secure": true`, want: more("secure")},
		{name: "a policy and a tag", config: `, "row_access_policy": "p on (a)", "table_tag": "t = 'x'"`, want: more("row_access_policy, table_tag")},
		{name: "authorized", adapter: "bigquery", config: `, "grant_access_to": [{"project": "shop", "dataset": "raw"}], "hours_to_expiration": 24`, want: more("grant_access_to, hours_to_expiration")},
		{name: "authorized nowhere", adapter: "bigquery", config: `, "grant_access_to": [], "resource_tags": {}, "hours_to_expiration": null`, sql: `select "R&D {{" # it's`},
		{name: "not secure", config: `, "secure": false, "row_access_policy": null, "table_tag": ""`},
		{name: "a dynamic table", materialized: "dynamic_table", want: more("dynamic_table")},
		{name: "a secure table", materialized: "table", config: `, "secure": true`, sql: "select 'R&D'"},
		{name: "made by dbt", views: "rebuild", config: `, "secure": true`, sql: "select 'R&D'"},
		{name: "no such views", adapter: "postgres", config: `, "secure": true`, sql: "select a & b as \"{{\", '$$<%{%'\n  !x"},
		{name: "a variable", sql: "select 'R&D'", want: byCLI("&")},
		{name: "in a comment", sql: "select 1 -- R&D", want: byCLI("&")},
		{name: "a template", sql: "select '<% x %>'", want: byCLI("<%")},
		{name: "an expression of Jinja", sql: "select '{{ x }}'", want: byCLI("{{")},
		{name: "a statement of Jinja", sql: "select '{% x %}'", want: byCLI("{%")},
		{name: "a body", sql: "select $$x$$", want: byCLI("$$")},
		{name: "a command", sql: "select 1\n  !source x", want: taken("the snow CLI takes a line that begins with ! for a command")},
		{name: "not equal", sql: "select 1 where 1\n  != 2"},
		{name: "an escaped quote", sql: `select '\', ') from x --'`, want: taken(`it holds \', where two quotes are safe`)},
		{name: "an escaped backslash", sql: `select '\\', '\d'`},
		{name: "a comment of slashes", sql: "select 1 // ( ' ' )", want: taken("it holds a comment behind //, where -- is safe")},
		{name: "a link", sql: "select 'https://x' -- https://x"},
		{name: "a dollar and a percent", sql: "select '$x', 5 % 2, $1 from x"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := ruletest.Case{Adapter: "snowflake", Config: ruletest.Deployment("write_audit_clone", "views: "+cmp.Or(tc.views, "recreate"))}
			if tc.adapter != "" {
				c.Adapter = tc.adapter
			}
			c.Nodes = []ruletest.Node{{ID: "model.p.v", Config: `{"materialized": "` + cmp.Or(tc.materialized, "view") + `"` + tc.config + `}`, Compiled: cmp.Or(tc.sql, "select 1")}}
			if d := gocmp.Diff(tc.want, ruletest.Findings(t, dw232.Rule, c)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestOpen: what is open, and what only looks so to who reads it as another warehouse does.
func TestOpen(t *testing.T) {
	for _, tc := range []struct {
		adapter, sql string
		open         bool
	}{
		{"postgres", "select 'a' -- it's", false},
		{"postgres", "select 1;", true},
		{"postgres", `select 'it\'s'`, true},
		{"postgres", "select 1 # it's", true},
		{"bigquery", `select 'it\'s', r'(\')', "it's )" from x`, false},
		{"bigquery", "select 1 # it's )", false},
		{"bigquery", "select '''it's'''", false},
		{"bigquery", "select 1;", true},
		{"bigquery", `select 'it\'`, true},
		{"bigquery", `select "a""`, true},
		{"bigquery", "select 1 /* /* */ */ )", true},
	} {
		var want []string
		if tc.open {
			want = []string{"error: the compiled SQL of these views is not one query: something in it is not closed, or ends the statement that it would stand in: model.p.v"}
		}
		got := ruletest.Findings(t, dw232.Rule, ruletest.Case{
			Config: ruletest.Deployment("write_audit_clone", "views: recreate"), Adapter: tc.adapter,
			Nodes: []ruletest.Node{{ID: "model.p.v", Config: `{"materialized": "view"}`, Compiled: tc.sql}},
		})
		if d := gocmp.Diff(want, got); d != "" {
			t.Errorf("%s, %s (-want +got):\n%s", tc.adapter, tc.sql, d)
		}
	}
}

func TestHoldsMoment(t *testing.T) {
	for _, tc := range []struct {
		raw  string
		want bool
	}{
		{"select {{ run_started_at }}", true},
		{"select '{{ run_started_at.strftime(\"%Y\") }}'", true},
		{"select '{{ invocation_id }}'", true},
		{"select '{{ modules.datetime.datetime.now(modules.pytz.utc) }}'", true},
		{"{% set day = modules.datetime.date.today() %}select '{{ day }}'", true},
		{"{% set dt = modules.datetime.datetime %}select '{{ dt.utcnow() }}'", true},
		{"{%- set d = modules.datetime.date(2024, 1, 1) %}select '{{ d.year }}'", false},
		{"select {{ dbt_date.today() }}, {{ dbt_date.now('UTC') }}", false},
		{"select now(), current_timestamp", false},
		{"select '{{ modules.datetime.date(2024, 1, 1) }}'", false},
		{"select 1 -- built at {{ run_started_at }}", false},
		{"{# {{ invocation_id }} #} select 1", false},
		{"{{ config(meta={'by': invocation_id}) }} select 'run_started_at'", false},
	} {
		if got := dw232.HoldsMoment(tc.raw, sqltext.Standard); got != tc.want {
			t.Errorf("%s: it holds a moment: %t, want %t", tc.raw, got, tc.want)
		}
	}
	for raw, want := range map[string]bool{
		"select 1 # built at {{ run_started_at }}": false, "select \"{{ run_started_at }}\" # built": true, "select `# {{ invocation_id }}`": true,
	} {
		if got := dw232.HoldsMoment(raw, sqltext.Backticks); got != want {
			t.Errorf("%s, in backticks: it holds a moment: %t, want %t", raw, got, want)
		}
	}
}
