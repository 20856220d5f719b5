package switching_test

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/dbtwac/dbtwac/compiler/switching"
)

// models is a properties file with a data test that has some arguments, indented by eight blanks where they are several.
func models(arguments string) string {
	return "models:\n- name: m # source('a', 'b')\n  data_tests:\n  - t:\n" + arguments + "\n"
}

func TestProperties(t *testing.T) {
	const (
		dynamic = "which table it reads is known only when dbt runs"
		longer  = "it stands in a longer text"
		hook    = "it stands in a hook"
		written = "it is written over several lines, as a block or with escapes"
		shared  = "an anchor shares it with another place"
	)
	rows := []row{
		// Where dbt evaluates.
		{name: "arguments of tests, old and new", text: `version: 2
models:
  - name: m
    description: source('a', 'b')
    tests:
      - unique
      - relationships: {field: id, to: "source('a', 'b')"} # source('a', 'b')
    columns:
      - name: id
        data_tests:
          - relationships:
              arguments:
                to: source('a', 'b')
                field: id
    versions:
      - v: 1
        columns:
          - name: id
            data_tests:
              - name: source('a', 'b')
                test_name: relationships
                to: source('a','c')
`, want: `version: 2
models:
  - name: m
    description: source('a', 'b')
    tests:
      - unique
      - relationships: {field: id, to: "ref('raw_a__b')"} # source('a', 'b')
    columns:
      - name: id
        data_tests:
          - relationships:
              arguments:
                to: ref('raw_a__b')
                field: id
    versions:
      - v: 1
        columns:
          - name: id
            data_tests:
              - name: source('a', 'b')
                test_name: relationships
                to: ref('raw_a__c')
`},
		{name: "seeds and snapshots", text: "seeds: [{name: s, data_tests: [{t: {x: \"source('a','b')\"}}]}]\nsnapshots:\n- name: n\n  relation: source('a','c')\n  columns: [{name: id, tests: [{t: {x: [{y: \"source('x','y')\"}]}}]}]\n",
			want: "seeds: [{name: s, data_tests: [{t: {x: \"ref('raw_a__b')\"}}]}]\nsnapshots:\n- name: n\n  relation: ref('raw_a__c')\n  columns: [{name: id, tests: [{t: {x: [{y: \"ref('raw_x__y')\"}]}}]}]\n"},
		{name: "inputs of unit tests", text: "unit_tests:\n- name: u\n  model: m\n  given:\n  - input: source('a', 'b')\n    rows: [{id: 1, x: \"source('a', 'b')\"}]\n  - input: ref('z')\n  expect: {rows: []}\n",
			want: "unit_tests:\n- name: u\n  model: m\n  given:\n  - input: ref('raw_a__b')\n    rows: [{id: 1, x: \"source('a', 'b')\"}]\n  - input: ref('z')\n  expect: {rows: []}\n"},
		{name: "foreign keys", text: "models:\n- name: m\n  constraints:\n  - {type: foreign_key, columns: [id], to: \"source('a','b')\", to_columns: [id]}\n  columns:\n  - name: id\n    constraints:\n    - type: foreign_key\n      to: source('a','c')\n",
			want: "models:\n- name: m\n  constraints:\n  - {type: foreign_key, columns: [id], to: \"ref('raw_a__b')\", to_columns: [id]}\n  columns:\n  - name: id\n    constraints:\n    - type: foreign_key\n      to: ref('raw_a__c')\n"},

		// How a value may be written.
		{name: "in braces", text: models("      x: \"{{ source('a', 'b') }}\"\n      y: '{{source(\"a\", \"b\")}}'"), want: models("      x: \"{{ ref('raw_a__b') }}\"\n      y: '{{ref(\"raw_a__b\")}}'")},
		{name: "with where", text: models("      x: \"{{ get_where_subquery(source('a', 'b')) }}\"\n      y: get_where_subquery( source('a', 'b') )"),
			want: models("      x: \"{{ get_where_subquery(ref('raw_a__b')) }}\"\n      y: get_where_subquery( ref('raw_a__b') )")},
		{name: "dbt's own by its full name", text: models("      x: \"{{ builtins.source('a', 'b') }}\""), want: models("      x: \"{{ builtins.ref('raw_a__b') }}\"")},
		{name: "quotes in quotes", text: models("      x: 'source(''a'', ''b'')'\n      y: \"source(\\\"a\\\", \\\"b\\\")\""), want: models("      x: 'ref(''raw_a__b'')'\n      y: \"ref(\\\"raw_a__b\\\")\"")},
		{name: "letters before it", text: "models: [{name: ä🦆, tests: [{t: {ü: \"source('a', 'b')\", z: \"source('größe','é')\"}}]}]", want: "models: [{name: ä🦆, tests: [{t: {ü: \"ref('raw_a__b')\", z: \"ref('raw_größe__é')\"}}]}]"},
		{name: "a byte order mark", text: "\ufeff" + models("      x: source('a', 'b')"), want: "\ufeff" + models("      x: ref('raw_a__b')")},
		{name: "a name that a plain value cannot hold", text: models("      x: source('odd', '')"), left: []string{"source('odd', '') [odd.] the name of its model needs quotes here"}},
		{name: "a name that quotes can hold", text: models("      x: 'source(\"odd\", \"\")'"), want: models(`      x: 'ref("it''s \"odd\": #\\")'`)},

		// What stays, because dbt does not evaluate it there or it is no mirrored table.
		{name: "tests of sources", text: "sources:\n- name: a\n  tables:\n  - name: b\n    columns:\n    - name: id\n      data_tests:\n      - relationships: {to: \"source('a', 'c')\", field: id}\n"},
		{name: "exposures", text: "exposures:\n- name: e\n  depends_on:\n  - source('a', 'b')\n"},
		{name: "keys of a test that are no arguments", text: models("      config: {where: \"source('a', 'b')\"}\n      description: source('a', 'b')")},
		{name: "another table", text: models("      x: source('a', 'z')\n      y: ref('b')\n      z: source")},
		{name: "a text that dbt does not evaluate", text: models("      x: select source('a', 'b')\n      y: source('a', 'b').name\n      z: \"'source('\"")},

		// What is left to the user.
		{name: "a variable", text: models("      x: source(var('s'), 'b')"), left: []string{"source(var('s'), 'b') [.b] " + dynamic}},
		{name: "a longer text", text: models("      x: id in (select id from {{ source('a', 'b') }})\n      y: \"{{ source('a', 'b').name }}\"\n      z: ref(source('a', 'c'))\n      empty: \"{{ }}{# source #}\""),
			left: []string{"id in (select id from {{ source('a', 'b') }}) [a.b] " + longer, "\"{{ source('a', 'b').name }}\" [a.b] " + longer, "ref(source('a', 'c')) [a.c] " + longer}},
		{name: "blocks and lines", text: models("      w: >-\n        source('a', 'b')\n      x: |\n        source('a', 'b')\n      y: source('a',\n        'b')\n      z: \"source('\\x61', 'b')\""),
			left: []string{">- [a.b] " + written, "| [a.b] " + written, "source('a', [a.b] " + written, `"source('\x61', 'b')" [a.b] ` + written}},
		{name: "a tag", text: models("      x: !!str source('a', 'b')"), left: []string{"!!str source('a', 'b') [a.b] " + written}},
		{name: "anchors", text: "models:\n- name: m\n  tests:\n  - t: &t\n      x: source('a', 'b')\n  - u:\n      <<: *t\n      y: &y source('a', 'c')\n      z: source('x', 'y')\n",
			want: "models:\n- name: m\n  tests:\n  - t: &t\n      x: source('a', 'b')\n  - u:\n      <<: *t\n      y: &y source('a', 'c')\n      z: ref('raw_x__y')\n",
			left: []string{"source('a', 'b') [a.b] " + shared, "&y source('a', 'c') [a.c] " + written}},
		{name: "an anchor elsewhere", text: "x: &x {to: \"source('a', 'b')\"}\nmodels: [{name: m, tests: [{t: *x}]}]\n", left: []string{`"source('a', 'b')" [a.b] ` + shared}},
		{name: "an anchor in itself", text: "models: &m\n- columns: *m\n  tests: [{t: {x: \"source('a', 'b')\"}}]\n", left: []string{`"source('a', 'b')" [a.b] ` + shared}},
		{name: "hooks", text: "models:\n- name: m\n  config:\n    pre-hook: analyze {{ source('a', 'b') }}\n    post_hook: [{sql: \"{{ source('a', 'z') }} {{ source(x, 'b') }}\"}]\n",
			left: []string{"analyze {{ source('a', 'b') }} [a.b] " + hook, `"{{ source('a', 'z') }} {{ source(x, 'b') }}" [.b] ` + hook}},

		// What YAML does not read.
		{name: "braces without quotes", text: models("      x: {{ source('a', 'b') }}")},
		{name: "no YAML", text: "models: [source('a', 'b')\n\t- }"},
		{name: "no mapping", text: "- source('a', 'b')"},
		{name: "nothing", text: ""},
	}
	run(t, switching.Properties, rows)
	for i := range rows { // the same with the ends of lines of Windows
		crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
		rows[i].text, rows[i].want, rows[i].name = crlf(rows[i].text), crlf(rows[i].want), rows[i].name+", with CRLF"
	}
	run(t, switching.Properties, rows)
	for _, tc := range rows {
		checkValues(t, tc.text)
	}
}

