package jobfiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A shape is what an object may hold, by the documentation of the tool that reads it.
type shape map[string]field

type field struct {
	needed bool
	kind   string // text, filled (a text that is not empty), number, flag, texts
	oneOf  []string
	of     shape // for an object
}

func needed(kind string, oneOf ...string) field { return field{needed: true, kind: kind, oneOf: oneOf} }
func may(kind string, oneOf ...string) field    { return field{kind: kind, oneOf: oneOf} }
func object(of shape) field                     { return field{needed: true, of: of} }
func mayObject(of shape) field                  { return field{of: of} }

// check returns what is wrong with an object; path says where it is.
func (s shape) check(path string, object map[string]any) error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(object)) {
		f, ok := s[key]
		if !ok {
			errs = append(errs, fmt.Errorf("%s.%s is no key that the tool knows", path, key))
			continue
		}
		errs = append(errs, f.check(path+"."+key, object[key]))
	}
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if _, there := object[key]; s[key].needed && !there {
			errs = append(errs, fmt.Errorf("%s.%s is missing", path, key))
		}
	}
	return errors.Join(errs...)
}

func (f field) check(path string, v any) error {
	if f.of != nil {
		if o, ok := v.(map[string]any); ok {
			return f.of.check(path, o)
		}
		return fmt.Errorf("%s is no object: %v", path, v)
	}
	var texts []string
	ok := false
	switch v := v.(type) {
	case string:
		ok, texts = f.kind == "text" || f.kind == "filled" && v != "", []string{v}
	case float64:
		ok = f.kind == "number" && v == float64(int64(v))
	case bool:
		ok = f.kind == "flag"
	case []any:
		ok = f.kind == "texts" && len(v) > 0
		for _, item := range v {
			text, is := item.(string)
			ok, texts = ok && is, append(texts, text)
		}
	}
	for _, text := range texts {
		ok = ok && (f.oneOf == nil || slices.Contains(f.oneOf, text))
	}
	if !ok {
		return fmt.Errorf("%s is no %s %v: %#v", path, f.kind, f.oneOf, v)
	}
	return nil
}

// plainly is v as JSON has it.
func plainly(v any) (object map[string]any, err error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return object, json.Unmarshal(text, &object)
}

// into gives the parts of an object names.
func into(object map[string]any, v any) error {
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
