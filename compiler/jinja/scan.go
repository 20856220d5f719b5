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
	stretches, _ := Stretches(text)
	for _, s := range stretches {
		parts = append(parts, Part{s.Kind, text[s.Start:s.End]})
	}
	return parts
}

// Stretch is where a Part stands in its template.
type Stretch struct {
	Kind       Kind
	Start, End int
}

// Stretches are where the parts of Scan stand. open is where a tag begins that is not closed, of which Jinja reads nothing; or -1.
func Stretches(text string) (list []Stretch, open int) {
	add := func(k Kind, start, end int) {
		if start < end {
			list = append(list, Stretch{k, start, end})
		}
	}
	at := 0 // all before is in the list
	for {
		tag := opening(text[at:])
		if tag < 0 {
			add(Printed, at, len(text))
			return list, -1
		}
		tag += at
		kind, inner := text[tag+1], tag+2
		if strings.HasPrefix(text[inner:], "-") {
			inner++
		}
		end, length, err := closing(text[inner:], kind)
		if err != nil {
			add(Printed, at, len(text))
			return list, tag
		}
		add(Printed, at, tag)
		end += inner
		at = end + length
		switch {
		case kind == '#':
		case kind == '%' && strings.Trim(text[inner:end], "+ \t\r\n") == "raw":
			n, behind := verbatim(text[at:])
			add(Printed, at, at+n)
			if behind < 0 {
				return list, tag
			}
			at += behind
		default:
			add(Kind(kind), inner, end)
		}
	}
}

// verbatim returns the length of what stands before {% endraw %}, and before what follows on it: -1 where there is none.
func verbatim(text string) (n, behind int) {
	for at := 0; ; {
		next := strings.Index(text[at:], "{%")
		if next < 0 {
			return len(text), -1
		}
		at += next
		tag, after, closed := strings.Cut(text[at+2:], "%}")
		if closed && strings.Trim(tag, "+- \t\r\n") == "endraw" {
			return at, len(text) - len(after)
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
