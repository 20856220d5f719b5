// Package project is the dbt project as dbtwac sees it: the manifest without what dbtwac itself wrote into it before, and with
// what this compile will write.
//
// That is what makes compile a fixed point. Naming, selection, planning, checks and jobs see only the Project, so the answer is
// the same before and after dbt has parsed the emitted files. The package does not select, name or plan.
package project

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// Project is the graph that everything after loading works on. It is immutable.
type Project struct {
	Manifest *manifest.Manifest // as read: metadata, selectors, disabled nodes

	Nodes  []*manifest.Node // members of the graph, in the order of their unique ids
	Graph  manifest.Graph   // over Nodes
	Macros []*manifest.Macro

	index map[string]int
}

// Build makes the Project of a manifest. owned tells whether dbtwac wrote the file at a path relative to the root package
// (a node's or a macro's original_file_path), now or in an earlier compile; emitted are the macros that this compile will write.
func Build(m *manifest.Manifest, owned func(path string) bool, emitted []*manifest.Macro) *Project {
	p := &Project{Manifest: m, Nodes: m.Nodes, Graph: m.Graph, index: m.IndexMap()}
	for _, macro := range m.Macros {
		if macro.Package != m.Metadata.Project || !owned(macro.OriginalFilePath) {
			p.Macros = append(p.Macros, macro)
		}
	}
	p.Macros = append(p.Macros, emitted...)
	return p
}

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
