package differential

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/joblint"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// others are further names of subcommands, of which joblint has the options once.
var others = []string{"list ", "source snapshot-freshness "}

// TestOptions: the options by which job files are checked are dbt's.
func TestOptions(t *testing.T) {
	want := slices.DeleteFunc(dbtenv.Options(t), func(line string) bool {
		return slices.ContainsFunc(others, func(other string) bool { return strings.HasPrefix(line, other) })
	})
	got := slices.DeleteFunc(joblint.Table(), func(line string) bool {
		return strings.Contains(line, " --help ") || strings.Contains(line, " -h ") // click adds them
	})
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("correct the table in compiler/joblint/options.go (-dbt +joblint):\n%s", d)
	}
}
