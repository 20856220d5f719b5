package compiler_test

import (
	"bufio"
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/source"

	"github.com/dbtwac/dbtwac/golden/corpus"
)

var update = flag.Bool("update", false, "write the findings that nobody has read into the table, without a verdict")

// read are the manifests of which each finding was read beside the code of the models that it names.
var read = []string{"bigquery_student_engagement_v10", "duckdb_nba", "postgres_quefairedemesobjets", "snowflake_shopverse", "snowflake_engaged_california"}

const table = "../golden/corpus/findings.tsv"

// finding is a row of the table: what is said of a manifest by some strategies, whether that is right, and why.
type finding struct {
	manifest, code, message string
	strategies              []string
	verdict, why            string
}

func (f finding) key() string { return f.manifest + "\t" + f.code + "\t" + f.message }

// TestFindings holds what is found in real projects against a table of what somebody has read. A finding that is not in it may be a
// false alarm, which is a defect like a missed one.
func TestFindings(t *testing.T) {
	known := map[string]finding{}
	for _, f := range readTable(t) {
		known[f.key()] = f
		if f.verdict != "true" || f.why == "" {
			t.Errorf("%s of %s has the verdict %q, because %q: read the models that it names, and mend the check where it is false", f.code, f.manifest, f.verdict, f.why)
		}
	}
	found := map[string]finding{}
	seen := 0
	corpus.Each(t, "..", func(t *testing.T, name string, document *source.File) {
		if !slices.Contains(read, name) {
			return
		}
		seen++
		for _, d := range deploymentsOf(name, document) {
			out, err := compiler.Compile(compiler.Input{Config: &source.File{Name: "dbtwac.yml", Text: d.text}, Manifest: document})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range out.Diags {
				f := finding{manifest: name, code: string(one.Code), message: short(one)}
				if before, twice := found[f.key()]; twice {
					f = before
				}
				if !slices.Contains(f.strategies, d.strategy) {
					f.strategies = append(f.strategies, d.strategy)
				}
				found[f.key()] = f
			}
		}
	})
	if seen == 0 {
		return // corpus.Each has said why
	}
	var list []finding
	for key, f := range found {
		f.verdict, f.why = known[key].verdict, known[key].why
		list = append(list, f)
		if want := known[key].strategies; !slices.Equal(want, f.strategies) && !*update {
			t.Errorf("%s of %s is found by %v, and the table says %v:\n%s\nread the models that it names; go test ./compiler -run TestFindings -update makes the row, and you write whether it is true, and why",
				f.code, f.manifest, f.strategies, want, f.message)
		}
	}
	for key, f := range known {
		if _, there := found[key]; !there && !*update {
			t.Errorf("%s of %s is not found any more: %s\nif that is right, take its row out of %s", f.code, f.manifest, f.message, table)
		}
	}
	if *update {
		writeTable(t, list)
	}
}

// short is a finding without what is said of it in general: it names nodes, and as many as are shown.
func short(d diag.Diagnostic) string {
	return d.Severity.String() + ": " + strings.ReplaceAll(d.Message, "\t", " ")
}

type deploymentOf struct{ strategy, text string }

// deploymentsOf is everything that a manifest offers, by each strategy.
func deploymentsOf(name string, document *source.File) []deploymentOf {
	m, _ := manifest.Load(document)
	clone, swapped := configOf(name, databaseOf(m))
	return []deploymentOf{
		{"write_audit_clone", clone},
		{"blue_green", strings.Replace(swapped, "write_audit_clone", "blue_green", 1)},
		{"production_rollback", strings.Replace(clone, "write_audit_clone", "production_rollback", 1)},
		{"write_audit_publish", strings.Replace(strings.Replace(clone, "views: rebuild, ", "", 1), "write_audit_clone", "write_audit_publish", 1)},
	}
}

func readTable(t *testing.T) []finding {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(table))
	if err != nil {
		t.Fatal(err)
	}
	var list []finding
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		c := strings.Split(lines.Text(), "\t")
		if len(c) != 6 {
			t.Fatalf("%s: %d columns, want manifest, strategies, code, finding, verdict, why:\n%s", table, len(c), lines.Text())
		}
		list = append(list, finding{manifest: c[0], strategies: strings.Split(c[1], " "), code: c[2], message: c[3], verdict: c[4], why: c[5]})
	}
	return list
}

func writeTable(t *testing.T, list []finding) {
	t.Helper()
	slices.SortFunc(list, func(a, b finding) int { return cmp.Compare(a.key(), b.key()) })
	var b strings.Builder
	b.WriteString("# What dbtwac finds in real projects when all that they offer is deployed, read beside the models' code. TestFindings compares it.\n")
	b.WriteString("# manifest\tstrategies\tcode\tfinding\tverdict\twhy\n")
	for _, f := range list {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\n", f.manifest, strings.Join(f.strategies, " "), f.code, f.message, f.verdict, f.why)
	}
	if err := os.WriteFile(filepath.FromSlash(table), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
