package selection

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// cache holds what only some selections ask for, and what all evaluations share.
type cache struct {
	genericOnce  sync.Once
	genericTests set
	treeOnce     sync.Once
	root         *treeEntry
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
func (e *Evaluator) blank(i int32) bool {
	n := e.nodes[i]
	switch n.Kind {
	case manifest.Model, manifest.Snapshot, manifest.Test, manifest.Analysis, manifest.Operation, manifest.SQLOperation:
	default:
		return false
	}
	code := n.Code()
	// Code is long and nearly always begins with what is no space: then it needs no decoding.
	if raw := strings.TrimLeft(code.Raw(), `" `); raw != "" && raw[0] != '\\' && raw[0] < utf8.RuneSelf {
		return false
	}
	return strings.TrimFunc(code.Text(), space) == ""
}

// space is what Python's str.strip takes off.
func space(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }
