package emit

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/templates"
)

func renderText(text string, view any) (string, error) {
	l := library{fsys: fstest.MapFS{"t": {Data: []byte(text)}}}
	return l.render("t", view, &inlays{})
}

func TestRender(t *testing.T) {
	hostile := "{{ x }} <%= v.Name %> {% endraw %} {# #} '\"\n\x01<b>& \xff é"
	view := sampleView{
		Name: hostile, Count: 3, Last: true, Notes: []string{"one", "two"},
		Steps: []sampleStep{{SQL: "select 1", Columns: []sampleColumn{{"a"}, {"b"}}}, {SQL: "select 2"}},
	}
	for name, tc := range map[string]struct{ text, want string }{
		"values are not read again":   {"<%= v.Name %>|<%= v.Name %>\n", hostile + "|" + hostile + "\n"},
		"ints":                        {"<%= v.Count %>", "3"},
		"Jinja is literal":            {"{{ ref('a') }}\n{%- if x -%}\n{# c #}{{{", "{{ ref('a') }}\n{%- if x -%}\n{# c #}{{{"},
		"braces at tags":              {"{<%= v.Count %>}{{<%= v.Count %>}}{<% if v.Last %>%}<% endif %>", "{3}{{3}}{%}"},
		"a brace at a note":           {"{<%# n %>{ x }}", "{{ x }}"},
		"lines that vanish":           {"a\n  <% if v.Last %>\n  b\n\t<% endif %> <%# note %>\n\nc\n", "a\n  b\n\nc\n"},
		"a print keeps its line":      {"a\n<%= v.Count %>\n", "a\n3\n"},
		"text beside keeps its line":  {"<% if v.Last %>x\n<% endif %>y\n", "x\ny\n"},
		"a blank line stays":          {"\n \n", "\n \n"},
		"else":                        {"<% if v.Last %>yes<% else %>no<% endif %>", "yes"},
		"empty list is no":            {"<% for s in v.Steps %><% if s.Columns %>+<% else %>-<% endif %><% endfor %>", "+-"},
		"nested loops":                {"<% for s in v.Steps %>\n<%= s.SQL %>:<% for c in s.Columns %><%= c.Name %><% if forloop.Last %>.<% endif %><% endfor %>\n<% endfor %>\n", "select 1:ab.\nselect 2:\n"},
		"first and last":              {"<% for n in v.Notes %><% if forloop.First %>[<% endif %><%= n %><% if forloop.Last %>]<% else %>, <% endif %><% endfor %>", "[one, two]"},
		"less than is no tag":         {"a<%b <% c\n", "a<%b <% c\n"},
		"a template with CRLF":        {"a\r\n<% if v.Last %>\r\nb\r\n<% endif %>\r\n", "a\nb\n"},
		"no line break at the end":    {"a\n<% if v.Last %>", ""},
		"a verbatim tag is literal":   {"{% verbatim %}{% endverbatim %}", "{% verbatim %}{% endverbatim %}"},
		"a value next to a delimiter": {"{%<%= v.Count %>%}", "{%3%}"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := renderText(tc.text, view)
			if tc.want == "" {
				if err == nil {
					t.Errorf("want an error, have %q", got)
				}
			} else if d := cmp.Diff(tc.want, got); d != "" || err != nil {
				t.Errorf("error %v, text (-want +got):\n%s", err, d)
			}
		})
	}
}

func TestTemplateErrorsHaveTheirLine(t *testing.T) {
	type private struct{ name string }
	for name, tc := range map[string]struct {
		text string
		view any
		want string
	}{
		"field of a string":        {"<%# a %>\na\n<% if v.Name %>\n<% endif %>\n<%= v.Name.X %>\n", sampleView{}, "t:5: "},
		"beside lines that vanish": {"<%# a %>\n<% for s in v.Name.X %>\n<%# b %>\n<% endfor %>\n", sampleView{}, "t:2: "},
		"in a loop":                {"a\n<% for s in v.Notes %>\n\n<%# a %>\nx<%= s.X.Y %>\n<% endfor %>\n", sampleView{Notes: []string{"n"}}, "t:5: "},
		"a panic":                  {"a\n<%= v.Name.X %>\n", func() {}, "t"},
		"missing":                  {"", nil, "t"},
		"a misspelt tag":           {"a\n\n<% fro x in v.Y %>\n", nil, "t:3: <% fro x in v.Y %> is none of the tags that templates/README.md lists"},
	} {
		t.Run(name, func(t *testing.T) {
			l := library{fsys: fstest.MapFS{}}
			if tc.text != "" {
				l.fsys = fstest.MapFS{"t": {Data: []byte(tc.text)}}
			}
			got, err := l.render("t", tc.view, &inlays{})
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "[Error") {
				t.Errorf("want an error at %q, have %v and %q", tc.want, err, got)
			}
		})
	}
	if _, err := renderText("<%= v.name %>", private{"x"}); err == nil {
		t.Error("a field that is not exported was printed")
	}
}

