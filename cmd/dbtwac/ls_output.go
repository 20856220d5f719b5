package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// line is what dbt ls prints of a node.
func line(n *manifest.Node, form string, keys []string) string {
	switch form {
	case "name":
		return searchName(n)
	case "path":
		return n.OriginalFilePath
	case "unique-id":
		return n.ID
	case "json":
		return jsonLine(n, keys)
	}
	switch n.Kind {
	case manifest.Source:
		return "source:" + n.Package + "." + n.SourceName + "." + n.Name
	case manifest.Exposure, manifest.Metric, manifest.SavedQuery, manifest.SemanticModel:
		return string(n.Kind) + ":" + n.Package + "." + n.Name
	case manifest.UnitTest:
		name := n.Package + "." + n.Name
		if n.Versioned() {
			name += "_v" + n.VersionText()
		}
		return "unit_test:" + name
	}
	return strings.Join(n.FQN, ".")
}

// searchName is the name by which dbt finds a node.
func searchName(n *manifest.Node) string {
	switch {
	case n.Kind == manifest.Source:
		return n.SourceName + "." + n.Name
	case n.Kind == manifest.Model && n.Versioned():
		return n.Name + ".v" + n.VersionText()
	}
	return n.Name
}

// usualKeys are those that dbt ls prints of a node when it is not told which. direct_parents is none of them here: dbt computes
// it and leaves it out of the manifest.
var usualKeys = []string{
	"alias", "name", "package_name", "depends_on", "tags", "config", "resource_type", "source_name", "original_file_path", "unique_id",
}

// jsonLine prints keys of a node as they stand in the manifest: in the order of keys, as dbt does, or else in that of the node.
func jsonLine(n *manifest.Node, keys []string) string {
	line := jsonObject{}
	for _, key := range keys {
		at, nested := n.Raw, strings.Contains(key, ".")
		for part := range strings.SplitSeq(key, ".") {
			at = at.Get(part)
		}
		// dbt prints a null of a key that it was asked for, and none of a key inside of another.
		if at.Raw() != "" && !(nested && at.Kind() == jsondoc.Missing) {
			line.add(key, at)
		}
	}
	if len(keys) == 0 {
		for it := n.Raw.Entries(); it.Next(); {
			if slices.Contains(usualKeys, it.Key()) {
				line.add(it.Key(), it.Value())
			}
		}
	}
	return line.String()
}

// jsonObject is an object on one line.
type jsonObject struct{ text bytes.Buffer }

func (o *jsonObject) add(key string, value jsondoc.Value) {
	if o.text.Len() > 0 {
		o.text.WriteByte(',')
	}
	quoted, _ := json.Marshal(key) // a string
	o.text.Write(append(quoted, ':'))
	_ = json.Compact(&o.text, []byte(value.Raw())) // found valid when the manifest was read
}

func (o *jsonObject) String() string { return "{" + o.text.String() + "}" }
