package strategy

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// writeAuditClone builds and tests everything in the build environment, and then copies each published relation to its place,
// where the warehouse can in one transaction.
func writeAuditClone(p *planner) {
	if !p.wh.Can().CopyInTransaction {
		p.errorf(config.Unsupported, p.deployment.Name, "use another strategy", "this warehouse cannot replace many tables in one transaction, as write_audit_clone needs")
		return
	}
	if !p.wh.Can().TwoDatabases && p.wh.Fold(p.build.Database.Value) != p.wh.Fold(p.publish.Database.Value) {
		p.errorf(config.Unsupported, p.publish.Database, "publish to another schema of the same database",
			"%s builds in the database %s and publishes to %s, and this warehouse writes to one database in a transaction", p.out.Name, p.build.Database.Value, p.publish.Database.Value)
		return
	}
	p.scope()
	for _, r := range p.out.Scope {
		if !p.wh.Can().TwoDatabases && p.wh.Fold(r.Publish.Database) != p.wh.Fold(p.out.State.Database) {
			p.errorf(config.Unsupported, p.deployment.Select, "exclude it, or take `database` out of its config",
				"%s has the database %s in its config, and this warehouse writes to one database in a transaction", r.Node, r.Publish.Database)
		}
	}
	build := p.buildStep()
	p.reportUnbuilt(build)
	publish := p.publishGroup()
	p.out.Phases = []plan.Phase{
		{Name: plan.Build, Actions: []plan.Action{{Step: &build}}},
		{Name: plan.Publish, Actions: []plan.Action{{Group: &publish}}},
		{Name: plan.Rollback, Actions: []plan.Action{{Group: p.rollbackGroup(publish)}}},
		{Name: plan.Cleanup, Actions: []plan.Action{{Group: p.cleanupGroup()}}},
	}
	p.out.Limits = plan.Limits{
		Atomic:  true,
		Readers: "The publish is one transaction: a reader sees all of the relations as they were before, or all of them as they were built and tested, and never a mixture.",
		Undo:    "Rollback takes back the latest publish, until cleanup drops its backups or the next publish replaces them.",
	}
}

func (p *planner) publishGroup() plan.Group {
	g := p.group()
	g.Statements = slices.Grow(p.ledger(), 5*len(p.out.Scope)+8)
	g.Statements = append(g.Statements, p.preflight()...)
	g.Statements = append(g.Statements, p.schemas()...)
	var names, backups []plan.Name
	for _, r := range p.out.Scope {
		names, backups = append(names, r.Publish), append(backups, p.backup(r.Publish))
	}
	g.Statements = append(g.Statements, plan.Statement{
		SQL:     p.wh.RecordCreated(p.out.State, p.out.Name, names),
		Comment: "note which relations production does not have yet: rollback drops exactly those",
		Effect:  plan.Records, Undo: none("the note is what rollback reads"),
	})
	for _, r := range p.out.Scope {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.CreateLike(r.Publish, r.Build), Node: r.Node, Effect: plan.Creates,
			Comment: "make room for " + shown(r.Publish) + " where it is new, so that each relation has something to back up",
			Undo: plan.Undo{
				SQL: p.wh.DropTable(r.Publish), When: p.wh.WasCreated(p.out.State, p.out.Name, r.Publish),
				Comment: "drop " + shown(r.Publish) + " if the publish created it",
			},
		})
	}
	for i, r := range p.out.Scope {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.ReplaceTable(backups[i], r.Publish), Node: r.Node, Effect: plan.Replaces,
			Comment: "back up " + shown(r.Publish), Undo: none("the backup stays until cleanup"),
		})
	}
	for i, r := range p.out.Scope {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.ReplaceTable(r.Publish, r.Build), Node: r.Node, Effect: plan.Replaces,
			Comment: "publish " + shown(r.Publish) + " from " + shown(r.Build),
			Undo:    plan.Undo{SQL: p.wh.ReplaceTable(r.Publish, backups[i]), Comment: "restore " + shown(r.Publish) + " from its backup"},
		})
	}
	for _, r := range p.out.Scope {
		g.Statements = append(g.Statements, p.assert(r.Node, p.wh.SameCount(r.Publish, r.Build),
			p.wh.Literal("dbtwac: "+shown(r.Publish)+" has not as many rows as "+shown(r.Build)),
			"verify that "+shown(r.Publish)+" has all rows"))
	}
	g.Statements = append(g.Statements, plan.Statement{
		SQL: p.wh.Event(p.out.State, p.out.Name, "published", false), Comment: "ledger: published", Effect: plan.Records,
		Undo: plan.Undo{SQL: p.wh.Event(p.out.State, p.out.Name, "rolled_back", false), Comment: "ledger: rolled back"},
	})
	return g
}

