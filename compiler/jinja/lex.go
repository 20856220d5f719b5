package jinja

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
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

// lex takes a tag apart for the parser, and refuses what that does not read.
func lex(text string) ([]token, error) {
	words, err := Words(text)
	if err != nil {
		return nil, err
	}
	var out []token
	for _, w := range words {
		t := token{byte(w.Kind), w.Text}
		switch w.Kind {
		case Quoted:
			if t.text, err = w.Value(); err != nil {
				return nil, err
			}
		case Name:
			if err := ascii(w.Text); err != nil {
				return nil, err
			}
		case Number:
			if strings.Trim(w.Text, "0123456789") != "" || len(w.Text) > 9 || strings.HasPrefix(text[w.End():], ".") {
				return nil, fmt.Errorf("the number %s is no small whole number", w.Text)
			}
		case Operator:
			if !slices.Contains(operators, w.Text) {
				return nil, fmt.Errorf("the character %q is not read", w.Text)
			}
		}
		out = append(out, t)
	}
	return out, nil
}

func ascii(name string) error {
	for _, r := range name {
		if r >= utf8.RuneSelf {
			return fmt.Errorf("the character %q is not read", r)
		}
	}
	return nil
}

func letter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
