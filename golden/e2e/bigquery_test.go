package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Three days of the market on BigQuery, of which the first is in the original, and the others in a copy.
func TestMarketOnBigQuery(t *testing.T) {
	t.Parallel()
	s := newSite(t, "bigquery", "market")
	s.mustScript("sources.sql")
	s.mustDBT("build", "--target", "staging")
	s.mustDBT("build", "--target", "prod")
	first := s.contents("analytics_", whenDBTRan)
	if d := cmp.Diff(renamed(s.contents("staging_", whenDBTRan)), first); d != "" {
		t.Errorf("the two targets differ (-staging +prod):\n%s", d)
	}
	if len(first) != 14 {
		t.Errorf("%d relations, want 14", len(first))
	}
	facts := s.facts("analytics_")
	for relation, want := range map[string][]string{
		`"analytics_mart"."sales"`:       {"clustered by: store_id, sku", "columns: sale_id INT64 YES, store_id INT64 YES, sku STRING YES, quantity INT64 YES, amount NUMERIC YES, sold_on DATE YES, loaded_at TIMESTAMP YES", "partitioned by: sold_on"},
		`"analytics_mart"."Item List"`:   {"columns: sku STRING NO, item_name STRING YES, category STRING YES"},
		`"analytics_mart"."rpt_regions"`: {"columns: region_name STRING YES, sale_count INT64 YES, amount NUMERIC YES", "definition: CREATEVIEW`market.analytics_mart.rpt_regions`ASselectstores.region_name,count(*)assale_count,cast(sum(sales.amount)asnumeric)asamountfrom`market`.`analytics_mart`.`sales`assalesinnerjoin`market`.`analytics_mart`.`dim_stores_v2`asstoresonsales.store_id=stores.store_idgroupbystores.region_name;"},
	} {
		if d := cmp.Diff(want, facts[relation]); d != "" {
			t.Errorf("facts of %s (-want +got):\n%s", relation, d)
		}
	}

	other := s.copy(t)
	for _, day := range marketDays[1:] {
		other.mustScript(day)
		other.mustDBT("build", "--target", "prod")
	}
	other.checkMemory()
	if got := other.contents("analytics_")[`"analytics_mart"."mv_daily"`]; got.Kind != "materialized view" || len(got.Rows) != 4 {
		t.Errorf("mv_daily is no materialized view with four rows: %v", got)
	}
	if d := cmp.Diff(facts, other.facts("analytics_")); d != "" {
		t.Errorf("what is known of the relations has changed (-before +after):\n%s", d)
	}
	if d := cmp.Diff(first, s.contents("analytics_", whenDBTRan)); d != "" {
		t.Errorf("what happens in the copy happens in the original too (-before +after):\n%s", d)
	}
	if cmp.Equal(first[`"analytics_mart"."sales"`], other.contents("analytics_mart")[`"analytics_mart"."sales"`]) {
		t.Error("nothing has happened in the copy")
	}
}
