package output

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// tree is a folder's files by slash-separated path.
type tree map[string]string

func (files tree) lay(t *testing.T, root string) {
	t.Helper()
	for p, text := range files {
		full := filepath.Join(root, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// look reads a folder; an empty folder stands in it as "path/".
func look(t *testing.T, root string) tree {
	t.Helper()
	files := tree{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if entries, err := os.ReadDir(p); err != nil || len(entries) > 0 || p == root {
				return err
			}
			files[rel+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(p)
		files[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sumOf is the sum that dbtwac writes for files.
func sumOf(files []File) Sum {
	var s Sum
	for _, f := range files {
		s.add(f.Path, hash(f.Text))
	}
	return s
}

// compile is what the command does: read the sum, compare, write.
func compile(t *testing.T, target Target, files []File) ([]Change, diag.List, error) {
	t.Helper()
	var doc *source.File
	if text, err := os.ReadFile(filepath.Join(target.Root, target.Sum)); err == nil {
		doc = &source.File{Name: target.Sum, Text: string(text)}
	}
	old, diags := ParseSum(doc)
	if diags.HasErrors() {
		t.Fatalf("the sum on disk cannot be read: %v", diags)
	}
	changes, diags, err := target.Compare(files, old)
	if err != nil || diags.HasErrors() {
		return changes, diags, err
	}
	return changes, nil, target.Write(changes, old)
}

func TestCompile(t *testing.T) {
	const head = "-- Code generated\n"
	one := []File{{"deploy/a.sql", head + "select 1\n"}}
	sum := sumOf(one).Text()
	type found struct {
		Code diag.Code
		At   string
	}
	for name, tc := range map[string]struct {
		disk        tree
		files       []File
		force       bool
		differences []string
		found       []found // nothing may be written then
		want        tree
	}{
		"first": {
			files: one, differences: []string{"missing deploy/a.sql", "missing dbtwac.sum"},
			want: tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"nothing to do": {
			disk: tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum}, files: one,
			want: tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"no outputs": {disk: tree{"x": "x"}, want: tree{"x": "x"}},
		"changed output": {
			disk: tree{"deploy/a.sql": "old\n", "dbtwac.sum": sumOf([]File{{"deploy/a.sql", "old\n"}}).Text()}, files: one,
			differences: []string{"stale deploy/a.sql", "stale dbtwac.sum"},
			want:        tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"checked out with CRLF": {
			disk:  tree{"deploy/a.sql": crlf(one[0].Text), "dbtwac.sum": crlf(sum)},
			files: one, want: tree{"deploy/a.sql": crlf(one[0].Text), "dbtwac.sum": crlf(sum)},
		},
		"changed output, checked out with CRLF": {
			disk: tree{"deploy/a.sql": "old\r\n", "dbtwac.sum": crlf(sumOf([]File{{"deploy/a.sql", "old\n"}}).Text())}, files: one,
			differences: []string{"stale deploy/a.sql", "stale dbtwac.sum"},
			want:        tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"edited by hand": {
			disk: tree{"deploy/a.sql": "select 2\n", "dbtwac.sum": sum}, files: one,
			found: []found{{EditedFile, "deploy/a.sql"}},
		},
		"edited by hand, forced": {
			disk: tree{"deploy/a.sql": "select 2\n", "dbtwac.sum": sum}, files: one, force: true,
			differences: []string{"stale deploy/a.sql"},
			want:        tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"one line end edited": {
			disk: tree{"deploy/a.sql": strings.Replace(one[0].Text, "\n", "\r\n", 1), "dbtwac.sum": sum}, files: one,
			want: tree{"deploy/a.sql": strings.Replace(one[0].Text, "\n", "\r\n", 1), "dbtwac.sum": sum},
		},
		"foreign": {
			disk: tree{"deploy/a.sql": "mine\n"}, files: one,
			found: []found{{Foreign, "deploy/a.sql"}},
		},
		"foreign, forced": {
			disk: tree{"deploy/a.sql": "mine\n"}, files: one, force: true,
			differences: []string{"stale deploy/a.sql", "missing dbtwac.sum"},
			want:        tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"foreign with the very text": {
			disk: tree{"deploy/a.sql": one[0].Text}, files: one,
			differences: []string{"missing dbtwac.sum"},
			want:        tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"no longer generated": {
			disk:        tree{"deploy/x/b.sql": "b", "deploy/a.sql": one[0].Text, "dbtwac.sum": sumOf(append(one, File{"deploy/x/b.sql", "b"})).Text()},
			files:       one,
			differences: []string{"superfluous deploy/x/b.sql", "stale dbtwac.sum"},
			want:        tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"no longer generated, beside a user's file": {
			disk:        tree{"deploy/x/b.sql": "b", "deploy/x/mine": "mine", "deploy/a.sql": one[0].Text, "dbtwac.sum": sumOf(append(one, File{"deploy/x/b.sql", "b"})).Text()},
			files:       one,
			differences: []string{"superfluous deploy/x/b.sql", "stale dbtwac.sum"},
			want:        tree{"deploy/x/mine": "mine", "deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"no longer generated, and edited": {
			disk:  tree{"b.sql": "mine", "deploy/a.sql": one[0].Text, "dbtwac.sum": sumOf(append(one, File{"b.sql", "b"})).Text()},
			files: one, found: []found{{EditedFile, "b.sql"}},
		},
		"no longer generated, and gone already": {
			disk:  tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sumOf(append(one, File{"b.sql", "b"})).Text()},
			files: one, differences: []string{"stale dbtwac.sum"},
			want: tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"all removed": {
			disk:        tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
			differences: []string{"superfluous deploy/a.sql", "superfluous dbtwac.sum"}, want: tree{},
		},
		"a line for each side of a merge": {
			disk:  tree{"deploy/a.sql": "theirs\n", "dbtwac.sum": sumOf([]File{{"deploy/a.sql", "ours\n"}}).Text() + strings.Split(sumOf([]File{{"deploy/a.sql", "theirs\n"}}).Text(), "\n")[1]},
			files: one, differences: []string{"stale deploy/a.sql", "stale dbtwac.sum"},
			want: tree{"deploy/a.sql": one[0].Text, "dbtwac.sum": sum},
		},
		"a folder where a file belongs": {
			disk: tree{"deploy/a.sql/x": "x"}, files: one, force: true,
			found: []found{{BadPath, "deploy/a.sql"}},
		},
		"a file where a folder belongs": {
			disk: tree{"deploy": "x"}, files: one, force: true,
			found: []found{{BadPath, "deploy/a.sql"}},
		},
		"all problems at once": {
			disk: tree{"a": "x", "b": "x"}, files: []File{{"a", ""}, {"b", ""}, {"c", ""}},
			found: []found{{Foreign, "a"}, {Foreign, "b"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			target := Target{Root: t.TempDir(), Sum: "dbtwac.sum", Force: tc.force}
			tc.disk.lay(t, target.Root)
			changes, diags, err := compile(t, target, tc.files)
			if err != nil {
				t.Fatal(err)
			}
			var got []found
			for _, d := range diags {
				at := d.Path
				if !d.Span.IsZero() {
					at, _ = filepath.Rel(target.Root, d.Span.File.Name)
				}
				got = append(got, found{d.Code, at})
			}
			if d := cmp.Diff(tc.found, got); d != "" {
				t.Fatalf("diagnostics (-want +got):\n%s", d)
			}
			if tc.found != nil {
				tc.want = tc.disk
			} else if d := cmp.Diff(tc.differences, Differences(changes)); d != "" {
				t.Errorf("differences (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tc.want, look(t, target.Root)); d != "" {
				t.Errorf("on disk afterwards (-want +got):\n%s", d)
			}
			if again, _, err := compile(t, target, tc.files); tc.found == nil && (err != nil || len(Differences(again)) > 0) {
				t.Errorf("a second compile finds %q, %v", Differences(again), err)
			}
		})
	}
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func TestBadPaths(t *testing.T) {
	for name, paths := range map[string][]string{
		"absolute":                {"/etc/passwd"},
		"leaves the project":      {"a/../../b"},
		"not its shortest form":   {"a//b"},
		"empty":                   {""},
		"a drive":                 {"c:/b"},
		"a backslash":             {`a\b`},
		"a line break":            {"a\nb"},
		"a bidirectional control": {"a\u202eb"},
		"not UTF-8":               {"a\xffb"},
		"a temporary file":        {"a/" + tempPrefix + "1"},
		"twice":                   {"a", "a"},
		"case":                    {"Deploy/a", "deploy/A"},
		"a file and a folder":     {"a", "A/b"},
		"the sum":                 {"dbtwac.sum"},
	} {
		t.Run(name, func(t *testing.T) {
			var files []File
			for _, p := range paths {
				files = append(files, File{p, ""})
			}
			root := t.TempDir()
			changes, diags, err := Target{Root: root, Sum: "dbtwac.sum", Force: true}.Compare(files, Sum{})
			if err != nil || len(changes) > 0 || len(diags) != 1 || diags[0].Code != BadPath || diags[0].Hint == "" {
				t.Errorf("want one DW006 with a hint, have %v, changes %v, error %v", diags, changes, err)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	outside := t.TempDir()
	tree{"a.sql": "outside", "d/a.sql": "outside"}.lay(t, outside)
	for name, tc := range map[string]struct {
		link, to    string // a link in the project
		file        string
		want, force diag.Code // with and without --force
	}{
		"a folder outside":          {"deploy", outside, "deploy/a.sql", BadPath, BadPath},
		"a folder outside, nested":  {"deploy", outside, "deploy/d/a.sql", BadPath, BadPath},
		"nowhere":                   {"deploy", "nowhere", "deploy/a.sql", BadPath, BadPath},
		"a file outside":            {"a.sql", filepath.Join(outside, "a.sql"), "a.sql", Foreign, ""},
		"a file inside":             {"a.sql", "mine/a.sql", "a.sql", Foreign, ""},
		"a folder inside":           {"deploy", "mine", "deploy/b.sql", "", ""},
		"a folder inside, to clean": {"deploy", "mine", "deploy/x/b.sql", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, force := range []bool{false, true} {
				want := tc.want
				if force {
					want = tc.force
				}
				target := Target{Root: t.TempDir(), Sum: "dbtwac.sum", Force: force}
				tree{"mine/a.sql": "mine"}.lay(t, target.Root)
				if err := os.Symlink(tc.to, filepath.Join(target.Root, tc.link)); err != nil {
					t.Skip("no symbolic links here: ", err)
				}
				_, diags, err := compile(t, target, []File{{tc.file, "new"}})
				if err != nil {
					t.Fatal(err)
				}
				if want != "" && (len(diags) != 1 || diags[0].Code != want) || want == "" && len(diags) > 0 {
					t.Errorf("force %v: want %q, have %v", force, want, diags)
				}
				if want == "" {
					if text, err := os.ReadFile(filepath.Join(target.Root, tc.file)); string(text) != "new" {
						t.Errorf("force %v: not written: %q, %v", force, text, err)
					}
					if _, _, err := compile(t, target, nil); err != nil {
						t.Error(err)
					}
					if _, err := os.Lstat(filepath.Join(target.Root, tc.file)); err == nil {
						t.Errorf("force %v: not removed when it is no longer generated", force)
					}
				}
				if text, err := os.ReadFile(filepath.Join(target.Root, "mine/a.sql")); string(text) != "mine" {
					t.Errorf("force %v: the user's file is %q, %v", force, text, err)
				}
				if d := cmp.Diff(tree{"a.sql": "outside", "d/a.sql": "outside"}, look(t, outside)); d != "" {
					t.Fatalf("force %v: written outside the project (-want +got):\n%s", force, d)
				}
			}
		})
	}
}

func TestModesAndTimes(t *testing.T) {
	target := Target{Root: t.TempDir(), Sum: "dbtwac.sum"}
	files := []File{{"run.sh", "#!/bin/sh\n"}, {"a.sql", "select 1\n"}}
	stats := func() map[string]string {
		out := map[string]string{}
		for _, name := range []string{"run.sh", "a.sql", "dbtwac.sum", "."} {
			info, err := os.Stat(filepath.Join(target.Root, name))
			if err != nil {
				t.Fatal(err)
			}
			out[name] = info.Mode().String() + " " + info.ModTime().String()
		}
		return out
	}
	if _, _, err := compile(t, target, files); err != nil {
		t.Fatal(err)
	}
	first := stats()
	for name, want := range map[string]string{"run.sh": "-rwx", "a.sql": "-rw-", "dbtwac.sum": "-rw-"} {
		if got := first[name][:4]; got != want {
			t.Errorf("mode of %s is %s, want %s", name, got, want)
		}
	}
	if _, _, err := compile(t, target, files); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first, stats()); d != "" {
		t.Errorf("a compile that changes nothing touched the disk (-before +after):\n%s", d)
	}
}

func TestDiff(t *testing.T) {
	got := Diff([]Change{
		{"a.sql", Create, "", "x\ny\n"},
		{"b.sql", Update, "1\r\n2\r\n", "1\n3\n"},
		{"c.sql", Same, "1\n", "1\n"},
		{"d.sql", Remove, "gone", ""},
	})
	want := `--- /dev/null
+++ b/a.sql
@@ -0,0 +1,2 @@
+x
+y
--- a/b.sql
+++ b/b.sql
@@ -1,2 +1,2 @@
 1
-2
+3
--- a/d.sql
+++ /dev/null
@@ -1 +0,0 @@
-gone
\ No newline at end of file
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestCodesAreDocumented(t *testing.T) {
	var got []diag.Code
	for _, d := range Codes {
		got = append(got, d.Code)
	}
	if d := cmp.Diff([]diag.Code{EditedFile, Foreign, BadSum}, got); d != "" {
		t.Errorf("write the missing DW*.md beside output.go (-want +got):\n%s", d)
	}
}

// TestAbove: files beside the folder go where Up allows it, are found again, and go away again; nothing goes further.
func TestAbove(t *testing.T) {
	repository := t.TempDir()
	target := Target{Root: filepath.Join(repository, "analytics", "dbt"), Up: "../..", Sum: "dbtwac.sum"}
	if err := os.MkdirAll(target.Root, 0o755); err != nil {
		t.Fatal(err)
	}
	files := []File{{"deploy/a.sql", "select 1\n"}, {"../../.github/workflows/b.yml", "name: b\n"}}
	changes, diags, err := target.Compare(files, Sum{})
	if err != nil || diags.HasErrors() {
		t.Fatal(diags, err)
	}
	if err := target.Write(changes, Sum{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"analytics/dbt/deploy/a.sql", ".github/workflows/b.yml", "analytics/dbt/dbtwac.sum"} {
		if _, err := os.Stat(filepath.Join(repository, name)); err != nil {
			t.Errorf("it is not there: %v", err)
		}
	}
	text, err := os.ReadFile(filepath.Join(target.Root, "dbtwac.sum"))
	if err != nil {
		t.Fatal(err)
	}
	sum, diags := ParseSum(&source.File{Name: "dbtwac.sum", Text: string(text)})
	if diags.HasErrors() || !sum.Owns("../../.github/workflows/b.yml") {
		t.Fatalf("the sum cannot be read again: %v\n%s", diags, text)
	}
	if changes, _, err = target.Compare(files, sum); err != nil || len(Differences(changes)) > 0 {
		t.Errorf("compiled twice it differs: %v %v", Differences(changes), err)
	}

	lower := target
	lower.Up = ".."
	if _, diags, _ := lower.Compare(files[:1], sum); len(diags) != 1 || diags[0].Code != BadSum {
		t.Errorf("a root that is lower: want one DW504, have %v", diags)
	}
	if _, diags, _ := lower.Compare(files, Sum{}); len(diags) != 1 || diags[0].Code != BadPath {
		t.Errorf("a path above the root: want one DW006, have %v", diags)
	}

	if changes, _, err = target.Compare(files[:1], sum); err != nil {
		t.Fatal(err)
	}
	if err := target.Write(changes, sum); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(repository, ".github")); err == nil {
		t.Error("the workflow, or its empty folder, is still there")
	}
}
