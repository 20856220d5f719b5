package strategy

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports, beside the DW005 of package config and the codes of package selection.
var Codes = diag.Docs(docs)

const (
	OtherAdapter diag.Code = "DW107"
	TwoTags      diag.Code = "DW208"
	ViewsLeftOut diag.Code = "DW212"
	NoRelation   diag.Code = "DW220"
	Stateful     diag.Code = "DW229"
	Between      diag.Code = "DW226"
	Unbuilt      diag.Code = "DW230"
	NotAClone    diag.Code = "DW213"
	Partitioned  diag.Code = "DW214"
	Depth        diag.Code = "DW215"
)
