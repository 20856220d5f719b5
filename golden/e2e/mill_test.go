package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// whenMillRan are the columns of the mill that say so: in the snapshot that has no updated_at.
var whenMillRan = []string{"dbt_updated_at", "dbt_valid_from", "dbt_valid_to", "dbt_scd_id"}

// TestMill builds the mill in place for two days, on each engine, while every model still reads the sources themselves.
func TestMill(t *testing.T) {
	t.Parallel()
	tables := map[string]map[string]content{} // in production on the second day, of each engine
	for _, engine := range []string{"duckdb", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := newSite(t, engine, "mill")
			s.mustDBT("deps")
			var before map[string]content
			for _, day := range []string{"sources.sql", "day2.sql"} {
				s.mustScript(day)
				s.mustDBT("build", "--target", "prod")
				now := s.contents("analytics_", whenMillRan...)
				for name := range now {
					if cmp.Equal(before[name], now[name]) && !unmoved[name] {
						t.Errorf("%s changes nothing in %s: it shows nothing", day, name)
					}
				}
				before = now
			}
			s.mustDBT("source", "freshness", "--target", "prod")
			s.mustDBT("compile", "--target", "prod", "--select", "heaviest")
			s.checkMill()
			tables[engine] = before
		})
	}
	if d := cmp.Diff(tables["duckdb"], tables["postgres"]); d != "" && len(tables) == 2 {
		t.Errorf("the engines do not build the same (-duckdb +postgres):\n%s", d)
	}
}

// unmoved are the mill's relations in which the second day is as the first.
var unmoved = map[string]bool{
	`"analytics_dbt_test__audit"."source_unique_farm_deliveries_id"`: true, // what failed: nothing
	`"analytics_mart"."dim_grain_types"`:                             true,
	`"analytics_mart"."prices"`:                                      true,
	`"analytics_stg"."int_chosen"`:                                   true,
}

// checkMill asks for what is in production on the second day.
func (s *site) checkMill() {
	s.t.Helper()
	for _, tc := range []struct {
		query string
		want  [][]any
	}{
		// Each delivery as it was corrected, with the late one; the log knows both loads of the second, and not the late one,
		// which it takes for loaded already.
		{"select delivery_id, kilos, net, place from analytics_mart.fct_deliveries order by delivery_id", [][]any{
			{1, 1200, 1200, "Gate"}, {2, 820, 800, "Gate"}, {3, 950, 950, "Yard, south"}, {4, 400, 400, "Yard, south"}, {5, 1100, 1100, "Gate"}, {6, 350, 350, "Yard, south"}}},
		{"select delivery_id, kilos from analytics_mart.delivery_log order by delivery_id, kilos", [][]any{
			{1, 1200}, {2, 800}, {2, 820}, {3, 950}, {4, 400}, {5, 1100}}},
		{"select grower_id, grower_name, village, since_year, was_first from analytics_mart.dim_growers order by grower_id", [][]any{
			{1, "Mühlbauer & Söhne", "Oberdorf", 1987, false}, {2, `O'Neill "East"`, "Quay", 2004, true}, {3, "山田農園", nil, 2019, false}, {4, "Änne Groß", "Quay", 2024, false}}},
		{"select code, long_name, grade, cents from analytics_mart.dim_grain_types order by grade", [][]any{
			{"RYE", "Rye", 1, 31}, {"WHEAT", "Wheat, winter", 2, 36}, {"OAT", `Oats "black"`, 3, 29}}},
		{"select place, weighing_count, cast(net as integer), cast(protein as varchar) from analytics_mart.rpt_scales order by place", [][]any{
			{"Gate", 3, 3100, "12.5"}, {"Yard, south", 3, 1700, "11.9"}}},
		{"select raw_table, row_count from analytics_stg.int_row_counts order by raw_table", [][]any{{"Grain Types", 3}, {"deliveries", 6}, {"growers", 4}}},
		{"select delivery_id, cast(moisture_share as varchar), written_as from analytics_stg.stg_deliveries where delivery_id in (3, 4) order by delivery_id", [][]any{
			{3, "0.151", `{{ source("farm", "deliveries") }}`}, {4, nil, `{{ source("farm", "deliveries") }}`}}},
		{`select (select count(*) from analytics_stg.stg_growers), (select count(*) from analytics_stg.stg_scales), (select count(*) from analytics_stg.stg_weighings),
			(select count(*) from analytics_stg.int_chosen), (select count(*) from analytics_stg.int_by_macro), (select count(*) from analytics_stg.sieve_samples),
			(select count(*) from analytics_stg.sieve_first_growers)`, [][]any{{4, 2, 6, 2, 6, 3, 1}}},
		{"select id, village, dbt_valid_to is null from analytics_history.growers_history where id in (1, 4) order by id, dbt_valid_from", [][]any{
			{1, "Unterdorf", false}, {1, "Oberdorf", true}, {4, "Quay", true}}},
		{"select id, place, dbt_valid_to is null from analytics_history.scales_history order by id, dbt_valid_from", [][]any{
			{1, "Gate", true}, {2, "Yard", false}, {2, "Yard, south", true}}},
	} {
		if d := cmp.Diff(tc.want, s.sql(tc.query)); d != "" {
			s.t.Errorf("%s (-want +got):\n%s", tc.query, d)
		}
	}
}
