package naming

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
)

// The codes of this package.
const (
	Replay   diag.Code = "DW106" // the names of the manifest are not those that are planned with
	Unproven diag.Code = "DW231" // nobody knows that dbt will use a name
)

//go:embed *.md
var docs embed.FS

// Codes documents them.
var Codes = diag.Docs(docs)
