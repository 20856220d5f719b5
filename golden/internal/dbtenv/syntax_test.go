package dbtenv

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// correct are statements of all the kinds that are emitted for Snowflake.
var correct = []string{
	`CREATE OR REPLACE TRANSIENT TABLE "a"."b"."c" CLONE "x"."b"."c" COPY GRANTS;`,
	`CREATE TABLE a.b.c CLONE x;`,
	`CREATE OR REPLACE TABLE a.b.c LIKE a.b.d COPY GRANTS;`,
	`CREATE TABLE IF NOT EXISTS "a"."b"."c" LIKE "x"."b"."c";`,
	`CREATE TABLE IF NOT EXISTS "a"."b"."c" (x INTEGER NOT NULL, y VARCHAR(20), z TIMESTAMP_TZ DEFAULT CURRENT_TIMESTAMP());`,
	`CREATE OR REPLACE TABLE "a"."b"."c" COPY GRANTS AS SELECT x, y FROM "a"."b"."d" WHERE (x > 1);`,
	`CREATE OR REPLACE TRANSIENT SCHEMA "a"."b" CLONE "a"."c";`,
	`CREATE SCHEMA IF NOT EXISTS "a"."b";`,
	`CREATE TRANSIENT DATABASE a CLONE b;`,
	`CREATE OR REPLACE VIEW "a"."b"."c" COPY GRANTS AS SELECT x FROM "a"."b"."d";`,
	`ALTER DATABASE "a" SWAP WITH "b";`,
	`ALTER SCHEMA a.b SWAP WITH a.c;`,
	`ALTER TABLE "a"."b"."c" RENAME TO "a"."b"."d";`,
	`DROP TABLE IF EXISTS "a"."b"."c";`,
	`INSERT INTO "a"."b"."c" (x, y) SELECT x, 'it''s' FROM "a"."b"."d";`,
	`DELETE FROM a.b.c WHERE x + 1 IN (SELECT x FROM a.b.d);`,
	`UPDATE a.b.c SET x = 1, y = 'done' WHERE z = 2;`,
	`MERGE INTO a.b.c AS t USING a.b.d AS s ON (t.x = s.x) WHEN MATCHED THEN UPDATE SET y = s.y WHEN NOT MATCHED THEN INSERT (x, y) VALUES (s.x, s.y);`,
	`GRANT SELECT ON TABLE "a"."b"."c" TO ROLE "r";`,
	`GRANT SELECT ON FUTURE TABLES IN SCHEMA "a"."b" TO ROLE "r";`,
	`GRANT USAGE ON SCHEMA "a"."b" TO ROLE "r";`,
	`USE ROLE "r";`,
	`SHOW GRANTS ON TABLE "a"."b"."c";`,
	`SET run = 'one';`,
	`INSERT INTO a.b.c (x, y) SELECT $run, CURRENT_TIMESTAMP() WHERE NOT EXISTS (SELECT 1 FROM a.b.c WHERE x = $run);`,
	`UNDROP TABLE "a"."b"."c";`,
	`SELECT table_name FROM "a".INFORMATION_SCHEMA.TABLES WHERE table_schema = 'x' AND is_transient = 'YES';`,
	`BEGIN TRANSACTION; DELETE FROM a.b.c; COMMIT;`,
	`SELECT CASE WHEN COUNT(*) = 0 THEN 1 ELSE TO_NUMBER('dbtwac: isn''t there') END FROM "a"."b"."c";`,
	`SELECT HASH_AGG(*), GETVARIABLE('RUN') FROM "a"."b"."c" UNION ALL SELECT 1, NULL;`,
	"EXECUTE IMMEDIATE $$\nBEGIN\n    IF (EXISTS (SELECT 1 FROM a.b.c WHERE x = 1)) THEN\n        INSERT INTO a.b.d (x) SELECT x FROM a.b.c;\n    ELSE\n        CREATE OR REPLACE TABLE a.b.c CLONE d COPY GRANTS;\n    END IF;\nEND\n$$;",
	"-- for the record: CREATE TABEL\nSELECT 1; -- a;b\nSELECT ';', '$$';",
	"EXECUTE IMMEDIATE $$\nBEGIN\n  IF (EXISTS (SELECT 1 FROM (SELECT NOT (SELECT EXISTS (SELECT 1 FROM a.b.c))) q(needed) WHERE q.needed)) THEN\n    DROP TABLE IF EXISTS a.b.c;\n  END IF;\nEND;\n$$;",
	"EXECUTE IMMEDIATE $$\nDECLARE\n  steps CURSOR FOR SELECT q.step FROM (SELECT x FROM a.b.c) q(step);\nBEGIN\n  FOR found IN steps DO\n    LET step VARCHAR := found.step;\n    EXECUTE IMMEDIATE :step;\n  END FOR;\nEND;\n$$;",
	`CREATE OR REPLACE ICEBERG TABLE "a"."b"."c" CLONE "x"."b"."c" COPY GRANTS;`,
	`ALTER TABLE "a"."b"."c" RESUME RECLUSTER;`,
	`SELECT TO_NUMBER(CASE WHEN n IS NULL THEN '1' ELSE 'dbtwac: ' || n END) AS ok FROM (SELECT NULLIF(LISTAGG(w.x, ', ') WITHIN GROUP (ORDER BY w.x), '') AS n FROM (VALUES ('A', 'B')) AS w(x, y)) q;`,
}

