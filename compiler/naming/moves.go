package naming

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// Keys are keys of a node's config of which one may ask whether their value depends on where dbt runs.
type Keys struct {
	names    []string
	argument *regexp.Regexp // of config() in a file
}

// NewKeys makes Keys.
func NewKeys(names ...string) Keys {
	return Keys{names, regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\s*=\s*([^,]*)`)}
}

// Unrendered is the first of the keys that is an expression over target, vars or the environment where the manifest says so itself,
// or "".
func (k Keys) Unrendered(n *manifest.Node) string {
	unrendered := n.Config.Unrendered
	if unrendered.Kind() != jsondoc.Object {
		return ""
	}
	for _, key := range k.names {
		v := unrendered.Get(key)
		if v.Kind() == jsondoc.String && Moves(v.Text()) {
			return key
		}
	}
	return ""
}

// InFile is the first of the keys that config() in n's file gives such an expression, or "". Before dbt 1.12 a manifest holds what
// config() in the file came to, and not what it says.
func (k Keys) InFile(n *manifest.Node) string {
	raw := n.Code().Raw()
	for {
		var found bool
		if _, raw, found = strings.Cut(raw, "config("); !found {
			return ""
		}
		call, _, _ := strings.Cut(raw, "}}")
		for _, argument := range k.argument.FindAllStringSubmatch(call, -1) {
			if Moves(argument[2]) {
				return argument[1]
			}
		}
	}
}

var (
	// dbt 1.12 writes an expression of a file as it stands, or where it is not simple, as Jinja's parser prints its tree.
	outside = regexp.MustCompile(`\btarget\b|\bvar\s*\(|\benv_var\s*\(|\bflags\b|Name\(name='(?:target|var|env_var|flags)'`)
	adapter = regexp.MustCompile(`\btarget\.type\b|Getattr\(node=Name\(name='target', ctx='load'\), attr='type'`) // the same in every environment
	literal = regexp.MustCompile(`^\s*(?:'[^']*'|\\?"[^"]*")\s*\)?\s*-?$`)                                        // also as it stands in a string of JSON
)

// Moves reports whether an expression reads more than itself.
func Moves(expression string) bool {
	return !literal.MatchString(expression) && outside.MatchString(expression) && outside.MatchString(adapter.ReplaceAllString(expression, ""))
}

var grants = NewKeys("grants")

// GrantsMove reports whether the grants of n's config are an expression over target, vars or the environment: then those of the
// manifest are those of one target.
func GrantsMove(n *manifest.Node) bool {
	if !n.Config.HasGrants {
		return false
	}
	switch v := n.Config.Unrendered.Get("grants"); v.Kind() {
	case jsondoc.String: // of config() in a file
		if strings.Contains(v.Text(), "Name(name=") { // a tree, whose names are texts
			return Moves(v.Text())
		}
		return tagMoves(jinja.Part{Kind: jinja.Expression, Text: v.Text()})
	case jsondoc.Object: // of YAML
		for it := v.Entries(); it.Next(); {
			if rolesMove(it.Value()) {
				return true
			}
		}
		return false
	}
	return grants.InFile(n) != ""
}

// rolesMove looks at the roles of one privilege: a text, or a list of them.
func rolesMove(v jsondoc.Value) bool {
	if v.Kind() == jsondoc.String {
		return TextMoves(v.Text())
	}
	for it := v.Items(); it.Next(); {
		if TextMoves(it.Value().Text()) {
			return true
		}
	}
	return false
}

// TextMoves reports whether a text, such as a hook, is rendered by what differs between targets.
func TextMoves(text string) bool { return slices.ContainsFunc(jinja.Scan(text), tagMoves) }

func tagMoves(p jinja.Part) bool {
	return slices.ContainsFunc(p.Paths(), func(path string) bool {
		root, _, _ := strings.Cut(path, ".")
		return path != "target.type" && slices.Contains([]string{"target", "var", "env_var", "flags"}, root)
	})
}
