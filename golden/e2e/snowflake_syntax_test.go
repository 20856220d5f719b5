package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// TestSnowflakeScripts has every script that the golden cases emit for Snowflake read by a parser of its dialect, bodies included.
func TestSnowflakeScripts(t *testing.T) {
	t.Parallel()
	cases := filepath.Join(dbtenv.Root(t), "golden", "cases")
	scripts, err := filepath.Glob(filepath.Join(cases, "snowflake_*", "want", "out", "deploy", "*", "*.sql"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	dbtenv.Sqlfluff(t, scripts...)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "!") || strings.Contains(line, "&") || strings.Contains(line, "<%") || line == ";" {
				t.Errorf("%s: the CLI takes part of this line for its own: %s", script, line)
			}
		}
	}
	t.Logf("%d scripts", len(scripts))
}
