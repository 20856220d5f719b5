package sqltext_test

import (
	"fmt"
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
			if d := cmp.Diff(tc.want, shown(sqltext.Standard.Names(tc.sql))); d != "" {
				t.Errorf("%s (-want +got):\n%s", tc.sql, d)
			}
		})
	}
}

func TestBackticks(t *testing.T) {
	for _, tc := range []struct{ name, sql, want string }{
		{"letters", "select * from Staging.Orders", "Staging|Orders"},
		{"a pair for each part", "select * from `shop-1`.`staging`.`Orders`", "shop-1|staging|Orders"},
		{"a pair for all", "select * from `shop-1.staging.orders`", "shop-1|staging|orders"},
		{"a pair for some", "select * from `shop-1.staging`.orders, `shop-1`.staging.orders", "shop-1|staging|orders; shop-1|staging|orders"},
		{"a project of a domain", "select * from `example.com:shop.staging.orders`", "example.com:shop|staging|orders"},
		{"dashes without quotes", "select * from shop-1-eu.staging.orders", "shop-1-eu|staging|orders"},
		{"a difference", "select a-b, c-1.5, d -staging.e from x.y --f", "staging|e; x|y"},
		{"a bare word", "select `orders` from `orders`", ""},
		{"white space and comments around the dot", "select * from staging # here\n . /* not /* nested */ `orders`", "staging|orders"},
		{"comments", "# from staging.a\nselect 1 -- staging.b\n/* staging.c # */", ""},
		{"texts", `select 'staging.a', "staging.b", 'it\'s staging.c', "\"staging.d", "it's staging.e"`, ""},
		{"texts of lines", `select '''it's ''staging.a\'''', """"staging.b""", '', "", staging.c`, "staging|c"},
		{"raw texts and bytes", `select r'\' staging.a', Rb"\" staging.b", b'staging.c', br'''staging.d'''`, ""},
		{"a backslash before the end", `select '\\' from staging.orders where x = '`, "staging|orders"},
		{"a letter before a quote", "select bar'staging.a', r.`orders`", "r|orders"},
		{"no dollars", "select $$ from staging.orders where $$ = $a$", "staging|orders"},
		{"an alias in other letters", "select Staging.id from `shop.a.x` as staging", "shop|a|x"},
		{"a relation's own name before a column", "select orders.id from `shop.staging.orders`", "shop|staging|orders"},
		{"a schema", "CREATE SCHEMA IF NOT EXISTS `shop.Staging`; grant `roles/x` on schema staging to 'user:a@b.c'", "schema shop|Staging; schema staging"},
		{"backticks that never close", "select * from a.`b", "a|b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, shown(sqltext.Backticks.Names(tc.sql))); d != "" {
				t.Errorf("%s (-want +got):\n%s", tc.sql, d)
			}
		})
	}
}

func shown(names []sqltext.Name) string {
	var list []string
	for _, n := range names {
		word := strings.Join(n.Parts, "|")
		if n.Schema {
			word = "schema " + word
		}
		list = append(list, word)
	}
	return strings.Join(list, "; ")
}

func TestCode(t *testing.T) {
	const sql = "select 'a', \"b--\", 1.5 -- c\nfrom /* d */ e$f, $$g$$, e'h'"
	if d := cmp.Diff("select  , \"b--\", 1.5  \nfrom   e$f,  ,  ", sqltext.Standard.Code(sql)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff("select 'a', \"b--\", 1.5  \nfrom   e$f, $$g$$, e'h'", sqltext.Standard.Uncommented(sql)); d != "" {
		t.Errorf("uncommented (-want +got):\n%s", d)
	}
	const google = "select 'a', `b#`, \"c--\" # d\nfrom e-f /* g */, r'\\'', \"\"\"h\"\"\""
	if d := cmp.Diff("select  , `b#`,    \nfrom e-f  ,  ,  ", sqltext.Backticks.Code(google)); d != "" {
		t.Errorf("backticks (-want +got):\n%s", d)
	}
	if d := cmp.Diff("select 'a', `b#`, \"c--\"  \nfrom e-f  , r'\\'', \"\"\"h\"\"\"", sqltext.Backticks.Uncommented(google)); d != "" {
		t.Errorf("backticks, uncommented (-want +got):\n%s", d)
	}
}

// lexes are each with a name of two parts in quotes, and with all that hides a name: comments and literals.
var lexes = []struct {
	sqltext.Lexis
	quoted func(identifier string) string
	hiding string // what begins a comment or a literal
	around string
}{
	{
		sqltext.Standard, func(s string) string { return `"s"."` + strings.ReplaceAll(s, `"`, `""`) + `"` },
		`'$/-`, "select * from /* x.y */ %s where 'x.y' = $$x.y$$ -- x.y",
	},
	{
		sqltext.Backticks, func(s string) string { return "`s." + s + "`" },
		`'"#/-`, "select * from /* x.y */ %s where 'x.y' = r\"\"\"x.y\"\"\" # x.y\n-- x.y",
	},
}

// FuzzNames looks for panics, and for names that comments and literals change.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{
		"select a.b from \"c\".d -- e.f", "$$ a.b $$ /* a.b */ e'\\' a.b'", "1.a . b", "create schema if not exists x",
		"select a.b from `c.d`.e # f.g", "r'\\' a.b' \"\"\"a.b\"\"\"", "a-b.c-1.d",
	} {
		f.Add(seed, "x-y")
	}
	f.Fuzz(func(t *testing.T, sql, identifier string) {
		for _, l := range lexes {
			for _, n := range l.Names(sql) {
				if len(n.Parts) == 0 || len(n.Parts) == 1 && !n.Schema {
					t.Errorf("%q holds the name %q, which is not qualified", sql, n.Parts)
				}
			}
			if d := cmp.Diff(l.Names(sql), l.Names(l.Code(sql))); d != "" && !strings.ContainsAny(sql, l.hiding) {
				t.Errorf("%q (-text +its code):\n%s", sql, d)
			}
			if l.Lexis == sqltext.Backticks && strings.ContainsAny(identifier, "`\\.:") { // of no table
				continue
			}
			want := []sqltext.Name{{Parts: []string{"s", identifier}}}
			if d := cmp.Diff(want, l.Names(fmt.Sprintf(l.around, l.quoted(identifier)))); d != "" {
				t.Errorf("%q (-want +got):\n%s", identifier, d)
			}
		}
	})
}
