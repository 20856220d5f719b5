// Package diag is what dbtwac tells the user about an input: a code, a place, a sentence, a way out.
//
// A Code is declared by the package that reports it, with its document beside it (see Docs). Nothing here decides whether an
// input is wrong, and nothing prints but the printers, which write to the writer that they are given.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// Code names one kind of finding for ever, such as "DW101". Its document tells what it means.
type Code string

// Severity says what a finding does to a compile.
type Severity uint8

const (
	Error   Severity = iota // nothing is written, exit code 2
	Warning                 // reported; compile goes on
	Note                    // worth knowing; never part of an artifact
)

func (s Severity) String() string {
	return [...]string{Error: "error", Warning: "warning", Note: "note"}[s]
}

// Diagnostic is one finding.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Span     source.Span // where the user would edit; zero when there is no such place
	Path     string      // path inside the document, such as nodes."model.shop.orders".config, or empty
	Message  string      // one sentence, without a full stop; names nodes and consequences
	Hint     string      // the way out, without a full stop
	Related  []Related   // other places that take part in it

	// Nodes are the unique ids of what it is about, and Word what to look for in their files: package locate makes Related of them.
	Nodes []string
	Word  string
}

// Related is another place that a finding is about.
type Related struct {
	Span    source.Span
	Message string
}

// List gathers findings. Its zero value is ready to use.
type List []Diagnostic

// Add appends findings.
func (l *List) Add(ds ...Diagnostic) { *l = append(*l, ds...) }

// HasErrors reports whether a finding of severity Error is in l.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns l in the order in which it is shown, without repetitions: by file, position, code and message.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(fileName(a), fileName(b)),
			cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Span == b.Span && a.Path == b.Path && a.Message == b.Message
	})
}

// Count returns how many findings of each severity l holds.
func (l List) Count() (errors, warnings, notes int) {
	var n [3]int
	for _, d := range l {
		n[d.Severity]++
	}
	return n[Error], n[Warning], n[Note]
}

func fileName(d Diagnostic) string {
	if d.Span.File == nil {
		return ""
	}
	return d.Span.File.Name
}

// Shorten joins a list for a message, and counts what would make it unreadable.
func Shorten(list []string, separator string) string {
	const most = 5
	if len(list) <= most {
		return strings.Join(list, separator)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], separator), len(list)-most)
}
