package rule

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

// BuildSide knows the relations that only the build side of a deployment has.
type BuildSide struct {
	pass       *Pass
	deployment plan.Deployment
	publish    config.Environment
	built      map[plan.Name]bool // by any build, not only by this deployment's
	production map[plan.Name]bool // made when something is found: it is seldom needed
}

// BuildSide makes the BuildSide of a deployment.
func (p *Pass) BuildSide(d plan.Deployment) *BuildSide {
	build, publish := p.Sides(d)
	b := &BuildSide{pass: p, deployment: d, publish: publish, built: map[plan.Name]bool{}}
	for _, n := range p.Project.Nodes {
		if !naming.IsWritten(n) {
			continue
		}
		if key, known := p.KeyOf(n, build); known {
			b.built[key] = true
		}
	}
	return b
}

// In lists the relations of the build side alone that a text names, as it names them: schema.identifier, each once. A name without
// a database is looked for where the publish environment looks.
func (b *BuildSide) In(sql string) []string {
	var list []string
	for _, name := range b.pass.Can.Lexis.Names(sql) {
		if name.Schema {
			continue
		}
		for _, key := range b.pass.keys(name, b.publish) {
			if b.built[key] && !b.isProduction(key) {
				if shown := key.Schema + "." + key.Identifier; !slices.Contains(list, shown) {
					list = append(list, shown)
				}
			}
		}
	}
	return list
}

// keys are the relations that a qualified name may mean: the last part may be a column.
func (p *Pass) keys(name sqltext.Name, here config.Environment) []plan.Name {
	n := name.Parts
	keys := []plan.Name{p.Key(plan.Name{Database: here.Database.Value, Schema: n[0], Identifier: n[1]})}
	if len(n) > 2 {
		keys = append(keys, p.Key(plan.Name{Database: n[0], Schema: n[1], Identifier: n[2]}))
	}
	return keys
}

// isProduction reports whether readers find something else under the name: then the text may well mean that.
func (b *BuildSide) isProduction(key plan.Name) bool {
	if b.production == nil {
		b.production = map[plan.Name]bool{}
		for _, n := range b.pass.Project.Nodes {
			switch {
			case n.Kind == manifest.Source:
				name := naming.OfSource(n, b.publish)
				b.production[b.pass.Key(plan.Name{Database: name.Database, Schema: name.Schema, Identifier: name.Identifier})] = true
			case naming.IsWritten(n):
				if there, known := b.pass.KeyOf(n, b.publish); known {
					b.production[there] = true
				}
			}
		}
		for _, r := range b.deployment.Scope {
			b.production[b.pass.Key(r.Publish)] = true
		}
	}
	return b.production[key]
}
