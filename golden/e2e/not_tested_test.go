package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSourceChangesAfterTheAudit brings a row between the tests and the publish.
func TestSourceChangesAfterTheAudit(t *testing.T) {
	t.Parallel() // with TestReaders, which is Postgres' alone
	e := newEvening(t, "duckdb", true)
	e.site.mustDBT("build", "--target", "staging")
	const (
		quantity = "select quantity from analytics_mart.sales where sale_id = 106"
		dw223    = "DW223"
		warning  = "what is published was built once more, and is not what was tested"
	)
	for _, tc := range []struct {
		strategy string
		by       form
		want     int  // what is published
		rebuilt  bool // by a second build, which dbtwac says beforehand and behind it
	}{
		{"write_audit_publish", byMacro, 100, true},
		{"write_audit_publish", byScript, 100, true},
		{"write_audit_clone", byMacro, 1, false},
	} {
		t.Run("H8 "+tc.strategy+" "+string(tc.by), func(t *testing.T) {
			s, _ := cell{"duckdb", tc.strategy, ""}.site(t, e)
			if output, _ := s.dbtwac("lint"); strings.Contains(output, dw223) != tc.rebuilt {
				t.Errorf("lint names %s: %t, want %t\n%s", dw223, !tc.rebuilt, tc.rebuilt, output)
			}
			s.audit(tc.by)
			s.sql("update raw_market.sales set quantity = 100 where id = 106")
			if output := s.phase(tc.by, "publish"); strings.Contains(output, warning) != tc.rebuilt {
				t.Errorf("the publish warns: %t, want %t\n%s", !tc.rebuilt, tc.rebuilt, output)
			}
			if d := cmp.Diff([][]any{{tc.want}}, s.sql(quantity)); d != "" {
				t.Errorf("published is something else (-want +got):\n%s", d)
			}
		})
	}
}
