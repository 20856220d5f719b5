package config

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports.
var Codes = diag.Docs(docs)

const (
	NotYAML     diag.Code = "DW001"
	UnknownKey  diag.Code = "DW002"
	WrongValue  diag.Code = "DW003"
	MissingKey  diag.Code = "DW004"
	Unsupported diag.Code = "DW005"
	OutputPath  diag.Code = "DW006"
)
