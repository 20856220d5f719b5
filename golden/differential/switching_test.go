package differential

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/switching"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// mirrors are the tables that have a model, for dbt and for us.
var mirrors = map[string]string{"a.b": "raw_a__b", "a.c": "raw_a__c", "x.y": `it's "odd" \`, "größe.é": "raw_größe__é"}

// corners are templates that no chance writes.
var corners = []string{
	"{{ source('a','b') }}", "", "{{ source('a','b')", "{{ source('a','b }}", "{% raw %}{{ source('a','b') }}", "{# {{ source('a','b') }}",
	"{%- raw -%}{{ source('a','b') }}{%- endraw -%}{{- source('a','b') -}}", "{% raw %}{% raw %}{{ source('a','b') }}{% endraw %}{{ source('a','b') }}",
	"{{ '}}' ~ source('a','b') ~ \"%}\" }}{% if '%}' ~ source('a','b') %}{# }} #}{% endif %}", "{{ {'a': {'b': source('a','b')}}}}", "{{{'a': source('a','b')}}}",
	"{{ source('a',\r\n'b') }}\r\n{{\u00a0source('a','b')\u2003}}\x0c{{\x0csource\x1c('a','b') }}", "{{+ source('a','b') }}{%+ set x = source('a','b') +%}",
	"{{ ésource('a','b') }}{{ sourceé('a','b') }}{{ source('größe','é') }}", `{{ source('\x61','\u0062') }}{{ source("a","\143") }}{{ source('\141','b') }}`,
	"{{ x if 1else source('a','b') }}{{ 1.5 ~ source('a','b') }}{{ 0x1f ~ source('a','b') }}{{ 1_000 ~ source('a','b') }}", "{{ source('a','b')('c') }}",
	"{% macro m(x, source=1) %}{{ source('a','b') }}{% endmacro %}{{ builtins.source('a','b') }}", "{% macro source(a) %}{% endmacro %}{{ source('a','b') }}",
	"{% macro ref(a) %}{% endmacro %}{{ source('a','b') }}", "{% test t(model, source: str) %}{{ source('a','b') }}{% endtest %}", "{% test source(model) %}{{ source('a','b') }}{% endtest %}",
	"{% snapshot source %}{{ config(x=source('a','b')) }}{{ source('a','c') }}{% endsnapshot %}", "{% materialization source, default %}{{ source('a','b') }}{% endmaterialization %}",
	"{% call(ref) f(source('a','b')) %}{% endcall %}", "{% call f(source('a','b')) %}{{ source('a','c') }}{% endcall %}", "{% set x, source = 1, 2 %}{{ source('a','b') }}",
	"{% set ns.source = source('a','b') %}", "{% set source %}{% endset %}{{ source('a','b') }}", "{% set x | f(source('a','b')) %}{% endset %}", "{% filter f(source('a','b')) %}{% endfilter %}",
	"{% for a, (source, b) in x %}{{ source('a','b') }}{% endfor %}", "{% for a in source('a','b') if source('a','c') recursive %}{{ loop(source('x','y')) }}{% else %}{{ source('x','y') }}{% endfor %}",
	"{% if x is source('a','b') %}{% endif %}{% if x is not source('a','b') %}{% endif %}{% if not source('a','b') is none %}{% endif %}", "{{ x | source('a','b') }}{{ x|f(source('a','b')) }}",
	"{{ f(source=source('a','b'), x=[source('a','b'),], *source('a','c'), **source('x','y')) }}", "{{ source('a','b',) }}{{ source('a','b', x=1) }}{{ source('a','b', *x) }}{{ source('a', 'b', **x) }}",
	"{{ x['source']('a','b') }}{{ x.source('a','b') }}{{ x.builtins.source('a','b') }}{{ builtins['source'] }}", "{{ source('a', source('a','b')) }}", "{{ {source('a','b'): source('a','c')} }}",
	"{{ (source('a','b'), source('a','c'))[source('x','y')] }}{{ x[source('a','b'):source('a','c')] }}", "{{ -source('a','b') }}{{ 1 - source('a','b') }}{{ 1 -source('a','b') -}}",
	"{{ source('a','b')\n.schema }}{{ source('a','b') is none }}{{ source('a','b') if source('a','c') else source('x','y') }}", "{% do source('a','b') %}{% do x.append(source('a','c')) %}",
}

// TestSwitching has dbt's Jinja parse templates before and after the switch: each call with two plain texts has become the ref() of
// its model, and nothing else is different.
func TestSwitching(t *testing.T) {
	driver := dbtenv.Start(t)
	total, from := int(number(t, count, 1000)), number(t, seed, 1)
	mirrored := func(source, table string) (string, bool) {
		model, ok := mirrors[source+"."+table]
		return model, ok
	}
	texts := corners
	for i := range total {
		w := &templateWriter{macroWriter{rand.New(rand.NewPCG(from, uint64(i)))}}
		texts = append(texts[:len(texts):len(texts)], w.template(3))
	}
	var calls, refused, shown int
	for start := 0; start < len(texts); start += batch {
		var cases []dbtenv.Switch
		var edits []int
		for _, text := range texts[start:min(start+batch, len(texts))] {
			r := switching.Template(text, mirrored)
			cases, edits = append(cases, dbtenv.Switch{Before: text, After: r.Text}), append(edits, len(r.Edits))
		}
		for i, dbt := range driver.Switch(t, mirrors, cases) {
			calls += dbt.Calls
			switch {
			case dbt.Error != "":
				refused++
			case dbt.Difference != "" || dbt.Calls != edits[i]:
				t.Errorf("%q\nbecomes %q\nwith %d edits, and Jinja finds %d calls\n%s\nmake compiler/switching find the same, and a row in its table test",
					cases[i].Before, cases[i].After, edits[i], dbt.Calls, dbt.Difference)
				if shown++; shown == most {
					t.Fatalf("stopped at difference %d", most)
				}
			}
		}
	}
	t.Logf("seed %d: %d templates, %d calls replaced, %d templates that Jinja refuses", from, len(texts), calls, refused)
	if calls*3 < total*2 || refused*3 > total {
		t.Errorf("%d calls in %d templates, of which %d are refused: make them richer, and plainer", calls, len(texts), refused)
	}
}

// templateWriter writes random templates that read sources.
type templateWriter struct{ macroWriter }

func (w *templateWriter) template(depth int) string {
	var b strings.Builder
	for range 1 + w.IntN(4) {
		open, end := "{%"+w.one("", "-", "+")+w.blank(), w.blank()+w.one("", "-", "+")+"%}"
		switch n := w.IntN(16); {
		case n < 3:
			b.WriteString(w.one("select * from ", "\n-- ", "\r\n", " 'it''s' ", "{ }", "/* ", "é", "source('a','b')", "}}", "%}"))
		case n < 8 || depth == 0:
			b.WriteString("{{" + w.one("", "-", "+") + w.blank() + w.expr(depth) + w.blank() + w.one("", "-") + "}}")
		case n < 9:
			b.WriteString(w.one("{# {{ source('a','b') }} #}", "{#- ' -#}", "{% raw %}{{ source('a','b') }} ' {%- endraw %}", "{%- raw -%}{{{%-endraw-%}"))
		case n < 11:
			b.WriteString(open + "set " + w.target() + " = " + w.expr(depth-1) + end)
		case n < 12:
			b.WriteString(open + w.one("do ", "do ", "include ", "") + w.expr(depth-1) + end)
		case n < 13:
			b.WriteString(open + "for " + w.target() + " in " + w.expr(depth-1) + end + w.template(depth-1) + open + "endfor" + end)
		case n < 14:
			b.WriteString(open + w.one("call", "call(x)", "call(x, y=source('a','b'))") + " f(" + w.expr(depth-1) + ")" + end + w.template(depth-1) + open + "endcall" + end)
		case n < 15:
			b.WriteString(open + w.one("macro m(x", "macro m(y, x", "test m(x") + "=" + w.expr(depth-1) + ")" + end + w.template(depth-1) + open + w.one("endmacro", "endtest", "endmacro") + end)
		default:
			b.WriteString(open + "if " + w.expr(depth-1) + end + w.template(depth-1) + open + "else" + end + w.template(depth-1) + open + "endif" + end)
		}
	}
	return b.String()
}

func (w *templateWriter) blank() string { return w.one(" ", " ", "", "\n  ", "\r\n", "\t") }

// target is what a statement binds: now and then one of the names that dbt gives.
func (w *templateWriter) target() string {
	if w.IntN(15) == 0 {
		return w.one("source", "ref", "x, source", "ns.source", "ref, y")
	}
	return w.one("x", "s", "x, y")
}

// quoted writes a text as a literal.
func (w *templateWriter) quoted(text string) string {
	if w.IntN(12) == 0 {
		text = strings.NewReplacer("a", w.one(`\x61`, `\141`, `\u0061`), "b", `\x62`).Replace(text)
	}
	mark := w.one("'", `"`)
	return mark + text + mark
}

