package switching_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/switching"
)

func TestPython(t *testing.T) {
	const (
		python  = "it stands in a Python model, which is not changed"
		dynamic = "which table it reads is known only when dbt runs"
	)
	run(t, switching.Python, []row{
		{name: "a call", text: "def model(dbt, session):\n    return dbt.source('a', \"b\").limit(1)\n", left: []string{`dbt.source('a', "b") [a.b] ` + python}},
		{name: "over lines", text: "x = dbt \\\r\n  .source(\n  'a', # first\n  'b',\n)", left: []string{"dbt \\\r\n  .source(\n  'a', # first\n  'b',\n) [a.b] " + python}},
		{name: "kinds of strings", text: `dbt.source(r'a', """b""")` + "\n" + `dbt.source(u'\x61', 'b')`, left: []string{`dbt.source(r'a', """b""") [a.b] ` + python, `dbt.source(u'\x61', 'b') [a.b] ` + python}},
		{name: "another table", text: "dbt.source('a', 'z')"},
		{name: "not dbt's", text: "x.dbt.source('a', 'b'); my_dbt.source('a', 'b'); source('a', 'b'); dbt.sources('a', 'b')"},
		{name: "comments and strings", text: "# dbt.source('a', 'b')\n\"\"\"\ndbt.source('a', 'b')\n\"\"\"\n'it\\'s dbt.source('\n"},
		{name: "behind a comment with a quote", text: "# it's\ndbt.source('a', 'b')", left: []string{"dbt.source('a', 'b') [a.b] " + python}},
		{name: "a variable", text: "dbt.source('a', table)", left: []string{"dbt.source('a', table) [a.] " + dynamic}},
		{name: "no plain text", text: "dbt.source(f'{x}', b'b')", left: []string{"dbt.source(f'{x}', b'b') [.] its arguments are strings of a kind that is not read"}},
		{name: "the function itself", text: "s = dbt.source\n", left: []string{"dbt.source [.] source is handed on without being called"}},
		{name: "a formatted string", text: `x = f"{dbt.source('a', 'b')}"`, left: []string{`f"{dbt.source('a', 'b')}" [.] it stands in a formatted string of a Python model`}},
		{name: "broken", text: "dbt.source('a', 'b", left: []string{"dbt.source('a', 'b [.] " + dynamic}},
		{name: "nothing", text: ""},
	})
}

func FuzzPython(f *testing.F) {
	f.Add("def model(dbt, session): # it's\n  return dbt.source(r'a', \"\"\"b\"\"\") + f'{dbt.source}' \\\n")
	f.Fuzz(func(t *testing.T, text string) { check(t, switching.Python, text) })
}
