package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInitCorpus begins with every real manifest as a new user does. Those of a warehouse that is implemented compile as proposed,
// with a deployment; the others get an error that says why not.
func TestInitCorpus(t *testing.T) {
	dir := os.Getenv("DBTWAC_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "corpus", "*.json.gz"))
	if len(files) == 0 {
		if os.Getenv("DBTWAC_REQUIRE_SHARED") == "1" {
			t.Fatal("no manifests: set DBTWAC_SHARED to the folder that holds corpus/")
		}
		t.Skip("no manifests: set DBTWAC_SHARED to the folder that holds corpus/")
	}
	compiled := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json.gz"), func(t *testing.T) {
			dir := t.TempDir()
			unpack(t, file, filepath.Join(dir, "target", "manifest.json"))
			var out, errs bytes.Buffer
			code := run([]string{"-C", dir, "init"}, &out, &errs)
			if code == exitDiagnosed && (strings.Contains(errs.String(), "error DW005: the warehouse") || strings.Contains(errs.String(), "error DW102")) {
				return
			}
			for _, args := range [][]string{{"compile"}, {"compile", "--check"}} {
				if code == exitFine {
					code = run(append([]string{"-C", dir}, args...), &out, &errs)
				}
			}
			plans, _ := filepath.Glob(filepath.Join(dir, "deploy", "*", "publish.sql"))
			if code != exitFine || len(plans) == 0 {
				t.Errorf("exit %d, %d deployments\n%s%s", code, len(plans), &out, &errs)
			}
			compiled++
		})
	}
	if compiled < 3 {
		t.Errorf("%d of %d manifests were compiled: the corpus has three of DuckDB", compiled, len(files))
	}
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
