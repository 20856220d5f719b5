package switching_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/switching"
)

func TestTemplate(t *testing.T) {
	const (
		dynamic  = "which table it reads is known only when dbt runs"
		two      = "dbt's source() takes two arguments"
		named    = "dbt's source() takes no such argument"
		handed   = "source is handed on without being called"
		rebound  = "this file gives the name source another meaning"
		inString = "it stands in a string, which dbt may render later"
	)
	run(t, switching.Template, []row{
		// What is replaced.
		{name: "a call", text: "select * from {{ source('a', 'b') }} x", want: "select * from {{ ref('raw_a__b') }} x"},
		{name: "double quotes", text: `{{ source("a", 'b') }}`, want: `{{ ref("raw_a__b") }}`},
		{name: "single quotes first", text: `{{ source('a', "b") }}`, want: `{{ ref('raw_a__b') }}`},
		{name: "white space and controls", text: "{{- source ( 'a',\r\n\t'b' ) -}}\r\n{{+source('a','c')}}", want: "{{- ref ( 'raw_a__b' ) -}}\r\n{{+ref('raw_a__c')}}"},
		{name: "lines of its own", text: "{{ source(\n  'a',\n  'b'\n) }}", want: "{{ ref(\n  'raw_a__b'\n) }}"},
		{name: "a comma at the end", text: "{{ source('a', 'b',) }}", want: "{{ ref('raw_a__b',) }}"},
		{name: "two in a line", text: "{{ source('a','b') }}{{ source('x','y') }}", want: "{{ ref('raw_a__b') }}{{ ref('raw_x__y') }}"},
		{name: "comments of SQL are rendered", text: "-- {{ source('a','b') }}\n/* {{ source('a','c') }} */", want: "-- {{ ref('raw_a__b') }}\n/* {{ ref('raw_a__c') }} */"},
		{name: "a string of SQL is rendered", text: "select '{{ source('a','b') }}'", want: "select '{{ ref('raw_a__b') }}'"},
		{name: "statements", text: "{% set s = source('a','b') %}{%- if source('a','c') is none +%}{% do f(source('x','y')) %}{% endif %}",
			want: "{% set s = ref('raw_a__b') %}{%- if ref('raw_a__c') is none +%}{% do f(ref('raw_x__y')) %}{% endif %}"},
		{name: "a for and a call block", text: "{% for c in cols(source('a','b')) %}{% endfor %}{% call(r) f(source('a','c')) %}{% endcall %}",
			want: "{% for c in cols(ref('raw_a__b')) %}{% endfor %}{% call(r) f(ref('raw_a__c')) %}{% endcall %}"},
		{name: "expressions", text: "{{ [source('a','b')] ~ {'k': source('a','c')} ~ (source('x','y') if x else none) }}",
			want: "{{ [ref('raw_a__b')] ~ {'k': ref('raw_a__c')} ~ (ref('raw_x__y') if x else none) }}"},
		{name: "a named argument of another call", text: "{{ dbt_utils.star(from=source('a','b'), except=['x']) }}", want: "{{ dbt_utils.star(from=ref('raw_a__b'), except=['x']) }}"},
		{name: "in config()", text: "{{ config(x=source('a','b')) }}", want: "{{ config(x=ref('raw_a__b')) }}"},
		{name: "what follows the call", text: "{{ source('a','b').render() }}{{ source('a','b')|string }}{{ source('a','b').include(database=false) }}",
			want: "{{ ref('raw_a__b').render() }}{{ ref('raw_a__b')|string }}{{ ref('raw_a__b').include(database=false) }}"},
		{name: "the default of a parameter", text: "{% macro m(from=source('a','b')) %}{% endmacro %}", want: "{% macro m(from=ref('raw_a__b')) %}{% endmacro %}"},
		{name: "dbt's own by its full name", text: "{{ builtins.source('a','b') }}{{ builtins . source('a','c') }}", want: "{{ builtins.ref('raw_a__b') }}{{ builtins . ref('raw_a__c') }}"},
		{name: "escapes", text: `{{ source('\x61', "\142") }}`, want: `{{ ref('raw_a__b') }}`},
		{name: "letters", text: "ä {{ source('größe','é') }} ö", want: "ä {{ ref('raw_größe__é') }} ö"},
		{name: "a name that needs escapes", text: `{{ source('odd','') }}{{ source("odd",'') }}`, want: `{{ ref('it\'s "odd": #\\') }}{{ ref("it's \"odd\": #\\") }}`},

		// What is no call of a mirrored table.
		{name: "another table", text: "{{ source('a','z') }}{{ ref('b') }}"},
		{name: "outside of tags", text: "select source('a','b')"},
		{name: "a comment", text: "{# {{ source('a','b') }} #}"},
		{name: "raw", text: "{% raw %}{{ source('a','b') }}{% endraw %}"},
		{name: "another name", text: "{{ my_source('a','b') }}{{ sourceé('a','b') }}{{ Source('a','b') }}"},
		{name: "an attribute", text: "{{ pkg.source('a','b') }}{{ x.builtins.source('a','b') }}{{ node.source }}"},
		{name: "a filter, a test and an argument", text: "{{ x|source('a','b') }}{% if x is source('a','b') or x is not source %}{% endif %}{{ f(source='a') }}"},
		{name: "a string", text: "{{ 'source' ~ \"source('a','b')\" ~ {'source': 1}['source'] }}"},
		{name: "the name of a block", text: "{% snapshot source %}{% endsnapshot %}{% test source(model) %}{% endtest %}{% filter source %}{% endfilter %}"},

		// What is left to the user.
		{name: "a variable", text: "{{ source(x, 'b') }}", left: []string{"source(x, 'b') [.b] " + dynamic}},
		{name: "var()", text: "{{ source('a', var('t')) }}", left: []string{"source('a', var('t')) [a.] " + dynamic}},
		{name: "put together", text: "{{ source('a' 'a', 'b') }}{{ source('a', 'b' ~ x) }}{{ source('a', 'b'|lower) }}{{ source(('a'), 'b') }}",
			left: []string{"source('a' 'a', 'b') [.b] " + dynamic, "source('a', 'b' ~ x) [a.] " + dynamic, "source('a', 'b'|lower) [a.] " + dynamic, "source(('a'), 'b') [.b] " + dynamic}},
		{name: "any number of arguments", text: "{{ source(*args) }}{{ source('a', *args) }}", left: []string{"source(*args) [.] " + dynamic, "source('a', *args) [a.] " + dynamic}},
		{name: "not two arguments", text: "{{ source('a') }}{{ source() }}{{ source('a','b','c') }}", left: []string{"source('a') [a.] " + two, "source() [.] " + two, "source('a','b','c') [a.b] " + two}},
		{name: "named arguments, which some dbts take", text: "{{ source(table_name='b', source_name=\"a\") }}{{ source('a', table_name = 'b', ) }}", want: "{{ ref(\"raw_a__b\") }}{{ ref('raw_a__b', ) }}"},
		{name: "a part of the name", text: "{{ source('a', 'b').schema }}{{ source('a', 'b').include(database=false) }}", want: "{{ source('a', 'b').schema }}{{ ref('raw_a__b').include(database=false) }}",
			left: []string{"source('a', 'b') [a.b] a part of its name is read, and the copy has another name"}},
		{name: "named arguments that no dbt takes", text: "{{ source('a', name='b') }}{{ source('a', source_name='b') }}",
			left: []string{"source('a', name='b') [a.] " + named, "source('a', source_name='b') [a.] " + named}},
		{name: "an escape", text: `{{ source('\N{DASH}', 'b') }}`, left: []string{`source('\N{DASH}', 'b') [.b] its arguments are strings of a kind that is not read`}},
		{name: "one call in another", text: "{{ source('a', source('a','b').x) }}", want: "{{ source('a', ref('raw_a__b').x) }}", left: []string{"source('a', source('a','b').x) [a.] " + dynamic}},
		{name: "the function itself", text: "{% set s = source %}{{ f(source, 1) }}{{ source.x }}{{ builtins.source }}{{ (source)('a','b') }}",
			left: []string{"source [.] " + handed, "source [.] " + handed, "source [.] " + handed, "builtins.source [.] " + handed, "source [.] " + handed}},
		{name: "a hook", text: `{{ config(pre_hook="analyze {{ source('a','b') }}", post_hook=["{{ source('a','z') }}", "{{ source(x,'b') }}"]) }}`,
			left: []string{`"analyze {{ source('a','b') }}" [a.b] ` + inString, `"{{ source(x,'b') }}" [.b] ` + inString}},
		{name: "a hook with escapes", text: `{{ config(pre_hook='analyze {{ source(\'a\',\'b\') }}') }}`, left: []string{`'analyze {{ source(\'a\',\'b\') }}' [a.b] ` + inString}},

		// A text that gives the name another meaning.
		{name: "a variable of that name", text: "{% set source = 1 %}{{ source }}{{ source('a','b') }}{{ source('a','z') }}{{ builtins.source('a','b') }}",
			want: "{% set source = 1 %}{{ source }}{{ source('a','b') }}{{ source('a','z') }}{{ builtins.ref('raw_a__b') }}", left: []string{"source('a','b') [a.b] " + rebound}},
		{name: "a block of that name", text: "{% set source %}x{% endset %}{{ source('a','b') }}", left: []string{"source('a','b') [a.b] " + rebound}},
		{name: "a loop", text: "{% for k, source in x %}{{ source.name }}{{ source('a','b') }}{% endfor %}", left: []string{"source('a','b') [a.b] " + rebound}},
		{name: "a parameter", text: "{% macro m(x, source=none) %}{{ source('a','b') }}{% endmacro %}", left: []string{"source('a','b') [a.b] " + rebound}},
		{name: "a parameter of a test", text: "{% test t(model, source) %}{{ source(x,'b') }}{% endtest %}", left: []string{"source(x,'b') [.b] " + rebound}},
		{name: "a parameter of a call block", text: "{% call(source) f() %}{{ source('a','b') }}{% endcall %}", left: []string{"source('a','b') [a.b] " + rebound}},
		{name: "with", text: "{% with x = f(1), source = x %}{{ source('a','b') }}{% endwith %}", left: []string{"source('a','b') [a.b] " + rebound}},
		{name: "an import", text: "{% from 'x' import source %}{{ source('a','b') }}", left: []string{"source('a','b') [a.b] " + rebound}},
		{name: "the macro that stands for dbt's", text: "{% macro source(s, t) %}{{ return(builtins.source(s, t)) }}{% endmacro %}{{ source('a','b') }}",
			left: []string{"builtins.source(s, t) [.] " + dynamic, "source('a','b') [a.b] " + rebound}},
		{name: "another meaning of ref", text: "{% for ref in refs %}{{ source('a','b') }}{% endfor %}", left: []string{"source('a','b') [a.b] this file gives the name ref another meaning"}},
		{name: "no meaning", text: "{% set x.source = source('a','b') %}{% set y = f(source='s') %}{% for x in source('a','c') %}{% endfor %}",
			want: "{% set x.source = ref('raw_a__b') %}{% set y = f(source='s') %}{% for x in ref('raw_a__c') %}{% endfor %}"},

		// What Jinja does not read.
		{name: "a tag that is not closed", text: "{{ source('a','b') }}{{ source('a','b')", left: []string{"{{ [.] a tag that begins here is not closed, so nothing in this file is replaced"}},
		{name: "a string that is not closed", text: "{{ source('a','b) }}", left: []string{"{{ [.] a tag that begins here is not closed, so nothing in this file is replaced"}},
		{name: "a call that is not closed", text: "{{ source('a','b' }}", left: []string{"source('a','b' [.] " + dynamic}},
		{name: "nothing", text: ""},
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add("{{ source('a', \"b\") }}{% set x = builtins.source('x','y') %}{# {{ source('a','b') }} #}{% raw %}{% endraw %}")
	f.Add("{{ config(pre_hook='{{ source(\\'a\\',\\'b\\') }}') }}{% macro source(ref) %}{{ source(source('a','c'),*x) }}{%- endmacro -%}")
	f.Fuzz(func(t *testing.T, text string) { check(t, switching.Template, text) })
}
