package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// Style is how Text shows a severity; the zero value is plain.
type Style struct{ Color bool }

func (s Style) severity(sev Severity) string {
	if !s.Color {
		return sev.String()
	}
	return [...]string{Error: "\x1b[31m", Warning: "\x1b[33m", Note: "\x1b[36m"}[sev] + sev.String() + "\x1b[0m"
}

// Text writes l for people: the place, the sentence, the line with a caret, the way out.
func Text(w io.Writer, l List, style Style) error {
	var b strings.Builder
	for _, d := range l {
		if place := place(d.Span, d.Path); place != "" {
			b.WriteString(place + "\n")
		}
		fmt.Fprintf(&b, "%s %s: %s\n", style.severity(d.Severity), d.Code, clean(d.Message))
		if excerpt := d.Span.Excerpt(); excerpt != "" {
			b.WriteString("  | " + strings.ReplaceAll(excerpt, "\n", "\n  | ") + "\n")
		}
		for _, r := range d.Related {
			fmt.Fprintf(&b, "  also: %s %s\n", place(r.Span, ""), clean(r.Message))
		}
		if d.Hint != "" {
			b.WriteString("  hint: " + clean(d.Hint) + "\n")
		}
		fmt.Fprintf(&b, "  see:  dbtwac explain %s\n", d.Code)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func place(s source.Span, path string) string {
	if s.IsZero() {
		return clean(path)
	}
	line, column := s.Position()
	if path == "" {
		return fmt.Sprintf("%s:%d:%d:", clean(s.File.Name), line, column)
	}
	return fmt.Sprintf("%s: %s (%d:%d)", clean(s.File.Name), clean(path), line, column)
}

// clean keeps a hostile name from moving the terminal's cursor or faking a second finding.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return '�'
		}
		return r
	}, s)
}

// jsonReport is the documented shape of `dbtwac lint --format json`. Version changes when a field changes its meaning.
type jsonReport struct {
	Version     int              `json:"version"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Code     Code          `json:"code"`
	Severity string        `json:"severity"`
	File     string        `json:"file,omitempty"`
	Line     int           `json:"line,omitempty"`   // 1-based
	Column   int           `json:"column,omitempty"` // 1-based, bytes
	Path     string        `json:"path,omitempty"`
	Message  string        `json:"message"`
	Hint     string        `json:"hint,omitempty"`
	Related  []jsonRelated `json:"related,omitempty"` // other places that take part
}

type jsonRelated struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

// JSON writes l as one JSON document.
func JSON(w io.Writer, l List) error {
	report := jsonReport{Version: 1, Diagnostics: []jsonDiagnostic{}}
	for _, d := range l {
		line, column := d.Span.Position()
		var related []jsonRelated
		for _, r := range d.Related {
			at := jsonRelated{Message: r.Message}
			if at.Line, at.Column = r.Span.Position(); r.Span.File != nil {
				at.File = r.Span.File.Name
			}
			related = append(related, at)
		}
		report.Diagnostics = append(report.Diagnostics, jsonDiagnostic{
			d.Code, d.Severity.String(), fileName(d), line, column, d.Path, d.Message, d.Hint, related,
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(report)
}
