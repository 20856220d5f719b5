package selection

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
)

// yamlParser reads definitions of selectors.yml (core/dbt/graph/cli.py), as written or as they stand in the manifest.
type yamlParser struct {
	parser
	normalised bool
}

func (p *yamlParser) refuse(v jsondoc.Value, message, hint string) {
	if v.Kind() == jsondoc.Object || v.Kind() == jsondoc.Array {
		v = v.Head()
	}
	p.problem(v.Span(), message, hint)
}

// root reads a definition; nil where it was reported.
func (p *yamlParser) root(v jsondoc.Value) *expr {
	if has(v, "union") || has(v, "intersection") {
		if n := length(v); n > 1 {
			p.refuse(v, "a definition with union or intersection has no other key", "move the rest into the list")
		}
	}
	x := p.definition(v)
	if p.diags.HasErrors() {
		return nil
	}
	return x
}

func (p *yamlParser) definition(v jsondoc.Value) *expr {
	switch {
	case v.Kind() == jsondoc.String:
		return leaf(p.term(Text{v.Text(), v.Span()}))
	case v.Kind() != jsondoc.Object:
		p.refuse(v, "a definition is text or an object, this is "+v.Kind().String(), "")
		return nil
	case has(v, "union"):
		return p.group(union, v.Get("union"))
	case has(v, "intersection"):
		return p.group(intersection, v.Get("intersection"))
	}
	return p.dict(v)
}

func leaf(c *criterion) *expr {
	if c == nil {
		return nil
	}
	return &expr{criterion: c}
}

// group reads the list of a union or an intersection. An object with exclude is the group's own exclude, whatever else it holds.
func (p *yamlParser) group(o op, v jsondoc.Value) *expr {
	g := &expr{op: o}
	var excluded *expr
	p.list(v, func(item jsondoc.Value) {
		if !has(item, "exclude") {
			g.args = append(g.args, p.definition(item))
			return
		}
		if excluded != nil {
			p.refuse(item, "one union or intersection cannot have two excludes", "put both into one exclude list; an exclude beside a method counts for the whole group")
			return
		}
		excluded = p.exclusions(item.Get("exclude"))
	})
	return without(g, excluded)
}

func without(x, excluded *expr) *expr {
	if excluded == nil {
		return x
	}
	return &expr{op: difference, args: []*expr{x, excluded}}
}

// exclusions reads an exclude list: one member alone, several as a union, none as nil.
func (p *yamlParser) exclusions(v jsondoc.Value) *expr {
	u := &expr{op: union}
	p.list(v, func(item jsondoc.Value) { u.args = append(u.args, p.definition(item)) })
	switch len(u.args) {
	case 0:
		return nil
	case 1:
		return u.args[0]
	}
	return u
}

func (p *yamlParser) list(v jsondoc.Value, f func(jsondoc.Value)) {
	if v.Kind() != jsondoc.Array {
		p.refuse(v, "union, intersection and exclude hold a list, this is "+v.Kind().String(), "put a hyphen before each member")
		return
	}
	for it := v.Items(); it.Next(); {
		if k := it.Value().Kind(); k != jsondoc.String && k != jsondoc.Object {
			p.refuse(it.Value(), "a member of such a list is text or an object, this is "+k.String(), "put it in quotes")
			continue
		}
		f(it.Value())
	}
}

// dict reads {method: value} or the long form.
func (p *yamlParser) dict(v jsondoc.Value) *expr {
	c := &criterion{text: Text{v.Raw(), v.Span()}, up: unlimited, down: unlimited}
	method, value := v.Get("method"), v.Get("value")
	switch {
	case p.normalised && has(v, "method") && !has(v, "value"):
		// dbt drops an empty value when it normalises: this was "tag:" or "".
		c.value.str = true
	case length(v) == 1:
		it := v.Entries()
		it.Next()
		method, value = it.KeyValue(), it.Value()
		c.value = operandOf(value)
	case has(v, "method") && has(v, "value"):
		c.value = operandOf(value)
	default:
		p.refuse(v, "a definition needs one key, or method and value", "write tag: nightly, or method: tag and value: nightly")
		return nil
	}
	if !p.methodOf(c, method) || !p.modifiers(c, v) {
		return nil
	}
	if !has(v, "exclude") || length(v) == 1 {
		return leaf(c)
	}
	return without(leaf(c), p.exclusions(v.Get("exclude")))
}

