package emit

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dbtwac/dbtwac/templates"
)

// sampleView is the view of the templates in these tests.
type sampleView struct {
	Name  string
	Count int
	Steps []sampleStep
	Notes []string
	Last  bool
}

type sampleStep struct {
	SQL     string
	Columns []sampleColumn
}

type sampleColumn struct{ Name string }

// TestTemplates resolves every path of every template, because pongo2 prints nothing for one that leads nowhere.
func TestTemplates(t *testing.T) {
	names, err := fs.Glob(templates.FS, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if view, ok := viewTypes[name]; ok {
			if err := checkTemplate(templates.FS, name, view); err != nil {
				t.Errorf("templates/%v", err)
			}
		} else if name != "README.md" {
			t.Errorf("templates/%s has no view: add it to viewTypes, or remove it", name)
		}
	}
	for name := range viewTypes {
		if !slices.Contains(names, name) {
			t.Errorf("viewTypes names %s, which is no file in templates/", name)
		}
	}
}

// checkTemplate reports every tag of a template that its view cannot answer, and every field of the view that a template
// could not print alike on every machine.
func checkTemplate(fsys fs.FS, name string, view reflect.Type) error {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	pieces, err := parseTemplate(name, string(src))
	if err != nil {
		return err
	}
	c := templateCheck{name: name, scope: []binding{{"v", view}}}
	c.closed(view, view.Name(), map[reflect.Type]bool{})
	for _, p := range pieces {
		c.piece(p)
	}
	if _, err := loadTemplate(fsys, name); err != nil {
		c.errs = append(c.errs, err)
	}
	if text := string(src); !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
		c.errs = append(c.errs, fmt.Errorf("%s: must end with one line break", name))
	}
	return errors.Join(c.errs...)
}

type templateCheck struct {
	name  string
	scope []binding // innermost last
	errs  []error
}

type binding struct {
	name  string
	value reflect.Type
}

func (c *templateCheck) fail(line int, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s:%d: %s", c.name, line, fmt.Sprintf(format, args...)))
}

func (c *templateCheck) piece(p piece) {
	switch p.kind {
	case pieceText:
		if strings.Contains(p.text, "<%") || strings.Contains(p.text, "%>") {
			c.fail(p.line, "a tag without its other half, which would be printed")
		}
	case piecePrint:
		if t := c.resolve(p); t != nil && t.Kind() != reflect.String && t.Kind() != reflect.Int {
			c.fail(p.line, "%s is a %v: only strings and ints are printed", p.path, t)
		}
	case pieceFor:
		t := c.resolve(p)
		if t != nil && t.Kind() != reflect.Slice {
			c.fail(p.line, "%s is a %v: only slices are walked", p.path, t)
			t = nil
		}
		if slices.ContainsFunc(c.scope, func(b binding) bool { return b.name == p.name }) || p.name == "forloop" {
			c.fail(p.line, "%s has a meaning here already", p.name)
		}
		if t != nil {
			t = t.Elem()
		}
		c.scope = append(c.scope, binding{p.name, t})
	case pieceIf:
		if t := c.resolve(p); t != nil && t.Kind() == reflect.Struct {
			c.fail(p.line, "%s is a struct, and always yes", p.path)
		}
	case pieceOther:
		if strings.TrimSpace(p.text) == "endfor" && len(c.scope) > 1 {
			c.scope = c.scope[:len(c.scope)-1]
		}
	}
}

// resolve returns the type that the piece's path leads to, or nil where there is none, or an error was reported for it before.
func (c *templateCheck) resolve(p piece) reflect.Type {
	names := strings.Split(p.path, ".")
	if names[0] == "forloop" {
		if p.path != "forloop.First" && p.path != "forloop.Last" || p.kind != pieceIf || len(c.scope) == 1 {
			c.fail(p.line, "%s: only `if forloop.First` and `if forloop.Last` are used, in a loop", p.path)
		}
		return nil
	}
	i := slices.IndexFunc(c.scope, func(b binding) bool { return b.name == names[0] })
	if i < 0 {
		c.fail(p.line, "%s: nothing is called %s here", p.path, names[0])
		return nil
	}
	t := c.scope[i].value
	for _, name := range names[1:] {
		if t == nil {
			return nil
		}
		if t.Kind() != reflect.Struct {
			c.fail(p.line, "%s: a %v has no fields", p.path, t)
			return nil
		}
		field, ok := t.FieldByName(name)
		if !ok {
			c.fail(p.line, "%s: %v has no field %s", p.path, t, name)
			return nil
		}
		t = field.Type
	}
	return t
}

// closed reports what a view may not hold.
func (c *templateCheck) closed(t reflect.Type, path string, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	if t.NumMethod() > 0 {
		c.errs = append(c.errs, fmt.Errorf("%s: %s has methods, which pongo2 would call", c.name, path))
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int:
	case reflect.Slice:
		c.closed(t.Elem(), path, seen)
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(t) {
			if !field.IsExported() {
				c.errs = append(c.errs, fmt.Errorf("%s: %s.%s is not exported: pongo2 panics on it", c.name, path, field.Name))
			}
			c.closed(field.Type, path+"."+field.Name, seen)
		}
	default:
		c.errs = append(c.errs, fmt.Errorf("%s: %s is a %v: a view holds strings, bools, ints, slices and structs", c.name, path, t))
	}
}

