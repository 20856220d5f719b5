package rule

import (
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// Container is what a swap exchanges: databases, or schemas.
type Container struct {
	pass      *Pass
	schemas   map[plan.Schema]bool
	databases map[string]bool
}

// Container makes the Container of a deployment that swaps: both sides.
func (p *Pass) Container(d plan.Deployment) Container {
	c := Container{p, map[plan.Schema]bool{}, map[string]bool{}}
	for _, s := range d.Swaps {
		for _, side := range []plan.Schema{s.Build, s.Publish} {
			if side.Schema == "" {
				c.databases[p.Fold(side.Database)] = true
			} else {
				c.schemas[c.key(side.Database, side.Schema)] = true
			}
		}
	}
	return c
}

// Holds reports whether a schema, by unquoted identifiers, is part of it.
func (c Container) Holds(database, schema string) bool {
	key := c.key(database, schema)
	return c.databases[key.Database] || c.schemas[key]
}

func (c Container) key(database, schema string) plan.Schema {
	return plan.Schema{Database: c.pass.Fold(database), Schema: c.pass.Fold(schema)}
}
