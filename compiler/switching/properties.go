package switching

import (
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dbtwac/dbtwac/compiler/jinja"
)

// place is what dbt takes a part of a properties file for.
type place int

const (
	elsewhere place = iota
	file
	resource // a model, seed, column or version
	snapshot
	tests
	test // the arguments of one, and its own keys
	evaluated
	config
	hook
	unitTest
	given
	constraint
	ofSource
	table
)

// places are the keys that lead to what dbt evaluates. Exposures describe, and the tests of a mirrored table stay with it.
var places = map[place]map[string]place{
	file:       {"models": resource, "seeds": resource, "snapshots": snapshot, "unit_tests": unitTest, "sources": ofSource},
	ofSource:   {"tables": table},
	resource:   {"columns": resource, "versions": resource, "tests": tests, "data_tests": tests, "constraints": constraint, "config": config},
	snapshot:   {"columns": resource, "tests": tests, "data_tests": tests, "config": config, "relation": evaluated},
	unitTest:   {"given": given},
	given:      {"input": evaluated},
	constraint: {"to": evaluated},
	config:     {"pre_hook": hook, "post_hook": hook, "pre-hook": hook, "post-hook": hook},
}

// ownKeys are the keys of a test that are no arguments: dbt evaluates them without source(), or not at all.
var ownKeys = []string{"name", "test_name", "description", "config", "column_name", "severity", "tags", "enabled", "where", "limit", "warn_if",
	"error_if", "fail_calc", "store_failures", "store_failures_as", "sql_header", "meta", "database", "schema", "alias"}

// step is the place behind a key.
func (p place) step(key string) place {
	switch p {
	case tests:
		return test
	case test:
		if slices.Contains(ownKeys, key) {
			return elsewhere
		}
		return evaluated
	case evaluated, hook:
		return p
	}
	return places[p][key]
}

// Properties switches a YAML file of properties, where dbt evaluates a whole value: arguments of data tests, inputs of unit tests,
// the relation of a snapshot and the table of a foreign key. A text that is no YAML stays as it is.
func Properties(text string, m Mirrored) Result {
	var doc yaml.Node
	if !strings.Contains(text, "source") || yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return (&Result{}).done(text)
	}
	p := properties{
		scanner: scanner{text: text, mirrored: m}, lines: linesOf(text),
		shared: map[*yaml.Node]bool{}, followed: map[visit]bool{}, seen: map[*yaml.Node]bool{},
	}
	p.anchors(&doc)
	p.walk(doc.Content[0], file, false)
	return p.done(text)
}

type properties struct {
	scanner
	lines    []int               // where each begins
	shared   map[*yaml.Node]bool // an alias stands for it
	followed map[visit]bool
	seen     map[*yaml.Node]bool // scalars that are done
	source   string              // whose tables are walked
}

// visit is an alias that was followed.
type visit struct {
	to *yaml.Node
	as place
}

func (p *properties) anchors(node *yaml.Node) {
	if node.Kind == yaml.AliasNode {
		p.shared[node.Alias] = true
	}
	for _, n := range node.Content {
		p.anchors(n)
	}
}

// walk looks for what dbt evaluates in a node that stands at a place. common: an anchor shares it.
func (p *properties) walk(node *yaml.Node, at place, common bool) {
	common = common || p.shared[node]
	switch node.Kind {
	case yaml.AliasNode:
		if v := (visit{node.Alias, at}); !p.followed[v] {
			p.followed[v] = true
			p.walk(node.Alias, at, true)
		}
	case yaml.SequenceNode:
		for _, n := range node.Content {
			p.walk(n, at, common)
		}
	case yaml.MappingNode:
		switch {
		case at == tests && keyed(node, "test_name") != "":
			at = test
		case at == ofSource:
			p.source = keyed(node, "name")
		case at == table:
			if _, ok := p.mirrored(p.source, keyed(node, "name")); ok {
				return
			}
			at = resource
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			next := at // what << brings along
			if key := node.Content[i]; key.Tag != "!!merge" {
				next = at.step(key.Value)
			}
			if next != elsewhere {
				p.walk(node.Content[i+1], next, common)
			}
		}
	case yaml.ScalarNode:
		if (at == evaluated || at == hook) && !p.seen[node] && strings.Contains(node.Value, "source") {
			p.seen[node] = true
			p.scalar(node, at, common)
		}
	}
}

// keyed is the text of a key, or "".
func keyed(mapping *yaml.Node, key string) string {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1].Value
		}
	}
	return ""
}

