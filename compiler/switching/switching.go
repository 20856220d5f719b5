// Package switching replaces dbt's source('a', 'b') by the ref() of a model that mirrors the table, in the texts of a project:
// templates, YAML of properties, and, without changing them, Python models.
//
// A call is replaced where both arguments are plain texts, and then nothing else of the text changes. What may read a mirrored table
// and is not replaced is reported, never guessed. The package knows text, and neither the manifest nor what a macro does with a
// name: a project whose own macro is called source or ref gives calls in all of its files another meaning.
package switching

import (
	"cmp"
	"slices"
	"strings"
)

// Mirrored returns the name of the model that mirrors a source's table; ok is false where none does.
type Mirrored func(source, table string) (model string, ok bool)

// Result is a text after the switch.
type Result struct {
	Text  string
	Edits []Edit // in the order of the text, none overlaps another
	Left  []Left // in the order of the text
}

// Edit is a call that was replaced.
type Edit struct {
	Start, End    int // of the old text
	New           string
	Source, Table string
}

// Left is a call that was found and is not replaced.
type Left struct {
	Start, End    int    // of the old text
	Source, Table string // empty where they are not known
	Why           string // half a sentence for a user
}

// Why a call is left.
const (
	dynamic    = "which table it reads is known only when dbt runs"
	arguments  = "dbt's source() takes two arguments"
	named      = "dbt's source() takes no such argument"
	unread     = "its arguments are strings of a kind that is not read"
	itsName    = "a part of its name is read, and the copy has another name"
	handedOn   = "source is handed on without being called"
	rebound    = "this file gives the name source another meaning"
	reboundRef = "this file gives the name ref another meaning"
	inString   = "it stands in a string, which dbt may render later"
	notClosed  = "a tag that begins here is not closed, so nothing in this file is replaced"
	inText     = "it stands in a longer text"
	inHook     = "it stands in a hook"
	shared     = "an anchor shares it with another place"
	written    = "it is written over several lines, as a block or with escapes"
	unfit      = "the name of its model needs quotes here"
	inPython   = "it stands in a Python model, which is not changed"
	formatted  = "it stands in a formatted string of a Python model"
)

// done puts edits and what is left in order, and edits the text.
func (r *Result) done(text string) Result {
	slices.SortStableFunc(r.Edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
	slices.SortStableFunc(r.Left, func(a, b Left) int { return cmp.Compare(a.Start, b.Start) })
	var b strings.Builder
	at := 0
	for _, e := range r.Edits {
		b.WriteString(text[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.WriteString(text[at:])
	r.Text = b.String()
	return *r
}
