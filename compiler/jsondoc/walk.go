package jsondoc

import (
	"strings"
	"unsafe"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// Entries walks the keys of an object in the order in which they stand. Any other value has none.
//
//	for it := v.Entries(); it.Next(); {
//		use(it.Key(), it.Value())
//	}
type Entries struct{ walk }

// Items walks the values of a list. Any other value has none.
type Items struct{ walk }

// Entries starts a walk over an object.
func (v Value) Entries() Entries { return Entries{v.walk(Object, '}')} }

// Items starts a walk over a list.
func (v Value) Items() Items { return Items{v.walk(Array, ']')} }

// walk is the state of both. Its glue is checked (brackets, commas, colons, the quotes of keys), the values are not: so a
// document is valid when every walk over it ends without a fault and every value that was not walked is valid in itself.
//
// A value's end is looked for only when somebody asks for it or moves on: Descend walks a section of a hundred megabytes
// without having stepped over it first.
type walk struct {
	file   *source.File
	key    Value
	value  Value // end is 0 until it is known
	pos    int   // behind the last value, or at the opening bracket before the first
	end    int   // of the walked value; 0 while it is not known
	state  uint8 // fresh, between, or over
	close  byte  // the closing bracket
	parent *walk // told where this walk ended, or nil
}

const (
	fresh uint8 = iota
	between
	over
	faulty
)

func (v Value) walk(kind Kind, closing byte) walk {
	if v.Kind() != kind {
		return walk{state: over}
	}
	return walk{file: v.file, pos: int(v.start), end: int(v.end), close: closing}
}

// Kind returns the current value's kind, for which its end need not be known.
func (w *walk) Kind() Kind {
	if w.state != between {
		return Missing
	}
	return Value{w.file, w.value.start, w.value.start + 1}.Kind()
}

// Value returns the current value.
func (w *walk) Value() Value {
	if w.value.end == 0 && w.state == between {
		end, ok := skip(w.file.Text, int(w.value.start))
		if !ok {
			w.fail()
			return Value{}
		}
		w.value.end, w.pos = uint32(end), end
	}
	if w.value.end == 0 { // before the first, or behind a fault
		return Value{}
	}
	return w.value
}

// Faulty reports whether the walk ended because the text is not JSON.
func (w *walk) Faulty() bool { return w.state == faulty }

// Key returns the current key, decoded.
func (e *Entries) Key() string { return unquote(e.key.Raw()) }

// KeyValue returns the current key as a value, for its position.
func (e *Entries) KeyValue() Value { return e.key }

// Descend walks the current value in place of Value, without looking for its end first. The outer walk goes on where the
// inner one ends, so the inner one must be walked to its end. A value that is no object gives an empty walk.
func (e *Entries) Descend() Entries {
	if e.value.end != 0 || e.Kind() != Object {
		return e.Value().Entries()
	}
	return Entries{walk{file: e.file, pos: int(e.value.start), close: '}', parent: &e.walk}}
}

// Next moves to the next key.
func (e *Entries) Next() bool {
	pos, ok := e.advance()
	if !ok {
		return false
	}
	text := e.file.Text
	if pos >= len(text) || text[pos] != '"' {
		return e.fail()
	}
	end, ok := skipString(text, pos)
	if !ok {
		return e.fail()
	}
	e.key = Value{e.file, uint32(pos), uint32(end)}
	pos = skipSpace(text, end)
	if pos >= len(text) || text[pos] != ':' {
		return e.fail()
	}
	return e.take(skipSpace(text, pos+1))
}

// Next moves to the next value.
func (i *Items) Next() bool {
	pos, ok := i.advance()
	return ok && i.take(pos)
}

// advance steps over the opening bracket, or over the last value and a comma; ok is false at the end.
func (w *walk) advance() (pos int, ok bool) {
	first := w.state == fresh
	switch w.state {
	case over, faulty:
		return 0, false
	case fresh:
		w.state = between
		w.pos++
	case between:
		w.Value()
		if w.state == faulty {
			return 0, false
		}
	}
	text := w.file.Text
	pos = skipSpace(text, w.pos)
	switch {
	case pos >= len(text):
		return 0, w.fail()
	case text[pos] == w.close && (w.end == 0 || pos == w.end-1):
		w.state = over
		if w.parent != nil {
			w.parent.value.end, w.parent.pos = uint32(pos+1), pos+1
		}
		return 0, false
	case first:
		return pos, true
	case text[pos] != ',':
		return 0, w.fail()
	}
	return skipSpace(text, pos+1), true
}

func (w *walk) take(pos int) bool {
	if pos >= len(w.file.Text) {
		return w.fail()
	}
	w.value = Value{w.file, uint32(pos), 0}
	return true
}

func (w *walk) fail() bool {
	w.state = faulty
	if w.parent != nil {
		w.parent.state = faulty
	}
	return false
}

// skipSpace returns the first position at or behind pos that is no JSON white space.
func skipSpace(text string, pos int) int {
	for pos < len(text) && text[pos] <= ' ' && (text[pos] == ' ' || text[pos] == '\n' || text[pos] == '\r' || text[pos] == '\t') {
		pos++
	}
	return pos
}

// skip returns the end of the value at pos. It counts brackets and steps over strings; ok is false when the value does not
// end, nests deeper than MaxDepth, or is nothing.
func skip(text string, pos int) (end int, ok bool) {
	if pos >= len(text) {
		return 0, false
	}
	switch text[pos] {
	case '"':
		return skipString(text, pos)
	case '{', '[':
		return skipNested(text, pos)
	}
	end = pos
	for end < len(text) && !delimiter[text[end]] {
		end++
	}
	return end, end > pos
}

// delimiter marks the bytes that end a number or a literal.
var delimiter = [256]bool{',': true, '}': true, ']': true, ':': true, '"': true, '{': true, '[': true, ' ': true, '\n': true, '\r': true, '\t': true}

// structural marks the bytes that skipNested looks at; all others between strings are stepped over.
var structural = [256]bool{'"': true, '{': true, '[': true, '}': true, ']': true}

func skipNested(text string, pos int) (end int, ok bool) {
	depth := 0
	for pos < len(text) {
		c := text[pos]
		if !structural[c] {
			pos++
			continue
		}
		switch c {
		case '"':
			if pos, ok = skipString(text, pos); !ok {
				return 0, false
			}
			continue
		case '{', '[':
			if depth++; depth > MaxDepth {
				return 0, false
			}
		default:
			if depth--; depth == 0 {
				return pos + 1, true
			}
		}
		pos++
	}
	return 0, false
}

// skipString returns the end of the string at pos, behind its closing quote. The bytes of a string are nearly all of a
// manifest, so the closing quote is found by IndexByte and the escapes are looked at backwards from it.
func skipString(text string, pos int) (end int, ok bool) {
	start := pos + 1
	for from := start; ; {
		i := strings.IndexByte(text[from:], '"')
		if i < 0 {
			return 0, false
		}
		quote := from + i
		escapes := quote
		for escapes > start && text[escapes-1] == '\\' {
			escapes--
		}
		if (quote-escapes)%2 == 0 {
			return quote + 1, true
		}
		from = quote + 1
	}
}

// A Value is kept tens of thousands of times; this fails to compile when it grows.
var _ [16]byte = [unsafe.Sizeof(Value{})]byte{}