// mutations are what somebody gets wrong: a pattern, and what becomes of its first match.
var mutations = []struct{ kind, pattern, replacement string }{
	{"misspelt verb", `^(\w)(\w)`, `$2$1`},
	{"misspelt kind of object", `\b(TABLE|SCHEMA|DATABASE|VIEW|ROLE) `, `${1}X `},
	{"misspelt clause", `\b(CLONE|LIKE|SWAP|RENAME|WHERE|FROM|USING|MATCHED|SET|FUTURE|REPLACE) `, `X$1 `},
	{"missing closing parenthesis", `\)`, ``},
	{"missing opening parenthesis", `\(`, ``},
	{"unclosed quote of a text", `'([;)])`, `$1`},
	{"quote in a text that is not doubled", `''`, `'`},
	{"unclosed quote of a name", `"(;| )`, `$1`},
	{"two commas", `,`, `,,`},
	{"comma before a parenthesis", `(\w)\)`, `$1,)`},
	{"swapped words", `\b(SWAP) (WITH)|(COPY) (GRANTS)|(IF) (NOT)|(OR) (REPLACE)|(INSERT) (INTO)|(TO) (ROLE)\b`, `$2$4$6$8$10$12 $1$3$5$7$9$11`},
	{"missing small word", ` (WITH|INTO|TO|AS|BY|ON|IN|THEN) `, ` `},
	{"missing name", `"a"\.`, `.`},
	{"missing part of a name", `\."b"`, `.`},
	{"missing source of a clone", ` CLONE [^ ;]+`, ` CLONE`},
	{"COPY GRANTS before CLONE", ` CLONE ([^ ;]+) COPY GRANTS`, ` COPY GRANTS CLONE $1`},
	{"COPY GRANTS before LIKE", ` LIKE ([^ ;]+) COPY GRANTS`, ` COPY GRANTS LIKE $1`},
	{"COPY GRANTS on a clone of a schema or database", `(.*(?:SCHEMA|DATABASE) .*CLONE .*);`, `$1 COPY GRANTS;`},
	{"COPY GRANTS on a swap", `( SWAP .*);`, `$1 COPY GRANTS;`},
	{"OR REPLACE with IF NOT EXISTS", `^CREATE (TABLE|SCHEMA) IF`, `CREATE OR REPLACE $1 IF`},
	{"five parts", `"?a"?\.`, `a.a.a.`},
	{"missing END", ` END\b|\nEND\b`, ``},
	{"missing END IF", `END IF;`, ``},
	{"unclosed body", `\$\$;`, `;`},
	{"misspelt word in a body", `(\s)(INSERT|ELSE|THEN|BEGIN|IF) `, `${1}X$2 `},
	{"missing operand", `= \S+?(;| THEN|\))`, `=$1`},
	{"missing semicolon", `; (\w)`, ` $1`},
	{"text behind the end", `;$`, ` AND THEN SOME;`},
	{"empty statement", `;$`, `;;`},
}

// Correct statements pass, and each mutation of each of them that it can be done to is refused.
func TestSnowflakeSyntax(t *testing.T) {
	texts := append([]string{}, correct...)
	kinds := make([]string, len(correct))
	for _, mutation := range mutations {
		pattern, found := regexp.MustCompile(mutation.pattern), 0
		for _, text := range correct {
			if match := pattern.FindStringSubmatchIndex(text); match != nil {
				mutant := string(pattern.ExpandString([]byte(text[:match[0]]), mutation.replacement, text, match)) + text[match[1]:]
				texts, kinds, found = append(texts, mutant), append(kinds, mutation.kind), found+1
			}
		}
		if found == 0 {
			t.Errorf("%s: no statement can be mutated so", mutation.kind)
		}
	}
	for i, problems := range Syntax(t, "snowflake", texts...) {
		switch {
		case kinds[i] == "" && len(problems) > 0:
			t.Errorf("%s\nis refused: %s", texts[i], strings.Join(problems, "\n"))
		case kinds[i] != "" && len(problems) == 0:
			t.Errorf("%s\nis accepted, with a mutation: %s", texts[i], kinds[i])
		}
	}
	t.Logf("%d mutants of %d statements", len(texts)-len(correct), len(correct))
}

// A problem says where it is, also in a body.
func TestSnowflakeSyntaxSaysWhere(t *testing.T) {
	got := Syntax(t, "snowflake", "USE ROLE r;\n\nEXECUTE IMMEDIATE $$\nBEGIN\n    RETRN 1;\nEND\n$$;\n", "", "-- nothing\n")
	for i, want := range []string{"line 5: ", "", ""} {
		text := strings.Join(got[i], "\n")
		if want == "" && text != "" || !strings.HasPrefix(text, want) {
			t.Errorf("text %d: %q, want it to begin with %q", i, text, want)
		}
	}
}

// What the market's days are made with is Snowflake's SQL as well.
func TestSqlfluff(t *testing.T) {
	market := filepath.Join(Root(t), "golden", "projects", "market")
	Sqlfluff(t, filepath.Join(market, "sources.sql"), filepath.Join(market, "day2.sql"), filepath.Join(market, "day3.sql"))
}
