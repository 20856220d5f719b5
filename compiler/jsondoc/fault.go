package jsondoc

import (
	"embed"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports.
var Codes = diag.Docs(docs)

// NotJSON is the code of a document that is not JSON.
const NotJSON diag.Code = "DW101"

// Fault says where and why a file is not JSON.
type Fault struct {
	Span    source.Span
	Message string // a predicate: "ends in the middle of a value"
	Hint    string
}

// Diagnostic returns the fault as the DW101 that the user sees.
func (f *Fault) Diagnostic() diag.Diagnostic {
	return diag.Diagnostic{
		Code: NotJSON, Severity: diag.Error, Span: f.Span,
		Message: f.Span.File.Name + " " + f.Message, Hint: f.Hint,
	}
}

// Diagnose finds the fault of a file that was found not to be JSON. It reads the file again, with a parser that knows
// positions: a path only taken on the way to an error.
func Diagnose(file *source.File) *Fault {
	text := file.Text
	if strings.TrimSpace(text) == "" {
		return &Fault{source.At(file, 0, 0), "is empty", "let dbt write it: dbt parse"}
	}
	if at := conflictMarker(text); at >= 0 {
		return &Fault{source.At(file, at, at+7), "holds a merge conflict marker", "resolve the conflict, or let dbt write the file again: dbt parse"}
	}
	dec := json.NewDecoder(strings.NewReader(text))
	var skipped json.RawMessage
	err := dec.Decode(&skipped)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		at := skipSpace(text, int(dec.InputOffset()))
		return &Fault{source.At(file, at, at+1), "goes on after its end", "two documents in one file? let dbt write it again: dbt parse"}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		at := len(strings.TrimRight(text, " \n\r\t"))
		return &Fault{source.At(file, at, at), "ends in the middle of a value: it is truncated", "was dbt interrupted, or a copy cut short? let dbt write it again: dbt parse"}
	case errors.As(err, &syntax) && strings.Contains(syntax.Error(), "exceeded max depth"):
		at := int(syntax.Offset) - 1
		return &Fault{source.At(file, at, at+1), "is nested deeper than 10,000 levels", "no dbt writes such a file; let dbt write it again: dbt parse"}
	case errors.As(err, &syntax):
		at := max(int(syntax.Offset)-1, 0)
		return &Fault{source.At(file, at, at+1), "is not JSON: " + syntax.Error(), "let dbt write it again: dbt parse"}
	}
	return &Fault{source.At(file, 0, 0), "is not JSON: " + err.Error(), "let dbt write it again: dbt parse"}
}

func conflictMarker(text string) int {
	if strings.HasPrefix(text, "<<<<<<< ") {
		return 0
	}
	if i := strings.Index(text, "\n<<<<<<< "); i >= 0 {
		return i + 1
	}
	return -1
}
