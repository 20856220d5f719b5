package dbtenv

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the committed manifests")

// manifests says how each committed manifest is made, by the arguments of golden/python/manifest.py.
var manifests = []struct {
	file string // in golden/projects
	args []string
}{
	{"attic/manifest.json", nil},
	{"attic/manifest_snowflake.json", []string{"--profile", "attic_snowflake"}},
	{"market/manifest.json", nil},
	{"market/manifest_bigquery.json", []string{"--profile", "market_bigquery"}},
	{"market/manifest_duckdb.json", []string{"--profile", "market_duckdb"}},
	{"market/manifest_prod.json", []string{"--target", "prod", "--compile"}},
	{"market/manifest_snowflake.json", []string{"--profile", "market_snowflake"}},
	{"mill/manifest.json", nil},
	{"mill/manifest_duckdb.json", []string{"--profile", "mill_duckdb"}},
	{"shop/manifest.json", nil},
}

// The committed manifests are what dbt makes of the projects today.
func TestManifests(t *testing.T) {
	root := Root(t)
	projects := filepath.Join(root, "golden", "projects")
	var listed []string
	for _, manifest := range manifests {
		listed = append(listed, filepath.Join(projects, manifest.file))
	}
	if committed, err := filepath.Glob(filepath.Join(projects, "*", "manifest*.json")); err != nil || !slices.Equal(listed, committed) && !*update {
		t.Errorf("the list in this test is not what golden/projects has, %v: (-list +there)\n%s", err, cmp.Diff(listed, committed))
	}
	for i, manifest := range manifests {
		path, args := listed[i], manifest.args
		if slices.Contains(args, "--compile") {
			server := StartPostgres(t)
			server.NewDatabase(t, "market").Use(t)
			args = append(slices.Clone(args), "--env", "MARKET_HOST="+server.Host)
		}
		t.Run(manifest.file, func(t *testing.T) {
			t.Parallel()
			python := Tool(t, "python")
			switch {
			case slices.Contains(args, "market_bigquery"):
				python = bigqueryTools.tool(t, "python")
			case slices.Contains(args, "market_snowflake"), slices.Contains(args, "attic_snowflake"):
				python = snowflakeTools.tool(t, "python")
			}
			out := filepath.Join(t.TempDir(), "manifest.json")
			script := filepath.Join(root, "golden", "python", "manifest.py")
			stdout, stderr, code := run(t, nil, python, append([]string{script, filepath.Dir(path), out}, args...)...)
			if code != 0 {
				t.Fatalf("manifest.py: exit %d\n%s%s", code, stdout, stderr)
			}
			got := read(t, out)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := read(t, path); !bytes.Equal(want, got) {
				t.Errorf("golden/projects/%s is not what dbt makes of the project (-want +got):\n%s\nrefresh it from the root with: go test ./golden/internal/dbtenv -run TestManifests -update",
					manifest.file, cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
			}
		})
	}
}
