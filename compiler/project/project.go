// Package project is the dbt project as dbtwac sees it: the manifest without what dbtwac itself wrote into it before, and with
// what this compile will write.
//
// That is what makes compile a fixed point. Naming, selection, planning, checks and jobs see only the Project, so the answer is
// the same before and after dbt has parsed the emitted files. The package does not select, name or plan.
package project

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// Project is the graph that everything after loading works on. It is immutable.
type Project struct {
	Manifest *manifest.Manifest // as read: metadata, selectors, disabled nodes

	Nodes  []*manifest.Node // members of the graph, in the order of their unique ids
	Graph  manifest.Graph   // over Nodes
	Macros []*manifest.Macro

	index map[string]int
	made  map[string]bool // unique ids
}

// Build makes the Project of a manifest. owned tells whether dbtwac wrote the file at a path relative to the root package
// (a node's or a macro's original_file_path), now or in an earlier compile; macros and nodes are those that this compile will write.
func Build(m *manifest.Manifest, owned func(path string) bool, macros []*manifest.Macro, nodes []*manifest.Node) *Project {
	p := &Project{Manifest: m, Nodes: m.Nodes, Graph: m.Graph, index: m.IndexMap(), made: map[string]bool{}}
	for _, macro := range m.Macros {
		if macro.Package != m.Metadata.Project || !owned(macro.OriginalFilePath) {
			p.Macros = append(p.Macros, macro)
		}
	}
	p.Macros = append(p.Macros, macros...)

	isOwned := func(n *manifest.Node) bool { return n.Package == m.Metadata.Project && owned(n.OriginalFilePath) }
	if len(nodes) == 0 && !slices.ContainsFunc(m.Nodes, isOwned) {
		return p
	}
	p.Nodes = slices.DeleteFunc(slices.Clone(m.Nodes), isOwned)
	for _, n := range nodes {
		p.made[n.ID] = true
	}
	// A file that is about to be written takes the place of what stands there, whoever has written that: DW503 is about it.
	p.Nodes = slices.DeleteFunc(p.Nodes, func(n *manifest.Node) bool { return p.made[n.ID] })
	p.Nodes = append(p.Nodes, nodes...)
	slices.SortFunc(p.Nodes, func(a, b *manifest.Node) int { return strings.Compare(a.ID, b.ID) })
	p.index = make(map[string]int, len(p.Nodes))
	for i, n := range p.Nodes {
		p.index[n.ID] = i
	}
	p.Graph = manifest.Relink(p.Nodes, p.index)
	return p
}

// Without is the Project of a manifest as it was before dbtwac wrote into it: what it owns is gone, and what read that reads what that
// has read.
func Without(m *manifest.Manifest, owned func(path string) bool) *Project {
	gone := map[string]*manifest.Node{}
	for _, n := range m.Nodes {
		if n.Package == m.Metadata.Project && owned(n.OriginalFilePath) {
			gone[n.ID] = n
		}
	}
	p := Build(m, owned, nil, nil)
	if len(gone) == 0 {
		return p
	}
	for i, n := range p.Nodes {
		if !slices.ContainsFunc(n.Parents, func(id string) bool { return gone[id] != nil }) {
			continue
		}
		before := *n
		before.Parents = nil
		for _, id := range n.Parents {
			if copied := gone[id]; copied != nil { // a copy reads sources alone
				before.Parents = append(before.Parents, copied.Parents...)
			} else {
				before.Parents = append(before.Parents, id)
			}
		}
		p.Nodes[i] = &before
	}
	p.Graph = manifest.Relink(p.Nodes, p.index)
	return p
}

// IsMade reports whether dbtwac writes n itself: a model of a mirror, or a test of one.
func (p *Project) IsMade(n *manifest.Node) bool { return p.made[n.ID] }

// With returns the Project with more macros that this compile will write: those that only a plan tells.
func (p *Project) With(emitted []*manifest.Macro) *Project {
	with := *p
	with.Macros = append(slices.Clone(p.Macros), emitted...)
	return &with
}

// Name is the root package's name.
func (p *Project) Name() string { return p.Manifest.Metadata.Project }

// Node returns the graph's member with the unique id, or nil.
func (p *Project) Node(id string) *manifest.Node {
	if i, ok := p.index[id]; ok {
		return p.Nodes[i]
	}
	return nil
}

// Index returns the position in Nodes of the member with the unique id.
func (p *Project) Index(id string) (int, bool) {
	i, ok := p.index[id]
	return i, ok
}
