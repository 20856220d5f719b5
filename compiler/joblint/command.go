package joblint

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// command is a command line of dbt, taken apart as dbt does (click, and dbt's own MultiOption).
type command struct {
	name     string // of the subcommand, such as "docs generate"; empty where there is none, or none that is known
	named    Word
	front    []given // options before the subcommand
	given    []given // options behind it
	words    []Word  // that are no options, behind the subcommand
	open     bool    // there may be further words of any kind, which only a run knows
	problems []problem
}

// given is an option that was given.
type given struct {
	name   string // the first of its names
	at     Word
	values []Word
}

// parse takes a command line apart, of which dbt is the first word. Of dbt v2, which has other options, those that are not known are
// passed over.
func parse(words []Word, v2 bool) command {
	p := parser{words: words[1:], v2: v2}
	p.front()
	if p.named.Text == "" {
		return p.command
	}
	if _, known := subcommandNamed(p.name); known {
		p.rest()
	}
	return p.command
}

type parser struct {
	command
	words []Word
	v2    bool
}

func (p *parser) next() Word {
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *parser) problem(w Word, message, hint string) {
	p.problems = append(p.problems, problem{w.Span, message, hint})
}

// front reads up to the subcommand, with its second word where it has one.
func (p *parser) front() {
	for len(p.words) > 0 {
		w := p.next()
		switch {
		case strings.HasPrefix(w.Text, unknown):
			p.open = true
			return // whether it is the subcommand or an option, nobody knows
		case strings.HasPrefix(w.Text, "-") && len(w.Text) > 1:
			p.command.front = append(p.command.front, p.option(w, "")...)
			continue
		}
		p.named, p.name = w, w.Text
		if slices.Contains(groups, p.name) {
			if len(p.words) == 0 || strings.HasPrefix(p.words[0].Text, "-") {
				p.problem(w, "dbt "+p.name+" needs another word: dbt refuses the command", "write one of "+strings.Join(inGroup(p.name), ", "))
				p.name = ""
				return
			}
			p.name += " " + p.next().Text
		}
		if other := others[p.name]; other != "" {
			p.name = other
		}
		if _, known := subcommandNamed(p.name); !known && !strings.Contains(p.name, unknown) && !slices.Contains(onlyThere, p.name) && !p.v2 && len(p.problems) == 0 {
			p.problem(w, "dbt has no command "+p.name, meant(p.name, names()))
		}
		return
	}
}

// rest reads what stands behind the subcommand.
func (p *parser) rest() {
	for len(p.words) > 0 {
		w := p.next()
		switch {
		case w.Text == "--":
			p.command.words = append(p.command.words, p.words...)
			p.words = nil
		case strings.HasPrefix(w.Text, unknown):
			p.open = true // it may be an option
			if !w.Split {
				p.command.words = append(p.command.words, w)
			}
		case strings.HasPrefix(w.Text, "-") && len(w.Text) > 1:
			p.given = append(p.given, p.option(w, p.name)...)
		default:
			p.command.words = append(p.command.words, w)
			p.open = p.open || w.Split
		}
	}
	s, _ := subcommandNamed(p.name)
	for i, w := range p.command.words {
		if i < s.takes || p.open {
			continue
		}
		message := "dbt " + p.name + " takes no argument " + printed(w) + ": dbt refuses the command"
		hint := "remove it"
		if slices.Contains(strings.Split(selecting, ","), p.name) {
			hint = "write dbt " + p.name + " --select " + quote.Shell(strings.ReplaceAll(w.Text, unknown, "…"))
		}
		p.problem(w, message, hint)
		break // one word too many says it
	}
}

