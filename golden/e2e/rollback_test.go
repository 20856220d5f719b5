package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// productionRollback is the shop published by that strategy.
const productionRollback = `version: 1
environments:
  staging: {database: shop, schema: staging, naming: single}
  prod: {database: shop, schema: analytics, naming: custom}
deployments:
  nightly: {strategy: production_rollback, build: staging, publish: prod, select: "tag:mart tag:utils"}
`

// days are what the loader brings after the first one: the incremental model's source forgets rows, others change, come late or go.
var days = []string{
	"sources_day2.sql",
	"day3.sql",
	"day4.sql",
}

// TestProductionRollback runs days in place and by the strategy, side by side: nothing is lost, and nothing differs.
func TestProductionRollback(t *testing.T) {
	t.Parallel()
	s := &shop{t: t, driver: dbtenv.Start(t), command: buildCommand(t), dir: dbtenv.CopyProject(t, "shop")}
	s.write("dbtwac.yml", productionRollback)
	s.write("day3.sql", `delete from raw_shop.orders where id in (102, 103);
		delete from raw_shop.order_items where order_id in (102, 103);
		insert into raw_shop.orders values (106, 2, 'placed', 'card', '2024-04-30 10:00:00', '2024-05-03 10:00:00');
		insert into raw_shop.order_items values (106, 1, 'Tent', 1, 9900);
		insert into raw_shop.customers values (7, 'Ada', 'ada@example.com', 'DE', '2024-05-03 08:00:00');
		update raw_shop.customers set country_code = 'DE', updated_at = '2024-05-03 09:00:00' where id = 5;`)
	s.write("day4.sql", `update raw_shop.orders set status = 'completed', updated_at = '2024-05-04 10:00:00' where id = 105;
		delete from raw_shop.customers where id = 7;`)
	s.mustScript("sources.sql")
	s.mustDBT("parse", "--target", "staging")
	s.mustCompile()
	s.mustDBT("build", "--target", "prod") // production as it was before dbtwac

	inPlace, published := s.copy(t), s.copy(t)
	for _, day := range days {
		for _, side := range []*shop{inPlace, published} {
			side.mustScript(day)
		}
		inPlace.mustDBT("build", "--target", "prod")
		before := published.production()
		published.mustMacro("begin")
		published.mustMacro("prepare")
		published.mustDBT("build", "--target", "staging", "--select", "tag:mart tag:utils")
		published.mustMacro("audited")
		published.mustMacro("publish")
		if d := cmp.Diff(inPlace.rows(), published.rows()); d != "" {
			t.Errorf("%s: production is not what a run in place makes of it (-in place +published):\n%s", day, d)
		}
		if cmp.Equal(before, published.production()) {
			t.Errorf("%s changes nothing: the test shows nothing", day)
		}
	}
	if rows := published.sql("select count(*) from mart.orders where order_id = 101"); rows[0][0] != 1 {
		t.Errorf("order 101 has left the source and must not leave the model: %v", rows)
	}

	t.Run("rollback and the next night", func(t *testing.T) {
		s := published.copy(t)
		now := s.rows()
		s.sql("delete from raw_shop.orders where id = 105")
		s.buildScope()
		s.mustMacro("publish")
		s.mustMacro("rollback")
		if d := cmp.Diff(now, s.rows()); d != "" {
			t.Errorf("rollback does not restore the night before (-want +got):\n%s", d)
		}
		s.buildScope()
		s.mustMacro("publish")
	})

	t.Run("a failure at any statement changes nothing", func(t *testing.T) {
		s := published.copy(t)
		s.buildScope()
		for _, operation := range []string{"publish", "rollback"} {
			before := s.production()
			s.failEverywhere(operation)
			if d := cmp.Diff(before, s.production()); d != "" {
				t.Errorf("a failing %s changed something:\n%s", operation, d)
			}
			if operation == "publish" {
				s.mustScript("deploy/nightly/publish.sql")
			}
		}
	})

	t.Run("production is written between prepare and publish", func(t *testing.T) {
		s := published.copy(t)
		s.buildScope()
		s.sql("delete from mart.orders where order_id = 101")
		before := s.rows()
		if r := s.macro("publish", "staging"); r.OK {
			t.Error("a publish over a production that another has written since prepare must be refused")
		}
		if d := cmp.Diff(before, s.rows()); d != "" {
			t.Error(d)
		}
	})

	t.Run("a parent that production does not have", func(t *testing.T) {
		s := published.copy(t)
		s.sql("drop view stg.stg_orders cascade")
		s.mustMacro("begin")
		if r := s.macro("prepare", "staging"); r.OK {
			t.Errorf("the build would read something else than production's stg.stg_orders\n%s", r.Log)
		}
	})
}

// buildScope is a night's build by production_rollback.
func (s *shop) buildScope() {
	s.t.Helper()
	s.mustMacro("begin")
	s.mustMacro("prepare")
	s.mustDBT("build", "--target", "staging", "--select", "tag:mart tag:utils")
	s.mustMacro("audited")
}

// rows are a hash of each relation's rows in mart and utils, without what says when dbt has run.
func (s *shop) rows() map[string]any {
	s.t.Helper()
	hashes := map[string]any{}
	for to := range published {
		columns := "*"
		if to == "mart.customers_snapshot" {
			to, columns = "snapshots.customers_snapshot", "* exclude (dbt_valid_to), dbt_valid_to is null"
		}
		hashes[to] = s.sql("select count(*), coalesce(sum(hash(t)::hugeint), 0)::varchar from (select " + columns + " from " + to + ") t")[0]
	}
	return hashes
}
