package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files in golden/cases")

const (
	cases    = "../../golden/cases"
	projects = "../../golden/projects"
)

// TestGolden runs every case of golden/cases; golden/cases/README.md says how one is made.
func TestGolden(t *testing.T) {
	dirs, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if d.IsDir() {
			t.Run(d.Name(), func(t *testing.T) {
				t.Parallel()
				golden(t, filepath.Join(cases, d.Name()))
			})
		}
	}
}

func golden(t *testing.T, dir string) {
	work := t.TempDir()
	inputs := lay(t, dir, work)
	got := map[string]string{}
	var stdout, stderr bytes.Buffer
	code := 0
	for i, line := range commands(t, dir) {
		if i > 0 {
			fmt.Fprintf(&stdout, "$ %s\n", strings.Join(line, " "))
			fmt.Fprintf(&stderr, "$ %s\n", strings.Join(line, " "))
		}
		code = run(append([]string{"-C", work}, line[1:]...), &stdout, &stderr)
	}
	got["stdout"], got["stderr"] = scrub(stdout.String(), work), scrub(stderr.String(), work)
	got["code"] = fmt.Sprintf("%d\n", code)
	for name, text := range tree(t, work) {
		if inputs[name] != text {
			got["out/"+name] = text
		}
	}
	for name := range got {
		if got[name] == "" {
			delete(got, name)
		}
	}
	want := tree(t, filepath.Join(dir, "want"))
	if *update {
		rewrite(t, filepath.Join(dir, "want"), got)
		return
	}
	for _, name := range keys(want, got) {
		w, wanted := want[name]
		g, made := got[name]
		switch {
		case !made:
			t.Errorf("%s: missing: the case no longer gives it", name)
		case !wanted:
			t.Errorf("%s: not expected:\n%s", name, g)
		case w != g:
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(w, g))
		}
	}
	if t.Failed() {
		t.Log("if that is right: go test ./cmd/dbtwac -run 'TestGolden/" + filepath.Base(dir) + "' -update, and review git diff golden")
	}
}

// lay copies a case's inputs to work and returns them by name.
func lay(t *testing.T, dir, work string) map[string]string {
	t.Helper()
	files := tree(t, filepath.Join(dir, "in"))
	if name, err := os.ReadFile(filepath.Join(dir, "project")); err == nil {
		manifest := strings.TrimSpace(string(name))
		if filepath.Ext(manifest) == "" {
			manifest += "/manifest.json"
		}
		files["target/manifest.json"] = merged(t, dir, read(t, filepath.Join(projects, manifest)))
		if _, err := os.Stat(filepath.Join(dir, "whole")); err == nil {
			for name, text := range tree(t, filepath.Join(projects, filepath.Dir(manifest))) {
				if _, own := files[name]; !own && !strings.HasPrefix(name, "manifest") {
					files[name] = text
				}
			}
		}
	}
	if more, err := os.ReadFile(filepath.Join(dir, "manifests")); err == nil {
		for line := range strings.Lines(string(more)) {
			to, from, _ := strings.Cut(strings.TrimSpace(line), " ")
			files[to] = read(t, filepath.Join(projects, from))
		}
	}
	for name, text := range files {
		write(t, filepath.Join(work, name), text)
	}
	return files
}

// merged applies the case's merge.json to a manifest, if it has one.
func merged(t *testing.T, dir, manifest string) string {
	t.Helper()
	patch, err := os.ReadFile(filepath.Join(dir, "merge.json"))
	if err != nil {
		return manifest
	}
	var base, change any
	for text, into := range map[string]*any{manifest: &base, string(patch): &change} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.MarshalIndent(mergePatch(base, change), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

// mergePatch is RFC 7396, but for one thing: null sets null, since that is what dbt writes; the string "<remove>" removes.
func mergePatch(base, change any) any {
	patch, ok := change.(map[string]any)
	if !ok {
		return change
	}
	object, ok := base.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for key, value := range patch {
		if value == "<remove>" {
			delete(object, key)
			continue
		}
		object[key] = mergePatch(object[key], value)
	}
	return object
}

// commands reads the lines of the case's cmd file, split at spaces; quotes keep words together.
func commands(t *testing.T, dir string) [][]string {
	t.Helper()
	var list [][]string
	for line := range strings.Lines(read(t, filepath.Join(dir, "cmd"))) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := split(line)
		if words[0] != "dbtwac" {
			t.Fatalf("cmd: %q does not begin with dbtwac", line)
		}
		list = append(list, words)
	}
	return list
}

func split(line string) []string {
	var words []string
	var word strings.Builder
	quoted := false
	for _, c := range line + " " {
		switch {
		case c == '\'':
			quoted = !quoted
		case c == ' ' && !quoted:
			if word.Len() > 0 {
				words = append(words, word.String())
			}
			word.Reset()
		default:
			word.WriteRune(c)
		}
	}
	return words
}

// scrub removes the one thing that differs from run to run.
func scrub(text, work string) string { return strings.ReplaceAll(text, work, "WORK") }

// tree reads all files below dir, by slash-separated relative path. A dir that is not there is empty.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = read(t, path)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

func rewrite(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func keys(a, b map[string]string) []string {
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}
