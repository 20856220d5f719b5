// Package rule holds the types of a check: what it is given and what it gives back.
package rule

import (
	"slices"
	"sync"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/ignore"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// Pass is what a rule may look at. Rules do not change it.
type Pass struct {
	Project *project.Project
	Config  *config.Config
	Plan    plan.Plan
	Names   *naming.Namer
	Ignored *ignore.List // a rule asks it before it names nodes in a warning or a note

	// What the warehouse says: see warehouse.Warehouse.
	Can        warehouse.Can
	Fold       func(identifier string) string
	CarriesSQL func(sql string) error

	written sync.Map // of each deployment, by name: see Written
}

// Rule is one check: its document and one function.
type Rule struct {
	Doc diag.Doc
	Run func(*Pass) diag.List
}

// Deployment returns the place of a deployment in dbtwac.yml.
func (p *Pass) Deployment(name string) config.Text {
	for _, d := range p.Config.Deployments {
		if d.Name.Value == name {
			return d.Name
		}
	}
	return config.Text{}
}

// Key is a name under which the warehouse finds one relation.
func (p *Pass) Key(n plan.Name) plan.Name {
	return plan.Name{Database: p.Fold(n.Database), Schema: p.Fold(n.Schema), Identifier: p.Fold(n.Identifier)}
}

// KeyOf is the key of a node's name under an environment; known is false where the name cannot be told.
func (p *Pass) KeyOf(n *manifest.Node, e config.Environment) (key plan.Name, known bool) {
	name, err := p.Names.Of(n, e)
	return p.Key(plan.Name{Database: name.Database, Schema: name.Schema, Identifier: name.Identifier}), err == nil
}

// Written is a node that a build makes a relation of.
type Written struct {
	*manifest.Node
	Key   plan.Name // under the build environment
	Known bool      // false: the name cannot be told
}

// Written are the nodes that the build steps of a deployment make relations of, but the copies of mirrors (DW306), in the order of their unique ids. Several rules
// ask for them, at the same time, and the first makes them.
func (p *Pass) Written(d plan.Deployment) []Written {
	once, _ := p.written.LoadOrStore(d.Name, sync.OnceValue(func() []Written { return p.findWritten(d) }))
	return once.(func() []Written)()
}

func (p *Pass) findWritten(d plan.Deployment) []Written {
	environment, _ := p.Config.Environment(d.Build.Name)
	var nodes []Written
	build, _ := d.Phase(plan.Build)
	for _, a := range build.Actions {
		if a.Step == nil {
			continue
		}
		nodes = slices.Grow(nodes, len(a.Step.Selected))
		for _, id := range a.Step.Selected {
			if n := p.Project.Node(id); n != nil && naming.IsWritten(n) && !IsForeign(n) && !p.Project.IsMade(n) {
				key, known := p.KeyOf(n, environment)
				nodes = append(nodes, Written{n, key, known})
			}
		}
	}
	return nodes
}
