package selection

import "testing"

// What Python's fnmatch.fnmatchcase says.
func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"**", "a.b/c", true}, {"a*", "a", true}, {"a*c", "abcbc", true}, {"a*c", "abcb", false},
		{"*a*b*", "xxayybzz", true}, {"?", "é", true}, {"?", "", false}, {"?", "ab", false}, {"a?c", "a\nc", true},
		{"[ab]", "b", true}, {"[ab]", "c", false}, {"[!ab]", "c", true}, {"[!ab]", "a", false}, {"[^ab]", "^", true}, {"[^ab]", "c", false},
		{"[a-c]x", "bx", true}, {"[c-a]x", "bx", false}, {"[!c-a]x", "bx", true}, {"[a-]", "-", true}, {"[-a]", "-", true}, {"[a-c-e]", "d", false},
		{"[a-c-e]", "-", true}, {"[a-c-e]", "b", true}, {"[b-a-z]", "z", true}, {"[b-a-z]", "-", true}, {"[b-a-z]", "b", false}, {"[b-a--c]", "A", true}, {"[--/]", ".", true},
		{"[]]", "]", true}, {"[!]]", "a", true}, {"[!]]", "]", false}, {"[", "[", true}, {"[a", "[a", true}, {"[!", "[!", true}, {"[]", "[]", true}, {"[!]", "[!]", true},
		{"a]", "a]", true}, {"[[]", "[", true}, {"[\\]", "\\", true}, {"[\\a]", "a", true}, {"[&&|~]", "&", true}, {"[é-ï]", "ê", true},
		{"[z-a!x]", "x", false}, {"[z-a!x]", "a", true}, {"[[--!]", "a", true}, {"[z-a!-b]", "-", false}, {"[z-a!-b]", "b", false}, {"[z-a!-b]", "c", true},
		{"A", "a", false}, {"*.sql", "x.SQL", false}, {"a*", "ba", false},
	} {
		p := compile(c.pattern)
		if got := p.match(c.text); got != c.want {
			t.Errorf("%q matches %q: %v, Python says %v", c.pattern, c.text, got, c.want)
		}
	}
}
