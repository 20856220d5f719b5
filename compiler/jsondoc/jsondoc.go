// Package jsondoc walks a JSON document by spans: nothing is decoded before it is asked for, and everything knows its position.
//
// It is the only package that imports gjson, and takes from it two things: the validity of a text and the decoding of a string.
// The walk itself is ours because a manifest is mostly SQL that nobody asks for: a span costs a scan for quotes, no copy.
// A Value of a text that was never found valid is safe to walk, but may be wrong; see Value.Valid.
package jsondoc

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/tidwall/gjson"
)

// MaxDepth is how deep a document may nest: encoding/json's own limit, and far below what would exhaust a stack.
const MaxDepth = 10_000

// maxSize keeps offsets in 32 bits.
const maxSize = math.MaxUint32

// Kind is a value's JSON type. A key that is not there and a null are one: dbt v2 leaves out what dbt 1 writes as null.
type Kind uint8

const (
	Missing Kind = iota // not there, or null
	Object
	Array
	String
	Number
	Bool
)

func (k Kind) String() string {
	return [...]string{Missing: "null", Object: "an object", Array: "a list", String: "a string", Number: "a number", Bool: "true or false"}[k]
}

// Value is one JSON value as a span of its document. The zero Value is missing.
type Value struct {
	file       *source.File
	start, end uint32
}

// Kind tells the type from the value's first byte.
func (v Value) Kind() Kind {
	if v.start == v.end {
		return Missing
	}
	switch v.file.Text[v.start] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Missing
	}
	return Number
}

// Raw returns the value's own text, or "" where it is missing.
func (v Value) Raw() string {
	if v.file == nil {
		return ""
	}
	return v.file.Text[v.start:v.end]
}

// Span returns where the value stands.
func (v Value) Span() source.Span { return source.At(v.file, int(v.start), int(v.end)) }

// Valid reports whether the value's text is JSON. It does not look outside the value.
func (v Value) Valid() bool { return gjson.Valid(v.Raw()) }

// Str returns the value of a string; ok is false for any other kind but Missing, which is "".
func (v Value) Str() (s string, ok bool) {
	switch v.Kind() {
	case String:
		return unquote(v.Raw()), true
	case Missing:
		return "", true
	}
	return "", false
}

// Bool returns the value of true or false; ok is false for any other kind but Missing, which is false.
func (v Value) Bool() (b, ok bool) {
	k := v.Kind()
	return k == Bool && v.file.Text[v.start] == 't', k == Bool || k == Missing
}

// Strings returns a list of strings; ok is false when it is something else or holds something else. Missing is nil.
func (v Value) Strings() (list []string, ok bool) {
	if v.Kind() == Missing {
		return nil, true
	}
	if v.Kind() != Array {
		return nil, false
	}
	it := v.Items()
	for it.Next() {
		s, ok := it.Value().Str()
		if !ok || it.Value().Kind() == Missing {
			return nil, false
		}
		if list == nil {
			list = make([]string, 0, 4) // most lists are short
		}
		list = append(list, s)
	}
	return list, true
}

// Get returns the value of an object's key, the first where it stands twice; Missing where there is none.
func (v Value) Get(key string) Value {
	for it := v.Entries(); it.Next(); {
		if it.Key() == key {
			return it.Value()
		}
	}
	return Value{}
}

// unquote decodes a string with its quotes. Without escapes it shares the document's memory. One with escapes is validated
// before it is decoded, because nobody may have done that yet; "" if it is none.
func unquote(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	if !gjson.Valid(raw) {
		return ""
	}
	return gjson.Parse(raw).String()
}

// Open returns the document's root value, not yet validated, or why the file cannot be JSON at all.
func Open(file *source.File) (Value, *Fault) {
	switch text := file.Text; {
	case strings.HasPrefix(text, "\xef\xbb\xbf"):
		return Value{}, &Fault{source.At(file, 0, 3), "begins with a byte order mark", "save it as UTF-8 without one, or let dbt write it again"}
	case strings.HasPrefix(text, "\x1f\x8b"):
		return Value{}, &Fault{source.At(file, 0, 2), "is compressed with gzip", "unpack it first: gunzip"}
	case uint64(len(text)) > maxSize:
		return Value{}, &Fault{source.At(file, 0, 0), "is larger than 4 GiB", "split the dbt project"}
	case !utf8.ValidString(text):
		at := invalidUTF8(text)
		return Value{}, &Fault{source.At(file, at, at+1), "holds a byte that is not UTF-8", "let dbt write it again"}
	}
	start, end := skipSpace(file.Text, 0), len(strings.TrimRight(file.Text, " \n\r\t"))
	if start < end && file.Text[start] == '{' {
		return Value{file, uint32(start), uint32(end)}, nil
	}
	// Nothing walks a root that is no object, so it is validated here; skip keeps its depth in bounds.
	if stop, ok := skip(file.Text, start); !ok || stop != end || !gjson.Valid(file.Text) {
		return Value{}, Diagnose(file)
	}
	return Value{file, uint32(start), uint32(end)}, nil
}

func invalidUTF8(text string) int {
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "�") {
			return i
		}
	}
	return len(text)
}

// Text returns the value of a string, and "" for any other kind: for keys, which are strings by grammar.
func (v Value) Text() string {
	s, _ := v.Str()
	return s
}

// Head returns the value's first byte: the span of a large object marks nothing.
func (v Value) Head() Value {
	if v.start < v.end {
		v.end = v.start + 1
	}
	return v
}
