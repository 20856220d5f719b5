package diag

import (
	"io"
	"net/url"
	"slices"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// SARIF writes l as a report in SARIF 2.1.0, for code scanning. docs are those of every code; the report holds the documents of the
// codes that it needs.
func SARIF(w io.Writer, l List, docs []Doc) error {
	run := sarif.NewRunWithInformationURI("dbtwac", "https://github.com/dbtwac/dbtwac")
	run.WithColumnKind("unicodeCodePoints")
	for _, doc := range docs {
		if slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Code == doc.Code }) {
			run.AddRule(string(doc.Code)).WithDescription(doc.Title).WithMarkdownHelp(doc.Text)
		}
	}
	for _, d := range l {
		message := clean(d.Message)
		if d.Hint != "" {
			message += "\nhint: " + clean(d.Hint)
		}
		result := run.CreateResultForRule(string(d.Code)).WithLevel(d.Severity.String()).WithMessage(sarif.NewTextMessage(message))
		if !d.Span.IsZero() {
			result.AddLocation(location(d.Span))
		}
		for _, r := range d.Related {
			if !r.Span.IsZero() {
				result.AddRelatedLocation(location(r.Span).WithMessage(sarif.NewTextMessage(clean(r.Message))))
			}
		}
	}
	report := sarif.NewReport()
	report.AddRun(run)
	if err := report.PrettyWrite(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// location is where a span is. Its column is counted in characters, as the report says.
func location(s source.Span) *sarif.Location {
	line, _ := s.Position()
	region := sarif.NewRegion().WithStartLine(line).WithStartColumn(s.Character())
	address := (&url.URL{Path: s.File.Name}).String()
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(address)).WithRegion(region))
}
