package selection

import (
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// cache holds what only some selections ask for, and what all evaluations share.
type cache struct {
	genericOnce  sync.Once
	genericTests set
	treeOnce     sync.Once
	root         *treeEntry
	blanks       []atomic.Uint32
}

// generic returns the tests that come from a macro with arguments; the others are singular.
func (e *Evaluator) generic() set {
	e.genericOnce.Do(func() {
		s := e.newSet()
		e.kinds[manifest.Test].all(func(i int32) {
			if generic(e.nodes[i]) {
				s.add(i)
			}
		})
		e.genericTests = s
	})
	return e.genericTests
}

// blank reports whether a node of the manifest's `nodes` has code that is nothing but white space. Seeds have none and are not.
// The answers are kept: to find the code in a node costs more than all the rest of an evaluation.
func (e *Evaluator) blank(i int32) bool {
	switch e.blanks[i].Load() {
	case yes:
		return true
	case no:
		return false
	}
	answer := blankCode(e.nodes[i])
	if answer {
		e.blanks[i].Store(yes)
	} else {
		e.blanks[i].Store(no)
	}
	return answer
}

// What is known of a node; unknown is 0.
const (
	yes = 1 + iota
	no
)

func blankCode(n *manifest.Node) bool {
	switch n.Kind {
	case manifest.Model, manifest.Snapshot, manifest.Test, manifest.Analysis, manifest.Operation, manifest.SQLOperation:
	default:
		return false
	}
	code := n.Raw.Get("raw_code")
	if code.Kind() == jsondoc.Missing {
		code = n.Raw.Get("raw_sql") // before dbt 1.3
	}
	// Code is long and nearly always begins with what is no space: then it needs no decoding.
	if raw := strings.TrimLeft(code.Raw(), `" `); raw != "" && raw[0] != '\\' && raw[0] < utf8.RuneSelf {
		return false
	}
	return strings.TrimFunc(code.Text(), space) == ""
}

// space is what Python's str.strip takes off.
func space(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }
