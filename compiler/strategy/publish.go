package strategy

import (
	"fmt"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// canCopy reports what keeps the warehouse from publishing by copies in one transaction, before anything is planned.
func (p *planner) canCopy() bool {
	if !p.wh.Can().CopyInTransaction {
		p.errorf(config.Unsupported, p.deployment.Name, "use another strategy", "this warehouse cannot replace many tables in one transaction, as %s needs", p.out.Strategy)
		return false
	}
	if !p.wh.Can().TwoDatabases && p.wh.Fold(p.build.Database.Value) != p.wh.Fold(p.publish.Database.Value) {
		p.errorf(config.Unsupported, p.publish.Database, "publish to another schema of the same database",
			"%s builds in the database %s and publishes to %s, and this warehouse writes to one database in a transaction", p.out.Name, p.build.Database.Value, p.publish.Database.Value)
		return false
	}
	return true
}

// reportDatabases finds what is published to another database than the ledger's.
func (p *planner) reportDatabases() {
	for _, r := range p.out.Scope {
		if !p.wh.Can().TwoDatabases && p.wh.Fold(r.Publish.Database) != p.wh.Fold(p.out.State.Database) {
			p.errorf(config.Unsupported, p.deployment.Select, "exclude it, or take `database` out of its config",
				"%s has the database %s in its config, and this warehouse writes to one database in a transaction", r.Node, r.Publish.Database)
		}
	}
}

// copyLimits are those of a publish that copies everything in one transaction.
var copyLimits = plan.Limits{
	Atomic:  true,
	Readers: "The publish is one transaction: a reader sees all of the relations as they were before, or all of them as they were built and tested, and never a mixture.",
	Undo:    "Rollback takes back the latest publish, until cleanup drops its backups or the next publish replaces them.",
}

func (p *planner) publishGroup() plan.Group {
	g := p.group(plan.Publish)
	g.Statements = make([]plan.Statement, 0, 6*len(p.out.Scope)+12)
	g.Statements = append(g.Statements, p.hasRunID(), p.stateIs(audited, "the build has passed"), p.sameRun(), p.generation(warehouse.Current))
	g.Statements = append(g.Statements, p.preflight()...)
	g.Statements = append(g.Statements, p.event(publishing, warehouse.Current, "ledger: publishing"))
	var names, backups []plan.Name
	for _, r := range p.out.Scope {
		names, backups = append(names, r.Publish), append(backups, p.backup(r.Publish))
	}
	g.Statements = append(g.Statements, p.schemas(names)...)
	g.Statements = append(g.Statements, plan.Statement{
		SQL:     p.wh.RecordCreated(p.out.State, p.out.Name, names),
		Comment: "note which relations production does not have yet: rollback drops exactly those",
		Effect:  plan.Records, Undo: none("the note is what rollback reads"),
	})
	for _, r := range p.out.Scope {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.CreateLike(r.Publish, r.Build), Node: r.Node, Effect: plan.Creates,
			Comment: "make room for " + shown(r.Publish) + " where it is new",
			Undo: plan.Undo{
				SQL: p.wh.DropTable(r.Publish), When: p.wh.WasCreated(p.out.State, p.out.Name, r.Publish),
				Comment: "drop " + shown(r.Publish) + " if the publish created it",
			},
		})
	}
	g.Statements = append(g.Statements, p.stateful()...)
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
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.Record(p.out.State, p.out.Name, wasPublished, r.Publish), Node: r.Node, Effect: plan.Records,
			Comment: "note the rows of " + shown(r.Publish) + " that readers have now", Undo: none("the note says what was published"),
		})
	}
	builds := make([]plan.Name, len(names))
	for i, r := range p.out.Scope {
		builds[i] = r.Build
	}
	g.Statements = append(g.Statements, p.assertNone(p.wh.Differing(p.out.State, p.out.Name, wasPublished, names, wasAudited, builds),
		"dbtwac: published is something else than what was tested: ", "verify that every relation has the rows that were tested"))
	done := p.event(published, warehouse.Current, "ledger: published")
	done.Undo = plan.Undo{SQL: p.wh.Event(p.out.State, p.out.Name, rolledBack, warehouse.Published), Comment: "ledger: rolled back"}
	g.Statements = append(g.Statements, done)
	return g
}

