package diag_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// findings are one of each severity, with names that end properties and lines somewhere.
func findings() diag.List {
	file := &source.File{Name: "models/ü, a:b%2C\n.sql", Text: "select 1\nüü select 2"}
	return diag.List{
		{Code: "DW201", Severity: diag.Error, Span: source.At(file, 14, 20), Message: "a\r\nb % c", Hint: "do ::that::", Related: []diag.Related{{Span: source.At(file, 0, 0), Message: "here, too"}}},
		{Code: "DW202", Severity: diag.Warning, Path: "deployments.a", Message: "nowhere"},
		{Code: "DW202", Severity: diag.Note, Span: source.At(file, 9, 9), Message: "{0} and {1}"},
	}
}

// TestSARIF reads a report again, and holds it against the schema of SARIF 2.1.0.
func TestSARIF(t *testing.T) {
	docs := []diag.Doc{{Code: "DW201", Title: "one", Text: "# text"}, {Code: "DW202", Title: "two"}, {Code: "DW203", Title: "three"}}
	for name, list := range map[string]diag.List{"nothing": nil, "one of each": findings()} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := diag.SARIF(&out, list, docs); err != nil {
				t.Fatal(err)
			}
			report, err := sarif.FromBytes(out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if err := report.Validate(); err != nil {
				t.Error(err)
			}
			type seen struct {
				Rule, Level, File string
				Line, Column      int
			}
			var have []seen
			for _, r := range report.Runs[0].Results {
				s := seen{Rule: *report.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID, Level: r.Level}
				if len(r.Locations) > 0 {
					at := r.Locations[0].PhysicalLocation
					s.File, err = url.PathUnescape(*at.ArtifactLocation.URI)
					if err != nil {
						t.Error(err)
					}
					s.Line, s.Column = *at.Region.StartLine, *at.Region.StartColumn
				}
				have = append(have, s)
			}
			var want []seen
			if list != nil {
				file := "models/ü, a:b%2C\n.sql"
				want = []seen{{"DW201", "error", file, 2, 4}, {"DW202", "warning", "", 0, 0}, {"DW202", "note", file, 2, 1}}
			}
			if d := cmp.Diff(want, have); d != "" {
				t.Errorf("results (-want +got):\n%s", d)
			}
			if n := len(report.Runs[0].Tool.Driver.Rules); list != nil && n != 2 {
				t.Errorf("%d rules, want the two that are needed", n)
			}
		})
	}
}

// TestGitHub reads the commands as a runner does: properties up to the second pair of colons, and percent signs put back.
func TestGitHub(t *testing.T) {
	var out bytes.Buffer
	if err := diag.GitHub(&out, findings()); err != nil {
		t.Fatal(err)
	}
	type command struct{ Name, Title, File, Line, Column, Data string }
	var have []command
	for _, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		head, text, ok := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		if !ok {
			t.Fatalf("no command: %q", line)
		}
		name, properties, _ := strings.Cut(head, " ")
		c := command{Name: name, Data: unescaped(text)}
		for _, p := range strings.Split(properties, ",") {
			key, value, _ := strings.Cut(p, "=")
			*map[string]*string{"title": &c.Title, "file": &c.File, "line": &c.Line, "col": &c.Column}[key] = unescaped(value)
		}
		have = append(have, c)
	}
	file := "models/ü, a:b%2C\n.sql"
	want := []command{
		{"error", "DW201", file, "2", "6", "a��b % c\nalso: models/ü, a:b%2C�.sql:1:1: here, too\nhint: do ::that::"},
		{"warning", "DW202", "", "", "", "nowhere"},
		{"notice", "DW202", file, "2", "1", "{0} and {1}"},
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Errorf("commands (-want +got):\n%s", d)
	}
}

func unescaped(s string) string {
	return strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",").Replace(s)
}