func operandOf(v jsondoc.Value) operand {
	s, _ := v.Str()
	return operand{s, v, v.Kind() == jsondoc.String}
}

// methodOf reads the method's name; null is none.
func (p *yamlParser) methodOf(c *criterion, v jsondoc.Value) bool {
	switch {
	case v.Kind() == jsondoc.String:
		return p.method(c, v.Text(), Text{v.Text(), v.Span()})
	case v.Kind() == jsondoc.Missing && c.value.str:
		c.method = methodFor(c.value.text)
		return true
	}
	p.refuse(v, "a method has to be text, this is "+v.Kind().String(), "")
	return false
}

// modifiers reads what stands for "+", "@" and --indirect-selection. Other keys mean nothing to dbt.
func (p *yamlParser) modifiers(c *criterion, v jsondoc.Value) bool {
	before := len(p.diags)
	for it := v.Entries(); it.Next(); {
		value := it.Value()
		switch it.Key() {
		case "parents":
			c.parents = truthy(value)
		case "children":
			c.children = truthy(value)
		case "childrens_parents":
			c.family = truthy(value)
		case "parents_depth":
			c.up = p.generations(value)
		case "children_depth":
			c.down = p.generations(value)
		case "indirect_selection":
			c.indirect = Mode(value.Text())
			if value.Kind() != jsondoc.String || !c.indirect.known() {
				p.refuse(value, operandOf(value).printed()+" is no mode of indirect selection", modeHint)
			}
		}
	}
	if c.family && c.children {
		p.refuse(v, "childrens_parents and children exclude each other", "leave out children: childrens_parents takes all descendants")
	}
	return len(p.diags) == before
}

// generations reads a depth as Python's int() does. A zero that is a number counts as none given; below zero is no generation.
func (p *yamlParser) generations(v jsondoc.Value) int {
	if !truthy(v) {
		return unlimited
	}
	switch v.Kind() {
	case jsondoc.Bool:
		return 1
	case jsondoc.Number:
		if f, err := strconv.ParseFloat(v.Raw(), 64); err == nil {
			return int(max(0, min(f, math.MaxInt32)))
		}
	case jsondoc.String:
		text := strings.TrimFunc(v.Text(), unicode.IsSpace)
		unsigned := strings.TrimLeft(text, "+-")
		number := ungrouped(unsigned)
		if n := digits(number); n > 0 && n == len(number) && len(text)-len(unsigned) <= 1 {
			if depth := p.depth(Text{v.Text(), v.Span()}, number); !strings.HasPrefix(text, "-") {
				return max(depth, unlimited)
			}
			return 0
		}
	}
	p.refuse(v, operandOf(v).printed()+" is no number of generations", "write a number")
	return unlimited
}

// ungrouped drops the underscores that int() allows between two digits.
func ungrouped(s string) string {
	if strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
		return s
	}
	return strings.ReplaceAll(s, "_", "")
}

// truthy is Python's bool().
func truthy(v jsondoc.Value) bool {
	switch v.Kind() {
	case jsondoc.Bool:
		b, _ := v.Bool()
		return b
	case jsondoc.Number:
		f, err := strconv.ParseFloat(v.Raw(), 64)
		return err != nil || f != 0
	case jsondoc.String:
		return v.Text() != ""
	case jsondoc.Object:
		return length(v) > 0
	case jsondoc.Array:
		it := v.Items()
		return it.Next()
	}
	return false
}

// has reports whether an object has a key, null or not.
func has(v jsondoc.Value, key string) bool { return v.Get(key) != (jsondoc.Value{}) }

func length(v jsondoc.Value) int {
	n := 0
	for it := v.Entries(); it.Next(); n++ {
	}
	return n
}
