package selection

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// matchFQN finds everything but sources by fully qualified name, with or without the package (QualifiedNameSelectorMethod).
func matchFQN(r *run, c *criterion) set {
	among := r.everyKind()
	among.minus(r.kinds[manifest.Source])
	if !c.value.str {
		if !among.empty() {
			r.notText(c)
		}
		return r.newSet()
	}
	f := newFQN(c.value.text)
	if f.rest.any && f.literal == "" {
		return among
	}
	return r.where(among, func(n *manifest.Node) bool {
		return f.match(n.FQN, n.Kind == manifest.Model && n.Versioned()) ||
			len(n.FQN) > 0 && f.match(n.FQN[1:], n.Kind == manifest.Model && n.Versioned())
	})
}

// fqn is a value of the method fqn, taken apart.
type fqn struct {
	value     string
	lastTwo   string  // the last two parts, joined by "_": name and version
	parts     int     // how many
	wild      bool    // a part has a wildcard
	literal   string  // what stands before the first such part, with its dot; without one the whole value
	rest      pattern // that part and all that follow
	onlyWild  bool    // there is but one part, and it has a wildcard
	wholeName pattern // the value, for that case
}

func newFQN(value string) fqn {
	parts := strings.Split(value, ".")
	f := fqn{value: value, parts: len(parts), lastTwo: strings.Join(parts[max(0, len(parts)-2):], "_"), literal: value}
	at := 0
	for _, part := range parts {
		if strings.ContainsAny(part, "*?[]") {
			f.wild, f.literal, f.rest = true, value[:at], compile(value[at:])
			break
		}
		at += len(part) + 1
	}
	if f.onlyWild = f.wild && len(parts) == 1; f.onlyWild {
		f.wholeName = compile(value)
	}
	return f
}

// match is dbt's is_selected_node. A name with dots counts as so many parts.
func (f *fqn) match(name []string, versioned bool) bool {
	n := len(name)
	if n == 0 || versioned && n < 2 {
		return false
	}
	leaf := name[n-1]
	if versioned {
		leaf = name[n-2]
		if f.lastTwo == name[n-2]+"_"+name[n-1] {
			return true
		}
	}
	if leaf == f.value {
		return true
	}
	parts := 0
	for _, part := range name {
		parts += 1 + strings.Count(part, ".")
	}
	if parts < f.parts {
		return false
	}
	if !f.wild {
		return startsWith(name, f.literal)
	}
	rest, ok := behind(name, f.literal)
	return ok && f.rest.match(rest) || f.onlyWild && f.wholeName.match(leaf)
}

// startsWith reports whether the parts of a dotted prefix are the first of name's.
func startsWith(name []string, prefix string) bool {
	for i, part := range name {
		switch {
		case len(prefix) == len(part):
			return prefix == part
		case len(prefix) < len(part):
			return part[len(prefix)] == '.' && part[:len(prefix)] == prefix
		case prefix[:len(part)] != part || prefix[len(part)] != '.':
			return false
		case i == len(name)-1:
			return false
		}
		prefix = prefix[len(part)+1:]
	}
	return false
}

// behind joins name and cuts a prefix, which is empty or ends with a dot, off it.
func behind(name []string, prefix string) (string, bool) {
	whole := name[0]
	if len(name) > 1 {
		whole = strings.Join(name, ".")
	}
	return strings.CutPrefix(whole, prefix)
}
