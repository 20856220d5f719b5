package strategy

import (
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// storage is that of a table where it is published. One that cannot be a clone of what is built is reported.
func (p *planner) storage(n *manifest.Node) plan.Storage {
	publish, known := naming.StorageOf(p.names.In(n, p.publish))
	build, alsoKnown := naming.StorageOf(p.names.In(n, p.build))
	if p.out.Rebuilt { // production is made by dbt: only backups are clones, and those are of production
		build, alsoKnown = publish, known
	}
	switch {
	case !known || !alsoKnown:
		p.errorf(NotAClone, p.deployment.Name, "say table_format: iceberg or table_format: default in its config, or exclude it",
			"%s is kept as its catalog says, which no manifest shows: whether it can be cloned is not known", n.ID)
	case publish != build && (publish != plan.Transient || build == plan.Iceberg):
		p.errorf(NotAClone, p.deployment.Name, "give it the same transient and table_format under both targets",
			"%s is %s in %s and %s in %s, and no %s table can be a clone of that", n.ID, build, p.build.Name.Value, publish, p.publish.Name.Value, publish)
	}
	return publish
}

// stored asserts that tables are kept as their config says: a permanent one can neither be cloned from, nor kept as a backup in,
// one that is transient.
func (p *planner) stored(tables []plan.Relation) []plan.Statement {
	if !p.wh.Can().Storages {
		return nil
	}
	var list []plan.Statement
	for _, storage := range []plan.Storage{plan.Permanent, plan.Iceberg, plan.Transient} {
		var of []plan.Relation
		for _, r := range tables {
			if r.Storage == storage {
				of = append(of, r)
			}
		}
		if len(of) == 0 {
			continue
		}
		if storage == plan.Transient {
			list = append(list, p.warnOf(p.wh.NotStored(storage, names(wereTables(of), production)), "these are permanent and become transient, without fail-safe, as their config says; a rollback does not make them permanent again: ",
				"does a permanent table become transient?"))
			continue
		}
		for _, side := range []struct {
			where string
			list  []plan.Relation
			name  func(plan.Relation) plan.Name
		}{{p.build.Name.Value, of, built}, {p.publish.Name.Value, wereTables(of), production}} {
			if side.where == p.build.Name.Value && p.out.Rebuilt {
				continue
			}
			list = append(list, p.assertNone(p.wh.NotStored(storage, names(side.list, side.name)),
				"dbtwac: not "+string(storage)+" in "+side.where+", as their config has it; let dbt make them anew there (--full-refresh): ", "what has to be "+string(storage)+" is so in "+side.where))
		}
	}
	return list
}

// clustered reports whether a table has a clustering that a copy would have to go on with.
func (p *planner) clustered(r plan.Relation) bool {
	n := p.project.Node(r.Node)
	if n == nil {
		return false
	}
	by := n.Config.Raw.Get("cluster_by").Raw()
	return by != "" && by != "null"
}

// recluster lets the clustering of a table go on, where it has one and a copy has suspended it.
func (p *planner) recluster(r plan.Relation) []plan.Statement {
	sql := p.wh.Recluster(r.Publish)
	if sql == "" || !p.clustered(r) {
		return nil
	}
	return []plan.Statement{{SQL: sql, Node: r.Node, Effect: plan.Replaces, Comment: "let the clustering of " + shown(r.Publish) + " go on, which a clone suspends", Undo: none("it goes with the table")}}
}
