// Package source reads the user's files and says where in them something stands.
//
// It is the only package that reads from disk. A File is its bytes and its name as the user typed it; a Span is a byte range
// of a File, and every diagnostic carries one. The package knows nothing of JSON, YAML or dbt.
package source

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// File is one document that was read whole. It is immutable.
type File struct {
	Name string // the path as the user typed it, for messages; never opened again
	Text string // the whole content, as it stands on disk
}

// Read reads the file at path; its Name will be name. Errors are those of the operating system.
//
// The text shares the memory of the one read buffer: a manifest of a hundred megabytes is held once.
func Read(path, name string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory", name)
	}
	// One byte more than the size, so that the read which finds the end needs no larger buffer.
	buf := make([]byte, 0, info.Size()+1)
	if info.Size() >= large {
		hugePages(buf[:cap(buf)])
		if buf, err = readHalves(f, buf[:info.Size()]); err != nil {
			return nil, err
		}
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return &File{Name: name, Text: unsafe.String(unsafe.SliceData(buf), len(buf))}, nil
}

// large is the size in bytes from which a file is read by two processors: to copy a hundred megabytes takes one of them as long
// as to find out whether they are JSON.
const large = 8 << 20

// readHalves fills buf from the file's start, its halves side by side, and leaves the file's offset behind what it returns: all
// of buf, or nothing where the file has become shorter.
func readHalves(f *os.File, buf []byte) ([]byte, error) {
	half := len(buf) / 2
	second := make(chan error, 1)
	go func() {
		_, err := f.ReadAt(buf[half:], int64(half))
		second <- err
	}()
	_, err := f.ReadAt(buf[:half], 0)
	err = errors.Join(err, <-second)
	if errors.Is(err, io.EOF) {
		return buf[:0], nil
	}
	if err == nil {
		_, err = f.Seek(int64(len(buf)), io.SeekStart)
	}
	return buf, err
}

// Span is the half-open byte range [Start, End) of a file. The zero Span is no place at all.
type Span struct {
	File       *File
	Start, End int
}

// At returns the span of file from start to end.
func At(file *File, start, end int) Span { return Span{file, start, end} }

// IsZero reports whether s points nowhere.
func (s Span) IsZero() bool { return s.File == nil }

// Position returns the 1-based line and the 1-based column, in bytes, of the span's start.
func (s Span) Position() (line, column int) {
	if s.File == nil {
		return 0, 0
	}
	head := s.File.Text[:min(s.Start, len(s.File.Text))]
	return strings.Count(head, "\n") + 1, len(head) - strings.LastIndexByte(head, '\n')
}

// Character is the column where s starts, 1-based and counted in characters.
func (s Span) Character() int {
	if s.File == nil {
		return 0
	}
	head := s.File.Text[:min(s.Start, len(s.File.Text))]
	return utf8.RuneCountInString(head[strings.LastIndexByte(head, '\n')+1:]) + 1
}

// excerptWidth is how many bytes of a line an excerpt shows: a manifest is often one line of megabytes.
const excerptWidth = 100

// Excerpt returns the line that s starts on, cut to a readable width, and under it a caret line that marks the span.
// It is empty where there is nothing to show. Control characters show as spaces, so that the caret stays below its byte.
func (s Span) Excerpt() string {
	if s.File == nil || s.Start > len(s.File.Text) {
		return ""
	}
	text := s.File.Text
	from := strings.LastIndexByte(text[:s.Start], '\n') + 1
	to := len(text)
	if i := strings.IndexByte(text[s.Start:], '\n'); i >= 0 {
		to = s.Start + i
	}
	lead, tail := "", ""
	if s.Start-from > excerptWidth/2 {
		from, lead = runeStart(text, s.Start-excerptWidth/2), "…"
	}
	if to-from > excerptWidth {
		to, tail = runeStart(text, from+excerptWidth), "…"
	}
	line := text[from:to]
	if strings.TrimSpace(line) == "" {
		return ""
	}
	width := utf8.RuneCountInString(text[s.Start:max(s.Start, min(s.End, to))])
	indent := utf8.RuneCountInString(lead) + utf8.RuneCountInString(text[from:s.Start])
	return lead + strings.Map(printable, line) + tail + "\n" + strings.Repeat(" ", indent) + strings.Repeat("^", max(width, 1))
}

// runeStart moves i back to the first byte of the character that it stands in.
func runeStart(text string, i int) int {
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == utf8.RuneError || (r >= 0x80 && r < 0xa0) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
		return ' '
	}
	return r
}
