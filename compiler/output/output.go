// Package output puts the generated files on disk: it compares them with what stands there, and writes what differs.
//
// It is the only package that writes. It never overwrites or removes what a person wrote: dbtwac.sum lists every generated
// file with its hash, and a file whose bytes are not listed is not ours. A run that is killed at any point leaves each file
// whole, old or new, and a sum that knows both. The package does not know what a file means; it reads from disk only what it
// may have to overwrite, through an os.Root, so that no link leads it out of the project.
package output

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports, beside the DW006 of package config.
var Codes = diag.Docs(docs)

const (
	BadPath    diag.Code = "DW006" // documented by package config, which reports it for the paths that a user wrote
	EditedFile diag.Code = "DW502"
	Foreign    diag.Code = "DW503"
	BadSum     diag.Code = "DW504"
)

// File is one generated file.
type File struct {
	Path string // slash-separated, relative to the Target's Root; one above it begins with "../"
	Text string // the whole content, with LF line ends
}

// Target is where generated files go.
type Target struct {
	Root  string // the folder that paths are relative to, as the user typed it
	Up    string // from Root to the folder that no path may leave, such as "../.."; empty: Root
	Sum   string // the path of the sum, slash-separated, relative to Root
	Force bool   // overwrite what was edited by hand or written by others

	step func(op, path string) error // tests: called before each operation that changes the disk, which an error prevents
}

// Kind is what a compile does to one file.
type Kind uint8

const (
	Same Kind = iota // the disk has it already, perhaps with CRLF line ends: not touched
	Create
	Update
	Remove // generated before and no longer
)

func (k Kind) String() string {
	return [...]string{Same: "same", Create: "create", Update: "update", Remove: "remove"}[k]
}

// Change is one file's way from what stands on disk to what compile says.
type Change struct {
	Path string // slash-separated, relative to the output root
	Kind Kind
	Old  string // what stands on disk; empty for Create
	New  string // what is to stand there; empty for Remove
}
