package selection_test

import (
	"os"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// The manifest of 10,000 models that DESIGN.md §12 describes. Evaluate has to stay below a tenth of Valid.
func bigManifest(b *testing.B) *source.File {
	b.Helper()
	path := os.Getenv("DBTWAC_BIG_MANIFEST")
	if path == "" {
		b.Skip("set DBTWAC_BIG_MANIFEST to the output of tools/bigmanifest.py")
	}
	file, err := source.Read(path, "manifest.json")
	if err != nil {
		b.Fatal(err)
	}
	return file
}

func BenchmarkValid(b *testing.B) {
	v, fault := jsondoc.Open(bigManifest(b))
	if fault != nil {
		b.Fatal(fault.Message)
	}
	for b.Loop() {
		if !v.Valid() {
			b.Fatal("not valid")
		}
	}
}

func BenchmarkNew(b *testing.B) {
	p := build(b, bigManifest(b))
	for b.Loop() {
		selection.New(p)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	p := build(b, bigManifest(b))
	for _, value := range []string{"tag:nfl+,config.materialized:table", "*", "+tag:nfl", "fct_*", "config.meta.owner:x", "path:models/*/*.sql", "test_name:not_null"} {
		spec, _ := selection.Parse(selection.Request{Select: selection.Flag("--select", value)})
		for _, command := range []string{"ls", "build"} {
			for _, mode := range []selection.Mode{selection.Eager, selection.Buildable} {
				b.Run(value+"/"+command+"/"+string(mode), func(b *testing.B) {
					e := selection.New(p)
					n := 0
					for b.Loop() {
						set, diags := e.Evaluate(spec, selection.Options{Command: command, Indirect: mode})
						if diags.HasErrors() {
							b.Fatal(text(b, diags))
						}
						n = len(set.Nodes)
					}
					b.ReportMetric(float64(n), "nodes")
				})
			}
		}
	}
}
