package manifest

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports, beside the DW101 of package jsondoc.
var Codes = diag.Docs(docs)

const (
	UnknownVersion diag.Code = "DW102"
	WrongType      diag.Code = "DW103"
	UnknownParent  diag.Code = "DW104"
	DuplicateKey   diag.Code = "DW105"
	HostileName    diag.Code = "DW108"
	Cycle          diag.Code = "DW110"
)
