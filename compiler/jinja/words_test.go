package jinja_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/jinja"
)

func TestWords(t *testing.T) {
	for _, tc := range []struct{ tag, want string }{
		{" ref('a', \"b\") ", "n:ref o:( s:'a' o:, s:\"b\" o:)"},
		{"a==b=c//d", "n:a o:== n:b o:= n:c o:// n:d"},
		{"1.5 x1 1x", "i:1 o:. i:5 n:x1 i:1x"},
		{"größe\u00a0über", "n:größe n:über"},
		{"a ? \\", "n:a o:? o:\\"},
		{`'it\'s' ''`, `s:'it\'s' s:''`},
		{"", ""},
	} {
		words, err := jinja.Words(tc.tag)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range words {
			got = append(got, string(w.Kind)+":"+w.Text)
			if tc.tag[w.Start:w.End()] != w.Text {
				t.Errorf("%q: %q does not stand at %d", tc.tag, w.Text, w.Start)
			}
		}
		if d := cmp.Diff(tc.want, strings.Join(got, " ")); d != "" {
			t.Errorf("%q (-want +got):\n%s", tc.tag, d)
		}
	}
	if _, err := jinja.Words("a 'b"); err == nil {
		t.Error("a string without an end is no error")
	}
}

// TestUnescape holds what Python makes of each text with .encode("ascii", "backslashreplace").decode("unicode-escape").
func TestUnescape(t *testing.T) {
	for text, want := range map[string]string{
		`a`: "a", `\\\'\"`: `\'"`, `\n\r\t\a\b\f\v`: "\n\r\t\a\b\f\v", "a\\\nb": "ab", "a\r\nb\rc": "a\nb\nc", `\x41\u00e9\U0001F986`: "Aé🦆",
		`\101\7z\400`: "A\az\u0100", `\q\-`: `\q\-`, `é\x5f`: "é_",
	} {
		got, err := jinja.Unescape(text)
		if got != want || err != nil {
			t.Errorf("%q says %q (%v), want %q", text, got, err, want)
		}
	}
	for _, text := range []string{`\N{DASH}`, `\x4`, `\xgg`, `\u12`, `\ud800`, `\U00110000`, `\é`, `\x+1`} {
		if got, err := jinja.Unescape(text); err == nil {
			t.Errorf("%q says %q, want an error", text, got)
		}
	}
}

// FuzzWords looks for panics, and for what gets lost between two words.
func FuzzWords(f *testing.F) {
	f.Add(" source('a', \"b\\x41\") ~ 1.5|f ")
	f.Fuzz(func(t *testing.T, tag string) {
		words, err := jinja.Words(tag)
		if err != nil {
			return
		}
		at := 0
		for _, w := range words {
			if w.Start < at || w.Text == "" || tag[w.Start:w.End()] != w.Text || strings.TrimSpace(strings.Trim(tag[at:w.Start], "\x1c\x1d\x1e\x1f")) != "" {
				t.Fatalf("%q: the word %q at %d, behind %d", tag, w.Text, w.Start, at)
			}
			at = w.End()
			if w.Kind == jinja.Quoted {
				_, _ = w.Value()
			}
		}
	})
}