func (w *templateWriter) source() string {
	table := strings.Split(w.one("a.b", "a.b", "a.b", "a.c", "x.y", "größe.é", "a.z", "q.b"), ".")
	one, two := w.quoted(table[0]), w.quoted(table[1])
	name := w.one("source", "source", "source", "source", "source", "source", "builtins.source", "builtins . source", "pkg.source", "my_source", "Source", "ref")
	switch w.IntN(12) {
	case 0:
		return name + w.blank() + "(" + w.blank() + one + w.blank() + "," + w.blank() + two + w.blank() + w.one("", ",") + w.blank() + ")"
	case 1:
		return name + "(" + w.one("x", "var('s')", "*args", "'q' 'r'", "('q')", "'q' ~ x", "'q'|lower", "source_name='q'", one+", x", "x, "+two, one, "") + ")"
	case 2:
		return name + "(" + one + ", " + w.source() + w.one(".name)", ".x)")
	case 3:
		return name + "(" + w.one("source_name="+one+", table_name = "+two, "table_name="+two+",source_name="+one, one+", table_name="+two) + ")"
	}
	return name + "(" + one + "," + two + ")" + w.one("", "", "", "", "", ".schema", ".render()", "|string", "[0]", " is none")
}

func (w *templateWriter) expr(depth int) string {
	if depth <= 0 {
		return w.one(w.source(), w.source(), w.source(), "x", "'source'", `"{{ source('a','b') }}"`, "'%}'", "1", "2.5", "{}", "none", "x.source", "source")
	}
	e := func() string { return w.expr(depth - 1 - w.IntN(2)) }
	switch w.IntN(12) {
	case 0:
		return e() + w.one(" ~ ", " + ", "-", " and ", " or ", " == ", " not in ") + e()
	case 1:
		return "(" + e() + ")"
	case 2:
		return "[" + e() + "," + e() + "]"
	case 3:
		return "{'source': " + e() + "}"
	case 4:
		return e() + " if " + e() + " else " + e()
	case 5:
		return "f(" + e() + w.one(", from=", ", source=", ", ref = ", ", ") + e() + ")"
	case 6:
		return e() + w.one("|f", "|source", " is source", " is not none", "|f(source('a','b'))")
	case 7:
		return "not " + e()
	case 8:
		return "config(pre_hook=" + w.one(`"{{ source('a','b') }}"`, `['{{ source("a","b") }}']`, e()) + ")"
	}
	return w.source()
}
