package selection

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// term reads one criterion, as dbt's regular expression does:
//
//	@  (n)+  method.arg:  value  +(n)
//
// Each part but the value may be missing, and the value may be empty. nil means that it was reported.
func (p *parser) term(t Text) *criterion {
	c := &criterion{text: t, up: unlimited, down: unlimited}
	if i := strings.IndexByte(t.Value, '\n'); i >= 0 {
		p.problem(t.part(i, i+1).Span, "a line break cannot stand in a selection", "separate criteria with a space")
		return nil
	}
	rest := t.Value
	if strings.HasPrefix(rest, "@") {
		c.family, rest = true, rest[1:]
	}
	if n := digits(rest); strings.HasPrefix(rest[n:], "+") {
		if c.up = p.depth(t, rest[:n]); c.up < unlimited {
			return nil
		}
		c.parents, rest = true, rest[n+1:]
	}
	from := len(t.Value) - len(rest)
	name := ""
	if n := wordOrDot(rest); n > 0 && strings.HasPrefix(rest[n:], ":") {
		name, rest = rest[:n], rest[n+1:]
	}
	if i := strings.LastIndexByte(rest, '+'); i >= 0 && digits(rest[i+1:]) == len(rest)-i-1 {
		if c.down = p.depth(t, rest[i+1:]); c.down < unlimited {
			return nil
		}
		c.children, rest = true, rest[:i]
	}
	c.value = operand{text: rest, str: true}
	if name == "" {
		c.method = methodFor(rest)
	} else if !p.method(c, name, t.part(from, from+len(name))) {
		return nil
	}
	if c.family && c.children {
		p.problem(t.Span, `"@" before and "+" after `+quote(rest)+" exclude each other", `write "@`+rest+`" for all descendants and what they need, or "`+rest+`+" for the descendants`)
		return nil
	}
	return c
}

// method splits "config.meta.owner" and reports a name that no method has.
func (p *parser) method(c *criterion, name string, at Text) bool {
	parts := strings.Split(name, ".")
	c.method, c.args = parts[0], parts[1:]
	if methodNamed(c.method) != nil {
		return true
	}
	p.problem(at.part(0, min(len(c.method), len(at.Value))).Span, quote(c.method)+" is no selection method of dbt", methodHint(c.method))
	return false
}

// methodFor is the method of a value that names none.
func methodFor(value string) string {
	if strings.Contains(value, "/") {
		return "path"
	}
	lower := strings.ToLower(value)
	for _, ext := range []string{".sql", ".py", ".csv"} {
		if strings.HasSuffix(lower, ext) {
			return "file"
		}
	}
	return "fqn"
}

// maxDigits is how long a number Python reads.
const maxDigits = 4300

// depth reads a number of generations; without one it is unlimited. A number below unlimited means that it was reported.
func (p *parser) depth(t Text, text string) int {
	if text == "" {
		return unlimited
	}
	if utf8.RuneCountInString(text) > maxDigits {
		p.problem(t.Span, "the number of generations is too long", `leave it out: "+" alone has no limit`)
		return unlimited - 1
	}
	n := 0
	for _, r := range text {
		n = min(n*10+digit(r), math.MaxInt32)
	}
	return n
}

// digits returns the length of the decimal digits at the start of s: those of every script, as Python's \d and int() take.
func digits(s string) int {
	return prefix(s, func(r rune) bool { return unicode.Is(unicode.Nd, r) })
}

// digit returns the value of a decimal digit. Unicode keeps the ten of a script together, in order, and sets them apart from
// other digits, but for the five runs of mathematical ones.
func digit(r rune) int {
	const mathematical, end = 0x1d7ce, 0x1d7ff
	if mathematical <= r && r <= end {
		return int(r-mathematical) % 10
	}
	n := 0
	for n < 9 && unicode.Is(unicode.Nd, r-rune(n)-1) {
		n++
	}
	return n
}

// wordOrDot returns the length of what Python's [\w.]+ takes at the start of s.
func wordOrDot(s string) int {
	return prefix(s, func(r rune) bool {
		return r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
	})
}

func prefix(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}
