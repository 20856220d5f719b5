package jinja_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/jinja"
)

func TestSignatureOf(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       jinja.Signature
		ok         bool
	}{
		{"one", "{% macro ref(model_name) %}{% do return(builtins.ref(model_name)) %}{% endmacro %}", jinja.Signature{Params: []string{"model_name"}, Required: []string{"model_name"}}, true},
		{"defaults", "\n{#- why -#}\n{%- macro ref(a, b=none, v = 'x)' ) -%}{% endmacro %}", jinja.Signature{Params: []string{"a", "b", "v"}, Required: []string{"a"}}, true},
		{"none", "{% macro ref() %}{% endmacro %}", jinja.Signature{Params: []string{}}, true},
		{"any", "{% macro ref() %}{{ builtins.ref(*varargs, **kwargs) }}{% endmacro %}", jinja.Signature{Params: []string{}, Varargs: true, Kwargs: true}, true},
		{"named ones", "{% macro ref(a) %}{% set v = kwargs.get('v') or kwargs['version'] %}{% endmacro %}", jinja.Signature{Params: []string{"a"}, Required: []string{"a"}, Kwargs: true}, true},
		{"only words", "{% macro ref(a) %}varargs {# kwargs #} {{ 'kwargs' }} {{ x.varargs }}{% endmacro %}", jinja.Signature{Params: []string{"a"}, Required: []string{"a"}}, true},
		{"no macro", "{{ ref('a') }}", jinja.Signature{}, false},
		{"never closed", "{% macro ref(a", jinja.Signature{}, false},
		{"not read", "{% macro ref(a, b=c if) %}", jinja.Signature{}, false},
		{"nothing", "", jinja.Signature{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := jinja.SignatureOf(tc.text)
			if d := cmp.Diff(tc.want, got); d != "" || ok != tc.ok {
				t.Errorf("ok is %v; (-want +got):\n%s", ok, d)
			}
		})
	}
}
