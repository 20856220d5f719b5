package jinja

import (
	"fmt"
	"strings"
)

// white is what Python's strip takes away.
const white = " \t\r\n\v\f"

// filters are those of {{ v | name }}. Case is changed as Python does for ASCII; other letters are refused.
var filters = map[string]func(v Value, args []Value) (Value, error){
	"trim":  onText(func(s string) string { return strings.Trim(s, white) }),
	"lower": cased(strings.ToLower),
	"upper": cased(strings.ToUpper),
	"replace": func(v Value, args []Value) (Value, error) {
		return replace(Text(v), args)
	},
	"default": orDefault,
	"d":       orDefault,
	"string":  onText(func(s string) string { return s }),
}

// methods are those of Python's str and dict.
var methods = map[string]func(v Value, args []Value) (Value, error){
	"strip":      method(func(s string) string { return strings.Trim(s, white) }),
	"lower":      strict(cased(strings.ToLower)),
	"upper":      strict(cased(strings.ToUpper)),
	"startswith": prefixed(strings.HasPrefix),
	"endswith":   prefixed(strings.HasSuffix),
	"replace": func(v Value, args []Value) (Value, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("replace of a %s is not read", kindOf(v))
		}
		return replace(s, args)
	},
	"split": func(v Value, args []Value) (Value, error) {
		s, ok := v.(string)
		if !ok || len(args) != 1 || Text(args[0]) == "" {
			return nil, fmt.Errorf("split without a separator is not read")
		}
		out := List{}
		for part := range strings.SplitSeq(s, Text(args[0])) {
			out = append(out, part)
		}
		return out, nil
	},
	"get": func(v Value, args []Value) (Value, error) {
		d, ok := v.(Dict)
		if !ok || len(args) == 0 || len(args) > 2 {
			return nil, fmt.Errorf("get of a %s is not read", kindOf(v))
		}
		if found, ok := d[Text(args[0])]; ok {
			return found, nil
		}
		if len(args) == 2 {
			return args[1], nil
		}
		return nil, nil
	},
}

func onText(f func(string) string) func(Value, []Value) (Value, error) {
	return func(v Value, args []Value) (Value, error) {
		if len(args) > 0 {
			return nil, fmt.Errorf("a filter with arguments is not read")
		}
		return f(Text(v)), nil
	}
}

func cased(f func(string) string) func(Value, []Value) (Value, error) {
	return func(v Value, args []Value) (Value, error) {
		s := Text(v)
		for i := range len(s) {
			if s[i] >= 0x80 {
				return nil, fmt.Errorf("the case of %q is not read", s)
			}
		}
		return onText(f)(v, args)
	}
}

// method makes a method of texts alone.
func method(f func(string) string) func(Value, []Value) (Value, error) { return strict(onText(f)) }

func strict(f func(Value, []Value) (Value, error)) func(Value, []Value) (Value, error) {
	return func(v Value, args []Value) (Value, error) {
		if _, ok := v.(string); !ok {
			return nil, fmt.Errorf("a method of a %s is not read", kindOf(v))
		}
		return f(v, args)
	}
}

func prefixed(f func(s, part string) bool) func(Value, []Value) (Value, error) {
	return func(v Value, args []Value) (Value, error) {
		s, ok := v.(string)
		if ok && len(args) == 1 {
			if part, ok := args[0].(string); ok {
				return f(s, part), nil
			}
		}
		return nil, fmt.Errorf("startswith or endswith of a %s is not read", kindOf(v))
	}
}

func replace(s string, args []Value) (Value, error) {
	if len(args) != 2 || Text(args[0]) == "" {
		return nil, fmt.Errorf("replace with %d arguments is not read", len(args))
	}
	old, replacement := Text(args[0]), Text(args[1])
	if len(s)+strings.Count(s, old)*len(replacement) > maxValue {
		return nil, fmt.Errorf("it makes a text of more than %d bytes", maxValue)
	}
	return strings.ReplaceAll(s, old, replacement), nil
}

func orDefault(v Value, args []Value) (Value, error) {
	if len(args) == 0 || len(args) > 2 {
		return nil, fmt.Errorf("default with %d arguments is not read", len(args))
	}
	_, none := v.(undefined)
	if none || len(args) == 2 && Truth(args[1]) && !Truth(v) {
		return args[0], nil
	}
	return v, nil
}
