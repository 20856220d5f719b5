package dw232_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw232"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
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
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
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
		if got := dw232.HoldsMoment(tc.raw); got != tc.want {
			t.Errorf("%s: it holds a moment: %t, want %t", tc.raw, got, tc.want)
		}
	}
}
