package joblint

import (
	"sort"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// Text is a string of a job file, and where it stands.
type Text struct {
	Value string
	Span  source.Span
	lines []line // where its lines stand letter by letter; none where the file spells it otherwise
}

// line says where a part of a Text begins: in the value, and in the file.
type line struct{ value, file int }

// spelled is a Text that the file holds letter by letter.
func spelled(file *source.File, start, end int) Text {
	return Text{file.Text[start:end], source.At(file, start, end), []line{{0, start}}}
}

// at is where a part of the value stands, or all of it where nobody knows.
func (t Text) at(start, end int) source.Span {
	if len(t.lines) == 0 || start < 0 || end < start || end > len(t.Value) {
		return t.Span
	}
	from := t.place(start)
	to := max(from, t.place(max(start, end-1))+min(1, end-start))
	return source.At(t.Span.File, from, min(to, len(t.Span.File.Text)))
}

func (t Text) place(at int) int {
	i := sort.Search(len(t.lines), func(i int) bool { return t.lines[i].value > at }) - 1
	return t.lines[i].file + at - t.lines[i].value
}

// unfolded finds the lines of a value, each behind an indentation, in the lines of the file from start on.
func unfolded(file *source.File, start int, value string) []line {
	var lines []line
	at := 0
	for text := range strings.SplitSeq(strings.TrimRight(value, "\n"), "\n") {
		if start > len(file.Text) {
			return nil
		}
		length := strings.IndexByte(file.Text[start:], '\n')
		if length < 0 {
			length = len(file.Text) - start
		}
		written := strings.TrimSuffix(file.Text[start:start+length], "\r")
		indent, found := strings.CutSuffix(written, text)
		if !found || strings.TrimLeft(indent, " ") != "" {
			return nil
		}
		lines = append(lines, line{at, start + len(indent)})
		at += len(text) + 1
		start += length + 1
	}
	return lines
}

// oneLine is a text for messages.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
