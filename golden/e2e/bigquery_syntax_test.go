package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// TestBigQueryScripts has the statements of every script that the golden cases emit for BigQuery read by a parser of its dialect, each that
// differs in more than its names once: what the emulator takes for nothing, privileges and locations, is among them.
func TestBigQueryScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob(filepath.Join(dbtenv.Root(t), "golden", "cases", "*", "want", "out", "deploy", "*", "*.s*"))
	if err != nil {
		t.Fatal(err)
	}
	var statements, places []string
	seen := map[string]bool{}
	has := map[string]bool{"grant `roles/bigquery.dataViewer` on table ": false, "grant `roles/bigquery.metadataViewer` on schema ": false, "options (location = ": false, "create snapshot table ": false}
	for _, script := range scripts {
		data, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if !strings.Contains(text, "bq query ") {
			continue
		}
		parts := []string{text}
		if strings.HasSuffix(script, ".sh") {
			dbtenv.Shellcheck(t, script)
			parts = nil
			for _, document := range documents.FindAllStringSubmatch(text, -1) {
				parts = append(parts, document[1])
			}
		}
		for what := range has {
			has[what] = has[what] || strings.Contains(text, what)
		}
		for _, part := range parts {
			for _, statement := range strings.Split(part, "\n\n-- ") {
				if shape := shapeOf(statement); !seen[shape] {
					seen[shape] = true
					statements, places = append(statements, "-- "+statement), append(places, script)
				}
			}
		}
	}
	for i, problems := range dbtenv.Syntax(t, "bigquery", statements...) {
		for _, problem := range problems {
			t.Errorf("%s: %s, in:\n%s", places[i], problem, statements[i])
		}
	}
	if len(statements) < 60 {
		t.Errorf("%d statements: where are the others?", len(statements))
	}
	for what, found := range has {
		if !found {
			t.Errorf("no script has %q: add a case, so that it is parsed", what)
		}
	}
	t.Logf("%d statements", len(statements))
}

// shapeOf is a statement, behind its first line, without names and texts: those that have one shape are read alike.
func shapeOf(statement string) string {
	_, sql, _ := strings.Cut(statement, "\n")
	return repeated.ReplaceAllString(called.ReplaceAllString(sql, "x"), "[x]")
}

var (
	called   = regexp.MustCompile("`[^`]*`|\\bMARKET\\w*(?:\\.\\w+|\\.\"[^\"]*\")+|'(?:[^'\\\\]|\\\\.|'')*'")
	repeated = regexp.MustCompile(`\[struct\(.*?\)\]|\(values \(.*?\)\)`)
)

var documents = regexp.MustCompile(`(?s)\nquery <<'SQL'\n(.*?)\nSQL\n`)

// TestBigQuerySyntax has that parser refuse what BigQuery refuses.
func TestBigQuerySyntax(t *testing.T) {
	t.Parallel()
	good := []string{
		"create table `p`.`d`.`t` clone `p`.`d`.`s`;", "create or replace table `p`.`d`.`t` copy `p`.`d`.`s`;", "create snapshot table `p`.`d`.`t` clone `p`.`d`.`s`;", "drop snapshot table if exists `p`.`d`.`t`;",
		"grant `roles/bigquery.dataViewer` on view `p`.`d`.`t` to 'group:a@b.c', 'user:d@e.f';", "revoke `roles/bigquery.dataViewer` on schema `p`.`d` from 'group:a@b.c';",
		"create schema if not exists `p`.`d` options (location = 'EU');", "begin transaction;\ndelete from `p`.`d`.`t` where true;\ninsert into `p`.`d`.`t` select * from `p`.`d`.`s`;\ncommit transaction;",
		"if (select true) then\n  drop table if exists `p`.`d`.`t`;\nend if;", "for step in (select 'x' as s) do\n  execute immediate step.s;\nend for;",
	}
	bad := []string{
		"create or replace table if not exists `p`.`d`.`t` copy `p`.`d`.`s`;", "create or replace snapshot table `p`.`d`.`t` clone `p`.`d`.`s`;", "create table `p`.`d`.`t` clone;", "drop snapshot if exists table `p`.`d`.`t`;",
		"grant `roles/bigquery.dataViewer` on view `p`.`d`.`t` to group:a@b.c;", "grant select on table `p`.`d`.`t` to 'group:a@b.c';", "revoke `roles/bigquery.dataViewer` on schema `p`.`d` to 'group:a@b.c';",
		"create schema if not exists `p`.`d` options location = 'EU';", "begin transaction;\ncreate table `p`.`d`.`t` copy `p`.`d`.`s`;\ncommit transaction;", "begin transaction;\ndrop table `p`.`d`.`t`;\ncommit transaction;",
		"if (select true) then\n  drop table if exists `p`.`d`.`t`;\nend;", "for step in (select 'x' as s) do\n  execute immediate step.s;\nend if;", "insert into `p`.`d`.`t` (a, ) select 1;",
	}
	for i, problems := range dbtenv.Syntax(t, "bigquery", append(good, bad...)...) {
		switch {
		case i < len(good) && len(problems) > 0:
			t.Errorf("%s is refused: %v", good[i], problems)
		case i >= len(good) && len(problems) == 0:
			t.Errorf("%s is not refused", bad[i-len(good)])
		}
	}
}

// TestBigQueryPrivileges reads in the scripts what the emulator does not know: readers get their privileges with each publish, and a
// rollback, which makes some relations anew, takes none away.
func TestBigQueryPrivileges(t *testing.T) {
	t.Parallel()
	script := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dbtenv.Root(t), "golden", "cases", "bigquery_write_audit_clone", "want", "out", "deploy", "nightly", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	grant := regexp.MustCompile("grant `roles/bigquery.dataViewer` on (table|view|materialized view) (`market`\\.`analytics_\\w+`\\.`[^`]+`) to 'group:analysts@example.com', 'serviceAccount:bi@market.iam.gserviceaccount.com';")
	granted := func(text string) map[string]string {
		types := map[string]string{}
		for _, match := range grant.FindAllStringSubmatch(text, -1) {
			types[match[2]] = match[1]
		}
		return types
	}
	publish, rollback := granted(script("publish_1.sql")+script("publish_2.sql")), script("rollback.sql")
	if len(publish) != 12 {
		t.Errorf("%d relations are granted, want all 12: %v", len(publish), publish)
	}
	if strings.Contains(rollback, "revoke ") {
		t.Error("the rollback revokes what readers may have had before the publish")
	}
	if d := cmp.Diff(publish, granted(rollback)); d != "" {
		t.Errorf("the rollback does not give again what the publish gave (-publish +rollback):\n%s", d)
	}
}
