package jinja

import (
	"errors"
	"fmt"
	"strings"
)

// state is what one call of Macro.Call shares.
type state struct {
	scope Scope
	steps int
	depth int
}

// frame is one macro's variables and what it has printed.
type frame struct {
	vars map[string]Value
	out  strings.Builder
}

// returned carries the value of return() out of a macro.
type returned struct{ value Value }

func (returned) Error() string { return "return outside of a macro" }

func (m *Macro) call(s *state, args Args) (Value, error) {
	if s.depth++; s.depth > maxDepth {
		return nil, fmt.Errorf("%s calls itself", m.Name)
	}
	defer func() { s.depth-- }()
	f := &frame{vars: map[string]Value{}}
	if len(args.Positional) > len(m.params) {
		return nil, fmt.Errorf("%s takes %d arguments", m.Name, len(m.params))
	}
	used := 0
	for i, p := range m.params {
		given, named := args.Named[p.name]
		switch {
		case i < len(args.Positional):
			f.vars[p.name] = args.Positional[i]
		case named:
			f.vars[p.name] = given
			used++
		case p.initial != nil:
			v, err := p.initial.eval(s, f)
			if err != nil {
				return nil, err
			}
			f.vars[p.name] = v
		default:
			f.vars[p.name] = undefined{}
		}
	}
	if used < len(args.Named) {
		return nil, fmt.Errorf("%s is called with an argument that it does not have", m.Name)
	}
	err := s.run(m.body, f)
	var r returned
	if errors.As(err, &r) {
		return r.value, nil
	}
	return f.out.String(), err
}

func (s *state) run(body []node, f *frame) error {
	for _, n := range body {
		if err := s.step(); err != nil {
			return err
		}
		if err := n.run(s, f); err != nil {
			return err
		}
		if f.out.Len() > maxValue {
			return fmt.Errorf("it prints more than %d bytes", maxValue)
		}
	}
	return nil
}

func (s *state) step() error {
	if s.steps++; s.steps > maxSteps {
		return fmt.Errorf("it takes more than %d steps", maxSteps)
	}
	return nil
}

func (n textNode) run(_ *state, f *frame) error {
	f.out.WriteString(n.text)
	return nil
}

func (n show) run(s *state, f *frame) error {
	v, err := n.value.eval(s, f)
	if err != nil {
		return err
	}
	switch v.(type) {
	case List, Dict, Func, Object:
		return fmt.Errorf("it prints a %s", kindOf(v))
	}
	f.out.WriteString(Text(v))
	return nil
}

func (n set) run(s *state, f *frame) error {
	v, err := n.value.eval(s, f)
	f.vars[n.name] = v
	return err
}

func (n do) run(s *state, f *frame) error {
	_, err := n.value.eval(s, f)
	return err
}

func (n branch) run(s *state, f *frame) error {
	for i, c := range n.conditions {
		v, err := c.eval(s, f)
		if err != nil {
			return err
		}
		if Truth(v) {
			return s.run(n.bodies[i], f)
		}
	}
	if len(n.bodies) > len(n.conditions) {
		return s.run(n.bodies[len(n.conditions)], f)
	}
	return nil
}

func (e literal) eval(*state, *frame) (Value, error) { return e.value, nil }

func (e name) eval(s *state, f *frame) (Value, error) {
	if v, ok := f.vars[e.name]; ok {
		return v, nil
	}
	if e.name == "return" {
		return Func(func(a Args) (Value, error) { return nil, returned{a.At(0)} }), nil
	}
	v, ok := s.scope(e.name)
	if !ok {
		return nil, fmt.Errorf("%s is not known without running dbt", e.name)
	}
	if m, ok := v.(*Macro); ok {
		return Func(func(a Args) (Value, error) { return m.call(s, a) }), nil
	}
	return v, nil
}

