package sqltext_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

func TestNames(t *testing.T) {
	for _, tc := range []struct{ name, sql, want string }{
		{"two parts", "select * from staging.orders", "staging|orders"},
		{"three parts", "select * from shop.staging.orders", "shop|staging|orders"},
		{"a bare word", "select orders from orders", ""},
		{"quotes", `select * from "Staging" . "Or""ders"`, `Staging|Or"ders`},
		{"quotes on one side", `select * from STAGING."Orders"`, "staging|Orders"},
		{"white space and comments around the dot", "select * from staging -- here\n . /* /* nested */ */ orders", "staging|orders"},
		{"a comment", "-- from staging.orders\nselect 1 /* staging.a /* b */ staging.c */", ""},
		{"a literal", "select 'from staging.orders', 'it''s staging.a', e'\\'staging.b', 1", ""},
		{"a backslash ends no literal", `select 'a\' from staging.orders`, "staging|orders"},
		{"dollars", "select $$staging.a$$, $t$ staging.b $$ $t$, $1, a$b from staging.orders", "staging|orders"},
		{"numbers", "select 1.5, 2.e, 3 from staging.orders where 1.staging.a", "staging|orders"},
		{"an alias", "select staging.id from x as staging", ""},
		{"an alias in other letters", `select Staging.id from x "staging"`, ""},
		{"a relation's own name before a column", "select orders.id from mart.orders", "mart|orders"},
		{"an alias, and the schema of that name", "select staging.id from staging.orders as staging", "staging|orders"},
		{"a join", "select staging.id from a as staging join staging.orders using (id)", "staging|orders"},
		{"a list", "select 1 from a, staging.orders", "staging|orders"},
		{"a column of a relation with its schema", "select staging.orders.id from staging.orders", "staging|orders|id; staging|orders"},
		{"all columns", "select o.* from mart.orders o", "mart|orders"},
		{"a function's part", "select (x).staging.y, f(1).staging.orders", ""},
		{"a schema", "grant usage on schema staging to r; create schema if not exists \"S\"", "schema staging; schema S"},
		{"a schema with its database", "drop schema shop.staging", "schema shop|staging"},
		{"a function behind from", "select extract(day from staging.day(1)) from x as staging", ""},
		{"other letters", "select * from GRÖSSE.maß", "grÖsse|maß"},
		{"quotes that never close", `select * from a."b`, "a|b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, n := range sqltext.Names(tc.sql) {
				word := strings.Join(n.Parts, "|")
				if n.Schema {
					word = "schema " + word
				}
				got = append(got, word)
			}
			if d := cmp.Diff(tc.want, strings.Join(got, "; ")); d != "" {
				t.Errorf("%s (-want +got):\n%s", tc.sql, d)
			}
		})
	}
}

func TestCode(t *testing.T) {
	const sql = "select 'a', \"b--\", 1.5 -- c\nfrom /* d */ e$f, $$g$$, e'h'"
	if d := cmp.Diff("select  , \"b--\", 1.5  \nfrom   e$f,  ,  ", sqltext.Code(sql)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff("select 'a', \"b--\", 1.5  \nfrom   e$f, $$g$$, e'h'", sqltext.Uncommented(sql)); d != "" {
		t.Errorf("uncommented (-want +got):\n%s", d)
	}
}

// FuzzNames looks for panics, and for names that comments and literals change.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{"select a.b from \"c\".d -- e.f", "$$ a.b $$ /* a.b */ e'\\' a.b'", "1.a . b", "create schema if not exists x"} {
		f.Add(seed, "x.y")
	}
	f.Fuzz(func(t *testing.T, sql, identifier string) {
		for _, n := range sqltext.Names(sql) {
			if len(n.Parts) == 0 || len(n.Parts) == 1 && !n.Schema {
				t.Errorf("%q holds the name %q, which is not qualified", sql, n.Parts)
			}
		}
		if d := cmp.Diff(sqltext.Names(sql), sqltext.Names(sqltext.Code(sql))); d != "" && !strings.ContainsAny(sql, `'$/-`) {
			t.Errorf("%q (-text +its code):\n%s", sql, d)
		}
		quoted := `"s"."` + strings.ReplaceAll(identifier, `"`, `""`) + `"`
		want := []sqltext.Name{{Parts: []string{"s", identifier}}}
		if d := cmp.Diff(want, sqltext.Names("select * from /* x.y */ "+quoted+" where 'x.y' = $$x.y$$ -- x.y")); d != "" {
			t.Errorf("%q (-want +got):\n%s", identifier, d)
		}
	})
}
