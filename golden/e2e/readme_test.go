package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// What README.md says of an artifact on an engine is one of four words.
const (
	executed   = "executed"   // on the engine itself, and the result read back
	emulated   = "emulated"   // on something that takes the engine's place
	parsed     = "parsed"     // by the real parser of its format
	unverified = "unverified" // compared with golden files at most
)

// refused are the ways that compile refuses on an engine, which has no use for them.
var refused = []cell{
	{"duckdb", "blue_green", ""},
	{"duckdb", "blue_green", "swap: database"},
	{"postgres", "blue_green", "swap: database"},
	{"duckdb", "write_audit_clone", "method: rebuild"},
	{"snowflake", "write_audit_clone", "method: rebuild"},
	{"bigquery", "blue_green", ""},
	{"bigquery", "blue_green", "swap: database"},
	{"bigquery", "write_audit_clone", "method: rebuild"},
	{"duckdb", "write_audit_clone", "method: copy"},
	{"postgres", "write_audit_clone", "method: copy"},
	{"snowflake", "write_audit_clone", "method: copy"},
	{"duckdb", "write_audit_clone", "method: transaction"},
	{"postgres", "write_audit_clone", "method: transaction"},
	{"snowflake", "write_audit_clone", "method: transaction"},
}

// others are the artifacts that are no way to publish, and the tests that show it.
var others = []struct{ artifact, duckdb, postgres, snowflake, bigquery string }{
	{"`generate_schema_name`, `generate_database_name`", executed, unverified, unverified, emulated}, // TestNames, TestAuditOnBigQuery
	{"`ref`", executed, unverified, emulated, "–"},                                                   // TestRef
	{"mirror: models, properties, refresh, main job", executed, executed, emulated, emulated},        // TestMirror, TestMirrorOnEmulators
	{"mirror: patch of the readers", executed, executed, emulated, emulated},                         // likewise
	{"proposed `dbtwac.yml`", parsed, parsed, parsed, parsed},                                        // TestInitCorpus compiles it
	{"runbook", executed, executed, parsed, parsed},                                                  // TestJobsRun; TestJobsAreThePlans reads those of all cases
	{"workflow of GitHub Actions", emulated, emulated, parsed, parsed},                               // likewise, and actionlint in TestJobFiles
	{"jobs by Terraform, the API", emulated, emulated, parsed, parsed},                               // likewise; TestCreate runs create.sh
	{"dbt-jobs-as-code, `steps.json`", parsed, parsed, parsed, parsed},                               // TestJobFiles, TestJobsAreThePlans
	{"PLAN.md", unverified, unverified, unverified, unverified},
}

// TestReadme compares README.md's table with what TestMatrix executes.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(dbtenv.Root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := shown()
	_, section, ok := strings.Cut(string(text), "## What is shown, and where\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if !ok || !strings.Contains(section, want) {
		t.Errorf("README.md says something else than the tests; this belongs under \"What is shown, and where\":\n\n%s", want)
	}
}

// shown is that table.
func shown() string {
	var b strings.Builder
	b.WriteString("| artifact | DuckDB: scripts | macros | Postgres: scripts | macros | Snowflake: scripts | macros | BigQuery: scripts | macros |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	var seen []cell
	for _, c := range append([]cell{swapped}, matrix...) {
		row := cell{"", c.strategy, c.options}
		if slices.Contains(seen, row) {
			continue
		}
		seen = append(seen, row)
		name := "`" + c.strategy + "`"
		if c.options != "" {
			name += ", `" + c.options + "`"
		}
		fmt.Fprintf(&b, "| %s |", name)
		for _, engine := range []string{"duckdb", "postgres", "snowflake", "bigquery"} {
			on := cell{engine, c.strategy, c.options}
			for _, by := range forms {
				fmt.Fprintf(&b, " %s |", on.word(by))
			}
		}
		b.WriteString("\n")
	}
	for _, o := range others {
		fmt.Fprintf(&b, "| %s | %s | | %s | | %s | | %s | |\n", o.artifact, o.duckdb, o.postgres, o.snowflake, o.bigquery)
	}
	return b.String()
}

// word is what is known of a cell in a form.
func (c cell) word(form) string {
	switch {
	case c == swapped, slices.Contains(matrix, c) && (c.engine == "snowflake" || c.engine == "bigquery"):
		return emulated
	case slices.Contains(matrix, c): // in all forms
		return executed
	case slices.Contains(refused, c):
		return "–"
	}
	return unverified
}
