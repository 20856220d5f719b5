package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// TestSnowflakeScripts has the statements of every script that the golden cases emit for Snowflake read by a parser of its dialect,
// bodies included, each that differs in more than its names once.
func TestSnowflakeScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob(filepath.Join(dbtenv.Root(t), "golden", "cases", "*", "want", "out", "deploy", "*", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	var statements, places []string
	seen := map[string]bool{}
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "| snow sql ") {
			continue
		}
		for _, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "!") || strings.Contains(line, "&") || strings.Contains(line, "<%") || line == ";" {
				t.Errorf("%s: the CLI takes part of this line for its own: %s", script, line)
			}
		}
		for _, statement := range strings.Split(string(text), "\n\n-- ") { // behind its first line, which says why it is there
			if shape := shapeOf(statement); !seen[shape] {
				seen[shape] = true
				statements, places = append(statements, "-- "+statement), append(places, script)
			}
		}
	}
	for i, problems := range dbtenv.Syntax(t, "snowflake", statements...) {
		for _, problem := range problems {
			t.Errorf("%s: %s, in:\n%s", places[i], problem, statements[i])
		}
	}
	if len(statements) < 100 {
		t.Errorf("%d statements: where are the others?", len(statements))
	}
	t.Logf("%d statements", len(statements))
}

// TestSnowflakePrivileges reads in the scripts what the emulator does not know.
func TestSnowflakePrivileges(t *testing.T) {
	t.Parallel()
	script := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dbtenv.Root(t), "golden", "cases", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	publish := script("snowflake_write_audit_clone/want/out/deploy/nightly/publish_1.sql")
	rollback := script("snowflake_write_audit_clone/want/out/deploy/nightly/rollback.sql")
	clone := regexp.MustCompile(`create or replace (\w+ )?table MARKET\.(\w+)\.(\w+) clone [^;]*;`)
	tables := map[string]bool{}
	for _, text := range []string{publish, rollback} {
		for _, match := range clone.FindAllStringSubmatch(text, -1) {
			production := strings.HasPrefix(match[2], "analytics_")
			if grants := strings.HasSuffix(match[0], " copy grants;"); grants != production {
				t.Errorf("production's tables keep their privileges, and backups have none: %s", match[0])
			}
			if production {
				tables[match[2]+"."+match[3]] = true
			}
		}
	}
	if len(tables) != 9 {
		t.Errorf("%d tables are published, want 9: %v", len(tables), tables)
	}
	for table := range tables {
		for _, role := range []string{"REPORTER", `"night shift"`} {
			if grant := "grant select on table MARKET." + table + " to role " + role + ";"; !strings.Contains(publish, grant) {
				t.Errorf("publish_1.sql has no: %s", grant)
			}
		}
	}

	prepare := script("snowflake_blue_green_database/want/out/deploy/nightly/prepare.sql")
	swap := script("snowflake_blue_green_database/want/out/deploy/nightly/publish_1.sql")
	before, _, found := strings.Cut(swap, "alter database MARKET swap with MARKET_STAGE;")
	for _, grant := range []string{
		"grant usage on database MARKET_STAGE to role REPORTER;", "grant usage on future schemas in database MARKET_STAGE to role REPORTER;",
		"grant select on future tables in database MARKET_STAGE to role REPORTER;", "grant select on future views in database MARKET_STAGE to role REPORTER;",
	} {
		if !strings.Contains(prepare, grant) {
			t.Errorf("prepare.sql has no: %s", grant)
		}
	}
	for _, grant := range []string{
		"MARKET.information_schema.object_privileges p", "grant usage on all schemas in database MARKET_STAGE to role REPORTER;",
		"grant select on all tables in database MARKET_STAGE to role REPORTER;", "grant select on all views in database MARKET_STAGE to role REPORTER;",
	} {
		if !found || !strings.Contains(before, grant) {
			t.Errorf("publish_1.sql has not, before it swaps: %s", grant)
		}
	}
}