func TestRenderConcurrently(t *testing.T) {
	l := library{fsys: fstest.MapFS{
		"a": {Data: []byte("<% for n in v.Notes %><%= n %><% if forloop.Last %>.<% endif %><% endfor %>")},
		"b": {Data: []byte("{{<%= v.Name %>}}")},
	}}
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			note := fmt.Sprint(i)
			a, err := l.render("a", sampleView{Notes: []string{note, note}}, &inlays{})
			if want := note + note + "."; a != want || err != nil {
				t.Errorf("%q, %v, want %q", a, err, want)
			}
			b, err := l.render("b", sampleView{Name: note}, &inlays{})
			if want := "{{" + note + "}}"; b != want || err != nil {
				t.Errorf("%q, %v, want %q", b, err, want)
			}
		})
	}
	wg.Wait()
}

// notHanging fails when f does not end: a lexer that finds no way out would stop the fuzzer without a word.
func notHanging(t *testing.T, src string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("hangs on %q", src)
	}
}

// FuzzLiteral: text without tags survives unchanged, and no text hangs or panics.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"{{ ref('a') }}\n{% if x %}\n{# c #}", "{{{{%{#", "a<%b", "<%= v %>", "<% for x in v.Y %>", "<%# {{ %>{", "{% verbatim %}{%endverbatim%}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var got string
		var err error
		notHanging(t, src, func() { got, err = renderText(src, "X") })
		if err != nil && (strings.Contains(src, "<%") && strings.Contains(src, "%>") || strings.Contains(src, "\x01")) {
			return
		}
		want := strings.ReplaceAll(src, "\r\n", "\n")
		if err != nil || got != want && !(strings.Contains(src, "<%") && strings.Contains(src, "%>")) {
			t.Fatalf("%q becomes %q (%v)", want, got, err)
		}
	})
}

// FuzzSplice: a value between any two texts stands there byte for byte, and nothing else changes.
func FuzzSplice(f *testing.F) {
	for _, s := range [][3]string{{"{", "x", "}"}, {"{{ ref('", "%}", "') }}"}, {"{{{", "{", "{"}, {"a\n", "<%= v %>", "{% b %}"}, {"\xff{", "\x01\r\n", "%}"}} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, before, value, after string) {
		for _, s := range []string{before, after} {
			if strings.ContainsAny(s, "\x01<") || strings.Contains(s, "%>") {
				return
			}
		}
		if strings.HasSuffix(before, "\r") { // "\r" before a line break is folded
			return
		}
		src := before + "<%= v.Name %>" + after
		var got string
		var err error
		notHanging(t, src, func() { got, err = renderText(src, sampleView{Name: value}) })
		fold := strings.NewReplacer("\r\n", "\n")
		if want := fold.Replace(before) + value + fold.Replace(after); err != nil || got != want {
			t.Fatalf("%q becomes %q (%v), want %q", src, got, err, want)
		}
	})
}

// BenchmarkRender prints the 25,000 statements of a large deployment. Each loop over them costs about the same again.
func BenchmarkRender(b *testing.B) {
	const n = 25_000
	type line struct{ Comment, SQL string }
	type view struct {
		Lines []line
		Texts []string
		Text  string
	}
	v := view{}
	for i := range n {
		l := line{fmt.Sprintf("clone the table %d", i), fmt.Sprintf("create or replace table a.b.t%d clone c.d.t%d", i, i)}
		v.Lines = append(v.Lines, l)
		v.Texts = append(v.Texts, "-- "+l.Comment+"\n"+l.SQL+";")
	}
	v.Text = strings.Join(v.Texts, "\n")
	for _, tc := range []struct{ name, text string }{
		{"no loop", "<%= v.Text %>\n"},
		{"loop, one string", "<% for t in v.Texts %>\n<%= t %>\n<% endfor %>\n"},
		{"loop, two fields", "<% for l in v.Lines %>\n-- <%= l.Comment %>\n<%= l.SQL %>;\n<% endfor %>\n"},
		{"loop, two fields and Jinja", "<% for l in v.Lines %>\n{% do run('<%= l.Comment %>', '<%= l.SQL %>') %}\n<% endfor %>\n"},
		{"loop, two fields and a branch", "<% for l in v.Lines %>\n-- <%= l.Comment %>\n<%= l.SQL %><% if forloop.Last %>.<% else %>;<% endif %>\n<% endfor %>\n"},
	} {
		l := library{fsys: fstest.MapFS{"t": {Data: []byte(tc.text)}}}
		for _, pass := range []struct {
			name string
			view any
		}{{"", v}, {", by pointer", &v}} {
			b.Run(tc.name+pass.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := l.render("t", pass.view, &inlays{}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/statement")
			})
		}
	}
}

func BenchmarkParse(b *testing.B) {
	src, err := fs.ReadFile(templates.FS, "README.md")
	if err != nil {
		b.Fatal(err)
	}
	text := strings.ReplaceAll(strings.ReplaceAll(string(src), "<%", "{{"), "%>", "}}")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := loadTemplate(fstest.MapFS{"t": {Data: []byte(text)}}, "t"); err != nil {
			b.Fatal(err)
		}
	}
}
