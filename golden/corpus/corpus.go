// Package corpus opens the real manifests that tests read where they are at hand. They are no part of this repository.
package corpus

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// Dir returns a folder of the shared data. root is the repository's root, relative to the test. Without the data the test is
// skipped, or fails if DBTWAC_REQUIRE_SHARED=1.
func Dir(t testing.TB, root, folder string) string {
	t.Helper()
	shared := os.Getenv("DBTWAC_SHARED")
	if shared == "" {
		shared = filepath.Join(root, "..", "shared")
	}
	dir := filepath.Join(shared, folder)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("DBTWAC_REQUIRE_SHARED") == "1" {
			t.Fatalf("%v: set DBTWAC_SHARED to the folder that holds %s/", err, folder)
		}
		t.Skipf("%v: set DBTWAC_SHARED to the folder that holds %s/", err, folder)
	}
	return dir
}

// Each runs f for every manifest, as a subtest of its name, and logs how many there were.
func Each(t *testing.T, root string, f func(t *testing.T, name string, document *source.File)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Dir(t, root, "corpus"), "*.json.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json.gz")
		t.Run(name, func(t *testing.T) { f(t, name, Unzip(t, file)) })
	}
	t.Logf("%d manifests", len(files))
}

// Unzip reads a compressed document.
func Unzip(t testing.TB, path string) *source.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return &source.File{Name: strings.TrimSuffix(filepath.Base(path), ".gz"), Text: string(text)}
}
