package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// marketDays are the scripts that bring the market's raw tables from one evening to the next.
var marketDays = []string{"sources.sql", "day2.sql", "day3.sql"}

// whenDBTRan is the column of the market that says so: in history, for a store that has left the source.
const whenDBTRan = "dbt_valid_to"

// TestMarket builds the market in place for three days, on each engine: what a deployment has to come to.
func TestMarket(t *testing.T) {
	t.Parallel()
	tables := map[string]map[string]content{} // in production on the last day, of each engine
	for _, engine := range []string{"duckdb", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := newSite(t, engine, "market")
			var before map[string]content
			for _, day := range marketDays {
				s.mustScript(day)
				s.mustDBT("build", "--target", "staging")
				s.mustDBT("build", "--target", "prod")
				now := s.contents("analytics_", whenDBTRan)
				if d := cmp.Diff(renamed(s.contents("staging_", whenDBTRan)), now); d != "" {
					t.Errorf("%s: the two targets differ (-staging +prod):\n%s", day, d)
				}
				for _, relation := range []string{`"analytics_mart"."sales"`, `"analytics_mart"."sales_log"`, `"analytics_mart"."daily_total"`, `"analytics_history"."stores_history"`} {
					if cmp.Equal(before[relation], now[relation]) {
						t.Errorf("%s changes nothing in %s: it shows nothing", day, relation)
					}
				}
				before = now
			}
			s.checkMemory()
			if engine == "postgres" {
				s.checkPostgres()
			}
			tables[engine] = before
		})
	}
	delete(tables["postgres"], `"analytics_mart"."mv_daily"`) // which DuckDB cannot have
	if d := cmp.Diff(tables["duckdb"], tables["postgres"]); d != "" && len(tables) == 2 {
		t.Errorf("the engines do not build the same (-duckdb +postgres):\n%s", d)
	}
}

// TestCopy changes a copy and then the original: neither knows of the other.
func TestCopy(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"duckdb", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := newSite(t, engine, "market")
			s.mustScript("sources.sql")
			stores := s.contents("raw_")
			other := s.copy(t)
			if d := cmp.Diff(stores, other.contents("raw_")); d != "" {
				t.Errorf("the copy (-original +copy):\n%s", d)
			}
			other.mustScript("day2.sql")
			other.edit("dbtwac.yml", "nightly", "hourly")
			other.mustDBT("build", "--target", "staging", "--select", "stg_stores")
			if d := cmp.Diff(stores, s.contents("raw_")); d != "" {
				t.Errorf("what happens in the copy happens in the original too:\n%s", d)
			}
			if len(s.contents("staging_")) != 0 || len(other.contents("staging_")) != 1 {
				t.Error("dbt has not built in the copy")
			}
			s.edit("dbtwac.yml", "nightly", "weekly")
			if output, code := s.script("nonesuch.sql"); code == 0 {
				t.Errorf("a script that is not there:\n%s", output)
			}
		})
	}
}

// renamed gives staging's relations production's names.
func renamed(contents map[string]content) map[string]content {
	names := map[string]content{}
	for name, content := range contents {
		names[strings.Replace(name, `"staging_`, `"analytics_`, 1)] = content
	}
	return names
}

// checkMemory asks for what only the tables know on the last day: the sources have forgotten it.
func (s *site) checkMemory() {
	s.t.Helper()
	for _, tc := range []struct {
		query string
		want  [][]any
	}{
		{"select count(*), min(sale_id) from analytics_mart.sales", [][]any{{10, 101}}},
		{"select quantity from analytics_mart.sales where sale_id in (104, 106) order by sale_id", [][]any{{3}, {0}}},
		{"select quantity from analytics_mart.sales_log where sale_id = 104 order by loaded_at", [][]any{{2}, {3}}},
		{"select region, dbt_valid_to is null from analytics_history.stores_history where store_id in (3, 4) order by store_id, dbt_valid_from",
			[][]any{{"south", false}, {"east", true}, {"south", false}}},
		{`select item_name from analytics_mart."Item List" where sku = 'D-4'`, [][]any{{"Dates"}}},
		{"select region_name from analytics_mart.rpt_top", [][]any{{"Nörthern coast"}}},
	} {
		query := tc.query
		if s.name() == "bigquery" {
			query = strings.ReplaceAll(query, `"`, "`")
		}
		if d := cmp.Diff(tc.want, s.sql(query)); d != "" {
			s.t.Errorf("%s (-want +got):\n%s", tc.query, d)
		}
	}
}

// checkPostgres asks for what dbt makes there only.
func (s *site) checkPostgres() {
	s.t.Helper()
	if got := s.contents("analytics_")[`"analytics_mart"."mv_daily"`]; got.Kind != "materialized view" || len(got.Rows) == 0 {
		s.t.Errorf("mv_daily is no materialized view with rows: %v", got)
	}
	got := s.sql(`select has_table_privilege('reporter', 'analytics_mart.daily_total', 'select'), has_table_privilege('reporter', 'analytics_mart.sales', 'select'),
		(select count(*) from pg_indexes where schemaname = 'analytics_mart' and tablename = 'dim_stores_v2'),
		(select count(*) from pg_indexes where schemaname = 'analytics_mart' and tablename = 'mv_daily')`)
	if d := cmp.Diff([][]any{{true, false, 2, 1}}, got); d != "" {
		s.t.Errorf("who may read daily_total and sales, and the indexes of dim_stores_v2 and mv_daily (-want +got):\n%s", d)
	}
}
