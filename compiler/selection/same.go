package selection

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// comparison compares the project's nodes with those of an earlier manifest, as dbt does with its flag
// state_modified_compare_more_unrendered_values set, which is the default since 1.12 (core/dbt/contracts/graph/nodes.py).
type comparison struct {
	*run
	at     source.Span
	before *manifest.Manifest
	off    map[string]*manifest.Node // of the earlier manifest: nodes that stood there disabled
	macros map[string]bool           // the changed macros and those that call them, however indirectly
}

// check returns the test of a value of state:, given the old node or nil and the new one; nil for a value that dbt does not know.
func (c *comparison) check(value string) func(before, n *manifest.Node) bool {
	switch value {
	case "new":
		return func(before, _ *manifest.Node) bool { return before == nil }
	case "old":
		return func(before, _ *manifest.Node) bool { return before != nil }
	case "modified":
		return c.modified
	case "unmodified":
		return func(before, n *manifest.Node) bool { return !c.modified(before, n) }
	case "modified.body":
		return unless(hasCode, sameBody)
	case "modified.configs":
		return unless(hasConfig, sameConfig)
	case "modified.persisted_descriptions":
		return unless(hasCode, samePersistedDescription)
	case "modified.relation":
		return unless(func(n *manifest.Node) bool { return hasCode(n) || n.Kind == manifest.Source }, sameRelation)
	case "modified.macros":
		return func(_, n *manifest.Node) bool { return c.macrosChanged(n) }
	case "modified.contract":
		return unless(hasCode, c.sameContract)
	}
	return nil
}

// unless makes the test of a part: true where the part differs or there was no such node, false for a kind without the part.
func unless(applies func(*manifest.Node) bool, same func(before, n *manifest.Node) bool) func(before, n *manifest.Node) bool {
	return func(before, n *manifest.Node) bool { return applies(n) && (before == nil || !same(before, n)) }
}

// hasCode reports whether n is one of dbt's parsed nodes: the members of `nodes`, and functions.
func hasCode(n *manifest.Node) bool {
	switch n.Kind {
	case manifest.Source, manifest.Exposure, manifest.Metric, manifest.SemanticModel, manifest.SavedQuery, manifest.UnitTest:
		return false
	}
	return true
}

func hasConfig(n *manifest.Node) bool { return n.Kind != manifest.UnitTest }

// modified is state:modified. What a new node is depends on its kind: models and tests count as modified, sources, exposures and
// the like do not.
func (c *comparison) modified(before, n *manifest.Node) bool {
	contract := n.Kind != manifest.Model || before == nil || c.sameContract(before, n)
	return !contract || !sameContents(before, n) || c.macrosChanged(n)
}

// sameContents is dbt's same_contents of each kind, but for a model's contract.
func sameContents(before, n *manifest.Node) bool {
	if before == nil {
		return !hasCode(n) && n.Kind != manifest.UnitTest
	}
	switch n.Kind {
	case manifest.Test:
		if generic(n) {
			return sameConfig(before, n) && slices.Equal(n.FQN, before.FQN)
		}
	case manifest.UnitTest:
		return n.Checksum == before.Checksum
	case manifest.Source:
		return sameRelation(before, n) && slices.Equal(n.FQN, before.FQN) && sameConfig(before, n) &&
			sameFields(before, n, "quoting", "freshness", "loaded_at_field", "external")
	case manifest.Exposure:
		return slices.Equal(n.FQN, before.FQN) && sameConfig(before, n) && sameMembers(n.Parents, before.Parents) &&
			sameFields(before, n, "type", "owner", "maturity", "url", "label") && sameText(before, n, "description")
	case manifest.Metric:
		return sameFields(before, n, "type", "label") && sameText(before, n, "description") && sameConfig(before, n)
	case manifest.SemanticModel:
		return sameFields(before, n, "model", "description", "defaults", "entities", "dimensions", "measures", "primary_entity", "group") &&
			sameConfig(before, n)
	case manifest.SavedQuery:
		return sameSavedQuery(before, n)
	}
	same := sameBody(before, n) && sameConfig(before, n) && samePersistedDescription(before, n) && slices.Equal(n.FQN, before.FQN) && sameRelation(before, n)
	switch n.Kind {
	case manifest.Model:
		// A change of these three may break those that refer to the model.
		return same && equal(n.LatestVersion, before.LatestVersion) && n.Access == before.Access && sameFields(before, n, "deprecation_date")
	case manifest.Function:
		return same && sameFields(before, n, "arguments", "returns") && sameOverloads(before, n)
	}
	return same
}

func generic(n *manifest.Node) bool { return n.Raw.Get("test_metadata").Kind() == jsondoc.Object }

// sameBody compares the code as written. Of a seed it compares the hash; a hash of kind "none" equals nothing.
func sameBody(before, n *manifest.Node) bool {
	if n.Kind != manifest.Seed {
		was := before.Code()
		if was.Kind() == jsondoc.Missing {
			was = before.Raw.Get("raw_code")
		}
		return n.RawCode() == was.Text()
	}
	kind := n.Raw.Get("checksum").Get("name").Text()
	return kind != "none" && kind == before.Raw.Get("checksum").Get("name").Text() && n.Checksum == before.Checksum
}

// notCompared are the configs that make no difference in same_config: the first three are compared as the relation.
var notCompared = map[manifest.Kind][]string{
	manifest.Source:   nil,
	manifest.Exposure: nil,
	manifest.Metric:   {"group"},
}

