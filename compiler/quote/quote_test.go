package quote

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"go.yaml.in/yaml/v4"
)

// hostileStrings are what a manifest could hold to leave the place that it is printed to.
var hostileStrings = []string{
	"", " ", "a", "orders", "tag:mart tag:utils", "it's", `say "hi"`, `\`, `\\`, `\'`, `'\''`, `ends with \`, "`", "``", "` ",
	"{% endmacro %}", "{% endraw %}", "{{ x }}", "{# c #}", "%}", "}}", "%s %d %%", "<% x %>", "<%= v %>", "&{x} ${y} &z $1",
	"a\nb", "a\r\nb", "a\rb", "\t", "\n", "\\n", "a\u2028b\u0085c\vd", "größe 日本 🦆", "$(id)", "`id`", "$HOME", "~", "*", "-n", "a=b", "!x", "#", "; rm -rf /",
	"|", "a|b", `\|`, "<script>", "&amp;", "*/ drop table x; --", "_a_", "a_b_c", "**b**", "1. x", "- x", "# x", "[x](http://x)",
	"%%{init: {}}%%", "#quot;", `"]; a-->b`,
}

func TestShellWord(t *testing.T) {
	for _, s := range hostileStrings {
		checkShellWord(t, s)
	}
	for s, want := range map[string]string{"": "''", "tag:mart": "tag:mart", "+a": "+a", "a b": "'a b'", "it's": `'it'\''s'`, "a=b": "'a=b'", "é": "'é'", "a*": "'a*'"} {
		if got := Shell(s); got != want {
			t.Errorf("%q becomes %s, want %s", s, got, want)
		}
	}
}

func checkShellWord(t *testing.T, s string) {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a POSIX shell: ", err)
	}
	out, err := exec.Command(sh, "-c", "printf %s "+Shell(s)).CombinedOutput()
	if string(out) != s || err != nil {
		t.Errorf("the shell reads %s as %q (%v), want %q", Shell(s), out, err, s)
	}
}

func FuzzShellWord(f *testing.F) {
	for _, s := range hostileStrings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !strings.Contains(s, "\x00") {
			checkShellWord(t, s)
		}
	})
}

// readJinja reads a literal as Jinja's lexer does, of which it knows the escapes that Jinja uses.
func readJinja(literal string) (string, error) {
	mark, body := literal[0], literal[1:]
	var b strings.Builder
	for body != "" && (mark == '\'' || mark == '"') {
		switch {
		case body[0] == mark:
			if len(body) > 1 {
				return "", fmt.Errorf("%q follows the literal", body[1:])
			}
			return b.String(), nil
		case body[0] == '\n' || body[0] == '\r':
			return "", fmt.Errorf("a line break, which Jinja normalises")
		case body[0] != '\\':
			b.WriteByte(body[0])
			body = body[1:]
		case len(body) > 1 && strings.Contains(`\'"nrt`, body[1:2]):
			b.WriteString(map[byte]string{'\\': `\`, '\'': "'", '"': `"`, 'n': "\n", 'r': "\r", 't': "\t"}[body[1]])
			body = body[2:]
		default:
			return "", fmt.Errorf("an escape that is none: %q", body)
		}
	}
	return "", fmt.Errorf("no literal: %q", literal)
}

func TestJinjaString(t *testing.T) {
	for _, s := range hostileStrings {
		for _, literal := range []string{Jinja(s), JinjaDouble(s)} {
			if got, err := readJinja(literal); got != s || err != nil {
				t.Errorf("%s is read as %q (%v), want %q", literal, got, err, s)
			}
		}
	}
}

func FuzzJinjaString(f *testing.F) {
	for _, s := range hostileStrings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, literal := range []string{Jinja(s), JinjaDouble(s)} {
			if got, err := readJinja(literal); got != s || err != nil {
				t.Fatalf("%s is read as %q (%v), want %q", literal, got, err, s)
			}
		}
	})
}

