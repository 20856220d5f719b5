package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
	"go.yaml.in/yaml/v4"
)

// reader checks a document against the table.
type reader struct {
	file  *source.File
	diags diag.List
}

// parse returns the document's root mapping, or nil.
func (r *reader) parse() *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(r.file.Text), &doc); err != nil {
		r.syntax(err)
		return nil
	}
	if len(doc.Content) == 0 {
		r.add(NotYAML, source.At(r.file, 0, 0), r.file.Name+" is empty", "write a dbtwac.yml: the README shows the shortest one that works")
		return nil
	}
	return doc.Content[0]
}

func (r *reader) syntax(err error) {
	at := source.At(r.file, 0, 0)
	var load *yaml.LoadError
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if errors.As(err, &load) {
		at = r.at(load.Mark.Line, load.Mark.Column)
		message = load.Message
	}
	hint := "indent with spaces, and quote values that hold ': ' or begin with one of @ ` % & * ! | > [ {"
	if i := strings.Index("\n"+r.file.Text, "\n<<<<<<< "); i >= 0 {
		at, hint = source.At(r.file, i, i+7), "resolve the merge conflict"
	}
	r.add(NotYAML, at, r.file.Name+" is not YAML: "+message, hint)
}

// check reports what in node is not as k says. path is the dotted key, for messages.
func (r *reader) check(node *yaml.Node, k *key, path string) {
	if node.Kind == yaml.AliasNode {
		r.wrong(node, path+" is a YAML alias, which dbtwac.yml does not allow", "write the value out")
		return
	}
	switch k.kind {
	case mapping, named:
		r.mapping(node, k, path)
	case mappings:
		r.items(node, k, path)
	case choice:
		if node.Kind == yaml.MappingNode {
			r.mapping(node, k, path)
			return
		}
		r.scalar(node, k, path)
	case list:
		r.list(node, k, path)
	case words:
		if node.Kind == yaml.SequenceNode {
			r.list(node, k, path)
			return
		}
		r.scalar(node, k, path)
	default:
		r.scalar(node, k, path)
	}
}

func (r *reader) mapping(node *yaml.Node, k *key, path string) {
	if isNull(node) {
		r.missingKeys(node, k, path)
		return
	}
	if node.Kind != yaml.MappingNode {
		r.wrong(node, label(path)+" has to be a mapping, this is "+describe(node), "write it as `key: value` lines, indented below "+label(path))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		below := join(path, name.Value)
		if seen[name.Value] {
			r.add(WrongValue, r.span(name), below+" stands twice", "remove one of the two")
			continue
		}
		seen[name.Value] = true
		if k.kind == named {
			if k.match != nil && !k.match.MatchString(name.Value) {
				r.add(WrongValue, r.span(name), fmt.Sprintf("%q in %s is not a name that macros and files can carry", name.Value, path), "use "+k.matches)
				continue
			}
			r.check(value, k.of, below)
			continue
		}
		row := k.child(name.Value)
		switch {
		case row == nil:
			r.unknown(name, k, below)
		default:
			r.check(value, row, below)
		}
	}
	r.missingKeys(node, k, path)
}

func (r *reader) missingKeys(node *yaml.Node, k *key, path string) {
	for _, row := range k.keys {
		if row.needed && lookup(node, row.name) == nil {
			r.add(MissingKey, r.span(node), join(path, row.name)+" is missing", lowerFirst(row.doc))
		}
	}
}

func (r *reader) list(node *yaml.Node, k *key, path string) {
	item := *k
	item.kind = text
	r.itemsAre(node, &item, path)
}

// items checks a list of mappings.
func (r *reader) items(node *yaml.Node, k *key, path string) {
	item := *k
	item.kind = mapping
	r.itemsAre(node, &item, path)
}

func (r *reader) itemsAre(node *yaml.Node, item *key, path string) {
	if isNull(node) {
		return
	}
	if node.Kind != yaml.SequenceNode {
		r.wrong(node, path+" has to be a list, this is "+describe(node), "write it as ["+node.Value+"]")
		return
	}
	for i, child := range node.Content {
		r.check(child, item, fmt.Sprintf("%s[%d]", path, i))
	}
}

