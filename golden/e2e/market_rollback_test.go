package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMarketByProductionRollback publishes the market for two nights beside a run in place: production is the same.
func TestMarketByProductionRollback(t *testing.T) {
	for _, engine := range []string{"duckdb"} {
		t.Run(engine, func(t *testing.T) {
			published := newSite(t, engine, "market")
			published.mustScript("sources.sql")
			published.mustDBT("build", "--target", "prod") // production as it was before dbtwac
			published.mustDBT("parse", "--target", "staging")
			published.mustCompile()
			inPlace := published.copy(t)

			for _, day := range marketDays[1:] {
				inPlace.mustScript(day)
				inPlace.mustDBT("build", "--target", "prod")

				published.mustScript(day)
				published.mustMacro("begin", "staging")
				published.mustMacro("prepare", "staging")
				published.mustDBT("build", "--target", "staging", "--select", "tag:mart tag:utils")
				published.mustMacro("audited", "staging")
				published.mustMacro("publish", "staging")

				if d := cmp.Diff(inPlace.contents("analytics_", whenDBTRan), published.contents("analytics_", whenDBTRan)); d != "" {
					t.Errorf("%s: production is not what a run in place makes of it (-in place +published):\n%s", day, d)
				}
			}
		})
	}
}
