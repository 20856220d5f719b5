package strategy

import (
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// The states of a deployment, as its ledger names them.
const (
	building   = "building"
	audited    = "audited"
	publishing = "publishing"
	published  = "published"
	rolledBack = "rolled_back"
	cleaned    = "cleaned"
)

// What the ledger records of relations, beside "created".
const (
	wasAudited      = "audited"      // the rows that the tests have seen
	wasPublished    = "published"    // the rows that readers got
	wasBootstrapped = "bootstrapped" // the rows that the build side began with
	wasSeen         = "seen"         // the rows that production had when the build began
)

// beginGroup opens a generation: from here on a build may write.
func (p *planner) beginGroup() *plan.Group {
	g := p.group("begin")
	g.Statements = append(p.ledger(), p.hasRunID(), p.notPublishing(),
		p.event(building, warehouse.New, "ledger: building, a new generation"))
	return &g
}

// auditedGroup notes what the build has made, when all of it has passed.
func (p *planner) auditedGroup() *plan.Group {
	g := p.group("audited")
	g.Statements = make([]plan.Statement, 0, len(p.out.Scope)+6)
	g.Statements = append(g.Statements, p.hasRunID(), p.stateIs(building, "this run has begun"), p.sameRun(), p.generation(warehouse.Current))
	var names []plan.Name
	for _, r := range p.out.Scope {
		names = append(names, r.Build)
	}
	g.Statements = append(g.Statements, p.assertNone(p.wh.NotTables(names), "dbtwac: not there, or not a table: ", "every relation that is published was built, and is a table"))
	for _, r := range p.out.Scope {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.Record(p.out.State, p.out.Name, wasAudited, r.Build), Node: r.Node, Effect: plan.Records,
			Comment: "note the rows of " + shown(r.Build) + " that were tested", Undo: none("the next build makes a note of its own"),
		})
	}
	g.Statements = append(g.Statements, p.event(audited, warehouse.Current, "ledger: audited"))
	return &g
}

// bootstrapGroup gives the build side what production holds and no build can make again, before the first publish over it.
func (p *planner) bootstrapGroup() *plan.Group {
	g := p.group("bootstrap")
	g.Statements = append(p.ledger(), p.notPublishing(),
		p.assert("", "not "+p.wh.EverPublished(p.out.State, p.out.Name),
			p.wh.Literal("dbtwac: "+p.out.Name+" has been published already: its build side holds what it has loaded since; take "+p.macro("reset")), "nothing was published yet"))
	g.Statements = append(g.Statements, p.generation(warehouse.Current))
	g.Statements = append(g.Statements, p.copyBack(true)...)
	return &g
}

// resetGroup makes the build side's stateful relations those of production again.
func (p *planner) resetGroup() *plan.Group {
	g := p.group("reset")
	g.Statements = append([]plan.Statement{p.notPublishing()}, p.copyBack(false)...)
	return &g
}

// copyBack replaces each stateful relation of the build side by production's, or drops it where production has none.
func (p *planner) copyBack(record bool) []plan.Statement {
	var names []plan.Name
	for _, r := range p.out.Scope {
		if r.Stateful {
			names = append(names, r.Build)
		}
	}
	list := p.schemas(names)
	for _, r := range p.out.Scope {
		if !r.Stateful {
			continue
		}
		exists := p.wh.Exists(r.Publish)
		list = append(list, plan.Statement{
			SQL: p.wh.DropTable(r.Build), Node: r.Node, Effect: plan.Drops, Comment: "drop " + shown(r.Build), Undo: none("the next statement makes it again"),
		}, plan.Statement{
			SQL: p.wh.CopyTable(r.Build, r.Publish), When: exists, Node: r.Node, Effect: plan.Creates,
			Comment: "copy " + shown(r.Publish) + " to " + shown(r.Build), Undo: none("the build side is not what readers see"),
		})
		if record {
			list = append(list, plan.Statement{
				SQL: p.wh.Record(p.out.State, p.out.Name, wasBootstrapped, r.Publish), When: exists, Node: r.Node, Effect: plan.Records,
				Comment: "note that " + shown(r.Publish) + " was copied", Undo: none("the note is what publish reads"),
			})
		}
	}
	return list
}

// ledger makes the state schema and its tables.
func (p *planner) ledger() []plan.Statement {
	list := []plan.Statement{p.createSchema(p.out.State, "make the schema of the ledger and the backups")}
	for _, sql := range p.wh.CreateLedger(p.out.State) {
		list = append(list, plan.Statement{SQL: sql, Comment: "make the ledger", Effect: plan.Creates, Undo: none("the ledger stays")})
	}
	return list
}

func (p *planner) event(state string, g warehouse.Generation, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.Event(p.out.State, p.out.Name, state, g), Comment: comment, Effect: plan.Records, Undo: none("the ledger keeps what happened"),
	}
}

// generation chooses whose records the following statements mean.
func (p *planner) generation(g warehouse.Generation) plan.Statement {
	return plan.Statement{
		SQL: p.wh.SetGeneration(p.out.State, p.out.Name, g), Comment: "the generation that this is about", Effect: plan.Asserts, Undo: none("lasts as long as the connection"),
	}
}

func (p *planner) hasRunID() plan.Statement {
	return p.assert("", "coalesce("+p.wh.RunID()+", '') <> ''",
		p.wh.Literal("dbtwac: this run has no id: set DBTWAC_RUN_ID to one that no other run has, as the runbook does"), "this run has an id")
}

// stateIs asserts that the deployment's latest event is want.
func (p *planner) stateIs(want, comment string) plan.Statement {
	return p.assert("", p.wh.LatestIs(p.out.State, p.out.Name, want),
		p.wh.Concat(p.wh.Literal("dbtwac: "+p.out.Name+" is not "+want+", it is: "), p.wh.Latest(p.out.State, p.out.Name)), comment)
}

func (p *planner) notPublishing() plan.Statement {
	return p.assert("", "not ("+p.wh.LatestIs(p.out.State, p.out.Name, publishing)+")",
		p.wh.Literal("dbtwac: "+p.out.Name+" is publishing: a publish was broken off; take it back with "+p.macro("rollback")), "no publish was broken off")
}

func (p *planner) sameRun() plan.Statement {
	return p.assert("", p.wh.SameRun(p.out.State, p.out.Name),
		p.wh.Concat(p.wh.Literal("dbtwac: another run has begun, or the project has changed since: the ledger is at run "), p.wh.LatestRun(p.out.State, p.out.Name),
			p.wh.Literal(", and this is run "), p.wh.RunID(), p.wh.Literal(" of project "), p.wh.Checksum()),
		"this run has begun, with this project")
}

// macro names the macro of an operation, for messages.
func (p *planner) macro(operation string) string {
	return "dbt run-operation dbtwac_" + p.out.Name + "_" + operation
}
