package selection

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// matchConfig compares one value of the config (ConfigSelectorMethod). There are no wildcards. Text never equals a number, so a
// number can only be found by a selector of selectors.yml; true and false are found by their names.
func matchConfig(r *run, c *criterion) set {
	if len(c.args) == 0 {
		return r.newSet()
	}
	among := r.inNodes()
	among.or(r.of(manifest.Source))
	want := wanted{operand: c.value, severity: len(c.args) == 1 && c.args[0] == "severity", noDict: slices.Contains(noDicts, c.args[0])}
	upper := strings.ToUpper(c.value.printed())
	want.isTrue, want.isFalse = upper == "TRUE", upper == "FALSE"
	if len(c.args) == 1 && c.args[0] == "materialized" && c.value.str {
		return r.where(among, func(n *manifest.Node) bool {
			if n.Config.Materialized != "" {
				return n.Config.Materialized == c.value.text
			}
			v, ok := setting(n, c.args)
			return ok && want.in(v)
		})
	}
	return r.where(among, func(n *manifest.Node) bool {
		v, ok := setting(n, c.args)
		return ok && want.in(v)
	})
}

// noDicts are the settings that are objects to dbt: no object in a selectors.yml equals one. Their members
// are compared like those of any other.
var noDicts = []string{"contract", "docs", "freshness", "latest_version_pointer", "snapshot_meta_column_names"}

// dictMethods are keys of a dict such as meta that dbt cannot reach: Python finds the method with that name instead.
var dictMethods = []string{"clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"}

// setting descends into a node's config; false where a nested key is missing. A missing key at the top has dbt's default.
func setting(n *manifest.Node, path []string) (jsondoc.Value, bool) {
	if path[0] == "pre-hook" || path[0] == "post-hook" {
		return jsondoc.Value{}, len(path) == 1 // only the manifest has them under these names; to dbt nothing is set
	}
	v := n.Config.Raw.Get(path[0])
	standard := defaults(n.Kind).Get(path[0])
	if v == (jsondoc.Value{}) {
		v, standard = standard, jsondoc.Value{}
	}
	for _, key := range path[1:] {
		if slices.Contains(dictMethods, key) {
			return jsondoc.Value{}, false
		}
		next := v.Get(key)
		standard = standard.Get(key)
		if next == (jsondoc.Value{}) {
			next, standard = standard, jsondoc.Value{}
		}
		if next == (jsondoc.Value{}) {
			return next, false
		}
		v = next
	}
	return v, true
}

// wanted is the value of a criterion.
type wanted struct {
	operand
	severity        bool // case does not count
	noDict          bool // it is looked for among what is no dict to dbt
	isTrue, isFalse bool // it says so, in any case
}

// in reports whether a setting is the value, or a list that holds it.
func (w *wanted) in(v jsondoc.Value) bool {
	if v.Kind() != jsondoc.Array {
		return w.is(v) || v.Kind() == jsondoc.Bool && (w.isTrue && v.Raw() == "true" || w.isFalse && v.Raw() == "false")
	}
	for it := v.Items(); it.Next(); {
		if w.is(it.Value()) || w.isTrue && number(it.Value()) == 1 || w.isFalse && number(it.Value()) == 0 {
			return true
		}
	}
	return false
}

func (w *wanted) is(v jsondoc.Value) bool {
	switch {
	case w.noDict && v.Kind() == jsondoc.Object:
		return false
	case w.severity:
		return v.Kind() == jsondoc.String && strings.EqualFold(v.Text(), w.printed())
	case w.str:
		return v.Kind() == jsondoc.String && v.Text() == w.text
	}
	return equal(w.json, v)
}

// none is no number that a manifest could hold.
const none = -0.123456789

// number returns what Python compares a value as: true is 1.
func number(v jsondoc.Value) float64 {
	switch v.Kind() {
	case jsondoc.Bool:
		if v.Raw() == "true" {
			return 1
		}
		return 0
	case jsondoc.Number:
		if f, err := strconv.ParseFloat(v.Raw(), 64); err == nil {
			return f
		}
	}
	return none
}

// equal is Python's == over JSON values: 1, 1.0 and true are one, the order of keys does not count, and a missing value is null.
func equal(a, b jsondoc.Value) bool {
	ka, kb := a.Kind(), b.Kind()
	numeric := func(k jsondoc.Kind) bool { return k == jsondoc.Number || k == jsondoc.Bool }
	switch {
	case numeric(ka) && numeric(kb):
		return a.Raw() == b.Raw() || number(a) == number(b)
	case ka != kb:
		return false
	case ka == jsondoc.String:
		return a.Raw() == b.Raw() || a.Text() == b.Text()
	case ka == jsondoc.Array:
		return equalLists(a, b)
	case ka == jsondoc.Object:
		return equalObjects(a, b)
	}
	return true
}

func equalLists(a, b jsondoc.Value) bool {
	if a.Raw() == b.Raw() {
		return true
	}
	i, j := a.Items(), b.Items()
	for i.Next() {
		if !j.Next() || !equal(i.Value(), j.Value()) {
			return false
		}
	}
	return !j.Next()
}

func equalObjects(a, b jsondoc.Value) bool {
	if a.Raw() == b.Raw() {
		return true
	}
	if length(a) != length(b) {
		return false
	}
	for it := a.Entries(); it.Next(); {
		if !has(b, it.Key()) || !equal(it.Value(), b.Get(it.Key())) {
			return false
		}
	}
	return true
}
