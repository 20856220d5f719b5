package switching

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/jinja"
)

// call is one place of a tag that reads dbt's source.
type call struct {
	name          jinja.Word // the word source
	start, end    int
	args          [2]jinja.Word // where why is empty: the two texts
	from, to      int           // likewise where they stand, with their names where they have some
	close         jinja.Word    // likewise the parenthesis behind them
	source, table string        // empty where they are not known
	why           string        // it cannot be replaced
}

// valueOf reads a text in quotes, and refuses one that is no plain text.
type valueOf func(jinja.Word) (string, error)

// callAt reads the call of the name at i; behind is the index of the word from which on others may follow.
func callAt(words []jinja.Word, i int, value valueOf) (c call, behind int) {
	c = call{name: words[i], start: words[i].Start, end: words[i].End()}
	if i+1 == len(words) || !words[i+1].Is("(") {
		c.why = handedOn
		return c, i + 1
	}
	args, end := argumentsAt(words, i+2)
	if end == len(words) {
		c.end = words[end-1].End()
		c.why = dynamic // nothing that dbt can read
		return c, i + 2
	}
	c.close, c.end = words[end], words[end].End()
	texts := [2]string{}
	for n, arg := range args {
		switch {
		case len(arg) > 1 && arg[0].Kind == jinja.Name && arg[1].Is("="):
			at := slices.Index([]string{"source_name", "table_name"}, arg[0].Text)
			if at < 0 || len(arg) != 3 || arg[2].Kind != jinja.Quoted || c.args[at].Text != "" {
				c.why = named
				break
			}
			text, err := value(arg[2])
			if err != nil && c.why == "" {
				c.why = unread
			}
			texts[at], c.args[at] = text, arg[2]
		case len(arg) == 1 && arg[0].Kind == jinja.Quoted && n < 2 && c.args[n].Text == "":
			text, err := value(arg[0])
			if err != nil && c.why == "" {
				c.why = unread
			}
			texts[n], c.args[n] = text, arg[0]
		case c.why == "":
			c.why = dynamic
		}
	}
	if len(args) != 2 && !startsWithStar(args) {
		c.why = arguments
	}
	c.source, c.table = texts[0], texts[1]
	if c.why == "" {
		last := args[1]
		c.from, c.to = args[0][0].Start, last[len(last)-1].End()
		return c, end + 1
	}
	return c, i + 2
}

// startsWithStar reports whether one of the arguments stands for any number of them.
func startsWithStar(args [][]jinja.Word) bool {
	return slices.ContainsFunc(args, func(arg []jinja.Word) bool { return len(arg) > 0 && (arg[0].Is("*") || arg[0].Is("**")) })
}

// argumentsAt reads arguments from behind the opening parenthesis on; end is the index of the closing one, or that of no word.
func argumentsAt(words []jinja.Word, i int) (args [][]jinja.Word, end int) {
	depth, from := 0, i
	add := func(to int, last bool) {
		if to > from || !last { // a comma before the end is none
			args = append(args, words[from:to])
		}
		from = to + 1
	}
	for ; i < len(words); i++ {
		switch w := words[i]; {
		case w.Kind != jinja.Operator:
		case w.Text == "(" || w.Text == "[" || w.Text == "{":
			depth++
		case depth > 0 && (w.Text == ")" || w.Text == "]" || w.Text == "}"):
			depth--
		case depth == 0 && w.Text == ")":
			add(i, true)
			return args, i
		case depth == 0 && w.Text == ",":
			add(i, false)
		}
	}
	return args, i
}
