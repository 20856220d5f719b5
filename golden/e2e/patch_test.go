package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/output"
)

// TestPatch: git takes the patch of any file, in the folder of a dbt project that lies deeper in its repository, and makes the very
// bytes of it.
func TestPatch(t *testing.T) {
	t.Parallel()
	var list []output.Rewrite
	for name, text := range map[string]string{
		"models/a.sql":                   "select 1\nfrom OLD\n",
		"models/no end.sql":              "select 1\nfrom OLD",
		"models/crlf.sql":                "select 1\r\nfrom OLD\r\n",
		"models/mixed.sql":               "select 1\r\nfrom OLD\nwhere 1 = 1\r",
		"models/größe 山.yml":             "- OLD\n",
		"models/many.sql":                strings.Repeat("-- a line\n", 50) + "OLD\n" + strings.Repeat("-- a line\n", 50) + "OLD",
		"models/a folder/--- a.sql":      "--- OLD\n+++ OLD\n@@ -1 +1 @@\n",
		`models/"quoted" 'twice'.sql`:    "OLD\n",
		"models/trailing blanks .sql":    "OLD \t\n\n\n",
		"models/2024-01-01 00:00:00.sql": "OLD\n",
	} {
		list = append(list, output.Rewrite{Path: name, Old: text, New: strings.ReplaceAll(text, "OLD", "NEW")})
	}
	repository := t.TempDir()
	dir := filepath.Join(repository, "transform", "dbt")
	git := func(stdin string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	for _, r := range list {
		path := filepath.Join(dir, filepath.FromSlash(r.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(r.Old), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("", "init", "--quiet", repository)
	git(output.Patch(list), "apply", "--whitespace=nowarn", "-")
	for _, r := range list {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(r.Path)))
		if err != nil || string(text) != r.New {
			t.Errorf("%s: want %q, have %q, %v", r.Path, r.New, text, err)
		}
	}
}
