package selection_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// bigManifest has 10,000 models and 6,000 tests, as large as real ones: about 60 MB. Evaluate has to stay below a tenth of Valid.
func bigManifest(b *testing.B) *source.File {
	b.Helper()
	d := doc{}
	id := func(i int) string { return fmt.Sprintf("model.p.m%05d", i) }
	code := strings.Repeat("select a, b, c from x\n", 200)
	for i := range 10_000 {
		materialized, tags, on := "view", []string{"all"}, []string{}
		if i%3 == 0 {
			materialized = "table"
		}
		if i%10 == 0 {
			tags = append(tags, "nfl")
		}
		for j := i - 1; j >= 0 && j > i-4 && i%100 != 0; j-- {
			on = append(on, id(j))
		}
		d.node(id(i), fields{"raw_code": code, "tags": tags, "config": fields{"materialized": materialized, "meta": fields{"owner": "ann"}}, "on": on})
		if i%5 < 3 {
			d.node(fmt.Sprintf("test.p.t%05d", i), fields{"test_metadata": fields{"name": "not_null"}, "config": fields{"materialized": "test"}, "on": []string{id(i)}})
		}
	}
	return &source.File{Name: "manifest.json", Text: d.text(b, nil)}
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
	for _, value := range []string{"tag:nfl+,config.materialized:table", "*", "+tag:nfl", "m00*", "config.meta.owner:ann", "path:models/*.sql", "test_name:not_null"} {
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