// option reads an option, or several short ones in one word, with their values.
func (p *parser) option(w Word, of string) []given {
	if strings.HasPrefix(w.Text, "--") {
		name, text, joined := strings.Cut(w.Text, "=")
		o, known := optionOf(name, of)
		if !known {
			p.unknown(w, name, of)
			return nil
		}
		g := given{name: first(o), at: w}
		switch {
		case o.kind == flag && joined:
			p.problem(w, name+" takes no value: dbt refuses the command", "remove the value")
		case o.kind == flag:
			if strings.HasPrefix(name, "--no-") {
				g.name = name
			}
		case joined:
			g.values = p.more(o, part(w, len(name)+1, text))
		default:
			g.values = p.value(o, w)
		}
		return []given{g}
	}
	var list []given
	for i := 1; i < len(w.Text); i++ {
		o, known := optionOf("-"+w.Text[i:i+1], of)
		if !known {
			p.unknown(w, "-"+w.Text[i:i+1], of)
			return list
		}
		g := given{name: first(o), at: w}
		list = append(list, g)
		if o.kind == flag {
			continue
		}
		if rest := w.Text[i+1:]; rest != "" {
			list[len(list)-1].values = p.more(o, part(w, i+1, rest))
		} else {
			list[len(list)-1].values = p.value(o, w)
		}
		break
	}
	return list
}

// value reads the words of an option that has none yet.
func (p *parser) value(o option, w Word) []Word {
	if len(p.words) == 0 {
		if !p.open {
			p.problem(w, w.Text+" needs a value: dbt refuses the command", "write the value behind it")
		}
		return nil
	}
	return p.more(o, p.next())
}

// more are the words of an option of which the first is known: dbt takes all up to the next option.
func (p *parser) more(o option, w Word) []Word {
	words := []Word{w}
	p.open = p.open || w.Split && o.kind == several // what stands for one value is taken for one word
	for o.kind == several && len(p.words) > 0 && !strings.HasPrefix(p.words[0].Text, "-") {
		w := p.next()
		p.open = p.open || w.Split
		words = append(words, w)
	}
	return words
}

func (p *parser) unknown(w Word, name, of string) {
	if p.v2 || strings.Contains(name, unknown) {
		p.open = true
		return
	}
	p.open = true // whether a value follows is not known either
	message := "dbt has no option " + name
	if of != "" {
		message = "dbt " + of + " has no option " + name
	}
	hint := "dbt " + strings.TrimSpace(of+" --help") + " lists them"
	if o, elsewhere := optionOf(name, "build"); of == "" && elsewhere {
		message, hint = "dbt takes "+name+" behind a command, and not in front of it", "write it at the end"
		if o.kind != flag && w.Text == name && len(p.words) > 0 {
			p.next()
		}
	}
	p.problem(w, message+": dbt refuses the command", hint)
}

// optionOf finds an option of a subcommand, or with an empty name one that may stand in front.
func optionOf(name, of string) (option, bool) {
	for _, o := range options {
		if slices.Contains(strings.Fields(o.names), name) && o.isOf(of) {
			return o, true
		}
	}
	return option{}, false
}

func first(o option) string { n, _, _ := strings.Cut(o.names, " "); return n }

// part is what a word says from a byte on. Its place is exact where the word has no quotes.
func part(w Word, at int, text string) Word {
	p := Word{Text: text, Split: w.Split, Span: w.Span}
	if w.Span.End-w.Span.Start == len(w.Text) {
		p.Span.Start += at
	}
	return p
}

// all are the values of an option, wherever it was given.
func (c command) all(names ...string) []Word {
	var words []Word
	for _, g := range slices.Concat(c.front, c.given) {
		if slices.Contains(names, g.name) {
			words = append(words, g.values...)
		}
	}
	return words
}

// last is the value of an option of which dbt takes the last one; it is at the zero Word where there is none.
func (c command) last(name string) Word {
	words := c.all(name)
	if len(words) == 0 {
		return Word{}
	}
	return words[len(words)-1]
}

func inGroup(group string) []string {
	var list []string
	for _, s := range subcommands {
		if strings.HasPrefix(s.name, group+" ") {
			list = append(list, "dbt "+s.name)
		}
	}
	return list
}

func names() []string {
	list := make([]string, len(subcommands))
	for i, s := range subcommands {
		list[i] = s.name
	}
	return list
}

// meant is the hint that names what may have been meant.
func meant(name string, known []string) string {
	best, distance := "", 1+len(name)/2
	for _, k := range known {
		if d := levenshtein.Distance(name, k, nil); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return "write one of " + strings.Join(known, ", ")
	}
	return "did you mean " + best + "?"
}

// printed is a word for messages.
func printed(w Word) string { return oneLine(strings.ReplaceAll(w.Text, unknown, "…")) }
