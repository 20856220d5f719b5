package rule

import (
	"slices"

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
	seen := map[int32]bool{}
	var found []int32
	stack := slices.Clone(p.Project.Graph.Parents[start])
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		switch n := p.Project.Nodes[i]; {
		case naming.IsRelation(n) || n.Kind == manifest.Source:
			found = append(found, i)
		case n.Kind == manifest.Model:
			stack = append(stack, p.Project.Graph.Parents[i]...)
		}
	}
	slices.Sort(found)
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
