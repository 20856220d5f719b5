package modeltext_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/modeltext"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
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
		if got := modeltext.ReadsItself(tc.raw, sqltext.Standard); got != tc.want {
			t.Errorf("%s: it reads itself: %t, want %t", tc.raw, got, tc.want)
		}
	}
}

// TestReadsItselfInBackticks: double quotes hold texts.
func TestReadsItselfInBackticks(t *testing.T) {
	for raw, want := range map[string]bool{
		"select * from {{ this }} # x":                      true,
		"select * from `{{ this.database }}.x.y`":           true,
		"select \"it's\", x from {{ this }}":                true,
		"select r'\\', \"{{ this }}\" from {{ this }} -- '": false,
		"select \"{{ this }}\" as made_by":                  false,
		"select 1 # from {{ this }}\n":                      false,
		"select '''it's {{ this }}'''":                      false,
		"select 1 /* /* */ -- {{ this }}":                   false,
	} {
		if got := modeltext.ReadsItself(raw, sqltext.Backticks); got != want {
			t.Errorf("%s: it reads itself: %t, want %t", raw, got, want)
		}
	}
}

func TestMayRead(t *testing.T) {
	for raw, want := range map[string]bool{
		"select 1 -- this": false, "{{ ref('x') }} this {{ x }}": false, "{% if this %}": true, "a {{ b }} c {{\\n this.schema }}": true, "this": false, "": false,
	} {
		if got := modeltext.MayRead(raw, "this"); got != want {
			t.Errorf("MayRead(%q) = %v", raw, got)
		}
	}
}