// scalar switches a value.
func (p *properties) scalar(node *yaml.Node, at place, common bool) {
	start, style, exact := p.locate(node)
	end := start + strings.IndexAny(p.text[start:]+"\n", "\r\n")
	if exact {
		end = start + len(style.write(node.Value)) + 2*len(style.mark)
	}
	if at == hook {
		p.leave(Template(node.Value, p.mirrored), start, end, inHook)
		return
	}
	part, whole := value(node.Value, p.mirrored)
	switch {
	case !whole:
		p.leave(part, start, end, inText)
	case len(part.Edits) == 0:
		for _, l := range part.Left {
			l.Start, l.End = start, end
			p.Left = append(p.Left, l)
		}
	case common:
		p.leave(part, start, end, shared)
	case !exact:
		p.leave(part, start, end, written)
	default:
		e := part.Edits[0]
		if model, _ := p.mirrored(e.Source, e.Table); style.mark == "" && strings.ContainsFunc(model, needsQuotes) {
			p.leave(part, start, end, unfit)
			return
		}
		inner := start + len(style.mark)
		e.Start, e.End = inner+len(style.write(node.Value[:e.Start])), inner+len(style.write(node.Value[:e.End]))
		e.New = style.write(e.New)
		p.Edits = append(p.Edits, e)
	}
}

// needsQuotes reports whether a plain scalar may not hold r everywhere.
func needsQuotes(r rune) bool { return r <= ' ' || strings.ContainsRune(`:#,[]{}'"\`, r) || r >= 0x7f }

// value finds the calls in a value as dbt evaluates it: a template, or an expression that looks like a call. whole: it is one call of
// source(), alone or in get_where_subquery(), and nothing else.
func value(text string, m Mirrored) (r Result, whole bool) {
	tags, open := tagsOf(text)
	if open >= 0 {
		return Template(text, m), false
	}
	if len(tags) == 0 {
		words, err := jinja.Words(text)
		if err != nil || !looksLikeCall(words) {
			return Result{}, false
		}
		tags = []tag{{words: words}}
	} else if !onlyTag(text) {
		return Template(text, m), false
	}
	words := tags[0].words
	s := scanner{text: text, mirrored: m}
	s.scan(words)
	if last := len(words) - 1; last > 1 && words[0].Is("get_where_subquery") && words[1].Is("(") && words[last].Is(")") {
		words = words[2:last]
	}
	if len(words) == 0 {
		return s.Result, false
	}
	first, last := words[0].Start, words[len(words)-1].End()
	if len(words) > 2 && words[0].Is("builtins") {
		first = words[2].Start
	}
	switch {
	case len(s.Edits) == 1 && len(s.Left) == 0:
		whole = s.Edits[0].Start == first && s.Edits[0].End == last
	case len(s.Left) == 1 && len(s.Edits) == 0:
		whole = s.Left[0].Start == words[0].Start && s.Left[0].End == last
	}
	return s.Result, whole
}

// onlyTag reports whether a value is one {{ }} and white space.
func onlyTag(text string) bool {
	stretches, _ := jinja.Stretches(text)
	printed := 0
	for _, s := range stretches {
		switch s.Kind {
		case jinja.Expression:
			printed++
		case jinja.Statement:
			return false
		case jinja.Printed:
			if strings.TrimSpace(text[s.Start:s.End]) != "" {
				return false
			}
		}
	}
	return printed == 1 && !strings.Contains(text, "{#")
}

// looksLikeCall reports whether dbt evaluates a value without braces.
func looksLikeCall(words []jinja.Word) bool {
	last := len(words) - 1
	return last > 1 && words[last].Is(")") && words[1].Is("(") &&
		slices.ContainsFunc([]string{"source", "ref", "var", "env_var", "get_where_subquery"}, words[0].Is)
}

// style is how a scalar is written: between marks, with some characters escaped.
type style struct {
	mark    string
	escapes *strings.Replacer
}

var (
	plain        = style{"", strings.NewReplacer()}
	singleQuoted = style{"'", strings.NewReplacer("'", "''")}
	doubleQuoted = style{`"`, strings.NewReplacer(`\`, `\\`, `"`, `\"`)}
)

func (s style) write(value string) string { return s.escapes.Replace(value) }

// locate finds where a scalar begins; exact: from there on it is written as its style writes its value.
func (p *properties) locate(node *yaml.Node) (start int, s style, exact bool) {
	if node.Line < 1 || node.Line > len(p.lines) {
		return 0, plain, false
	}
	start = p.lines[node.Line-1]
	for range node.Column - 1 {
		_, size := utf8.DecodeRuneInString(p.text[start:])
		start += size
	}
	switch {
	case node.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		return start, plain, false
	case node.Style&yaml.SingleQuotedStyle != 0:
		s = singleQuoted
	case node.Style&yaml.DoubleQuotedStyle != 0:
		s = doubleQuoted
	default:
		s = plain
	}
	return start, s, strings.HasPrefix(p.text[start:], s.mark+s.write(node.Value)+s.mark)
}

// linesOf is where each line begins, as YAML counts them.
func linesOf(text string) []int {
	lines := []int{0}
	for i := 0; i < len(text); i++ {
		for _, end := range []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"} {
			if strings.HasPrefix(text[i:], end) {
				i += len(end) - 1
				lines = append(lines, i+1)
				break
			}
		}
	}
	return lines
}
