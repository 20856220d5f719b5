package strategy

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// rollbackGroup is the undos of the publish in reverse, behind the question whether there is something to take back.
func (p *planner) rollbackGroup(publish []plan.Action) *plan.Group {
	g := p.group(plan.Rollback, p.connection, 2*len(p.out.Scope)+8)
	g.Statements = append(g.Statements, p.lockLedger()...)
	if len(p.out.Swaps) > 0 {
		g.Statements = append(g.Statements, p.unswappable()...)
	} else {
		g.Statements = append(g.Statements, p.restorable("there is a publish to take back"))
	}
	g.Statements = append(g.Statements, p.generation(warehouse.Published))
	if len(p.out.Swaps) == 0 {
		if !p.wh.Can().Transactions {
			g.Statements = append(g.Statements, p.assert("", "not "+p.wh.BackedUpSince(p.out.State, p.out.Name),
				p.wh.Literal("dbtwac: a later publish, which failed before it began, has replaced the backups of the latest one: it cannot be taken back any more"), "the backups are those of this publish"))
		}
		g.Statements = append(g.Statements, p.sameMethod()...)
		g.Statements = append(g.Statements, p.sameScope())
	}
	g.Statements = append(g.Statements, p.written()...)
	if !p.out.Rebuilt && len(p.out.Swaps) == 0 {
		g.Statements = append(g.Statements, p.optional(p.lockAll(nil, slices.Concat(p.ofType(plan.Table), p.made(), p.out.Hanging)), "nobody reads these until all of them are restored")...)
	}
	g.Statements = append(g.Statements, undos(publish)...)
	return &g
}

// sameScope asserts that what was published is what this takes back: with a plan of another scope some relations would stay as they
// are, and others would come back from the backups of an earlier publish.
func (p *planner) sameScope() plan.Statement {
	all := append(names(p.out.Scope, production), names(p.out.Hanging, production)...)
	return p.assertNone(p.wh.Unlike(p.out.State, p.out.Name, all, names(p.ofType(plan.Table), production)),
		"dbtwac: what was published had another scope; take it back with the files that it was published with. These differ: ", "the publish had this scope")
}

// unswappable asserts that a swap can be taken back: no build has begun since, which writes over what production was.
func (p *planner) unswappable() []plan.Statement {
	var production []plan.Schema
	for _, s := range p.out.Swaps {
		production = append(production, s.Publish)
	}
	list := []plan.Statement{
		p.assert("", p.wh.LatestIs(p.out.State, p.out.Name, publishing, published),
			p.wh.Concat(p.wh.Literal("dbtwac: "+p.out.Name+" has no swap to take back, it is: "), p.wh.Latest(p.out.State, p.out.Name)), "the latest thing that happened is a swap"),
	}
	list = append(list, p.across()...)
	return append(list, p.optional(p.wh.LockSchemas(production, p.lockTimeout()), "nobody reads production until it is swapped back")...)
}

// undos are those of a publish, the last first.
func undos(publish []plan.Action) []plan.Statement {
	size := 0
	for _, a := range publish {
		if a.Group != nil {
			for i := range a.Group.Statements {
				size += len(a.Group.Statements[i].Undo.Statements)
			}
		}
	}
	list := make([]plan.Statement, 0, size)
	for _, a := range slices.Backward(publish) {
		if a.Group == nil {
			continue
		}
		for i := len(a.Group.Statements) - 1; i >= 0; i-- {
			list = append(list, a.Group.Statements[i].Undo.Statements...)
		}
	}
	return list
}

// written warns of what was written to production since it was published: a rollback takes that away too.
func (p *planner) written() []plan.Statement {
	const message = " was written since it was published; the rollback takes that away too"
	warns := plan.Statement{Effect: plan.Warns, Comment: "was anything written since it was published?", Undo: none("reads only")}
	if sql := p.wh.Rewritten(p.out.State, p.out.Name, wasPublished, message); sql != "" {
		warns.SQL, warns.Each = sql, true
		return []plan.Statement{warns}
	}
	if sql := p.wh.WrittenAmong(p.out.State, p.out.Name, wasPublished, names(p.ofType(plan.Table), production)); sql != "" {
		return []plan.Statement{p.warnOf(sql, "written since it was published, and the rollback takes that away too: ", warns.Comment)}
	}
	var list []plan.Statement
	for _, r := range p.ofType(plan.Table) {
		warns.SQL = p.wh.Warning(p.wh.WrittenSince(p.out.State, p.out.Name, wasPublished, r.Publish), p.wh.Literal(shown(r.Publish)+message))
		warns.When, warns.Node, warns.Comment = p.wh.Exists(r.Publish), r.Node, "was "+shown(r.Publish)+" written since it was published?"
		list = append(list, warns)
	}
	return list
}

func (p *planner) cleanupGroup() *plan.Group {
	g := p.group(plan.Cleanup, p.connection, len(p.out.Scope)+8)
	g.Statements = append(g.Statements, p.lockLedger()...)
	g.Statements = append(g.Statements, p.notPublishing(), p.assert("", p.wh.EverPublished(p.out.State, p.out.Name),
		p.wh.Literal("dbtwac: "+p.out.Name+" was never published: there is nothing to clean up"), "there are backups to drop"))
	if same := p.sameMethod(); len(same) > 0 {
		g.Statements = append(g.Statements, p.generation(warehouse.Published))
		g.Statements = append(g.Statements, same...)
	}
	for _, r := range p.out.Scope {
		if r.Type == plan.Table || r.Was == plan.Table {
			g.Statements = append(g.Statements, plan.Statement{
				SQL: p.wh.DropBackup(p.backup(r.Publish), p.method), Node: r.Node, Effect: plan.Drops,
				Comment: "drop the backup of " + shown(r.Publish), Undo: none("after cleanup the publish cannot be rolled back"),
			})
		}
	}
	done := p.event(cleaned, warehouse.Published, "ledger: cleaned")
	done.Undo = none("after cleanup the publish cannot be rolled back")
	g.Statements = append(g.Statements, done)
	return &g
}

// restorable asserts that the backups are those of a publish that stands.
func (p *planner) restorable(comment string) plan.Statement {
	return p.assert("", p.wh.Restorable(p.out.State, p.out.Name),
		p.wh.Concat(p.wh.Literal("dbtwac: "+p.out.Name+" has no publish to take back, it is: "), p.wh.Latest(p.out.State, p.out.Name)), comment)
}