// TestJinjaStringInJinja asks Jinja itself, with the literal in a macro as the artifacts have it.
func TestJinjaStringInJinja(t *testing.T) {
	const program = `
import json, sys
try:
    import jinja2
except ImportError:
    sys.exit(7)
env = jinja2.Environment(extensions=["jinja2.ext.do"], keep_trailing_newline=True)
out = []
for literal in json.load(sys.stdin):
    text = "{% macro m() %}\n{%- set s = [\n" + literal + ",\n] -%}\n{{- s[0] -}}\n{% endmacro %}{{ m() }}|"
    out.append(env.from_string(text).render()[:-1])
json.dump(out, sys.stdout)
`
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs Python with jinja2: ", err)
	}
	var literals, want []string
	for _, s := range hostileStrings {
		literals, want = append(literals, Jinja(s), JinjaDouble(s)), append(want, s, s)
	}
	in, err := json.Marshal(literals)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", program)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 7 {
		t.Skip("needs Python with jinja2: pip install jinja2")
	}
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Jinja reads other strings (-want +got):\n%s", d)
	}
}

func TestQuoteForPeople(t *testing.T) {
	for _, tc := range []struct {
		name      string
		quote     func(string) string
		in, wants string
	}{
		{"text", Markdown, "built by model.shop.dim_customers", "built by model.shop.dim_customers"},
		{"text", Markdown, "a|b\n<b>`c`*d* _e_", "a\\|b \\<b\\>\\`c\\`\\*d\\* \\_e\\_"},
		{"text", Markdown, "# x", `\# x`},
		{"text", Markdown, "12. x", `12\. x`},
		{"text", Markdown, "x 12. y", `x 12. y`},
		{"text", Markdown, "[x](y) &amp; $z$", `\[x\](y) \&amp; \$z\$`},
		{"code", Code, "analytics.orders_v1", "`analytics.orders_v1`"},
		{"code", Code, `"a"*<b>\`, "`\"a\"*<b>\\`"},
		{"code", Code, "a`b", "``a`b``"},
		{"code", Code, "`a``", "``` `a`` ```"},
		{"code", Code, " a ", "`  a  `"},
		{"code", Code, "a|b`<i>", "<code>a&#124;b&#96;&lt;i&gt;</code>"},
		{"code", Code, "a\nb", "`a b`"},
		{"code", Code, "", "<code></code>"},
		{"mermaid", Mermaid, "mart.dim_customers", `"mart.dim_customers"`},
		{"mermaid", Mermaid, `a"]; b#quot;`, `"a#quot;]#59; b#35;quot#59;"`},
		{"mermaid", Mermaid, "%%{init}%%\n```", `"#37;#37;#123;init#125;#37;#37; #96;#96;#96;"`},
		{"comment", Comment, "replaces mart.orders (5 % of rows)", "replaces mart.orders (5 % of rows)"},
		{"comment", Comment, "a\ndrop table b\r\u2028c\u0085d", "a drop table b  c d"},
		{"comment", Comment, "{{ a }} {% b %} {# c #} {{{ <% d %> ${e} &{f} &g $1 a & b", "{ { a }} { % b %} { # c #} { { { < % d %> $ {e} & {f} & g $ 1 a & b"},
	} {
		if d := cmp.Diff(tc.wants, tc.quote(tc.in)); d != "" {
			t.Errorf("%s of %q (-want +got):\n%s", tc.name, tc.in, d)
		}
	}
}

