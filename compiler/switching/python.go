package switching

import (
	"fmt"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jinja"
)

// Python reports the calls of dbt.source() in a Python model, outside of comments and strings. Its text never changes.
func Python(text string, m Mirrored) Result {
	var r Result
	if !strings.Contains(text, "source") {
		return r.done(text)
	}
	masked, formats := mask(text)
	for _, f := range formats {
		if strings.Contains(text[f[0]:f[1]], "dbt.source") {
			r.Left = append(r.Left, Left{Start: f[0], End: f[1], Why: formatted})
		}
	}
	words, err := jinja.Words(masked)
	if err != nil { // a mask has no string without an end
		return r.done(text)
	}
	value := func(w jinja.Word) (string, error) { return pythonValue(text[w.Start:w.End()]) }
	for i := 2; i < len(words); i++ {
		if !words[i].Is("source") || !words[i-1].Is(".") || !words[i-2].Is("dbt") || i > 2 && words[i-3].Is(".") {
			continue
		}
		c, _ := callAt(words, i, value)
		if c.why == "" {
			if _, ok := m(c.source, c.table); !ok {
				continue
			}
			c.why = inPython
		}
		r.Left = append(r.Left, Left{words[i-2].Start, c.end, c.source, c.table, c.why})
	}
	return r.done(text)
}

// mask makes of Python's text one of the same length with words as Jinja knows them: comments and continued lines become blanks,
// and a string is a text in quotes, of which only the length counts. formats are where formatted strings stand.
func mask(text string) (masked string, formats [][2]int) {
	b := []byte(text)
	fill := func(from, to int, with byte) {
		for i := from; i < to; i++ {
			b[i] = with
		}
	}
	for i := 0; i < len(text); {
		prefix := 0
		if i == 0 || !wordByte(text[i-1]) {
			for prefix < 3 && i+prefix < len(text) && strings.IndexByte("rRbBuUfFtT", text[i+prefix]) >= 0 {
				prefix++
			}
		}
		end := i + 1
		switch at := i + prefix; {
		case at < len(text) && (text[at] == '\'' || text[at] == '"'):
			end = stringEnd(text, at)
			fill(i, end, 'x')
			b[i], b[end-1] = '\'', '\''
			if end-i == 1 { // a quote at the very end
				b[i] = ' '
			}
			if strings.ContainsAny(text[i:at], "fFtT") {
				formats = append(formats, [2]int{i, end})
			}
		case text[i] == '#':
			if end = strings.IndexAny(text[i:], "\r\n") + i; end < i {
				end = len(text)
			}
			fill(i, end, ' ')
		case text[i] == '\\':
			b[i] = ' '
		}
		i = end
	}
	return string(b), formats
}

func wordByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// stringEnd is behind the string whose first quote stands at a place. One that is not closed ends with its line, or with the text.
func stringEnd(text string, at int) int {
	mark := text[at : at+1]
	if triple := strings.Repeat(mark, 3); strings.HasPrefix(text[at:], triple) {
		mark = triple
	}
	for i := at + len(mark); i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "\\\r\n"):
			i += 2
		case text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], mark):
			return i + len(mark)
		case len(mark) == 1 && (text[i] == '\n' || text[i] == '\r'):
			return i
		}
	}
	return len(text)
}

// pythonValue is what a string of Python says; one of bytes or with names in it is no plain text.
func pythonValue(literal string) (string, error) {
	body := strings.TrimLeft(literal, "rRbBuUfFtT")
	prefix := literal[:len(literal)-len(body)]
	n := 1
	if strings.HasPrefix(body, `"""`) || strings.HasPrefix(body, "'''") {
		n = 3
	}
	if strings.ContainsAny(prefix, "bBfFtT") || len(body) < 2*n {
		return "", fmt.Errorf("the string %s is no plain text", literal)
	}
	body = body[n : len(body)-n]
	if strings.ContainsAny(prefix, "rR") {
		return body, nil
	}
	return jinja.Unescape(body)
}
