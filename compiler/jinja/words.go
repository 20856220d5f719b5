package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is a word of a tag: a name, a text in quotes, a number or an operator.
type Word struct {
	Kind  WordKind
	Text  string // as it is written, a text in its quotes
	Start int    // where it stands in what Words was given
}

// WordKind says what a Word is.
type WordKind byte

const (
	Name     WordKind = 'n'
	Quoted   WordKind = 's'
	Number   WordKind = 'i'
	Operator WordKind = 'o' // what Jinja does not know is one of one byte
)

// End is where the word ends.
func (w Word) End() int { return w.Start + len(w.Text) }

// Is reports whether the word is a name or an operator of this text.
func (w Word) Is(text string) bool { return w.Text == text && (w.Kind == Name || w.Kind == Operator) }

// Value is what a text in quotes says. An escape that Python reads by a table of names is an error.
func (w Word) Value() (string, error) { return Unescape(w.Text[1 : len(w.Text)-1]) }

// Words takes the inside of a tag apart. Its error is a string that does not end.
func Words(tag string) ([]Word, error) {
	var words []Word
	for at := 0; at < len(tag); {
		rest := tag[at:]
		kind, n := Operator, 1
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case space(r):
			at += size
			continue
		case r == '\'' || r == '"':
			if kind, n = Quoted, stringEnd(rest); n < 0 {
				return nil, fmt.Errorf("a string does not end")
			}
		case wordRune(r):
			kind, n = Name, strings.IndexFunc(rest, func(r rune) bool { return !wordRune(r) })
			if n < 0 {
				n = len(rest)
			}
			if digit(rest[0]) {
				kind = Number
			}
		default:
			for _, o := range operators {
				if strings.HasPrefix(rest, o) {
					n = len(o)
					break
				}
			}
		}
		words = append(words, Word{kind, rest[:n], at})
		at += n
	}
	return words, nil
}

// wordRune reports whether a name may hold r. Beyond ASCII Jinja asks Python's tables, and refuses what is no letter: it is never
// the end of a name that we know.
func wordRune(r rune) bool {
	return r < utf8.RuneSelf && (letter(byte(r)) || digit(byte(r))) || r >= utf8.RuneSelf && !space(r)
}

// space is white space as Python's regular expressions know it.
func space(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

// simpleEscapes are those of one letter, and what they say.
const simpleEscapes, simpleValues = `\'"ntrabfv`, "\\'\"\n\t\r\a\b\f\v"

// Unescape reads what stands between two quotes, as Jinja and Python do. \N{…} is refused, and so is a backslash before what is
// not ASCII, of which the two think differently.
func Unescape(s string) (string, error) {
	if !strings.ContainsAny(s, "\\\r") {
		return s, nil
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	var b strings.Builder
	for s != "" {
		if s[0] != '\\' || len(s) == 1 {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		c := s[1]
		switch at := strings.IndexByte(simpleEscapes, c); {
		case at >= 0:
			b.WriteByte(simpleValues[at])
			s = s[2:]
		case c == '\n': // the line goes on
			s = s[2:]
		case c == 'N' || c >= utf8.RuneSelf:
			return "", fmt.Errorf(`the escape \%c is not read`, c)
		case '0' <= c && c <= '7':
			n := 2
			for n < 4 && n < len(s) && '0' <= s[n] && s[n] <= '7' {
				n++
			}
			code, _ := strconv.ParseUint(s[1:n], 8, 16) // at most three digits
			b.WriteRune(rune(code))
			s = s[n:]
		case c == 'x' || c == 'u' || c == 'U':
			n := 2 + map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
			code, err := strconv.ParseUint(s[2:min(n, len(s))], 16, 32)
			if err != nil || n > len(s) || !utf8.ValidRune(rune(code)) {
				return "", fmt.Errorf(`the escape %q is not read`, s[:min(n, len(s))])
			}
			b.WriteRune(rune(code))
			s = s[n:]
		default: // no escape
			b.WriteString(s[:2])
			s = s[2:]
		}
	}
	return b.String(), nil
}