// TestCheckTemplate checks the checker: it must find each fault, and say its line.
func TestCheckTemplate(t *testing.T) {
	type private struct{ name string } //nolint:unused // that it cannot be reached is what the case is about
	type open struct{ Values map[string]string }
	type ratio struct{ Value float64 }
	type pointer struct{ To *sampleStep }
	type dynamic struct{ Value any }
	type pretty struct{ Time time.Duration }
	for name, tc := range map[string]struct {
		text string
		view any // default: sampleView
		want string
	}{
		"right":                {text: "<% for s in v.Steps %>\n<%= s.SQL %><% if forloop.Last %>;<% endif %>\n<% endfor %>\n"},
		"right, one after one": {text: "<% for s in v.Steps %>\n<% endfor %>\n<% for s in v.Steps %>\n<% endfor %>\n"},
		"misspelt":             {text: "a\n<%= v.Nmae %>\n", want: "t:2: v.Nmae: emit.sampleView has no field Nmae"},
		"misspelt in a loop":   {text: "<% for s in v.Steps %>\n<%= s.Sgl %>\n<% endfor %>\n", want: "t:2: s.Sgl: emit.sampleStep has no field Sgl"},
		"misspelt in an inner loop": {
			text: "<% for s in v.Steps %><% for c in s.Columns %><%= c.Nmae %><% endfor %><% endfor %>\n", want: "t:1: c.Nmae: emit.sampleColumn has no field Nmae",
		},
		"misspelt list":        {text: "<% for s in v.Stpes %>\n<%= s.SQL %>\n<% endfor %>\n", want: "t:1: v.Stpes: emit.sampleView has no field Stpes"},
		"misspelt condition":   {text: "<% if v.Lats %>\n<% endif %>\n", want: "t:1: v.Lats: emit.sampleView has no field Lats"},
		"out of scope":         {text: "<% for s in v.Steps %>\n<% endfor %>\n<%= s.SQL %>\n", want: "t:3: s.SQL: nothing is called s here"},
		"no view":              {text: "<%= w.Name %>\n", want: "t:1: w.Name: nothing is called w here"},
		"a method":             {text: "<%= v.Name.String %>\n", want: "t:1: v.Name.String: a string has no fields"},
		"a list printed":       {text: "<%= v.Notes %>\n", want: "t:1: v.Notes is a []string: only strings and ints are printed"},
		"a bool printed":       {text: "<%= v.Last %>\n", want: "t:1: v.Last is a bool: only strings and ints are printed"},
		"a string walked":      {text: "<% for s in v.Name %><% endfor %>\n", want: "t:1: v.Name is a string: only slices are walked"},
		"shadowed":             {text: "<% for s in v.Steps %><% for s in v.Notes %><% endfor %><% endfor %>\n", want: "t:1: s has a meaning here already"},
		"forloop outside":      {text: "<% if forloop.Last %><% endif %>\n", want: "only `if forloop.First` and `if forloop.Last` are used"},
		"forloop's counter":    {text: "<% for s in v.Steps %><%= forloop.Counter %><% endfor %>\n", want: "only `if forloop.First` and `if forloop.Last` are used"},
		"half a tag":           {text: "<% for s in\nv.Steps %>\n", want: "t:1: a tag without its other half"},
		"a filter":             {text: "a\n<%= v.Name|upper %>\n", want: "t:2: <%= v.Name|upper %> is none of the tags"},
		"a comparison":         {text: "<% if v.Count == 1 %><% endif %>\n", want: "is none of the tags"},
		"not":                  {text: "<% if not v.Last %><% endif %>\n", want: "is none of the tags"},
		"ssi":                  {text: "<% ssi \"/etc/passwd\" %>\n", want: "is none of the tags"},
		"include":              {text: "<% include \"t\" %>\n", want: "is none of the tags"},
		"now":                  {text: "<% now \"2006\" %>\n", want: "is none of the tags"},
		"set":                  {text: "<% set x = 1 %>\n", want: "is none of the tags"},
		"trimming":             {text: "<%- if v.Last -%>\n", want: "is none of the tags"},
		"elif":                 {text: "<% if v.Last %><% elif v.Count %><% endif %>\n", want: "is none of the tags"},
		"an index":             {text: "<%= v.Notes.0 %>\n", want: "is none of the tags"},
		"a call":               {text: "<%= v.Name() %>\n", want: "is none of the tags"},
		"a string":             {text: "<%= \"x\" %>\n", want: "is none of the tags"},
		"unclosed":             {text: "<% if v.Last %>\n", want: "t:"},
		"closed too often":     {text: "a\n\n<% endfor %>\nb\n", want: "t:3: "},
		"crossed":              {text: "<% if v.Last %>\n<% for s in v.Steps %>\n<% endif %>\n<% endfor %>\n", want: "t:3: "},
		"the byte 1":           {text: "a\x01b\n", want: "0x01"},
		"no line break":        {text: "a", want: "must end with one line break"},
		"a field not exported": {text: "a\n", view: private{}, want: "private.name is not exported"},
		"a map":                {text: "a\n", view: open{}, want: "open.Values is a map[string]string"},
		"a float":              {text: "a\n", view: ratio{}, want: "ratio.Value is a float64"},
		"a pointer":            {text: "a\n", view: pointer{}, want: "pointer.To is a *emit.sampleStep"},
		"an interface":         {text: "a\n", view: dynamic{}, want: "dynamic.Value is a interface {}"},
		"a type with methods":  {text: "a\n", view: pretty{}, want: "pretty.Time has methods"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.view == nil {
				tc.view = sampleView{}
			}
			err := checkTemplate(fstest.MapFS{"t": {Data: []byte(tc.text)}}, "t", reflect.TypeOf(tc.view))
			switch {
			case tc.want == "" && err != nil:
				t.Errorf("refuses a right template: %v", err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("want an error with %q, have: %v", tc.want, err)
			}
		})
	}
}
