package switching

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// Template switches a text with tags of Jinja: a model, a snapshot, a test, an analysis or a file of macros. dbt renders tags in
// comments of SQL too, so those are replaced; not those in {# #} and {% raw %}. Nothing is replaced in a text that Jinja cannot take apart.
func Template(text string, m Mirrored) Result {
	var r Result
	if !strings.Contains(text, "source") {
		return r.done(text)
	}
	tags, open := tagsOf(text)
	if open >= 0 {
		r.Left = []Left{{Start: open, End: min(open+2, len(text)), Why: notClosed}}
		return r.done(text)
	}
	s := scanner{text: text, mirrored: m, bound: map[string]bool{}}
	for _, t := range tags {
		s.bind(t)
	}
	for _, t := range tags {
		s.scan(t.words[t.reads():])
	}
	return s.done(text)
}

// tag is one of a template, with its words where they stand in the template.
type tag struct {
	statement bool
	words     []jinja.Word
}

// tagsOf takes a template apart; open is where a tag begins that is not closed, or -1.
func tagsOf(text string) (tags []tag, open int) {
	stretches, open := jinja.Stretches(text)
	for _, s := range stretches {
		if s.Kind == jinja.Printed {
			continue
		}
		words, err := wordsIn(text, s.Start, s.End)
		if err != nil {
			return nil, s.Start
		}
		if len(words) > 0 && words[0].Is("+") { // {%+ keeps white space
			words = words[1:]
		}
		tags = append(tags, tag{s.Kind == jinja.Statement, words})
	}
	return tags, open
}

// wordsIn are the words of a stretch of a text, where they stand in the text.
func wordsIn(text string, start, end int) ([]jinja.Word, error) {
	words, err := jinja.Words(text[start:end])
	for i := range words {
		words[i].Start += start
	}
	return words, err
}

// naming are the statements whose second word is the name of what they make, or of a filter.
var naming = []string{"block", "data_test", "docs", "filter", "macro", "materialization", "snapshot", "test",
	"endblock", "endmacro", "endmaterialization", "endsnapshot", "endtest"}

// reads is the index of the first word that may read a name.
func (t tag) reads() int {
	switch {
	case !t.statement || len(t.words) == 0:
		return 0
	case slices.Contains(naming, t.words[0].Text):
		return min(2, len(t.words))
	}
	return 1
}

// scanner looks for calls in the tags of one text.
type scanner struct {
	Result
	text     string
	mirrored Mirrored
	bound    map[string]bool // the names that the text itself gives a meaning
}

// bind notes the names that a tag gives a meaning: variables, macros and their parameters. Where they hold is not asked.
func (s *scanner) bind(t tag) {
	if !t.statement || len(t.words) < 2 {
		return
	}
	words := t.words[1:]
	switch t.words[0].Text {
	case "set":
		s.bindUntil(words, "=", "|")
	case "for":
		s.bindUntil(words, "in")
	case "with":
		for i := range words[:len(words)-1] {
			if words[i+1].Is("=") {
				s.bindUntil(words[i:], "=")
			}
		}
	case "macro":
		s.bindUntil(words, "(")
		s.bindParameters(words[1:])
	case "test", "data_test", "materialization":
		s.bindParameters(words[1:])
	case "call":
		s.bindParameters(words)
	case "import", "from":
		s.bindUntil(words)
	}
}

// bindUntil binds the names before one of some words; an attribute is none.
func (s *scanner) bindUntil(words []jinja.Word, stops ...string) {
	for i, w := range words {
		if slices.ContainsFunc(stops, w.Is) {
			return
		}
		attribute := i > 0 && words[i-1].Is(".") || i+1 < len(words) && words[i+1].Is(".")
		if w.Kind == jinja.Name && !attribute {
			s.bound[w.Text] = true
		}
	}
}

// bindParameters binds the names of a parameter list, if the words begin with one.
func (s *scanner) bindParameters(words []jinja.Word) {
	if len(words) == 0 || !words[0].Is("(") {
		return
	}
	params, _ := argumentsAt(words, 1)
	for _, p := range params {
		s.bindUntil(p[:min(1, len(p))])
	}
}

// scan finds the calls in the words of a tag, and the strings that hold some.
func (s *scanner) scan(words []jinja.Word) {
	for i := 0; i < len(words); {
		if words[i].Kind == jinja.Quoted {
			s.quoted(words[i])
		}
		first, ok := readsSource(words, i)
		if !ok {
			i++
			continue
		}
		c, behind := callAt(words, i, jinja.Word.Value)
		c.start = words[first].Start
		if c.why == "" && behind+1 < len(words) && words[behind].Is(".") && slices.Contains(nameParts, words[behind+1].Text) {
			c.why = itsName
		}
		s.call(c, first < i)
		i = behind
	}
}

// nameParts are the attributes of a relation that the copy has others of.
var nameParts = []string{"database", "identifier", "name", "schema", "table"}

// readsSource reports whether the word at i is dbt's source, and where it begins: builtins.source is too. Attributes of other names,
// filters, tests and names of arguments are not.
func readsSource(words []jinja.Word, i int) (first int, ok bool) {
	before := func(n int, texts ...string) bool {
		return i-n >= 0 && slices.ContainsFunc(texts, words[i-n].Is)
	}
	switch {
	case words[i].Kind != jinja.Name || words[i].Text != "source":
		return i, false
	case before(1, "."):
		return i - 2, before(2, "builtins") && !before(3, ".")
	case before(1, "|", "is") || before(1, "not") && before(2, "is"):
		return i, false
	}
	return i, i+1 == len(words) || !words[i+1].Is("=")
}

// call replaces a call, or says why not. builtin: it asks for dbt's own, whatever the text has bound.
func (s *scanner) call(c call, builtin bool) {
	model := ""
	if c.why == "" || c.why == itsName {
		var ok bool
		if model, ok = s.mirrored(c.source, c.table); !ok {
			return
		}
	}
	switch {
	case builtin:
	case s.bound["source"] && c.why == handedOn:
		return // it is not dbt's
	case s.bound["source"]:
		c.why = rebound
	case s.bound["ref"] && c.why == "":
		c.why = reboundRef
	}
	if c.why != "" {
		s.Left = append(s.Left, Left{c.start, c.end, c.source, c.table, c.why})
		return
	}
	literal := quote.Jinja(model)
	if c.args[0].Text[0] == '"' {
		literal = quote.JinjaDouble(model)
	}
	s.Edits = append(s.Edits, Edit{
		Start: c.name.Start, End: c.end, Source: c.source, Table: c.table,
		New: "ref" + s.text[c.name.End():c.from] + literal + s.text[c.to:c.close.End()],
	})
}

// quoted reports the calls in a string of a tag: a hook that dbt renders later, or what a macro does with it.
func (s *scanner) quoted(w jinja.Word) {
	value, err := w.Value()
	if err != nil {
		value = w.Text
	}
	if !strings.Contains(value, "{{") && !strings.Contains(value, "{%") {
		return
	}
	s.leave(Template(value, s.mirrored), w.Start, w.End(), inString)
}

// leave reports whatever a part of the text would have as left.
func (s *scanner) leave(part Result, start, end int, why string) {
	for _, e := range part.Edits {
		s.Left = append(s.Left, Left{start, end, e.Source, e.Table, why})
	}
	for _, l := range part.Left {
		s.Left = append(s.Left, Left{start, end, l.Source, l.Table, why})
	}
}
