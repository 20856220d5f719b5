package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/lint"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// sizes are the numbers of models; the largest only when asked for.
func sizes() []int {
	if os.Getenv("DBTWAC_BENCH_LARGE") != "" {
		return []int{1_000, 10_000, 100_000}
	}
	return []int{10_000}
}

// BenchmarkCompile compiles a manifest with a deployment of a tenth of its relations, in process, from reading the files to
// comparing what is on disk. BenchmarkYardstick reads the same file and finds out whether it is JSON. Compile may take twice as
// long, and ten times the models ten times as long.
func BenchmarkCompile(b *testing.B) {
	for _, models := range sizes() {
		b.Run(fmt.Sprint(models), func(b *testing.B) {
			dir := large(b, models)
			for b.Loop() {
				if code := run([]string{"-C", dir, "-q", "compile"}, io.Discard, os.Stderr); code != exitFine {
					b.Fatalf("exit %d", code)
				}
			}
		})
	}
}

func BenchmarkYardstick(b *testing.B) {
	for _, models := range sizes() {
		b.Run(fmt.Sprint(models), func(b *testing.B) {
			dir := large(b, models)
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
		})
	}
}

// BenchmarkLint runs every rule on a manifest that is loaded and planned, and finds out in the same run whether its text is JSON: the
// rules may take half as long.
func BenchmarkLint(b *testing.B) {
	for _, models := range sizes() {
		b.Run(fmt.Sprint(models), func(b *testing.B) {
			dir := large(b, models)
			read := func(name string) *source.File {
				file, err := source.Read(filepath.Join(dir, name), name)
				if err != nil {
					b.Fatal(err)
				}
				return file
			}
			in := compiler.Input{Config: read("dbtwac.yml"), Manifest: read(filepath.Join("target", "manifest.json"))}
			var rules, valid time.Duration
			for b.Loop() {
				b.StopTimer()
				out, err := compiler.Compile(in) // anew: what a rule decodes is kept
				if err != nil || out.Diags.HasErrors() {
					b.Fatal(err, out.Diags)
				}
				wh, _ := warehouse.For(out.Plan.Warehouse)
				pass := rule.Pass{
					Project: out.Project, Config: out.Config, Plan: out.Plan, Names: out.Names, Ignored: out.Ignored,
					Can: wh.Can(), Fold: wh.Fold, CarriesSQL: wh.CarriesSQL,
				}
				start := time.Now()
				root, fault := jsondoc.Open(in.Manifest)
				if fault != nil || !root.Valid() {
					b.Fatal("not JSON")
				}
				valid += time.Since(start)
				b.StartTimer()
				start = time.Now()
				lint.Run(&pass)
				rules += time.Since(start)
			}
			b.ReportMetric(float64(rules)/float64(valid), "rules/valid")
		})
	}
}

// modelsOfShop is how many models the shop project has, of which each large manifest is made of copies.
const modelsOfShop = 12

// large lays a project with a large manifest into a temporary folder.
func large(b *testing.B, models int) string {
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
	for i := range models/modelsOfShop + 1 {
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
