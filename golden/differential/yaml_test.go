package differential

import (
	"encoding/json"
	"slices"
	"strings"
)

// object is a JSON object whose keys keep their order: parts of dbt look at the first one.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	for i, m := range o {
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	if len(o) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// selectorsFile draws the list under `selectors:`, and sets the names that the rest of the question may use.
func (g *generator) selectorsFile() json.RawMessage {
	list := []any{}
	standard := false
	for _, name := range []string{"s_one", "s_two", "s.three"}[:1+g.IntN(3)] {
		// One that refers to itself, directly or not, is an error: references go back, mostly.
		known := g.own
		if g.percent(3) {
			g.own = append(g.own, name)
		}
		entry := object{{"name", name}, {"definition", g.definition(3, true)}}
		g.own = slices.Concat(known, []string{name})
		if g.percent(10) {
			entry = append(entry, member{"description", "Why it is there."})
		}
		if g.percent(15) && (!standard || g.percent(10)) {
			standard = true
			entry = append(entry, member{"default", g.odd(any(true))})
		}
		if g.percent(1) {
			entry[g.IntN(len(entry))].key = "color"
		}
		list = append(list, entry)
	}
	raw, err := json.Marshal(list)
	if err != nil {
		panic(err) // text, numbers, lists and objects only
	}
	return raw
}

// odd is the value, or now and then one of another type.
func (g *generator) odd(value any) any {
	if !g.wrong || g.percent(94) {
		return value
	}
	return pick[any](g, nil, true, false, 0, 1, -1, 2.5, "", "true", "1", []any{}, []any{"stg_goods"}, []any{1}, object{}, object{{"fqn", "stg_goods"}})
}

// definition draws one of any form. At the root of a selector a union stands alone.
func (g *generator) definition(depth int, root bool) any {
	n := g.IntN(100)
	switch {
	case depth <= 0 || n < 20:
		return g.odd(g.term())
	case n < 35:
		method, value := g.yamlCriterion()
		return object{{method, value}}
	case n < 65:
		return g.longForm(depth)
	}
	o := object{{pick(g, "union", "union", "intersection"), g.odd(g.members(depth))}}
	if g.percent(3) || !root && g.percent(5) {
		o = append(o, member{"exclude", g.list(depth)})
	}
	return o
}

// list is that of an exclude.
func (g *generator) list(depth int) []any {
	list := []any{}
	for range 1 + g.few() + g.few() {
		list = append(list, g.definition(depth-1, false))
	}
	return list
}

// members are those of a union or an intersection, which may have an exclude among them.
func (g *generator) members(depth int) []any {
	list := g.list(depth)
	if depth > 0 && g.percent(20) {
		list = append(list, object{{"exclude", g.odd(g.list(depth - 1))}})
	}
	if g.percent(1) {
		list = append(list, g.odd(object{{"exclude", []any{}}}))
	}
	return list
}

// longForm is method and value, with what stands for the graph operators.
func (g *generator) longForm(depth int) object {
	method, value := g.yamlCriterion()
	o := object{{"method", g.odd(method)}, {"value", value}}
	add := func(often int, key string, value any) {
		if g.percent(often) {
			o = append(o, member{key, g.odd(value)})
		}
	}
	add(20, "parents", !g.percent(20))
	add(15, "parents_depth", pick[any](g, 1, 2, 0, 12, -1, "1", "0", 1.5, true, " 2 ", "+1", "٣"))
	if !g.percent(10) || g.percent(10) {
		add(20, "children", !g.percent(20))
		add(15, "children_depth", pick[any](g, 1, 2, 0, 12, "1", "-1", "1_0", "1_", "1__0"))
	} else {
		add(90, "childrens_parents", true)
	}
	add(25, "indirect_selection", pick(g, "eager", "cautious", "buildable", "empty"))
	if g.percent(15) {
		add(100, "exclude", g.list(depth-1))
	}
	add(2, "unknown", "key")
	if g.percent(30) {
		g.Shuffle(len(o), func(i, j int) { o[i], o[j] = o[j], o[i] })
	}
	if g.percent(1) {
		o = o[1:]
	}
	return o
}

// yamlCriterion is a method, which YAML always names, and a value, which may be of any type where it is configured so.
func (g *generator) yamlCriterion() (string, any) {
	method, value := g.methodAndValue()
	if method == "" {
		method = "fqn"
	}
	if text, ok := value.(string); ok {
		value = g.maybeMutate(method, text)
	} else if !ok && g.percent(20) {
		value = written(value)
	}
	if number, ok := value.(json.Number); ok && g.percent(40) {
		text := number.String()
		value = json.Number(pick(g, text+".0", text+"e0", text+"1", "-"+text, "0."+text+"e1", text[:len(text)-1]+"1"))
		if !json.Valid([]byte(value.(json.Number))) {
			value = number
		}
	}
	return method, g.odd(value)
}
