package naming

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// Read lists the positions of the relations that the node at a position reads, through ephemeral models: what dbt makes, and sources.
// They are in the order of their unique ids.
func Read(p *project.Project, start int) []int32 {
	seen := map[int32]bool{}
	var found []int32
	stack := slices.Clone(p.Graph.Parents[start])
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		switch n := p.Nodes[i]; {
		case IsRelation(n) || n.Kind == manifest.Source:
			found = append(found, i)
		case n.Kind == manifest.Model:
			stack = append(stack, p.Graph.Parents[i]...)
		}
	}
	slices.Sort(found)
	return found
}
