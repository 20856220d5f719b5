// Package rule holds the types of a check: what it is given and what it gives back.
package rule

import (
	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/ignore"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// Pass is what a rule may look at. Rules do not change it.
type Pass struct {
	Project *project.Project
	Config  *config.Config
	Plan    plan.Plan
	Names   *naming.Namer
	Ignored *ignore.List                   // a rule asks it before it names nodes in a warning or a note
	Fold    func(identifier string) string // the form under which the warehouse takes two identifiers for one
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
