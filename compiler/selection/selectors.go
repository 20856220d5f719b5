package selection

import (
	"maps"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// selectorList holds the named selections of a project.
type selectorList struct {
	names    []string // sorted
	named    map[string]definition
	standard string    // the name of the default selector, or empty
	strict   diag.List // what makes dbt refuse the whole file
}

// definition is one of them. What is wrong with it counts only when it is asked for: the manifest's were read by dbt before.
type definition struct {
	expr  *expr // nil where diags has errors
	diags diag.List
}

// WithSelectors replaces the manifest's selectors by the list under `selectors:` of a selectors.yml, given as JSON. dbt refuses
// the whole file for one wrong entry, and so does every evaluation.
func WithSelectors(list jsondoc.Value) Option {
	return func(e *Evaluator) { e.selectors = fromList(list) }
}

// fromManifest reads what dbt wrote. It normalises most definitions; both forms are read by the same parser.
func fromManifest(entries []manifest.Selector) *selectorList {
	s := &selectorList{named: map[string]definition{}}
	for _, entry := range entries {
		p := yamlParser{normalised: true}
		x := p.root(entry.Raw.Get("definition"))
		s.named[entry.Name] = definition{x, p.diags}
		if isDefault, _ := entry.Raw.Get("default").Bool(); isDefault {
			s.standard = entry.Name
		}
	}
	s.names = slices.Sorted(maps.Keys(s.named))
	return s
}

// fromList reads a list as people write it. Of two entries with a name the last counts.
func fromList(list jsondoc.Value) *selectorList {
	s := &selectorList{named: map[string]definition{}}
	for it := list.Items(); it.Next(); {
		p := yamlParser{}
		name, isDefault := p.entry(it.Value())
		if p.diags == nil {
			x := p.root(it.Value().Get("definition"))
			if x != nil {
				p.reread(it.Value().Get("definition"))
			}
			s.named[name] = definition{x, nil}
			if isDefault && s.standard != "" {
				p.refuse(it.Value().Get("default"), "two selectors are the default: "+s.standard+" and "+name, "leave default: true on one of them")
			}
			if isDefault {
				s.standard = name
			}
		}
		s.strict.Add(p.diags...)
	}
	s.names = slices.Sorted(maps.Keys(s.named))
	return s
}

// entry checks what dbt's schema of selectors.yml asks of an entry.
func (p *yamlParser) entry(v jsondoc.Value) (name string, isDefault bool) {
	if v.Kind() != jsondoc.Object {
		p.refuse(v, "a selector has to be an object, this is "+v.Kind().String(), "write name and definition")
		return "", false
	}
	var named, defined bool
	for it := v.Entries(); it.Next(); {
		value := it.Value()
		kind := value.Kind()
		ok := true
		switch it.Key() {
		case "name":
			named, ok, name = true, kind == jsondoc.String, value.Text()
		case "definition":
			defined, ok = true, kind == jsondoc.String || kind == jsondoc.Object
		case "description":
			ok = kind == jsondoc.String
		case "default":
			ok = kind == jsondoc.Bool
			isDefault, _ = value.Bool()
		default:
			p.refuse(it.KeyValue(), "a selector has no key "+it.Key(), "keys are name, definition, description and default")
		}
		if !ok {
			p.refuse(value, it.Key()+" of a selector cannot be "+kind.String(), "")
		}
	}
	if !named || !defined {
		p.refuse(v.Head(), "a selector needs a name and a definition", "")
	}
	return name, isDefault
}

// named returns a selector's selection; nil, having reported it, where the definition is wrong.
func (r *run) named(name string) (*expr, bool) {
	d, ok := r.selectors.named[name]
	r.diags.Add(d.diags...)
	return d.expr, ok && d.expr != nil
}

// hint lists the names.
func (s *selectorList) hint() string {
	if len(s.names) == 0 {
		return "the manifest holds no selectors: has the project a selectors.yml?"
	}
	const most = 10
	if len(s.names) > most {
		return "there are " + strings.Join(s.names[:most], ", ") + ", ..."
	}
	return "there are " + strings.Join(s.names, ", ")
}
