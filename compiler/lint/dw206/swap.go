package dw206

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// staying lists the views whose text names what a swap exchanges, with what they read by such names. Where views follow their
// tables, a swap plans nothing for them, and nobody asks.
func staying(p *rule.Pass, d plan.Deployment) []string {
	container := p.Container(d)
	found := p.InScope(d, func(r plan.Relation, n *manifest.Node) bool {
		return rule.IsView(r) && len(named(p, d, container, n)) > 0
	})
	for i, id := range found {
		found[i] = id + " (reads " + strings.Join(named(p, d, container, p.Project.Node(id)), " and ") + ")"
	}
	return found
}

// named lists the relations inside the container that the text of a view names by what is exchanged. One side's text is like the
// other's; without any the names are those that dbt's ref prints. What the written ref will leave out does not count, although a
// manifest from before it was written still has it.
func named(p *rule.Pass, d plan.Deployment, container rule.Container, view *manifest.Node) []string {
	build, publish := p.Sides(d)
	var list, free []string // free are left out by the written ref, under either target
	for _, parent := range p.Read(view.ID) {
		if rule.IsForeign(parent) { // sources in the container are DW204's
			continue
		}
		for _, e := range []config.Environment{publish, build} {
			name, err := p.Names.Of(parent, e)
			shown := name.Database + "." + name.Schema + "." + name.Identifier
			switch {
			case err != nil || !container.Holds(name.Database, name.Schema):
			case leavesOut(p, d, view, name.Database, e):
				free = append(free, p.Fold(shown))
			case e.Name.Value == publish.Name.Value:
				list = append(list, shown)
			}
		}
	}
	for _, e := range []config.Environment{publish, build} {
		if sql, ok := p.Names.Compiled(view, e); ok && strings.TrimSpace(sql) != "" {
			return slices.DeleteFunc(container.In(sql, e), func(shown string) bool { return slices.Contains(free, p.Fold(shown)) })
		}
	}
	return list
}

// leavesOut reports whether the written ref prints a relation of a database without that in a view: where it, the view and the
// target are of one database that is swapped.
func leavesOut(p *rule.Pass, d plan.Deployment, view *manifest.Node, database string, e config.Environment) bool {
	name, err := p.Names.Of(view, e)
	return p.Config.Macros.Ref && p.Asked(d).Swap == config.SwapDatabase && err == nil &&
		p.Fold(name.Database) == p.Fold(database) && p.Fold(e.Database.Value) == p.Fold(database)
}

func wayOut(p *rule.Pass, d plan.Deployment) string {
	hint := "say views: rebuild or views: recreate, which make them again behind the swap"
	switch {
	case p.Asked(d).Swap != config.SwapDatabase:
		return hint
	case p.Config.Macros.Ref:
		return hint + "; or write ref() in place of the name, in a view that is built in the target's own database"
	}
	return hint + "; or let ref leave the database out of their text: macros: {ref: true}"
}
