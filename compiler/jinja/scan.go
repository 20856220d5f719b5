package jinja

import "strings"

// Part is a stretch of a template: text that is printed as it stands, or the inside of a tag.
type Part struct {
	Kind Kind
	Text string
}

// Kind says what a Part is.
type Kind byte

const (
	Printed    Kind = 't' // text
	Expression Kind = '{' // {{ }}
	Statement  Kind = '%' // {% %}
)

// Scan takes any template apart, without understanding it. Comments vanish, {% raw %} is text, and what is not closed is text too.
func Scan(text string) []Part {
	var parts []Part
	add := func(k Kind, s string) {
		if s != "" {
			parts = append(parts, Part{k, s})
		}
	}
	for {
		at := opening(text)
		if at < 0 {
			break
		}
		kind := text[at+1]
		inner := strings.TrimPrefix(text[at+2:], "-")
		end, length, err := closing(inner, kind)
		if err != nil {
			break
		}
		add(Printed, text[:at])
		content := inner[:end]
		text = inner[end+length:]
		switch {
		case kind == '#':
		case kind == '%' && strings.Trim(content, "+ \t\r\n") == "raw":
			var verbatim string
			verbatim, text = verbatimText(text)
			add(Printed, verbatim)
		default:
			add(Kind(kind), content)
		}
	}
	add(Printed, text)
	return parts
}

// verbatimText cuts a text at its {% endraw %}.
func verbatimText(text string) (inner, rest string) {
	for at := 0; ; {
		next := strings.Index(text[at:], "{%")
		if next < 0 {
			return text, ""
		}
		at += next
		tag, after, closed := strings.Cut(text[at+2:], "%}")
		if closed && strings.Trim(tag, "+- \t\r\n") == "endraw" {
			return text[:at], after
		}
		at += 2
	}
}

// Paths lists the names that a tag reads, each with the attributes behind it: "this", "this.schema", "modules.datetime.datetime.now".
// Texts in quotes, names of arguments and what is handed to config() are not among them.
func (p Part) Paths() []string {
	if p.Kind == Printed {
		return nil
	}
	var paths []string
	text := p.Text
	attribute := false // a dot stands before, whose left side is no name
	for text != "" {
		switch c := text[0]; {
		case c == '\'' || c == '"':
			n := stringEnd(text)
			if n < 0 {
				return paths
			}
			text, attribute = text[n:], false
		case letter(c):
			var path string
			path, text = dotted(text)
			rest := strings.TrimLeft(text, " \t\r\n")
			switch {
			case attribute:
			case path == "config" && strings.HasPrefix(rest, "("):
				text = behindCall(rest)
			case strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "=="):
			default:
				paths = append(paths, path)
			}
			attribute = false
		case digit(c):
			for text != "" && (letter(text[0]) || digit(text[0])) {
				text = text[1:]
			}
			attribute = false
		default:
			attribute = c == '.' || attribute && (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			text = text[1:]
		}
	}
	return paths
}

// dotted cuts a name with its attributes off.
func dotted(text string) (path, rest string) {
	var b strings.Builder
	for {
		n := 0
		for n < len(text) && (letter(text[n]) || digit(text[n])) {
			n++
		}
		b.WriteString(text[:n])
		text = text[n:]
		after, ok := strings.CutPrefix(strings.TrimLeft(text, " \t\r\n"), ".")
		after = strings.TrimLeft(after, " \t\r\n")
		if !ok || after == "" || !letter(after[0]) {
			return b.String(), text
		}
		b.WriteByte('.')
		text = after
	}
}

// behindCall cuts the arguments in parentheses that text begins with.
func behindCall(text string) string {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '"':
			n := stringEnd(text[i:])
			if n < 0 {
				return ""
			}
			i += n - 1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[i+1:]
			}
		}
	}
	return ""
}

// Fate says which branches of an {% if %} count, as one of its conditions decides.
type Fate struct {
	This   bool // the branch behind the condition
	Others bool // the branches behind it: elif and else
}

// Branches returns the parts that count, where fate judges every condition of {% if %} and {% elif %}. The tags of a judged {% if %}
// stay; a branch that does not count vanishes with all that it holds.
func Branches(parts []Part, fate func(condition Part) Fate) []Part {
	type level struct{ kept, others bool } // others: branches that come now may count
	var out []Part
	stack := []level{{true, true}}
	top := func() *level { return &stack[len(stack)-1] }
	enter := func(p Part, within bool) level {
		f := fate(p)
		return level{kept: within && f.This, others: f.Others}
	}
	for _, p := range parts {
		word := ""
		if p.Kind == Statement {
			word, _ = dotted(strings.TrimLeft(p.Text, "+ \t\r\n"))
		}
		switch word {
		case "if":
			if top().kept {
				out = append(out, p)
			}
			stack = append(stack, enter(p, top().kept))
			continue
		case "for": // it may have an else too
			if top().kept {
				out = append(out, p)
			}
			stack = append(stack, level{top().kept, true})
			continue
		case "elif", "else", "endif", "endfor":
			if len(stack) == 1 {
				break
			}
			before, outer := *top(), stack[len(stack)-2]
			switch word {
			case "elif":
				next := enter(p, outer.kept && before.others)
				next.others = next.others && before.others
				*top() = next
			case "else":
				top().kept = outer.kept && before.others
			default:
				stack = stack[:len(stack)-1]
			}
		}
		if top().kept {
			out = append(out, p)
		}
	}
	return out
}