func (e list) eval(s *state, f *frame) (Value, error) {
	out := List{}
	for _, item := range e.items {
		v, err := item.eval(s, f)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (e dict) eval(s *state, f *frame) (Value, error) {
	out := Dict{}
	for i, value := range e.values {
		v, err := value.eval(s, f)
		if err != nil {
			return nil, err
		}
		out[e.keys[i]] = v
	}
	return out, nil
}

func (e attribute) eval(s *state, f *frame) (Value, error) {
	of, err := e.of.eval(s, f)
	if err != nil {
		return nil, err
	}
	if o, ok := of.(Object); ok {
		return attr(o, e.name)
	}
	if m, ok := methods[e.name]; ok {
		return Func(func(a Args) (Value, error) {
			if len(a.Named) > 0 {
				return nil, fmt.Errorf("%s with named arguments is not read", e.name)
			}
			return m(of, a.Positional)
		}), nil
	}
	return nil, fmt.Errorf(".%s of a %s is not read", e.name, kindOf(of))
}

func attr(o Object, name string) (Value, error) {
	v, ok := o.Attr(name)
	if !ok {
		return nil, fmt.Errorf("the attribute %s is not known without running dbt", name)
	}
	return v, nil
}

func (e index) eval(s *state, f *frame) (Value, error) {
	of, err := e.of.eval(s, f)
	if err != nil {
		return nil, err
	}
	at, err := e.at.eval(s, f)
	if err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case List:
		if i, ok := at.(int); ok && i < len(of) {
			return of[i], nil
		}
	case Dict:
		if key, ok := at.(string); ok {
			if v, ok := of[key]; ok {
				return v, nil
			}
		}
	case Object:
		if key, ok := at.(string); ok {
			return attr(of, key)
		}
	}
	return nil, fmt.Errorf("an index into a %s is not read", kindOf(of))
}

func (e call) eval(s *state, f *frame) (Value, error) {
	of, err := e.of.eval(s, f)
	if err != nil {
		return nil, err
	}
	fn, ok := of.(Func)
	if !ok {
		return nil, fmt.Errorf("a call of a %s is not read", kindOf(of))
	}
	args := Args{Named: map[string]Value{}}
	for _, a := range e.args {
		v, err := a.eval(s, f)
		if err != nil {
			return nil, err
		}
		args.Positional = append(args.Positional, v)
	}
	for i, a := range e.named {
		if args.Named[e.names[i]], err = a.eval(s, f); err != nil {
			return nil, err
		}
	}
	if err := s.step(); err != nil {
		return nil, err
	}
	return fn(args)
}

func (e filter) eval(s *state, f *frame) (Value, error) {
	of, err := e.of.eval(s, f)
	if err != nil {
		return nil, err
	}
	fn, ok := filters[e.name]
	if !ok {
		return nil, fmt.Errorf("the filter %s is not read", e.name)
	}
	var args []Value
	for _, a := range e.args {
		v, err := a.eval(s, f)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	return fn(of, args)
}

func (e test) eval(s *state, f *frame) (Value, error) {
	of, err := e.of.eval(s, f)
	if err != nil {
		return nil, err
	}
	_, isUndefined := of.(undefined)
	switch e.name {
	case "none":
		return of == nil, nil
	case "defined":
		return !isUndefined, nil
	case "undefined":
		return isUndefined, nil
	case "string":
		_, ok := of.(string)
		return ok, nil
	}
	return nil, fmt.Errorf("the test %s is not read", e.name)
}

func (e not) eval(s *state, f *frame) (Value, error) {
	v, err := e.of.eval(s, f)
	return !Truth(v), err
}

func (e ternary) eval(s *state, f *frame) (Value, error) {
	c, err := e.condition.eval(s, f)
	switch {
	case err != nil:
		return nil, err
	case Truth(c):
		return e.yes.eval(s, f)
	case e.no == nil:
		return undefined{}, nil
	}
	return e.no.eval(s, f)
}

func (e binary) eval(s *state, f *frame) (Value, error) {
	if err := s.step(); err != nil {
		return nil, err
	}
	left, err := e.left.eval(s, f)
	if err != nil {
		return nil, err
	}
	if e.op == "or" && Truth(left) || e.op == "and" && !Truth(left) {
		return left, nil
	}
	right, err := e.right.eval(s, f)
	if err != nil {
		return nil, err
	}
	switch e.op {
	case "or", "and":
		return right, nil
	case "==":
		return equal(left, right)
	case "in":
		return in(left, right)
	case "~":
		return join(Text(left), Text(right))
	}
	a, aText := left.(string)
	b, bText := right.(string)
	if aText && bText {
		return join(a, b)
	}
	return nil, fmt.Errorf("%s + %s is not read", kindOf(left), kindOf(right))
}

func join(a, b string) (Value, error) {
	if len(a)+len(b) > maxValue {
		return nil, fmt.Errorf("it makes a text of more than %d bytes", maxValue)
	}
	return a + b, nil
}

func equal(a, b Value) (bool, error) {
	switch a.(type) {
	case nil, bool, int, string, undefined:
		switch b.(type) {
		case nil, bool, int, string, undefined:
			if kinds := kindOf(a) + kindOf(b); kinds == "boolint" || kinds == "intbool" {
				return false, fmt.Errorf("a number == a truth value is not read")
			}
			return a == b, nil
		}
		return false, nil
	}
	return false, fmt.Errorf("%s == %s is not read", kindOf(a), kindOf(b))
}

func in(item, of Value) (bool, error) {
	switch of := of.(type) {
	case string:
		if s, ok := item.(string); ok {
			return strings.Contains(of, s), nil
		}
	case List:
		for _, v := range of {
			if same, err := equal(item, v); same || err != nil {
				return same, err
			}
		}
		return false, nil
	case Dict:
		if s, ok := item.(string); ok {
			_, ok = of[s]
			return ok, nil
		}
	}
	return false, fmt.Errorf("%s in %s is not read", kindOf(item), kindOf(of))
}
