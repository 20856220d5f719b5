package differential

import (
	"slices"
	"strings"
)

// junk is what people do not mean to type, and what means something to one of the parsers on the way.
var junk = []rune("@@++::..,,**??[[]]!!--__//\\\"'~#%&=(){}|^$; \t\n\r09azAZéß日٣İ\u00a0\u2028😀")

// mutate makes a pattern, another case or a typing error of a text.
func (g *generator) mutate(text string) string {
	for range 1 + g.few() {
		chars := []rune(text)
		n := g.IntN(100)
		switch {
		case len(chars) == 0 || n < 8:
			chars = slices.Insert(chars, g.IntN(len(chars)+1), pick(g, junk...))
		case n < 45:
			chars = g.star(chars)
		case n < 60:
			chars[g.IntN(len(chars))] = '?'
		case n < 82:
			i := g.IntN(len(chars))
			chars = slices.Replace(chars, i, i+1, []rune(g.class(chars[i]))...)
		case n < 88:
			chars = []rune(pick(g, strings.ToUpper, strings.ToLower, strings.Title)(text)) //nolint:staticcheck // Title: ASCII words are what it is for
		case n < 92:
			i := g.IntN(len(chars))
			chars = slices.Delete(chars, i, i+1)
		case n < 96:
			i := g.IntN(len(chars))
			chars = slices.Insert(chars, i, chars[i])
		default:
			i, j := g.IntN(len(chars)), g.IntN(len(chars))
			chars[i], chars[j] = chars[j], chars[i]
		}
		text = string(chars)
	}
	return text
}

// star replaces a piece, which may be empty or all, by one or two stars.
func (g *generator) star(chars []rune) []rune {
	i := g.IntN(len(chars) + 1)
	j := i + g.IntN(len(chars)-i+1)
	return slices.Replace(chars, i, j, []rune(pick(g, "*", "*", "*", "*", "**"))...)
}

// class is a set of characters, which holds the character mostly, and is well formed mostly.
func (g *generator) class(char rune) string {
	c := string(char)
	return pick(g,
		"["+c+"]", "["+c+"x]", "[x"+c+"]", "[!"+c+"]", "[!x]", "[a-z]", "[!a-z]", "[A-Z_]", "[a-"+c+"]", "["+c+"-z]", "[z-a]", "[z-a"+c+"]",
		"["+c+"-]", "[-"+c+"]", "[]"+c+"]", "[!]"+c+"]", "[^"+c+"]", "["+c, c+"]", "[]", "[!]", "[[]", "[a-c-"+c+"]", "[--"+c+"]", "[a-f0-9"+c+"]",
	)
}
