package strategy

import (
	"slices"

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

// What the ledger records of relations, beside "created" and "definition".
const (
	wasAudited      = "audited"      // the rows that the tests have seen
	wasPublished    = "published"    // the rows that readers got
	wasBootstrapped = "bootstrapped" // the rows that the build side began with
	wasSeen         = "seen"         // the rows that production had when the build began
)

// beginGroup opens a generation: from here on a build may write.
func (p *planner) beginGroup() *plan.Group {
	g := p.group("begin", p.build.Name.Value, 6)
	g.Statements = append(g.Statements, p.ledger()...)
	g.Statements = append(g.Statements, p.hasRunID(), p.notPublishing())
	if !p.prepared && !p.out.Rebuilt && len(p.statefulOnce()) > 0 {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.Warning(p.wh.LatestIs(p.out.State, p.out.Name, rolledBack),
				p.wh.Literal("the latest publish was taken back, and what incremental models and snapshots had loaded for it is in the build still: "+p.macro("reset")+" gives the build what production has")),
			Comment: "was the latest publish taken back?", Effect: plan.Warns, Undo: none("reads only"),
		})
	}
	g.Statements = append(g.Statements, p.event(building, warehouse.New, "ledger: building, a new generation"))
	return &g
}

// auditedGroup notes what the build has made, when all of it has passed.
func (p *planner) auditedGroup() *plan.Group {
	g := p.group("audited", p.build.Name.Value, len(p.out.Scope)+6)
	g.Statements = append(g.Statements, p.begun()...)
	g.Statements = append(g.Statements, p.areThere(built, "is published was built")...)
	g.Statements = append(g.Statements, p.noteTested()...)
	g.Statements = append(g.Statements, p.event(audited, warehouse.Current, "ledger: audited"))
	return &g
}

// noteTested notes the rows of each table, once where it has several destinations. A view has none of its own: what it shows may
// change with every look.
func (p *planner) noteTested() []plan.Statement {
	var list []plan.Relation
	noted := map[plan.Name]bool{}
	for _, r := range p.ofType(plan.Table) {
		if !noted[r.Build] {
			noted[r.Build] = true
			list = append(list, r)
		}
	}
	return p.records(list, built, wasAudited, "that were tested", false)
}

// begun asserts that this run has begun, with this project.
func (p *planner) begun() []plan.Statement {
	return append(p.lockLedger(), p.hasRunID(), p.stateIs(building, "this run has begun"), p.sameRun(), p.generation(warehouse.Current))
}

// passed asserts that a build of this run has passed. Without a ledger the order of the steps has to do: what is there now is
// taken for what was tested.
func (p *planner) passed() []plan.Statement {
	if p.out.Ledger {
		return append(p.lockLedger(), p.hasRunID(), p.stateIs(audited, "the build has passed"), p.sameRun(), p.generation(warehouse.Current))
	}
	list := append(p.ledger(), p.notPublishing(), p.event(building, warehouse.New, "ledger: a new generation"), p.generation(warehouse.Current))
	return append(list, p.noteTested()...)
}

// opening is the build phase before the build, closing that behind it.
func (p *planner) opening(groups ...*plan.Group) []plan.Action {
	var actions []plan.Action
	if p.out.Ledger {
		groups = append([]*plan.Group{p.beginGroup()}, groups...)
	}
	for _, g := range groups {
		actions = append(actions, plan.Action{Group: g})
	}
	return actions
}

func (p *planner) closing() []plan.Action {
	if !p.out.Ledger {
		return nil
	}
	return []plan.Action{{Group: p.auditedGroup()}}
}

// bootstrapGroup gives the build side what production holds and no build can make again, before the first publish over it.
func (p *planner) bootstrapGroup() *plan.Group {
	g := p.group("bootstrap", p.build.Name.Value, 4*len(p.out.Scope)+6)
	g.Statements = append(g.Statements, p.ledger()...)
	g.Statements = append(g.Statements, p.notPublishing(),
		p.assert("", "not "+p.wh.EverPublished(p.out.State, p.out.Name),
			p.wh.Literal("dbtwac: "+p.out.Name+" has been published already: its build side holds what it has loaded since; take "+p.macro("reset")), "nothing was published yet"),
		p.generation(warehouse.Current))
	g.Statements = append(g.Statements, p.copyBack(true)...)
	return &g
}

