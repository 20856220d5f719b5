package output

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestApply: files are rewritten byte for byte, with the modes that they have, all of them or none.
func TestApply(t *testing.T) {
	both := []Rewrite{{"a.sql", "one\r\n", "two\r\n"}, {"sub/b.yml", "x", "y"}}
	old := map[string]string{"a.sql": "one\r\n", "sub/b.yml": "x"}
	for _, tc := range []struct {
		name  string
		lay   func(t *testing.T, dir string)
		list  []Rewrite
		fails string // part of the error
		want  map[string]string
	}{
		{name: "both", list: both, want: map[string]string{"a.sql": "two\r\n", "sub/b.yml": "y"}},
		{name: "none", want: old},
		{name: "one has changed since", lay: func(t *testing.T, dir string) { put(t, dir, "sub/b.yml", "z") }, list: both, fails: "sub/b.yml: it has changed", want: map[string]string{"a.sql": "one\r\n", "sub/b.yml": "z"}},
		{name: "one is gone", list: append([]Rewrite{{"c.sql", "x", "y"}}, both...), fails: "c.sql: no such file", want: old},
		{name: "a folder", list: append([]Rewrite{{"sub", "x", "y"}}, both...), fails: "sub: it is no file", want: old},
		{name: "outside", list: append([]Rewrite{{"../x", "x", "y"}}, both...), fails: "x: the path leaves the project", want: old},
		{name: "a link", lay: func(t *testing.T, dir string) {
			if err := os.Symlink("a.sql", filepath.Join(dir, "link.sql")); err != nil {
				t.Skip("no links here: ", err)
			}
		}, list: append(both[:1:1], Rewrite{"link.sql", "one\r\n", "two\r\n"}), fails: "link.sql: it is no file of its own, but a link", want: map[string]string{"a.sql": "one\r\n", "link.sql": "one\r\n", "sub/b.yml": "x"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range old {
				put(t, dir, name, text)
			}
			if err := os.Chmod(filepath.Join(dir, "a.sql"), 0o600); err != nil {
				t.Fatal(err)
			}
			if tc.lay != nil {
				tc.lay(t, dir)
			}
			err := Apply(dir, tc.list)
			if (err == nil) != (tc.fails == "") || err != nil && !strings.Contains(filepath.ToSlash(err.Error()), tc.fails) {
				t.Errorf("want an error that says %q, have %v", tc.fails, err)
			}
			if d := cmp.Diff(tc.want, laid(t, dir)); d != "" {
				t.Errorf("what is there (-want +got):\n%s", d)
			}
			if info, err := os.Stat(filepath.Join(dir, "a.sql")); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the mode of a.sql: %v %v", info.Mode(), err)
			}
		})
	}
}

// TestApplyBroken: whatever operation fails, each file is whole, and before the first is put in place all are as they were.
func TestApplyBroken(t *testing.T) {
	both := []Rewrite{{"a.sql", "1", "2"}, {"b.sql", "1", "2"}}
	for i := range 100 {
		dir := t.TempDir()
		put(t, dir, "a.sql", "1")
		put(t, dir, "b.sql", "1")
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		at, renamed := 0, 0
		err = rewrite(&writer{root: folder{root: root}, step: func(op, _ string) error {
			if at++; at == i+1 {
				return errors.New("broken")
			}
			if op == "rename" {
				renamed++
			}
			return nil
		}}, both)
		_ = root.Close()
		if err == nil {
			if i < 5 {
				t.Fatalf("only %d operations", i)
			}
			return
		}
		got, changed := laid(t, dir), 0
		for name, text := range got {
			if strings.HasPrefix(filepath.Base(name), tempPrefix) {
				t.Errorf("operation %d: %s is left", i, name)
			}
			if text == "2" {
				changed++
			}
		}
		if changed != renamed {
			t.Errorf("operation %d: %d files were put in place, and %v is there", i, renamed, got)
		}
	}
	t.Error("it does not end")
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func laid(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
