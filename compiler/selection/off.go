package selection

import (
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// old returns the node that had a unique id before, or nil. A node that stood in the earlier manifest with enabled: false, such
// as a test of a disabled model, was no member of its graph but is not new either.
func (c *comparison) old(id string) *manifest.Node {
	if n := c.before.Node(id); n != nil {
		return n
	}
	if c.off == nil {
		c.off = disabledInPlace(c.before)
	}
	return c.off[id]
}

// disabledInPlace reads what the loader dropped from a manifest, as far as comparisons ask for it.
func disabledInPlace(m *manifest.Manifest) map[string]*manifest.Node {
	off := map[string]*manifest.Node{}
	root, fault := jsondoc.Open(m.File)
	if fault != nil {
		return off
	}
	for _, section := range []string{"nodes", "sources", "semantic_models", "saved_queries", "unit_tests", "functions", "metrics"} {
		if section == "metrics" && m.Metadata.Schema < 10 {
			continue // dbt cannot read them back
		}
		for it := root.Get(section).Entries(); it.Next(); {
			if id := it.Key(); m.Node(id) == nil {
				off[id] = disabledNode(id, it.Value())
			}
		}
	}
	return off
}

func disabledNode(id string, v jsondoc.Value) *manifest.Node {
	n := &manifest.Node{ID: id, Kind: manifest.Kind(v.Get("resource_type").Text()), Raw: v, Access: v.Get("access").Text(), LatestVersion: v.Get("latest_version")}
	n.Config.Raw = v.Get("config")
	n.FQN, _ = v.Get("fqn").Strings()
	n.Parents, _ = v.Get("depends_on").Get("nodes").Strings()
	if n.Checksum, _ = v.Get("checksum").Str(); n.Checksum == "" {
		n.Checksum = v.Get("checksum").Get("checksum").Text()
	}
	if n.Kind == manifest.Model && n.Access == "" {
		n.Access = "protected"
	}
	return n
}
