package selection

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports.
var Codes = diag.Docs(docs)

const (
	Syntax      diag.Code = "DW120" // what dbt refuses, or as a warning what another dbt reads differently
	SelectsNone diag.Code = "DW121" // reported by the callers, see Nothing
	Unmatched   diag.Code = "DW122" // a part that matches nothing
)

// Nothing is the DW121 of a caller for whom a selection that selects nothing is an error. subject says what it decides, such as
// "deployments.nightly.select".
func Nothing(at source.Span, subject string) diag.Diagnostic {
	return diag.Diagnostic{
		Code: SelectsNone, Severity: diag.Error, Span: at, Message: subject + " selects nothing",
		Hint: "look at what the manifest holds: dbtwac ls",
	}
}