func FuzzProperties(f *testing.F) {
	f.Add(models("      x: 'source(''a'', ''b'')'\n      y: \"source(\\\"a\\\", \\\"b\\\")\"\n      z: &z !!str source('a','c')\n      '<<': *z"))
	f.Add("unit_tests: [{given: [{input: \"source('a', 'b')\"}]}]\nsnapshots: &s [{relation: \"{{ source('x','y') }}\", config: {pre_hook: >-\n source('a','b')\n}, columns: *s}]")
	f.Fuzz(func(t *testing.T, text string) {
		check(t, switching.Properties, text)
		checkValues(t, text)
	})
}

// checkValues reads the YAML before and after: as many values are different as there are edits, each says the ref(), and no other is.
func checkValues(t *testing.T, text string) {
	t.Helper()
	r := switching.Properties(text, mirrored)
	if len(r.Edits) == 0 {
		return
	}
	before, after := values(t, text), values(t, r.Text)
	if len(before) != len(after) {
		t.Fatalf("%q becomes %q: %d values are %d", text, r.Text, len(before), len(after))
	}
	changed := 0
	for i := range before {
		if before[i] != after[i] {
			changed++
			if want := switching.Template("{{"+before[i]+"}}", mirrored).Text; want != "{{"+after[i]+"}}" && switching.Template(before[i], mirrored).Text != after[i] {
				t.Fatalf("%q becomes %q: the value %q is %q", text, r.Text, before[i], after[i])
			}
		}
	}
	if changed != len(r.Edits) {
		t.Fatalf("%q becomes %q: %d values are different, with %d edits", text, r.Text, changed, len(r.Edits))
	}
}

// values are those of a YAML document, in its order, with the keys.
func values(t *testing.T, text string) []string {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var list []string
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		list = append(list, n.Value)
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(&doc)
	return list
}
