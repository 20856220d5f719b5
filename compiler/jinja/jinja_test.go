package jinja_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/jinja"
)

// object is an Object of fixed attributes.
type object map[string]jinja.Value

func (o object) Attr(name string) (jinja.Value, bool) {
	v, ok := o[name]
	return v, ok
}

// scope is what the tests' macros see.
func scope(name string) (jinja.Value, bool) {
	v, ok := map[string]jinja.Value{
		"target": object{"name": "prod", "schema": "analytics"},
		"node":   object{"fqn": jinja.List{"shop", "staging", "m"}, "tags": jinja.List{}, "name": "a__b"},
		"twice": jinja.Func(func(a jinja.Args) (jinja.Value, error) {
			return jinja.Text(a.At(0)) + jinja.Text(a.At(0)), nil
		}),
	}[name]
	return v, ok
}

// TestCall evaluates the body of {% macro m(custom=none, n=none) %}, called with one argument. Each answer is Jinja's own; the end-to-end
// tests compare whole macros with dbt.
func TestCall(t *testing.T) {
	for _, tc := range []struct {
		body   string
		custom jinja.Value
		want   string
	}{
		{"text", nil, "text"},
		{"a {{- custom -}} b", "x", "axb"},
		{"{#- a comment {{ %} -#} x", nil, "x"},
		{"{{ custom }}", nil, "None"},
		{"{{ true }}{{ none }}{{ 12 }}", nil, "TrueNone12"},
		{"{{ '}}' ~ \"'\" ~ '\\'' }}", nil, "}}''"},
		{"{% if custom is none %}none{% elif custom == 'a' %}first{% else %}{{ custom }}{% endif %}", nil, "none"},
		{"{% if custom is none %}none{% elif custom == 'a' %}first{% else %}{{ custom }}{% endif %}", "a", "first"},
		{"{% if custom is none %}none{% elif custom == 'a' %}first{% else %}{{ custom }}{% endif %}", "b", "b"},
		{"{% if custom is not none and custom not in ('a', 'b') %}yes{% endif %}", "c", "yes"},
		{"{% if 'a' in ('ab',) %}part{% else %}tuple{% endif %}", nil, "tuple"},
		{"{% if 'a' in ('ab') %}part{% else %}tuple{% endif %}", nil, "part"},
		{"{% if not custom or false %}empty{% endif %}", "", "empty"},
		{"{{ (custom or target.schema) | trim }}", nil, "analytics"},
		{"{{ (custom or target.schema) | trim }}", " mart ", "mart"},
		{"{{ target.schema ~ '_' ~ custom | trim }}", " mart ", "analytics_mart"},
		{"{{ target['name'] + '_' + custom.upper() }}", "x", "prod_X"},
		{"{% set s = target.schema %}{% set s = s.replace('a', 'b') %}{{ s }}", nil, "bnblytics"},
		{"{{ node.fqn[1] }}/{{ node.name.split('__')[1] }}", nil, "staging/b"},
		{"{{ 'a' if node.tags else 'b' }}", nil, "b"},
		{"{{ custom | default('x') }}{{ custom | default('x', true) }}", "", "x"},
		{"{{ {'prod': 'p', 'dev': 'd'}.get(target.name, 'o') }}{{ {'a': 1}['a'] }}", nil, "p1"},
		{"{{ return('early') }} late", nil, "early"},
		{"{% do return(custom) %}", "x", "x"},
		{"{{ twice('ab') }}", nil, "abab"},
		{"{{ n }}|{{ custom if custom is string }}", 1, "None|"},
	} {
		t.Run(tc.body, func(t *testing.T) {
			m, err := jinja.Parse("{% macro m(custom=none, n=none) -%}" + tc.body + "{%- endmacro %}")
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Call(scope, tc.custom)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, jinja.Text(got)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestRefused holds what is an error and no guess.
func TestRefused(t *testing.T) {
	for _, tc := range []struct{ body, want string }{
		{"{{ var('x') }}", "var is not known without running dbt"},
		{"{{ target.account }}", "the attribute account is not known"},
		{"{% for x in node.tags %}{% endfor %}", "the tag for is not read"},
		{"{{ node.tags }}", "it prints a list"},
		{"{{ custom | truncate(3) }}", "the filter truncate is not read"},
		{"{{ 'a'.zfill(3) }}", ".zfill of a string is not read"},
		{"{{ 'É' | lower }}", "the case of"},
		{"{% if custom is iterable %}{% endif %}", "the test iterable is not read"},
		{"{% if 1 < 2 %}{% endif %}", `"<" is not read`},
		{"{{ 'open }}", "a string does not end"},
		{"{% if 1 == 2 == 3 %}{% endif %}", `"==" is not read`},
		{"{% if 'a' if 'b' else 'c' %}{% endif %}", `"if" is not read`},
		{"{{ custom is none is none }}", `"is" behind the test none is not read`},
		{"{{ custom is none if custom }}", `"if" behind the test none is not read`},
		{"{{ custom ", "a tag is not closed"},
		{"{% if custom %}", "the tag endmacro is not read"},
		{"{{ m('x') }}", "m calls itself"},
		{"{{ '" + strings.Repeat("x", 200) + "' ~ " + strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100) + " }}", "nests deeper"},
		{"{% set a = '" + strings.Repeat("x", 6000) + "' %}{{ a ~ a }}", "more than 10000 bytes"},
	} {
		t.Run(tc.body[:min(len(tc.body), 40)], func(t *testing.T) {
			m, err := jinja.Parse("{% macro m(custom=none) -%}" + tc.body + "{%- endmacro %}")
			if err == nil {
				_, err = m.Call(func(name string) (jinja.Value, bool) {
					if name == "m" {
						return m, true
					}
					return scope(name)
				}, "x")
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("want an error with %q, got %v", tc.want, err)
			}
		})
	}
}

// FuzzCall looks for panics and for evaluations without an end.
func FuzzCall(f *testing.F) {
	for _, body := range []string{"{{ custom }}", "{% if custom is none %}a{% else %}{{ target.schema ~ '_' ~ custom | trim }}{% endif %}", "{{ m(custom) }}", "{# x #}{%- set a = {'b': [1]} -%}{{ a['b'][0] }}"} {
		f.Add(body, "x")
	}
	f.Fuzz(func(_ *testing.T, body, custom string) {
		m, err := jinja.Parse("{% macro m(custom=none) %}" + body + "{% endmacro %}")
		if err != nil {
			return
		}
		_, _ = m.Call(func(name string) (jinja.Value, bool) {
			if name == "m" {
				return m, true
			}
			return scope(name)
		}, custom)
	})
}
