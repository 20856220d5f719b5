package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// swapped is what TestSwapDatabases shows, in both forms.
var swapped = cell{"snowflake", "blue_green", "swap: database"}

// TestSwapDatabases builds the market in a database beside production's and has the two change places, and again: with dbt making
// the views behind the swap, and with a ref that leaves the database out, so that the views follow it.
func TestSwapDatabases(t *testing.T) {
	t.Parallel()
	s := newMarketApart(t)
	cases := []struct {
		by           form
		keys, macros string
	}{
		{byScript, "", ""},
		{byMacro, ", views: rebuild", ""},
		{byScript, "", "macros: {ref: true}"},
	}
	for _, tc := range drawn(newRandom(t), cases, 2) {
		t.Run(strings.TrimSpace(string(tc.by)+tc.keys+" "+tc.macros), func(t *testing.T) {
			s := s.copy(t)
			s.write("dbtwac.yml", `version: 1
environments:
  staging: {database: MARKET_STAGE, schema: analytics, naming: default}
  prod: {database: MARKET, schema: analytics, naming: default}
deployments:
  nightly: {strategy: blue_green, swap: database, build: staging, publish: prod, state: {database: OPS}`+tc.keys+`}
`+tc.macros+"\n")
			s.mustCompile()
			s.mustDBT("parse", "--target", "staging")
			s.mustCompile("--check")
			first, second, third := []any{5, "37.48"}, []any{5, "50.67"}, []any{6, "56.92"}
			s.checkSides(t, "before", first, nil)
			if tc.macros != "" { // production has to have been built with it
				s.mustDBT("build", "--target", "prod")
			}
			s.mustScript("day2.sql")
			s.phase(tc.by, "build")
			s.phase(tc.by, "publish")
			s.checkSides(t, "published", second, first)
			if tc.by == byMacro {
				s.phase(tc.by, "rollback")
				s.checkSides(t, "taken back", first, second)
				return
			}
			s.mustScript("day3.sql")
			s.phase(tc.by, "build")
			s.phase(tc.by, "publish")
			s.checkSides(t, "published again", third, second)
			s.phase(tc.by, "rollback")
			s.checkSides(t, "taken back", second, third)
		})
	}
}

// newMarketApart is a stateless market whose raw tables and build have databases of their own.
func newMarketApart(t *testing.T) *site {
	t.Helper()
	s := newSite(t, "snowflake", "market")
	s.makeStateless()
	s.edit("profiles.yml", "<<: *snowflake\n      schema: staging", "<<: *snowflake\n      database: MARKET_STAGE\n      schema: analytics")
	s.edit("models/staging/_staging.yml", "- name: raw_market\n", "- name: raw_market\n    database: RAW\n")
	s.sql("create database raw", "create database ops", "create database market_stage")
	for _, day := range marketDays {
		s.write(day, "use database raw;\n"+s.text(day))
	}
	s.mustScript("sources.sql")
	s.mustDBT("build", "--target", "prod")
	s.mustDBT("parse", "--target", "staging")
	return s
}

// checkSides asks both databases for the sales that a table has, and for what a view over it shows of them.
func (s *site) checkSides(t *testing.T, when string, production, stage []any) {
	t.Helper()
	for database, want := range map[string][]any{"market": production, "market_stage": stage} {
		if want == nil {
			continue
		}
		got := s.sql(fmt.Sprintf("select (select count(*) from %[1]s.analytics_mart.sales), (select sum(amount) from %[1]s.analytics_mart.rpt_regions)", database))
		if d := cmp.Diff([][]any{want}, got); d != "" && (database == "market" || strings.Contains(s.text("dbtwac.yml"), "ref: true")) { // the other side's views read production's names
			t.Errorf("%s: what %s has (-want +got):\n%s", when, database, d)
		}
	}
}