// resetGroup makes the build side's stateful relations those of production again. Behind the first publish it does what bootstrap
// does before: a relation that came into the scope since, and that production has, can be published then.
func (p *planner) resetGroup() *plan.Group {
	g := p.group("reset", p.build.Name.Value, 3*len(p.out.Scope)+6)
	g.Statements = append(g.Statements, p.lockLedger()...)
	g.Statements = append(g.Statements, p.notPublishing())
	if !p.prepared {
		g.Statements = append(g.Statements, p.generation(warehouse.Current))
	}
	g.Statements = append(g.Statements, p.copyBack(!p.prepared)...)
	return &g
}

// copyBack replaces each stateful relation of the build side by production's, or drops it where production has none.
func (p *planner) copyBack(record bool) []plan.Statement {
	stateful := p.statefulOnce()
	list := p.schemas(names(stateful, built))
	list = append(list, p.dropMaterialized(nodes(stateful))...)
	for _, r := range stateful {
		exists := p.wh.Exists(r.Publish)
		list = append(list, p.copyToBuild(r.Node, r.Build, r.Publish, p.wh.CopyTable(r.Build, r.Publish, p.methodBack(), r.Storage), exists)...)
		if record {
			note := p.record(r, r.Publish, wasBootstrapped, "note that "+shown(r.Publish)+" was copied")
			note.When = exists
			list = append(list, note)
		}
	}
	return list
}

// methodBack is how the build gets a table of production. What is published by clones is copied: else one would be a clone of the
// other in turn, and such chains end.
func (p *planner) methodBack() warehouse.Method {
	if p.method == warehouse.Clone || !slices.Contains(p.wh.Can().Methods, warehouse.Clone) {
		return warehouse.Copy
	}
	return warehouse.Clone
}

// statefulOnce are the stateful relations, each as it is built once: one that is published to several places comes back from the
// first of them.
func (p *planner) statefulOnce() []plan.Relation {
	var list []plan.Relation
	for _, r := range p.out.Scope {
		if r.Stateful && !slices.ContainsFunc(list, func(o plan.Relation) bool { return o.Build == r.Build }) {
			list = append(list, r)
		}
	}
	return list
}

// copyToBuild makes a relation of the build side a table of production's rows, by statements, where the query when says so. What was
// there goes, whatever it was, and what hangs on it: the build makes that again.
func (p *planner) copyToBuild(node string, build, production plan.Name, copied []string, when string) []plan.Statement {
	drop := plan.Statement{
		SQL: p.wh.Drop(plan.Table, build, true), Node: node, Effect: plan.Drops, Comment: "drop " + shown(build), Undo: none("the next statement makes it again"),
	}
	view := drop
	view.SQL, view.When, view.Comment = p.wh.Drop(plan.View, build, true), p.wh.Is(plan.View, build), "drop "+shown(build)+", where it is a view"
	return append([]plan.Statement{view, drop}, several(copied, plan.Statement{
		When: when, Node: node, Effect: plan.Creates, Comment: "copy " + shown(production) + " to " + shown(build), Undo: none("the build side is not what readers see"),
	})...)
}

// ledger makes the state schema and its tables.
func (p *planner) ledger() []plan.Statement {
	list := []plan.Statement{p.createSchema(p.out.State, "make the schema of the ledger and the backups")}
	for _, sql := range p.wh.CreateLedger(p.out.State) {
		list = append(list, plan.Statement{SQL: sql, Comment: "make the ledger", Effect: plan.Creates, Undo: none("the ledger stays")})
	}
	if p.wh.Can().SchemaCatalogs { // what is asked below has to be there
		list = append(list, p.schemas(slices.Concat(names(p.out.Scope, built), names(p.out.Scope, production), names(p.out.Hanging, production)))...)
	}
	return append(list, p.lockLedger()...)
}

// generation chooses whose records the following statements mean.
func (p *planner) generation(g warehouse.Generation) plan.Statement {
	s := reads(p.wh.SetGeneration(p.out.State, p.out.Name, g), "the generation that this is about")
	s.Keeps = p.wh.Can().Sessionless
	return s
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
	return "dbt run-operation " + plan.MacroName(p.out.Name, operation)
}
