package sqltext_test

import (
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

func TestClosed(t *testing.T) {
	for _, tc := range []struct {
		sql  string
		want bool
	}{
		{"select 1", true},
		{"select (1), ')', \")\", $$)$$, $a$ $$ ) $a$ -- )", true},
		{"select 1 /* ) /* ( */ ; */ from t", true},
		{`select 'it''s \', E'\'', "a""b"`, true},
		{"select 1 -- ends with the text", true},
		{"select '\n' || date'2024-01-01'", true},
		{"", false},
		{"-- nothing", false},
		{"select 1)", false},
		{"select 1); drop table t; --", false},
		{"select 1) where (1 = 1", false},
		{"(select 1", false},
		{"select 1;", false},
		{"select 'open", false},
		{`select "open`, false},
		{"select $a$open", false},
		{"select 1 /* open", false},
		{"select 1 /* /* */", false},
		{"select 1 -- ends with the line\r;", false},
		{"select 1 -- it's\r\n", true},
		{"select E'open\\'", false},
		{"select 1 \\! rm", false},
		{"select 1 \x00", false},
	} {
		if got := sqltext.Standard.Closed(tc.sql); got != tc.want {
			t.Errorf("Closed(%q) = %v", tc.sql, got)
		}
	}
}

func TestClosedBackticks(t *testing.T) {
	for _, tc := range []struct {
		sql  string
		want bool
	}{
		{"select (1), ')', \")\", `)` # )", true},
		{"select 1 /* ) /* ; */ from t -- )", true},
		{`select 'it\'s )', r'\')', "a\\"`, true},
		{"select '''a ' ) ''', ''", true},
		{"select 1 # ends with the text", true},
		{"select 1 /* /* */ */ )", false},
		{"select $$)$$", false},
		{"select 1 # ;\n;", false},
		{"select 'open", false},
		{`select "open`, false},
		{`select 'open\'`, false},
		{`select r'open\'`, false},
		{"select '''open''", false},
		{"select `open", false},
		{"select 1 /* open", false},
	} {
		if got := sqltext.Backticks.Closed(tc.sql); got != tc.want {
			t.Errorf("Closed(%q) = %v", tc.sql, got)
		}
	}
}

// FuzzClosed: what is closed is so between parentheses too, and nothing behind it belongs to it.
func FuzzClosed(f *testing.F) {
	for _, seed := range []string{
		"select 1", "select ')' -- x", "$a$", "E'\\''", "/* /* */ */ x", `"a""b"`, "select r'\\' # x", "`a.b`", `"""a"b"""`, "a-b--c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, lexis := range []sqltext.Lexis{sqltext.Standard, sqltext.Backticks} {
			if !lexis.Closed(sql) {
				continue
			}
			if !lexis.Closed("(" + sql + "\n)") {
				t.Errorf("%q is closed, and not between parentheses", sql)
			}
			if lexis.Closed(sql + "\n)") {
				t.Errorf("%q takes a parenthesis in that stands behind it", sql)
			}
			if strings.Count(sql, ";") == 0 && lexis.Closed(sql+"\n;") {
				t.Errorf("%q takes a semicolon in that stands behind it", sql)
			}
		}
	})
}
