package mirror

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// Reader is a node that reads mirrored sources and not their copies.
type Reader struct {
	Node    *manifest.Node
	Sources []string // unique ids
}

// Readers are the nodes that still read sources of a mirror, in the order of their unique ids. The copies are none, nor are the
// tests of the sources themselves. An exposure only describes what somebody else reads.
func Readers(p *project.Project, m plan.Mirror) []Reader {
	mirrored := map[string]bool{}
	arguments := map[[2]string]string{}
	for _, c := range m.Models {
		mirrored[c.Source] = true
		arguments[c.Arguments] = c.Source
	}
	own := map[*manifest.Node]bool{}
	for id, tests := range testsOfSources(p) {
		for _, n := range tests {
			own[n] = own[n] || mirrored[id]
		}
	}
	var list []Reader
	for _, n := range p.Nodes {
		if p.IsMade(n) || own[n] || n.Kind == manifest.Exposure {
			continue
		}
		r := Reader{Node: n}
		for _, id := range n.Parents {
			if mirrored[id] {
				r.Sources = append(r.Sources, id)
			}
		}
		if n.Kind == manifest.UnitTest { // it depends on its model alone, and names what that reads
			r.Sources = given(n, arguments)
		}
		if len(r.Sources) > 0 {
			list = append(list, r)
		}
	}
	return list
}

// given are the sources that the inputs of a unit test stand for.
func given(n *manifest.Node, arguments map[[2]string]string) []string {
	var ids []string
	for it := n.Raw.Get("given").Items(); it.Next(); {
		input := it.Value().Get("input").Text()
		found := callsIn(input)
		if len(found) == 1 {
			if id, ok := arguments[found[0]]; ok && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
