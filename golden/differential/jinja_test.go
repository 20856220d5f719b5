package differential

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// names are what the random macros see, for dbt and for us.
var names = map[string]any{
	"target": map[string]any{"name": "prod", "schema": "Analytics", "database": "db"},
	"node":   map[string]any{"name": "stg__orders", "resource_type": "model", "fqn": []any{"shop", "staging", "stg__orders"}, "tags": []any{}, "version": nil},
}

// TestJinja asks dbt's Jinja and compiler/jinja what random macros come to. We may refuse a macro; where we answer, the answer is
// dbt's: a name that is guessed is a table in the wrong place.
func TestJinja(t *testing.T) {
	driver := dbtenv.Start(t)
	total, from := int(number(t, count, 300)), number(t, seed, 1)
	var answered, failed int
	for start := 0; start < total; start += batch {
		var macros []dbtenv.Macro
		for i := start; i < min(start+batch, total); i++ {
			w := &macroWriter{rand.New(rand.NewPCG(from, uint64(i)))}
			custom := pick(&generator{Rand: w.Rand}, any(nil), "mart", " mart ", "", "Mart_1")
			macros = append(macros, dbtenv.Macro{Text: "{% macro m(custom, node=none) " + w.hyphen() + "%}" + w.body(3) + "{%" + w.hyphen() + " endmacro %}", Custom: custom})
		}
		for i, dbt := range driver.Render(t, names, macros) {
			got, err := render(macros[i])
			switch {
			case err != nil && dbt.Error != "":
				failed++
			case err != nil: // refused
			case dbt.Error != "" || dbt.Text != got:
				t.Errorf("%s\nof %q is %q, and dbt says %q %s\nmake compiler/jinja say the same or refuse it, and a row in its table test", macros[i].Text, macros[i].Custom, got, dbt.Text, dbt.Error)
			default:
				answered++
			}
		}
	}
	t.Logf("seed %d: %d macros, %d answers agree, %d fail in both", from, total, answered, failed)
	if answered*3 < total {
		t.Errorf("no more than %d of %d macros are answered: make them plainer", answered, total)
	}
}

func render(m dbtenv.Macro) (string, error) {
	macro, err := jinja.Parse(m.Text)
	if err != nil {
		return "", err
	}
	v, err := macro.Call(func(name string) (jinja.Value, bool) {
		v, ok := names[name]
		return value(v), ok
	}, m.Custom, value(names["node"]))
	return jinja.Text(v), err
}

// object makes a JSON object one of Jinja's.
type jinjaObject map[string]any

func (o jinjaObject) Attr(name string) (jinja.Value, bool) {
	v, ok := o[name]
	return value(v), ok
}

func value(v any) jinja.Value {
	switch v := v.(type) {
	case map[string]any:
		return jinjaObject(v)
	case []any:
		list := jinja.List{}
		for _, item := range v {
			list = append(list, value(item))
		}
		return list
	}
	return v
}

// macroWriter writes random macros of the kind that name things.
type macroWriter struct{ *rand.Rand }

func (w *macroWriter) one(list ...string) string { return list[w.IntN(len(list))] }

// hyphen takes away white space, now and then.
func (w *macroWriter) hyphen() string { return w.one("", "-") }

func (w *macroWriter) body(depth int) string {
	var b strings.Builder
	for range 1 + w.IntN(3) {
		open, end := "{%"+w.hyphen()+" ", " "+w.hyphen()+"%}"
		switch n := w.IntN(10); {
		case n < 3:
			b.WriteString(w.one("a", "_", " ", "\n  ", "x y", "{ }", "%}"))
		case n < 6 || depth == 0:
			b.WriteString("{{" + w.hyphen() + " " + w.expr(depth) + " " + w.hyphen() + "}}")
		case n < 7:
			b.WriteString("{#" + w.hyphen() + " c {{ " + w.hyphen() + "#}")
		case n < 8:
			b.WriteString(open + "set s = " + w.expr(depth-1) + end)
		default:
			b.WriteString(open + "if " + w.expr(depth-1) + end + w.body(depth-1))
			if w.IntN(3) == 0 {
				b.WriteString(open + "elif " + w.expr(depth-1) + end + w.body(depth-1))
			}
			if w.IntN(2) == 0 {
				b.WriteString(open + "else" + end + w.body(depth-1))
			}
			b.WriteString(open + "endif" + end)
		}
	}
	return b.String()
}

func (w *macroWriter) expr(depth int) string {
	if depth <= 0 {
		return w.atom()
	}
	e := func() string { return w.expr(depth - 1 - w.IntN(2)) }
	switch w.IntN(16) {
	case 0:
		return e() + " ~ " + e()
	case 1:
		return e() + w.one(" == ", " != ") + e()
	case 2:
		return e() + w.one(" and ", " or ") + e()
	case 3:
		return "not " + e()
	case 4:
		return e() + w.one(" is none", " is not none", " is defined", " is string", " is not string")
	case 5:
		return e() + w.one(" in ", " not in ") + w.one("('prod', 'dev')", "['prod', custom]", "'a prod'", "('prod',)", "node.fqn", "{'prod': 1}")
	case 6:
		return e() + w.one(" | trim", " | lower", " | upper", "|trim|upper", " | replace('_', '-')", " | default('d')", " | default('d', true)", " | string")
	case 7:
		return "(" + e() + ")" + w.one(".lower()", ".upper()", ".strip()", ".replace('a', 'b')", ".split('__')[0]", ".startswith('m')", ".endswith('t')")
	case 8:
		return e() + " if " + e() + w.one("", " else "+e())
	case 9:
		return e() + " + " + e()
	case 10:
		return w.one("{'prod': 'p'}", "{'prod': custom, 'dev': none}") + w.one(".get(target.name)", ".get(custom, 'o')", "['prod']", "[target.name]")
	case 11:
		return "return(" + e() + ")"
	}
	return w.atom()
}

func (w *macroWriter) atom() string {
	return w.one("custom", "custom", "custom", "target.name", "target.schema", "target['database']", "node.name", "node.resource_type", "node.fqn[1]", "node.fqn[0]",
		"node.tags", "node.version", "'mart'", `"_"`, "'it\\'s'", "''", "none", "true", "False", "1", "0", "s", "'prod'", "nothing")
}