// FuzzQuoteForPeople: none of them leaves its line, its cell or its quotes.
func FuzzQuoteForPeople(f *testing.F) {
	for _, s := range hostileStrings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, got := range map[string]string{"text": Markdown(s), "code": Code(s), "mermaid": Mermaid(s), "comment": Comment(s)} {
			if !utf8.ValidString(got) && utf8.ValidString(s) || strings.ContainsAny(got, "\n\r\v\f\u0085\u2028\u2029") {
				t.Errorf("%s of %q leaves its line: %q", name, s, got)
			}
		}
		if bars := strings.ReplaceAll(strings.ReplaceAll(Markdown(s), `\\`, ""), `\|`, ""); strings.Contains(bars, "|") {
			t.Errorf("text of %q leaves its cell: %q", s, Markdown(s))
		}
		if strings.Contains(Code(s), "|") {
			t.Errorf("code of %q leaves its cell: %q", s, Code(s))
		}
		if label := Mermaid(s); strings.ContainsAny(label[1:len(label)-1], "\"%{}`\\<>") {
			t.Errorf("label of %q leaves its quotes: %q", s, label)
		}
	})
}

// TestScalars: a scalar of YAML is read as the text that it was made of, and neither Jinja nor GitHub finds anything in it.
func TestScalars(t *testing.T) {
	for _, s := range append([]string{"${{ secrets.KEY }}", "${{{{", "$${{ '}}' }}", "{{{%{#", "{", "\u202e", "\ufeff", "\x00\x7f"}, hostileStrings...) {
		checkScalars(t, s)
	}
	for in, want := range map[string]string{
		YAMLText("a\"b\\c\nd\u2028"):     `"a\"b\\c\nd\u2028"`,
		YAMLWithoutJinja("{{ x }} {% y"): `"{\x7b x }} {\x25 y"`,
		Actions("echo ${{ x }} $x {{"):   "echo ${{ '${{' }} x }} $x {{",
	} {
		if in != want {
			t.Errorf("have %s, want %s", in, want)
		}
	}
}

func checkScalars(t *testing.T, s string) {
	t.Helper()
	withoutJinja, workflow := YAMLWithoutJinja(s), YAMLText(Actions(s))
	if strings.Contains(withoutJinja, "{{") || strings.Contains(withoutJinja, "{%") || strings.Contains(withoutJinja, "{#") {
		t.Errorf("Jinja finds something in %s", withoutJinja)
	}
	if filled := strings.ReplaceAll(Actions(s), "${{ '${{' }}", "\x00"); strings.Contains(filled, "${{") || strings.ReplaceAll(filled, "\x00", "${{") != s && !strings.Contains(s, "\x00") {
		t.Errorf("GitHub makes another text of %q: %q", s, Actions(s))
	}
	var got struct{ Text, WithoutJinja, Workflow any }
	if err := yaml.Unmarshal([]byte("text: "+YAMLText(s)+"\nwithoutjinja: "+withoutJinja+"\nworkflow: "+workflow+"\n"), &got); err != nil {
		t.Fatalf("%q is written as %s, %s and %s: %v", s, YAMLText(s), withoutJinja, workflow, err)
	}
	if got.Text != s || got.WithoutJinja != s || got.Workflow != Actions(s) {
		t.Errorf("%q comes back as %#v", s, got)
	}
}

func FuzzScalars(f *testing.F) {
	for _, s := range append([]string{"${{ x }}", "{{{%{#"}, hostileStrings...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if utf8.ValidString(s) {
			checkScalars(t, s)
		}
	})
}

// FuzzYAML reads each scalar back with the reader of dbtwac.yml.
func FuzzYAML(f *testing.F) {
	for _, s := range []string{"", "plain_name", "no", "1e3", "null", "a: b", "- x", "#x", "\"'", "\\", "ä€😀", "a\nb\tc", "\x7f\u0085\u2028", "resource_type:model tag:x", "<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		var got struct{ Key any }
		if err := yaml.Unmarshal([]byte("key: "+YAML(s)+"\n"), &got); err != nil {
			t.Fatalf("%q is written as %s: %v", s, YAML(s), err)
		}
		if got.Key != s {
			t.Errorf("%q is written as %s and comes back as %#v", s, YAML(s), got.Key)
		}
	})
}
