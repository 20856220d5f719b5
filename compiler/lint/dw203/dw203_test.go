package dw203_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw203"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestReadsItself(t *testing.T) {
	for _, tc := range []struct {
		raw  string
		want bool
	}{
		{"select * from {{ this }}", true},
		{"select * from {{this}}", true},
		{"select * from {{- this.schema -}}.x", true},
		{"select * from {{ this|string }}", true},
		{"{% set old = run_query('select max(day) from ' ~ this) %}select 1", true},
		{"{% if x %}select * from {{ this }}{% endif %}", true},
		{"{{ config(materialized='table') }} select * from {{ this }}", true},
		{"{% if is_incremental() or x %}select * from {{ this }}{% endif %}", true},
		{"{% if not is_incremental() %}select * from {{ this }}{% endif %}", true},
		{"{% if is_incremental() %}a{% else %}select * from {{ this }}{% endif %}", true},
		{"select 1 from \"{{ this.schema }}\".\"x\"", true},

		{"select * from {{ ref('this') }}", false},
		{"select * from {{ thisx }}, {{ my.this }}, {{ f(this='a') }}", false},
		{"select this from x", false},
		{"{# select * from {{ this }} #} select 1", false},
		{"select 1 -- from {{ this }}\n", false},
		{"select 1 /* from {{ this }} */", false},
		{"select '{{ this }}' as made_by", false},
		{"{{ config(post_hook=\"grant select on {{ this }} to r\") }} select 1", false},
		{"{{ config(post_hook=['analyze ' ~ this]) }} select 1", false},
		{"{% if is_incremental() %}where day > (select max(day) from {{ this }}){% endif %}", false},
		{"{% if is_incremental() and var('x') %}select {{ this }}{% endif %}", false},
		{"{% if not is_incremental() %}a{% else %}select * from {{ this }}{% endif %}", false},
		{"{% raw %}{{ this }}{% endraw %}", false},
		{"", false},
	} {
		if got := dw203.ReadsItself(tc.raw); got != tc.want {
			t.Errorf("%s: it reads itself: %t, want %t", tc.raw, got, tc.want)
		}
	}
}

func TestRule(t *testing.T) {
	const raw = "select * from {{ this }}"
	found := []string{"error: a swap hands these models, which read themselves, the rows of the run before the last, and what the last run made is lost: model.p.a"}
	for _, tc := range []struct {
		name, strategy, more string
		node                 ruletest.Node
		want                 []string
	}{
		{"table", "blue_green", "", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "table"}`, Raw: raw}, found},
		{"full_refresh does not help", "blue_green", "full_refresh: true", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "view"}`, Raw: raw}, found},
		{"incremental is DW201", "blue_green", "", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "incremental"}`, Raw: raw}, nil},
		{"another strategy", "write_audit_clone", "", ruletest.Node{ID: "model.p.a", Config: `{"materialized": "table"}`, Raw: raw}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ruletest.Findings(t, dw203.Rule, ruletest.Case{Config: ruletest.Deployment(tc.strategy, tc.more), Nodes: []ruletest.Node{tc.node}})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