var nodeNotCompared = []string{"alias", "schema", "database", "tags", "group"}

// testCompared are the only configs that count of a test, generic or singular.
var testCompared = []string{"severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as", "sql_header"}

// sameConfig compares configs as they were written, before Jinja; those of semantic models and saved queries as they are.
func sameConfig(before, n *manifest.Node) bool {
	a, b := n.Raw.Get("unrendered_config"), before.Raw.Get("unrendered_config")
	switch n.Kind {
	case manifest.SemanticModel, manifest.SavedQuery:
		return alike(n.Config.Raw, before.Config.Raw)
	case manifest.Test:
		for _, key := range testCompared {
			if !sameKey(a, b, key) {
				return false
			}
		}
		return true
	}
	skipped, special := notCompared[n.Kind]
	if !special {
		skipped = nodeNotCompared
	}
	for _, v := range []jsondoc.Value{a, b} {
		for it := v.Entries(); it.Next(); {
			if key := it.Key(); !slices.Contains(skipped, key) && !sameKey(a, b, key) {
				return false
			}
		}
	}
	return true
}

func sameKey(a, b jsondoc.Value, key string) bool {
	return has(a, key) == has(b, key) && equal(a.Get(key), b.Get(key))
}

// sameRelation compares how database, schema and alias are configured, not what they come to. A source has them as written.
func sameRelation(before, n *manifest.Node) bool {
	if n.Kind == manifest.Source {
		return sameFields(before, n, "unrendered_database", "unrendered_schema", "identifier")
	}
	a, b := n.Raw.Get("unrendered_config"), before.Raw.Get("unrendered_config")
	for _, key := range []string{"database", "schema", "alias"} {
		if !equal(a.Get(key), b.Get(key)) {
			return false
		}
	}
	return true
}

// samePersistedDescription compares the descriptions that persist_docs writes to the warehouse.
func samePersistedDescription(before, n *manifest.Node) bool {
	if n.Kind == manifest.Test {
		return true // no persist_docs among their configs
	}
	persist := n.Config.Raw.Get("persist_docs")
	if truthy(persist.Get("relation")) && !sameText(before, n, "description") {
		return false
	}
	if !truthy(persist.Get("columns")) {
		return true
	}
	a, b := n.Raw.Get("columns"), before.Raw.Get("columns")
	if length(a) != length(b) {
		return false
	}
	for it := a.Entries(); it.Next(); {
		if !has(b, it.Key()) || it.Value().Get("description").Text() != b.Get(it.Key()).Get("description").Text() {
			return false
		}
	}
	return true
}

func sameSavedQuery(before, n *manifest.Node) bool {
	a, b := n.Raw.Get("query_params"), before.Raw.Get("query_params")
	for _, key := range []string{"metrics", "group_by", "where"} {
		if !alike(a.Get(key), b.Get(key)) {
			return false
		}
	}
	if !sameFields(before, n, "description", "label", "group", "tags") || !sameConfig(before, n) {
		return false
	}
	return sameItems(n.Raw.Get("exports"), before.Raw.Get("exports"), func(x, y jsondoc.Value) bool {
		if x.Get("name").Text() != y.Get("name").Text() {
			return false
		}
		for _, key := range []string{"export_as", "schema", "alias"} {
			if !equal(x.Get("unrendered_config").Get(key), y.Get("unrendered_config").Get(key)) {
				return false
			}
		}
		return true
	})
}

func sameOverloads(before, n *manifest.Node) bool {
	return sameItems(n.Raw.Get("overloads"), before.Raw.Get("overloads"), func(x, y jsondoc.Value) bool {
		for _, key := range []string{"defined_in", "arguments", "returns", "raw_body"} {
			if !alike(x.Get(key), y.Get(key)) {
				return false
			}
		}
		return true
	})
}

func sameItems(a, b jsondoc.Value, same func(x, y jsondoc.Value) bool) bool {
	i, j := a.Items(), b.Items()
	for i.Next() {
		if !j.Next() || !same(i.Value(), j.Value()) {
			return false
		}
	}
	return !j.Next()
}

// sameFields compares fields of the nodes as dbt's classes hold them.
func sameFields(before, n *manifest.Node, keys ...string) bool {
	for _, key := range keys {
		if !alike(n.Raw.Get(key), before.Raw.Get(key)) {
			return false
		}
	}
	return true
}

// sameText compares a field that is empty where it is not set.
func sameText(before, n *manifest.Node, key string) bool {
	return n.Raw.Get(key).Text() == before.Raw.Get(key).Text()
}

func sameMembers(a, b []string) bool {
	in := func(list []string) func(string) bool {
		return func(s string) bool { return !slices.Contains(list, s) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

// alike is equal for the fields of a class, where a key that is not there and null are one.
func alike(a, b jsondoc.Value) bool {
	switch {
	case a.Kind() == jsondoc.Object && b.Kind() == jsondoc.Object:
		for it := a.Entries(); it.Next(); {
			if !alike(it.Value(), b.Get(it.Key())) {
				return false
			}
		}
		for it := b.Entries(); it.Next(); {
			if !has(a, it.Key()) && it.Value().Kind() != jsondoc.Missing {
				return false
			}
		}
		return true
	case a.Kind() == jsondoc.Array && b.Kind() == jsondoc.Array:
		return sameItems(a, b, alike)
	}
	return equal(a, b)
}
