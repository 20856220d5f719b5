package selection

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
)

// reread reads a definition a second time, as dbt does to write it into the manifest (SelectorDict), and fails where that fails:
// it looks into the members of a group that counts as an exclude, and takes a list that stands first in an object, such as
// {config.tags: [a, "x:y"]}, for definitions.
func (p *yamlParser) reread(v jsondoc.Value) {
	switch {
	case v.Kind() == jsondoc.String:
		// Only the method counts here: neither a line break nor "@" with "+" is looked at.
		if text := strings.TrimPrefix(v.Text(), "@"); !strings.Contains(text, "\n") {
			p.term(Text{text, v.Span()})
		}
	case v.Kind() == jsondoc.Array:
	case v.Kind() != jsondoc.Object:
		p.refuse(v, "a list of values is read as one of definitions, and this is "+v.Kind().String(), "name each value in a definition of its own, in a union")
	case has(v, "union"):
		p.rereadMembers(v.Get("union"))
	case has(v, "intersection"):
		p.rereadMembers(v.Get("intersection"))
	case length(v) == 0:
		p.refuse(v, "a definition cannot be empty", "")
	default:
		it := v.Entries()
		it.Next()
		for list := it.Value().Items(); list.Next(); {
			p.reread(list.Value())
		}
	}
}

func (p *yamlParser) rereadMembers(v jsondoc.Value) {
	switch v.Kind() {
	case jsondoc.Array, jsondoc.Object, jsondoc.String:
	default:
		p.refuse(v, "union and intersection hold a list, this is "+v.Kind().String(), "put a hyphen before each member")
	}
	for it := v.Items(); it.Next(); {
		if k := it.Value().Kind(); k == jsondoc.String || k == jsondoc.Object {
			p.reread(it.Value())
		}
	}
}
