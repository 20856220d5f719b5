package rule

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
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

// In lists the relations inside that a text names by what is exchanged, as it names them, each once: by their database, or where
// schemas are exchanged by their schema. A name without a database is one of here's.
func (c Container) In(sql string, here config.Environment) []string {
	var list []string
	for _, name := range c.pass.Can.Lexis.Names(sql) {
		if name.Schema {
			continue
		}
		parts := name.Parts
		var shown string
		switch {
		case c.schemas[c.key(here.Database.Value, parts[0])]:
			shown = strings.Join(parts[:2], ".")
		case len(parts) > 2 && c.Holds(parts[0], parts[1]):
			shown = strings.Join(parts[:3], ".")
		default:
			continue
		}
		if !slices.Contains(list, shown) {
			list = append(list, shown)
		}
	}
	return list
}

func (c Container) key(database, schema string) plan.Schema {
	return plan.Schema{Database: c.pass.Fold(database), Schema: c.pass.Fold(schema)}
}
