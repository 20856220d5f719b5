package selection

import (
	"strings"
	"unicode/utf8"
)

// pattern is a compiled pattern of Python's fnmatch: `*` is any text, dots and slashes included, `?` any one character, `[seq]`
// and `[!seq]` one of a set; an unclosed bracket stands for itself, and the whole text has to match. Case counts, as on POSIX.
//
// Go's path.Match differs in each of these points. Matching takes at most len(text) × len(pattern) steps.
type pattern struct {
	literal string // the pattern itself, where it has no wildcard
	atoms   []atom // otherwise
	any     bool   // the pattern is nothing but stars
}

type atom struct {
	kind   uint8
	char   rune
	negate bool
	ranges [][2]rune
}

const (
	oneChar uint8 = iota
	anyChar
	star
	class
)

func compile(text string) pattern {
	if !strings.ContainsAny(text, "*?[") {
		return pattern{literal: text}
	}
	if strings.Trim(text, "*") == "" {
		return pattern{any: true}
	}
	var p pattern
	chars := []rune(text)
	for i := 0; i < len(chars); i++ {
		switch c := chars[i]; c {
		case '*':
			if n := len(p.atoms); n == 0 || p.atoms[n-1].kind != star {
				p.atoms = append(p.atoms, atom{kind: star})
			}
		case '?':
			p.atoms = append(p.atoms, atom{kind: anyChar})
		case '[':
			end := closing(chars, i+1)
			if end < 0 {
				p.atoms = append(p.atoms, atom{char: c})
				continue
			}
			p.atoms = append(p.atoms, classOf(chars[i+1:end]))
			i = end
		default:
			p.atoms = append(p.atoms, atom{char: c})
		}
	}
	return p
}

// closing returns the position of the bracket that ends the set at from, or -1. A bracket that comes first is a member.
func closing(chars []rune, from int) int {
	if from < len(chars) && chars[from] == '!' {
		from++
	}
	if from < len(chars) && chars[from] == ']' {
		from++
	}
	for ; from < len(chars); from++ {
		if chars[from] == ']' {
			return from
		}
	}
	return -1
}

// classOf reads the inside of a set as fnmatch.translate does: a hyphen between two characters makes a range, one at either
// end is itself, and an empty range vanishes.
func classOf(stuff []rune) atom {
	a := atom{kind: class}
	if stuff[0] == '!' {
		a.negate, stuff = true, stuff[1:]
	}
	var chunks [][]rune
	start, from := 0, 1
	for from < len(stuff) {
		k := indexFrom(stuff, '-', from)
		if k < 0 {
			break
		}
		chunks = append(chunks, append([]rune(nil), stuff[start:k]...))
		start, from = k+1, k+3
	}
	if rest := stuff[start:]; len(rest) > 0 {
		chunks = append(chunks, append([]rune(nil), rest...))
	} else if len(chunks) > 0 {
		last := len(chunks) - 1
		chunks[last] = append(chunks[last], '-')
	}
	for k := len(chunks) - 1; k > 0; k-- {
		before := chunks[k-1]
		if before[len(before)-1] > chunks[k][0] {
			chunks[k-1] = append(before[:len(before)-1], chunks[k][1:]...)
			chunks = append(chunks[:k], chunks[k+1:]...)
		}
	}
	if first := chunks[0]; !a.negate && len(first) > 0 && first[0] == '!' {
		a.negate, chunks[0] = true, first[1:] // the empty range before it is gone, and so it comes first now
	}
	for i, chunk := range chunks {
		switch {
		case i == 0 || len(chunk) == 0:
		case len(a.ranges) == 0:
			a.ranges = append(a.ranges, [2]rune{'-', '-'}) // nothing is left before the hyphen
		default:
			// The character before the hyphen opened the range; this one ends it.
			a.ranges[len(a.ranges)-1][1] = chunk[0]
			chunk = chunk[1:]
		}
		for _, c := range chunk {
			a.ranges = append(a.ranges, [2]rune{c, c})
		}
	}
	return a
}

func indexFrom(chars []rune, c rune, from int) int {
	for i := from; i < len(chars); i++ {
		if chars[i] == c {
			return i
		}
	}
	return -1
}

func (a *atom) matches(c rune) bool {
	switch a.kind {
	case oneChar:
		return a.char == c
	case anyChar:
		return true
	}
	for _, r := range a.ranges {
		if r[0] <= c && c <= r[1] {
			return !a.negate
		}
	}
	return a.negate
}

// match reports whether the whole text matches. On a mismatch only the last star is tried again, one character further: the
// stars before it cannot gain by taking more.
func (p *pattern) match(text string) bool {
	switch {
	case p.any:
		return true
	case p.atoms == nil:
		return text == p.literal
	}
	pos, at := 0, 0
	retryPos, retryAt := -1, -1
	for pos < len(text) {
		if at < len(p.atoms) && p.atoms[at].kind == star {
			at++
			retryPos, retryAt = pos, at
			continue
		}
		c, size := utf8.DecodeRuneInString(text[pos:])
		if at < len(p.atoms) && p.atoms[at].matches(c) {
			pos, at = pos+size, at+1
			continue
		}
		if retryAt < 0 {
			return false
		}
		_, size = utf8.DecodeRuneInString(text[retryPos:])
		retryPos += size
		pos, at = retryPos, retryAt
	}
	for at < len(p.atoms) && p.atoms[at].kind == star {
		at++
	}
	return at == len(p.atoms)
}
