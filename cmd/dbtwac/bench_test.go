package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// copies of the shop project's nodes make a manifest of 10,000 models.
const copies = 834

// BenchmarkCompile compiles 10,000 models, with a deployment of more than a thousand relations, in process, from reading the
// files to comparing what is on disk. BenchmarkYardstick reads the same file and finds out whether it is JSON. Compile may take
// twice as long.
func BenchmarkCompile(b *testing.B) {
	dir := large(b)
	for b.Loop() {
		if code := run([]string{"-C", dir, "-q", "compile"}, io.Discard, os.Stderr); code != exitFine {
			b.Fatalf("exit %d", code)
		}
	}
}

func BenchmarkYardstick(b *testing.B) {
	dir := large(b)
	for b.Loop() {
		file, err := source.Read(filepath.Join(dir, "target", "manifest.json"), "manifest.json")
		if err != nil {
			b.Fatal(err)
		}
		root, fault := jsondoc.Open(file)
		if fault != nil || !root.Valid() {
			b.Fatal("not JSON")
		}
	}
}

// large lays a project with a large manifest into a temporary folder.
func large(b *testing.B) string {
	b.Helper()
	var m map[string]any
	text, err := os.ReadFile(filepath.Join(projects, "shop", "manifest.json"))
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		b.Fatal(err)
	}
	nodes, big := m["nodes"].(map[string]any), map[string]any{}
	for i := range copies {
		for id, node := range nodes {
			big[id+suffix(i)] = renamed(node.(map[string]any), nodes, suffix(i))
		}
	}
	m["nodes"] = big
	m["parent_map"], m["child_map"] = map[string]any{}, map[string]any{}
	text, err = json.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for name, content := range map[string][]byte{"target/manifest.json": text, "dbtwac.yml": []byte(largeConfig)} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

const largeConfig = `version: 1
environments:
  staging: {database: shop, schema: staging, naming: single}
  prod: {database: shop, schema: analytics, naming: custom}
deployments:
  nightly: {strategy: write_audit_clone, build: staging, publish: prod, select: "tag:utils"}
`

// suffix of the copies' names: the first keeps its own, because exposures and unit tests read it.
func suffix(i int) string {
	if i == 0 {
		return ""
	}
	return fmt.Sprintf("_%d", i)
}

// renamed is a copy of a node under another name, reading the copies of what it reads.
func renamed(node, nodes map[string]any, suffix string) map[string]any {
	c := maps.Clone(node)
	for _, key := range []string{"unique_id", "name", "alias"} {
		if s, ok := c[key].(string); ok {
			c[key] = s + suffix
		}
	}
	if depends, ok := c["depends_on"].(map[string]any); ok {
		var parents []any
		list, _ := depends["nodes"].([]any)
		for _, id := range list {
			if _, ours := nodes[id.(string)]; ours {
				id = id.(string) + suffix
			}
			parents = append(parents, id)
		}
		c["depends_on"] = map[string]any{"macros": depends["macros"], "nodes": parents}
	}
	return c
}
