package differential

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// generator draws one question. It is a generator of its own for each, so that a question depends on nothing but its seed.
type generator struct {
	*rand.Rand
	*vocabulary
	own   []string // selectors that this question brings along
	wrong bool     // they may be of the wrong form
}

func newQuestion(v *vocabulary, seed, number uint64) question {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, number)), vocabulary: v}
	for {
		if q := g.question(); excluded(q) == "" {
			return q
		}
	}
}

// exclusions are questions to which the answers cannot agree, each with its reason.
var exclusions = []struct {
	reason  string
	applies func(question) bool
}{
	{"dbt renders selectors.yml with Jinja, and compiler/selection reads what was rendered", func(q question) bool {
		s := string(q.Selectors)
		return strings.Contains(s, "{%") || strings.Contains(s, "{#") || strings.Contains(s, `\r`) || strings.Contains(s, `\n"`)
	}},
	{"the begin of a microbatch model is a date, which equals no text, to a dbt that parses the model, and text to one that reads a " +
		"manifest, as the one did that answered golden/conformance", func(q question) bool {
		return strings.Contains(q.String(), "config.begin")
	}},
}

// excluded returns why a question is not asked, or nothing.
func excluded(q question) string {
	for _, e := range exclusions {
		if e.applies(q) {
			return e.reason
		}
	}
	return ""
}

// percent is true that often.
func (g *generator) percent(n int) bool { return g.IntN(100) < n }

func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

func (g *generator) question() question {
	q := question{Command: "ls"}
	if g.percent(30) {
		q.Command = pick(g, "build", "build", "build", "build", "run", "run", "test", "test", "test", "compile", "compile", "clone", "seed", "snapshot")
	}
	names := g.selectors
	if g.own = nil; g.percent(25) {
		g.wrong = g.percent(25)
		q.Selectors = g.selectorsFile()
		names = g.own
	}
	switch n := g.IntN(100); {
	case len(names) > 0 && (n < 15 || q.Selectors != nil && n < 75):
		q.Selector = pick(g, names...)
		if g.percent(3) {
			q.Selector = g.mutate(q.Selector)
		}
		switch {
		case g.percent(5):
			q.Select = g.values()
		case g.percent(5) && q.Command == "ls":
			q.Models = g.values()
		}
	case n < 90:
		q.Select = g.values()
	case n < 94 && q.Command == "ls":
		q.Models = g.values()
	}
	if g.percent(35) {
		q.Exclude = g.values()
	}
	if g.percent(50) {
		q.Indirect = pick(g, "eager", "cautious", "cautious", "buildable", "buildable", "empty")
	}
	g.types(&q)
	return q
}

// types adds --resource-type and --exclude-resource-type, mostly to the commands that have them.
func (g *generator) types(q *question) {
	often := 2
	switch q.Command {
	case "ls", "build", "test", "clone":
		often = 15
	}
	if g.percent(often) {
		for range 1 + g.IntN(3) {
			q.ResourceTypes = append(q.ResourceTypes, g.resourceType("all", "default"))
		}
	}
	if g.percent(often) {
		q.ExcludeTypes = append(q.ExcludeTypes, g.resourceType("default", "test", "unit_test", "source"))
	}
}

func (g *generator) resourceType(more ...string) string {
	switch t := pick(g, g.vocabulary.values["resource_type"]...); {
	case g.percent(10) || t == "operation": // which is no value of the flag
		return pick(g, more...)
	case g.percent(2):
		return g.mutate(t)
	default:
		return t
	}
}

// separators stand between criteria: one space mostly.
var separators = append(slices.Repeat([]string{" "}, 40), "  ", " , ", ", ", "\t")

// values are those of one flag, which may be repeated; each may hold several criteria.
func (g *generator) values() []string {
	var list []string
	for range 1 + g.few() {
		var terms []string
		for range 1 + g.few() {
			terms = append(terms, g.intersection())
		}
		list = append(list, strings.Join(terms, pick(g, separators...)))
	}
	return list
}

// few is 0 mostly, and 2 at most.
func (g *generator) few() int { return max(0, g.IntN(7)-4) }

func (g *generator) intersection() string {
	term := g.term()
	if g.percent(20) {
		// The others are wide, or hardly anything would be left.
		for range 1 + g.few() {
			term += "," + pick(g, "*", "package:*", "resource_type:model", "resource_type:test", "tag:goods", "bazaar", "path:models", "+"+g.term()+"+", g.term())
		}
	}
	return term
}

// term is one criterion with its graph operators.
func (g *generator) term() string {
	term := g.criterion()
	if g.percent(45) {
		term = pick(g, "+", "+", "1+", "2+", "0+", "12+", "@", "@", "", "01+", "٢+", "@+", "@1+") + term
	}
	if g.percent(40) && (!strings.HasPrefix(term, "@") || g.percent(2)) {
		term += pick(g, "+", "+", "+1", "+2", "+0", "+12", "")
	}
	if g.percent(2) {
		term = g.mutate(term)
	}
	return term
}

func (g *generator) criterion() string {
	method, value := g.methodAndValue()
	text := written(value)
	switch value.(type) {
	case string:
		text = g.maybeMutate(method, text)
	case bool:
	default:
		if g.percent(80) {
			return g.criterion() // text never equals a number, a list or null
		}
	}
	if method == "" {
		return text
	}
	if g.percent(2) {
		method = g.mutate(method)
	}
	return method + ":" + text
}

// maybeMutate leaves more values alone where there are no wildcards.
func (g *generator) maybeMutate(method, text string) string {
	often := 28
	switch method, _, _ := strings.Cut(method, "."); method {
	case "access", "config", "resource_type", "test_type", "version":
		often = 4
	}
	if g.percent(often) {
		return g.mutate(text)
	}
	return text
}

// methodAndValue draws a method, "" where there is none, and a value that means something to it, mostly.
func (g *generator) methodAndValue() (string, any) {
	switch n := g.IntN(100); {
	case n < 1:
		return pick(g, "", "", "tag", "path", "source", "package", "file", "test_name"), pick(g, "", "*", "**", "?*", "+", "@", ":", "-", "--", "-x", "[!]", "[]]", ".", "..", "*.*", "/", "fqn:", "a:b:c", "1")
	case n < 25:
		return "", pick(g, g.vocabulary.values[""]...)
	case n < 40:
		s := pick(g, g.config...)
		if g.percent(5) {
			s.key = g.mutate(s.key)
		}
		return "config." + s.key, s.value
	case n < 41:
		return pick(g, "config", "tag.any", "nosuch", "Tag", "fqn", "fqn.x"), pick(g, "true", "nightly", "", "*")
	}
	methods := slices.Sorted(maps.Keys(g.vocabulary.values))
	method := pick(g, methods[1:]...) // the first is the empty one
	if slices.Contains([]string{"state", "result", "source_status"}, method) && g.percent(95) {
		method = "tag" // there is nothing to compare with, so that these can only fail
	}
	from := method
	if g.percent(2) {
		from = pick(g, methods...)
	}
	list := g.vocabulary.values[from]
	if method == "selector" && g.own != nil {
		list = g.own
	}
	return method, pick(g, list...)
}
