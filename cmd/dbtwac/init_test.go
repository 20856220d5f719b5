package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/corpus"
)

// TestInitCorpus begins with every real manifest as a new user does. Those of a warehouse that is implemented compile as proposed,
// with a deployment; the others get an error that says why not.
func TestInitCorpus(t *testing.T) {
	compiled := 0
	corpus.Each(t, "../..", func(t *testing.T, _ string, document *source.File) {
		dir := t.TempDir()
		layManifest(t, document, filepath.Join(dir, "target", "manifest.json"))
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
		plans, _ := filepath.Glob(filepath.Join(dir, "deploy", "*", "publish*.sql"))
		if code != exitFine || len(plans) == 0 {
			t.Errorf("exit %d, %d deployments\n%s%s", code, len(plans), &out, &errs)
		}
		compiled++
	})
	if compiled < 8 {
		t.Errorf("%d manifests were compiled: the corpus has three of DuckDB and five of Postgres", compiled)
	}
}

func layManifest(t *testing.T, document *source.File, to string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(to), 0o755)
	if err == nil {
		err = os.WriteFile(to, []byte(document.Text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