// preflight asserts what has to hold before anything is written.
func (p *planner) preflight() []plan.Statement {
	var from, to []plan.Name
	for _, r := range p.out.Scope {
		from, to = append(from, r.Build), append(to, r.Publish)
	}
	list := slices.Grow([]plan.Statement{
		p.assert("", p.wh.NotTables(from)+" is null",
			p.wh.Concat(p.wh.Literal("dbtwac: not there, or not a table: "), p.wh.NotTables(from)),
			"every relation that is published was built, and is a table"),
		p.assert("", p.wh.Others(to)+" is null",
			p.wh.Concat(p.wh.Literal("dbtwac: production has something that is not a table at: "), p.wh.Others(to)),
			"where production has the relation, it is a table"),
	}, len(p.out.Scope))
	for _, r := range p.out.Scope {
		if !r.MayBeEmpty {
			list = append(list, p.assert(r.Node, p.wh.HasRows(r.Build),
				p.wh.Literal("dbtwac: "+shown(r.Build)+" is empty; if that is right, name it in allow_empty"), shown(r.Build)+" is not empty"))
		}
	}
	return list
}

// rollbackGroup is the undos of the publish in reverse, behind the question whether there is something to take back.
func (p *planner) rollbackGroup(publish plan.Group) *plan.Group {
	g := p.group()
	g.Statements = []plan.Statement{p.stateIs("published", "there is a publish to take back")}
	for i := len(publish.Statements) - 1; i >= 0; i-- {
		s := publish.Statements[i]
		if s.Undo.SQL == "" {
			continue
		}
		effect := plan.Replaces
		switch s.Effect {
		case plan.Records:
			effect = plan.Records
		case plan.Creates:
			effect = plan.Drops
		}
		g.Statements = append(g.Statements, plan.Statement{
			SQL: s.Undo.SQL, When: s.Undo.When, Comment: s.Undo.Comment, Node: s.Node, Effect: effect,
			Undo: none("publish again"),
		})
	}
	return &g
}

func (p *planner) cleanupGroup() *plan.Group {
	g := p.group()
	g.Statements = []plan.Statement{p.assert("", p.wh.LatestIs(p.out.State, p.out.Name, "published", "rolled_back", "cleaned"),
		p.wh.Concat(p.wh.Literal("dbtwac: "+p.out.Name+" cannot be cleaned up, it is: "), p.wh.Latest(p.out.State, p.out.Name)),
		"there are backups to drop")}
	for _, r := range p.out.Scope {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.DropTable(p.backup(r.Publish)), Node: r.Node, Effect: plan.Drops,
			Comment: "drop the backup of " + shown(r.Publish), Undo: none("after cleanup the publish cannot be rolled back"),
		})
	}
	g.Statements = append(g.Statements, plan.Statement{
		SQL: p.wh.Event(p.out.State, p.out.Name, "cleaned", false), Comment: "ledger: cleaned", Effect: plan.Records,
		Undo: none("after cleanup the publish cannot be rolled back"),
	})
	return &g
}
