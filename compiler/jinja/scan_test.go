package jinja_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/jinja"
)

func TestScan(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []jinja.Part
	}{
		{"text alone", "select 1", []jinja.Part{{jinja.Printed, "select 1"}}},
		{"a tag between", "a {{ b }} c", []jinja.Part{{jinja.Printed, "a "}, {jinja.Expression, " b "}, {jinja.Printed, " c"}}},
		{"hyphens", "{%- if x -%}y{%+ endif %}", []jinja.Part{{jinja.Statement, " if x "}, {jinja.Printed, "y"}, {jinja.Statement, "+ endif "}}},
		{"a comment vanishes", "a{# {{ this }} #}b", []jinja.Part{{jinja.Printed, "a"}, {jinja.Printed, "b"}}},
		{"braces in a text", "{{ '}}' ~ {'a': 1} }}", []jinja.Part{{jinja.Expression, " '}}' ~ {'a': 1} "}}},
		{"raw", "{% raw %}{{ this }}{% endraw %}z", []jinja.Part{{jinja.Printed, "{{ this }}"}, {jinja.Printed, "z"}}},
		{"raw without an end", "{% raw %}{% x %}", []jinja.Part{{jinja.Printed, "{% x %}"}}},
		{"not closed", "a {{ b", []jinja.Part{{jinja.Printed, "a {{ b"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, jinja.Scan(tc.text)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestStretches says where a text stops being a template.
func TestStretches(t *testing.T) {
	for text, want := range map[string]int{
		"": -1, "a {{ b }}": -1, "{% raw %}{{{% endraw %}": -1, "a {{ b": 2, "{{ a }}{# b": 7, "{{ 'a }}": 0, "x{% raw %}{% x %}": 1,
	} {
		if _, open := jinja.Stretches(text); open != want {
			t.Errorf("%q is open at %d, want %d", text, open, want)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, tc := range []struct{ tag, want string }{
		{"{{ this }}", "this"},
		{"{{ this . schema }}", "this.schema"},
		{"{{ this|string }}", "this string"},
		{"{{ thisx }}", "thisx"},
		{"{{ 'this' ~ \"a \\\" this\" }}", ""},
		{"{{ loop.this }}", "loop.this"},
		{"{{ f(x).this }}", "f x"},
		{"{{ f(this=1) }}", "f"},
		{"{{ f(a==this) }}", "f a this"},
		{"{{ f(a = this) }}", "f this"},
		{"{% if this is none %}", "if this is none"},
		{"{{ config(post_hook='x', pre_hook=\"(\" ~ this) ~ that }}", "that"},
		{"{{ config.get(this) }}", "config.get this"},
		{"{{ config(never closed", ""},
		{"{{ 1this + 2.5 * x }}", "x"},
		{"{{ modules.datetime.datetime.now() }}", "modules.datetime.datetime.now"},
		{"{{ 'not closed }}", ""},
		{"text this", ""},
	} {
		var paths []string
		for _, p := range jinja.Scan(tc.tag) {
			paths = append(paths, p.Paths()...)
		}
		if d := cmp.Diff(tc.want, strings.Join(paths, " ")); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.tag, d)
		}
	}
}

// TestBranches takes away the branch behind "no", and what stands behind "all" with all that follows.
func TestBranches(t *testing.T) {
	fate := func(condition jinja.Part) jinja.Fate {
		switch {
		case strings.Contains(condition.Text, "all"):
			return jinja.Fate{}
		case strings.Contains(condition.Text, "no"):
			return jinja.Fate{Others: true}
		case strings.Contains(condition.Text, "yes"):
			return jinja.Fate{This: true}
		}
		return jinja.Fate{This: true, Others: true}
	}
	for _, tc := range []struct{ text, want string }{
		{"a{% if no %}b{% endif %}c", "ac"},
		{"a{% if no %}b{% else %}c{% endif %}d", "acd"},
		{"{% if yes %}b{% else %}c{% endif %}", "b"},
		{"{% if all %}b{% elif x %}c{% else %}d{% endif %}e", "e"},
		{"{% if x %}b{% elif all %}c{% else %}d{% endif %}e", "be"},
		{"{% if x %}b{% elif no %}c{% else %}d{% endif %}e", "bde"},
		{"{% if no %}{% if x %}b{% else %}c{% endif %}{% endif %}d", "d"},
		{"{% if no %}{% for x in y %}b{% else %}c{% endfor %}{% else %}d{% endif %}e", "de"},
		{"{% for x in y %}{% if no %}b{% endif %}c{% else %}d{% endfor %}", "cd"},
		{"{% endif %}a{% else %}b", "ab"},
	} {
		var got strings.Builder
		for _, p := range jinja.Branches(jinja.Scan(tc.text), fate) {
			if p.Kind == jinja.Printed {
				got.WriteString(p.Text)
			}
		}
		if d := cmp.Diff(tc.want, got.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.text, d)
		}
	}
}

// FuzzScan looks for panics, and for text that gets lost between two tags.
func FuzzScan(f *testing.F) {
	f.Add("a {{ this.schema }} {% if config(x='}}') %} {# c #} {% raw %}{{{% endraw %}")
	f.Fuzz(func(t *testing.T, text string) {
		parts := jinja.Scan(text)
		for _, p := range parts {
			p.Paths()
		}
		all := jinja.Branches(parts, func(jinja.Part) jinja.Fate { return jinja.Fate{This: true, Others: true} })
		if d := cmp.Diff(parts, all); d != "" {
			t.Errorf("parts got lost although no condition drops any (-before +after):\n%s", d)
		}
	})
}
