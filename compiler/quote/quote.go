// Package quote makes one string safe for one place in an artifact.
//
// Quoting is code with round-trip tests and never template code. Identifiers and texts of SQL are not here: each warehouse
// quotes its own.
package quote

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Each function here makes one string safe for one place in an artifact, so that what a reader of that format gets back is the
// string, or, in comments and labels, a string that can do nothing there. Strings are UTF-8.

// Jinja is s as a literal of Jinja, in single quotes. What would be Jinja outside of a literal is text inside of one.
func Jinja(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	WriteJinja(&b, s)
	return b.String()
}

// JinjaDouble is s as a literal of Jinja, in double quotes.
func JinjaDouble(s string) string { return `"` + jinjaDoubleEscapes.Replace(s) + `"` }

// WriteJinja appends Jinja(s) to b.
func WriteJinja(b *strings.Builder, s string) {
	b.WriteByte('\'')
	_, _ = jinjaEscapes.WriteString(b, s) // a Builder never fails
	b.WriteByte('\'')
}

// A literal line break would come back as the one that Jinja is set to, so none is left.
var jinjaEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

var jinjaDoubleEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// Template is s as text of a template, as it stands where nothing in it is Jinja. Else it is an expression that prints it.
func Template(s string) string {
	if !strings.Contains(s, "{{") && !strings.Contains(s, "{%") && !strings.Contains(s, "{#") && !strings.HasSuffix(s, "{") {
		return s
	}
	return "{{ " + Jinja(s) + " }}"
}

// Shell is s as one word of a POSIX shell, in single quotes if it needs them. No shell can carry a zero byte.
func Shell(s string) string {
	plain := func(r rune) bool {
		return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-./:,@%+", r))
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Markdown is s as running text of Markdown, in a table cell too.
func Markdown(s string) string {
	runes := []rune(strings.TrimSpace(oneLine(s)))
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == '_' && i > 0 && i+1 < len(runes) && wordRune(runes[i-1]) && wordRune(runes[i+1]):
			// Inside a word it is no emphasis, and names are full of them.
		case strings.ContainsRune("\\`*_[]<>&|~$", r),
			i == 0 && strings.ContainsRune("#+-=", r),
			(r == '.' || r == ')') && i > 0 && allDigits(runes[:i]): // a list begins with them
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func allDigits(runes []rune) bool {
	for _, r := range runes {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// Code is s in code style, in running text and in a table cell.
func Code(s string) string {
	s = oneLine(s)
	if s == "" || strings.Contains(s, "|") {
		// In a cell a bar between backquotes needs a backslash, and elsewhere that backslash would show.
		return "<code>" + htmlCode.Replace(s) + "</code>"
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	// One blank on each side is taken off again.
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.Trim(s, " ") != "" && s[0] == ' ' && s[len(s)-1] == ' ' {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// htmlCode also keeps Markdown from reading what stands between the HTML tags.
var htmlCode = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
	"[", "&#91;", "]", "&#93;", `\`, "&#92;", "~", "&#126;", "$", "&#36;")

// Mermaid is s as a label of a mermaid node, in double quotes.
func Mermaid(s string) string { return `"` + mermaidEscapes.Replace(oneLine(s)) + `"` }

// Beside the quote: entities, HTML, \n, Markdown strings, and directives, which mermaid looks for everywhere.
var mermaidEscapes = strings.NewReplacer(`"`, "#quot;", "#", "#35;", "&", "#amp;", "<", "#lt;", ">", "#gt;", "`", "#96;", `\`, "#92;",
	"%", "#37;", "{", "#123;", "}", "#125;", ";", "#59;")

// Comment is s as text behind the dashes of an SQL comment: on one line, and nothing in it that a warehouse's command line
// takes for a variable or a template, as some do in comments too.
func Comment(s string) string {
	if plainASCII(s) && !strings.ContainsAny(s, "{<$&") {
		return s
	}
	var b strings.Builder
	last := ' '
	for _, r := range oneLine(s) {
		switch {
		case last == '{' && (r == '{' || r == '%' || r == '#'),
			last == '<' && r == '%',
			(last == '$' || last == '&') && (r == '{' || r == '_' || wordRune(r)):
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// oneLine makes a blank of whatever could end a line or hide what follows.
func oneLine(s string) string {
	if plainASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Cf) {
			return ' '
		}
		return r
	}, s)
}

// plainASCII reports whether s is printable ASCII, as nearly all names and comments are.
func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// YAML is s as a scalar of YAML that every reader takes for text: plain where that is safe, else in double quotes.
func YAML(s string) string {
	if plainYAML.MatchString(s) && !slices.Contains(reservedYAML, strings.ToLower(s)) {
		return s
	}
	return YAMLText(s)
}

// YAMLText is s as a scalar of YAML in double quotes, on one line: each escape of Go's is one of YAML's.
func YAMLText(s string) string { return strconv.Quote(s) }

// YAMLWithoutJinja is s as a scalar of YAML in double quotes, in which a template engine that renders the file first finds nothing: of
// what would begin something, the second character is an escape.
func YAMLWithoutJinja(s string) string { return jinjaInYAML.Replace(YAMLText(s)) }

var jinjaInYAML = strings.NewReplacer("{{", `{\x7b`, "{%", `{\x25`, "{#", `{\x23`)

// Actions is s as text of a workflow of GitHub Actions, where an expression is an expression also inside of quotes.
func Actions(s string) string { return strings.ReplaceAll(s, "${{", "${{ '${{' }}") }

var plainYAML = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reservedYAML are words that some version of YAML reads as something else.
var reservedYAML = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
