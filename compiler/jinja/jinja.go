// Package jinja evaluates small macros as dbt's Jinja would: what a project's own naming macros say, without running dbt.
//
// It knows text, {{ }}, {% if %}, {% set %}, {% do %}, calls, and the filters, tests and methods that such macros use. Anything
// else is an error that names it, and never a guess: no loops, no imports, no blocks. Evaluation is bounded in steps and depth,
// because a manifest may come from anywhere. The package knows nothing of dbt; its caller gives names their values.
//
// Scan is for templates that nobody evaluates, such as models: it takes them apart and says which names their tags read.
package jinja

import (
	"fmt"
	"strings"
)

// Value is a value of Jinja: nil (none), bool, int, string, List, Dict, Object or Func.
type Value any

// List is a list or a tuple.
type List []Value

// Dict is a mapping with keys of type string.
type Dict map[string]Value

// Object is something with attributes; ok is false for one that is not known, which is an error.
type Object interface {
	Attr(name string) (v Value, ok bool)
}

// Func is something that can be called.
type Func func(args Args) (Value, error)

// Args are what a call passes.
type Args struct {
	Positional []Value
	Named      map[string]Value
}

// At returns the positional argument at i, or nil.
func (a Args) At(i int) Value {
	if i < len(a.Positional) {
		return a.Positional[i]
	}
	return nil
}

// Scope gives names their values; ok is false for one that is not known, which is an error.
type Scope func(name string) (v Value, ok bool)

// Macro is one {% macro %}, ready to be called. It may be called by several goroutines.
type Macro struct {
	Name   string
	params []param
	body   []node
}

type param struct {
	name    string
	initial expr // nil: none was given, and an argument is needed
}

// The bounds: a naming macro needs a hundredth of them.
const (
	maxText  = 50_000 // bytes of a macro
	maxDepth = 60     // of nesting, and of calls
	maxSteps = 20_000 // nodes that one call visits
	maxValue = 10_000 // bytes of a text that one call makes
)

// Parse reads a macro's text, from {% macro %} to {% endmacro %}.
func Parse(text string) (m *Macro, err error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("it is longer than %d bytes", maxText)
	}
	pieces, err := split(text)
	if err != nil {
		return nil, err
	}
	p := parser{pieces: pieces}
	return p.macro()
}

// Call evaluates the macro: what it prints, or what it returns.
func (m *Macro) Call(scope Scope, args ...Value) (Value, error) {
	return m.call(&state{scope: scope}, Args{Positional: args})
}

// Text is what {{ v }} prints.
func Text(v Value) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return v
	case undefined:
		return ""
	}
	return fmt.Sprint(v)
}

// undefined is a variable without a value: it prints nothing and is false.
type undefined struct{}

// Truth tells whether an {% if %} takes v for true.
func Truth(v Value) bool {
	switch v := v.(type) {
	case nil, undefined:
		return false
	case bool:
		return v
	case int:
		return v != 0
	case string:
		return v != ""
	case List:
		return len(v) > 0
	case Dict:
		return len(v) > 0
	}
	return true
}

// kindOf names a value's type in messages.
func kindOf(v Value) string {
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", v), "jinja."))
}
