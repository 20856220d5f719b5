package manifest

import (
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Made reads nodes that no dbt has listed yet, from a document of the form of a manifest's `nodes`, as a dbt like that of meta would
// have written them. It takes the document's word for everything: who made it has checked what it is made of.
func Made(file *source.File, meta Metadata) []*Node {
	root, fault := jsondoc.Open(file)
	if fault != nil {
		return nil
	}
	l := &loader{m: &Manifest{File: file, Metadata: meta}}
	for it := root.Entries(); it.Next(); {
		p := parser{loader: l, section: "nodes", id: it.Key(), key: it.KeyValue()}
		p.node(&it, "")
	}
	return l.m.Nodes
}
