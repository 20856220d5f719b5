package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGuard: a macro acts on the project and the target that it was compiled for, and on no other.
func TestGuard(t *testing.T) {
	t.Parallel()
	built := newShop(t)
	for _, tc := range []struct {
		name   string
		change func(*shop)
		target string
		args   []string
		says   string // why it refuses; empty: it acts
		acts   bool
	}{
		{name: "another target", target: "prod", says: "it was compiled for the target staging, and this is prod"},
		{name: "a dry run", args: []string{"--args", "{dry_run: true}"}, says: "create or replace table"},
		{name: "another alias", change: func(s *shop) { s.edit("models/marts/fct_orders.sql", "alias='orders'", "alias='purchases'") },
			says: "model.shop.fct_orders has the alias purchases, and was compiled with orders"},
		{name: "another materialization", change: func(s *shop) {
			s.write("models/marts/daily_revenue.sql", "{{ config(materialized='view') }}\nselect 1 as a")
		}, says: "model.shop.daily_revenue has the materialized view, and was compiled with table"},
		{name: "another schema", change: func(s *shop) { s.edit("dbt_project.yml", "+schema: utils", "+schema: tools") },
			says: "model.shop.calendar has the custom schema tools, and was compiled with utils"},
		{name: "a new model with a publishing tag", change: func(s *shop) { s.write("models/marts/new_mart.sql", "select 1 as a") },
			says: "model.shop.new_mart has the publishing tag mart and was not there when this was compiled"},
		{name: "a new model without one", change: func(s *shop) {
			s.write("models/staging/stg_new.sql", "select 1 as a")
			s.mustMacro("begin") // the run that it is part of
			s.mustMacro("audited")
		}, acts: true},
		{name: "a change since the tests", change: func(s *shop) { s.write("models/staging/stg_new.sql", "select 1 as a") },
			says: "another run has begun, or the project has changed since"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := built.copy(t)
			if tc.change != nil {
				tc.change(s)
			}
			before := s.production()
			target := tc.target
			if target == "" {
				target = "staging"
			}
			r := s.macro("publish", target, tc.args...)
			if !strings.Contains(r.Log, tc.says) {
				t.Errorf("want %q: exit %d\n%s", tc.says, r.Exit, r.Log)
			}
			if changed := !cmp.Equal(before, s.production()); changed != tc.acts {
				t.Errorf("production changed: %v, want %v\n%s", changed, tc.acts, r.Log)
			}
		})
	}
	t.Run("a model that is gone", func(t *testing.T) {
		s := built.copy(t)
		if err := os.Remove(filepath.Join(s.dir, "models", "marts", "order_status_log.sql")); err != nil {
			t.Fatal(err)
		}
		before := s.production()
		if r := s.macro("publish", "staging"); r.OK || !strings.Contains(r.Log, "model.shop.order_status_log is not in this project") {
			t.Errorf("exit %d\n%s", r.Exit, r.Log)
		}
		if d := cmp.Diff(before, s.production()); d != "" {
			t.Error(d)
		}
	})
}
