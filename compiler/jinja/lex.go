package jinja

import (
	"fmt"
	"strings"
)

// piece is a part of a macro's text: text, or what stands in a tag.
type piece struct {
	kind   byte    // 't' text, '{' a printed expression, '%' a statement
	text   string  // of a text
	tokens []token // of a tag
}

// token is a word of an expression.
type token struct {
	kind byte // 'n' name, 's' string, 'i' whole number, 'o' operator
	text string
}

// split takes a text apart at its tags. Comments vanish, and so does the white space that a hyphen takes away.
func split(text string) ([]piece, error) {
	var out []piece
	trim := false // the last tag ended with a hyphen
	add := func(s string) {
		if trim {
			s = strings.TrimLeft(s, " \t\r\n")
		}
		if s != "" {
			out = append(out, piece{kind: 't', text: s})
		}
	}
	for text != "" {
		at := opening(text)
		if at < 0 {
			add(text)
			break
		}
		kind, before := text[at+1], text[:at]
		inner := text[at+2:]
		if strings.HasPrefix(inner, "-") {
			before, inner = strings.TrimRight(before, " \t\r\n"), inner[1:]
		}
		add(before)
		end, length, err := closing(inner, kind)
		if err != nil {
			return nil, err
		}
		content := inner[:end]
		text = inner[end+length:]
		trim = length == 3
		if kind == '#' {
			continue
		}
		tokens, err := lex(strings.TrimPrefix(content, "+"))
		if err != nil {
			return nil, err
		}
		out = append(out, piece{kind: kind, tokens: tokens})
	}
	return out, nil
}

// opening finds the next tag.
func opening(text string) int {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '{' && (text[i+1] == '{' || text[i+1] == '%' || text[i+1] == '#') {
			return i
		}
	}
	return -1
}

// closing finds the end of a tag, outside of strings; length is that of the delimiter.
func closing(text string, kind byte) (end, length int, err error) {
	delimiter := map[byte]string{'{': "}}", '%': "%}", '#': "#}"}[kind]
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case depth == 0 && strings.HasPrefix(text[i:], "-"+delimiter):
			return i, 3, nil
		case depth == 0 && strings.HasPrefix(text[i:], delimiter):
			return i, 2, nil
		case kind == '#':
		case c == '\'' || c == '"':
			n := stringEnd(text[i:])
			if n < 0 {
				return 0, 0, fmt.Errorf("a string does not end")
			}
			i += n - 1
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		}
	}
	return 0, 0, fmt.Errorf("a tag is not closed with %s", delimiter)
}

// stringEnd returns the length of the string literal that text begins with, or -1.
func stringEnd(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1
		}
	}
	return -1
}

var operators = []string{"==", "!=", "<=", ">=", "//", "**", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|", "~", "+", "-", "*", "/", "%", "<", ">", "="}

func lex(text string) ([]token, error) {
	var out []token
next:
	for text != "" {
		c := text[0]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			text = text[1:]
		case c == '\'' || c == '"':
			n := stringEnd(text)
			if n < 0 {
				return nil, fmt.Errorf("a string does not end")
			}
			s, err := unescape(text[1 : n-1])
			if err != nil {
				return nil, err
			}
			out = append(out, token{'s', s})
			text = text[n:]
		case letter(c):
			n := 1
			for n < len(text) && (letter(text[n]) || digit(text[n])) {
				n++
			}
			out = append(out, token{'n', text[:n]})
			text = text[n:]
		case digit(c):
			n := 1
			for n < len(text) && digit(text[n]) {
				n++
			}
			if n > 9 || n < len(text) && (letter(text[n]) || text[n] == '.') {
				return nil, fmt.Errorf("the number %s is no small whole number", text[:n])
			}
			out = append(out, token{'i', text[:n]})
			text = text[n:]
		default:
			for _, o := range operators {
				if strings.HasPrefix(text, o) {
					out = append(out, token{'o', o})
					text = text[len(o):]
					continue next
				}
			}
			return nil, fmt.Errorf("the character %q is not read", c)
		}
	}
	return out, nil
}

func letter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

// unescape resolves the escapes that are the same everywhere; others are refused.
func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		at := strings.IndexByte(`\'"ntr`, s[i])
		if at < 0 {
			return "", fmt.Errorf(`the escape \%c is not read`, s[i])
		}
		b.WriteByte("\\'\"\n\t\r"[at])
	}
	return b.String(), nil
}