// stateful asserts that what no build can make again is not replaced by less. It stands where production has every relation,
// if only an empty one that this publish has just made.
func (p *planner) stateful() []plan.Statement {
	var list []plan.Statement
	for _, r := range p.out.Scope {
		if p.prepared { // the build began with production's rows, and production has to have them still
			list = append(list, p.assert(r.Node, p.wh.AsRecordedIfAny(p.out.State, p.out.Name, wasSeen, r.Publish),
				p.wh.Literal("dbtwac: "+shown(r.Publish)+" was written since prepare copied it: build again"), shown(r.Publish)+" is as the build found it"))
		}
		if !r.Stateful {
			continue
		}
		if !p.prepared {
			list = append(list, p.assert(r.Node, p.wh.Known(p.out.State, p.out.Name, r.Publish, "created", wasBootstrapped, wasPublished),
				p.wh.Literal("dbtwac: production has "+shown(r.Publish)+", which "+p.out.Name+" has never published: "+shown(r.Build)+" may hold less; begin with "+p.macro("bootstrap")),
				shown(r.Publish)+" is new, or this deployment knows it"))
		}
		if !r.MayShrink {
			list = append(list, p.assert(r.Node, "not ("+p.wh.Shrunk(r.Build, r.Publish, r.MaxShrink)+")",
				p.wh.Literal(fmt.Sprintf("dbtwac: %s has fewer rows than %s, by more than %d percent; if that is right, name it in allow_shrink", shown(r.Build), shown(r.Publish), r.MaxShrink)),
				"what "+shown(r.Publish)+" has loaded is in "+shown(r.Build)))
		}
	}
	return list
}

// preflight asserts what has to hold before anything is written.
func (p *planner) preflight() []plan.Statement {
	var to []plan.Name
	for _, r := range p.out.Scope {
		to = append(to, r.Publish)
	}
	var filled []plan.Name
	list := slices.Grow([]plan.Statement{
		p.assertNone(p.wh.Others(to), "dbtwac: production has something that is not a table at: ", "where production has the relation, it is a table"),
	}, len(p.out.Scope)+1)
	for _, r := range p.out.Scope {
		list = append(list, p.assert(r.Node, p.wh.AsRecorded(p.out.State, p.out.Name, wasAudited, r.Build),
			p.wh.Literal("dbtwac: "+shown(r.Build)+" was written since it was tested: build again"), shown(r.Build)+" is as it was tested"))
		if !r.MayBeEmpty {
			filled = append(filled, r.Build)
		}
	}
	if len(filled) > 0 {
		list = append(list, p.assertNone(p.wh.EmptyAmong(p.out.State, p.out.Name, wasAudited, filled),
			"dbtwac: empty, and if that is right, to be named in allow_empty: ", "no relation is empty"))
	}
	return list
}

// rollbackGroup is the undos of the publish in reverse, behind the question whether there is something to take back.
func (p *planner) rollbackGroup(publish plan.Group) *plan.Group {
	g := p.group(plan.Rollback)
	g.Statements = make([]plan.Statement, 0, 2*len(p.out.Scope)+3)
	g.Statements = append(g.Statements, p.restorable("there is a publish to take back"), p.generation(warehouse.Published))
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
	g := p.group(plan.Cleanup)
	g.Statements = make([]plan.Statement, 0, len(p.out.Scope)+3)
	g.Statements = append(g.Statements, p.notPublishing(), p.assert("", p.wh.EverPublished(p.out.State, p.out.Name),
		p.wh.Literal("dbtwac: "+p.out.Name+" was never published: there is nothing to clean up"), "there are backups to drop"))
	for _, r := range p.out.Scope {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.DropTable(p.backup(r.Publish)), Node: r.Node, Effect: plan.Drops,
			Comment: "drop the backup of " + shown(r.Publish), Undo: none("after cleanup the publish cannot be rolled back"),
		})
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
