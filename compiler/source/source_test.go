package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/source"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x", 500)
	for _, tc := range []struct{ name, text, mark, want string }{
		{"a word", "a: b\nkey: value\nc", "value", "key: value\n     ^^^^^"},
		{"behind letters of two bytes", "größe: é", "é", "größe: é\n       ^"},
		{"the first byte", "abc", "a", "abc\n^"},
		{"in a long line", long + "HERE" + long, "HERE", "…" + strings.Repeat("x", 50) + "HERE" + strings.Repeat("x", 46) + "…\n" + strings.Repeat(" ", 51) + "^^^^"},
		{"a control character", "a\x1b[31mb", "b", "a [31mb\n      ^"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			at := strings.Index(tc.text, tc.mark)
			got := source.At(&source.File{Name: "f", Text: tc.text}, at, at+len(tc.mark)).Excerpt()
			if got != tc.want {
				t.Errorf("have\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestPosition(t *testing.T) {
	f := &source.File{Name: "f", Text: "a\nbc\n"}
	for offset, want := range [][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {2, 3}, {3, 1}} {
		if line, column := source.At(f, offset, offset).Position(); line != want[0] || column != want[1] {
			t.Errorf("offset %d is %d:%d, want %v", offset, line, column, want)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"", "x", strings.Repeat("line\r\n", 10_000)} {
		path := filepath.Join(dir, "f")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := source.Read(path, "shown")
		if err != nil || f.Text != text || f.Name != "shown" {
			t.Errorf("have %d bytes called %q (%v), want %d", len(f.Text), f.Name, err, len(text))
		}
	}
	if _, err := source.Read(dir, "a folder"); err == nil {
		t.Error("a folder is no file")
	}
}