func (r *reader) scalar(node *yaml.Node, k *key, path string) {
	want := map[kind]string{text: "!!str", words: "!!str", choice: "!!str", number: "!!int", boolean: "!!bool"}[k.kind]
	if isNull(node) && !k.needed {
		return
	}
	if node.Kind != yaml.ScalarNode || node.ShortTag() != want {
		hint := "quote it if it is meant as text: " + strconv.Quote(node.Value)
		if node.Kind != yaml.ScalarNode || want != "!!str" {
			hint = "see dbtwac schema"
		}
		r.wrong(node, path+" has to be "+map[string]string{"!!str": "text", "!!int": "a whole number", "!!bool": "true or false"}[want]+", this is "+describe(node), hint)
		return
	}
	v := node.Value
	switch {
	case len(k.oneOf) > 0 && !slices.Contains(k.oneOf, v):
		hint := "use " + oneOf(k.oneOf)
		for _, row := range k.keys { // of a choice
			hint += ", or a mapping with " + row.name
		}
		r.wrong(node, fmt.Sprintf("%s is %q", path, v), hint)
	case k.match != nil && !k.match.MatchString(v):
		r.wrong(node, fmt.Sprintf("%s is %q", path, v), "use "+k.matches)
	case k.needed && v == "":
		r.wrong(node, path+" is empty", lowerFirst(k.doc))
	case strings.IndexFunc(v, func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || c == 0x7f }) >= 0:
		r.wrong(node, path+" holds a control character", "remove it")
	}
}

// unknown reports a key that is not in the table, with the nearest one that is.
func (r *reader) unknown(name *yaml.Node, k *key, path string) {
	best, score := "", 0.0
	var names []string
	for _, row := range k.keys {
		names = append(names, row.name)
		if s := levenshtein.Similarity(name.Value, row.name, nil); s > score {
			best, score = row.name, s
		}
	}
	hint := "known here: " + strings.Join(names, ", ")
	if score >= 0.6 {
		hint = "did you mean " + best + "?"
	}
	r.add(UnknownKey, r.span(name), path+" is no key of dbtwac.yml", hint)
}

func (r *reader) wrong(node *yaml.Node, message, hint string) {
	r.add(WrongValue, r.span(node), message, hint)
}

func (r *reader) add(code diag.Code, at source.Span, message, hint string) {
	r.diags.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: at, Message: message, Hint: hint})
}

// span is the place of a node: of a scalar its text, so that an offset into the value is an offset into the file.
func (r *reader) span(node *yaml.Node) source.Span {
	at := r.at(node.Line, node.Column)
	if node.Kind != yaml.ScalarNode {
		return source.At(r.file, at.Start, at.Start)
	}
	if node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && strings.HasPrefix(r.file.Text[at.Start+1:], node.Value) {
		at.Start++
	}
	at.End = at.Start
	if strings.HasPrefix(r.file.Text[at.Start:], node.Value) {
		at.End = at.Start + len(node.Value)
	}
	return at
}

// at turns a 1-based line and a 1-based column in characters into a span.
func (r *reader) at(line, column int) source.Span {
	pos := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(r.file.Text[pos:], '\n')
		if i < 0 {
			break
		}
		pos += i + 1
	}
	for ; column > 1 && pos < len(r.file.Text) && r.file.Text[pos] != '\n'; column-- {
		_, n := utf8.DecodeRuneInString(r.file.Text[pos:])
		pos += n
	}
	return source.At(r.file, pos, pos)
}

func lookup(node *yaml.Node, name string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name && !isNull(node.Content[i+1]) {
			return node.Content[i+1]
		}
	}
	return nil
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" }

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch node.ShortTag() {
	case "!!int", "!!float":
		return "the number " + node.Value
	case "!!bool":
		return "the truth value " + node.Value
	case "!!null":
		return "empty"
	case "!!str":
		return "the text " + strconv.Quote(node.Value)
	}
	return "a " + node.ShortTag()
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func label(path string) string {
	if path == "" {
		return "dbtwac.yml"
	}
	return path
}

func oneOf(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return "one of " + strings.Join(values, ", ")
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.TrimSuffix(strings.ToLower(s[:1])+s[1:], ".")
}
