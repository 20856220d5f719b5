package rule

import (
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
)

// Read are the relations that the node with the unique id reads, through ephemeral models, in the order of their unique ids: what
// dbt makes, and sources.
func (p *Pass) Read(id string) []*manifest.Node {
	start, ok := p.Project.Index(id)
	if !ok {
		return nil
	}
	found := naming.Read(p.Project, start)
	nodes := make([]*manifest.Node, len(found))
	for i, at := range found {
		nodes[i] = p.Project.Nodes[at]
	}
	return nodes
}

// IsForeign reports whether this project only reads n: a source, or a model of another dbt project, which has no file here.
func IsForeign(n *manifest.Node) bool {
	return n.Kind == manifest.Source || n.Kind == manifest.Model && n.Path == "" && n.OriginalFilePath == ""
}
