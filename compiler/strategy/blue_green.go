package strategy

import (
	"cmp"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// blueGreen builds everything into schemas beside production's, and then has the two change their names.
//
// What was production becomes the base of the next build, so nothing in it may need what the last build has loaded: DW201, DW202
// and DW203 see to that.
func blueGreen(p *planner) {
	switch {
	case !p.wh.Can().SwapSchemas:
		p.errorf(config.Unsupported, p.deployment.Name, "use write_audit_clone, which publishes all relations in one transaction too", "this warehouse cannot swap schemas, as blue_green needs")
		return
	case p.deployment.Swap == config.SwapDatabase:
		p.errorf(config.Unsupported, p.deployment.Name, "say swap: schema", "this warehouse swaps schemas within a database, and no databases")
		return
	case p.wh.Fold(p.build.Database.Value) != p.wh.Fold(p.publish.Database.Value):
		p.errorf(config.Unsupported, p.publish.Database, "publish to other schemas of the same database", "%s builds in the database %s and publishes to %s, and schemas are swapped within one", p.out.Name, p.build.Database.Value, p.publish.Database.Value)
		return
	}
	p.views = config.ViewsSkip // they are swapped with everything else, and nothing has to be done about them
	p.everything()
	p.reportPlaces()
	p.swaps()
	build := p.buildStep()
	p.reportUnbuilt(build)
	publish := []plan.Action{{Group: p.swapGroup()}}
	p.out.Phases = []plan.Phase{
		{Name: plan.Build, Actions: slices.Concat(p.opening(p.readersGroup()), []plan.Action{{Step: &build}}, p.closing())},
		{Name: plan.Publish, Actions: publish},
		{Name: plan.Rollback, Actions: []plan.Action{{Group: p.rollbackGroup(publish)}}},
	}
	p.out.Limits = p.swapLimits()
}

// everything makes the scope of all that dbt makes a relation of.
func (p *planner) everything() {
	empty := p.allowed(p.deployment.AllowEmpty, "allow_empty")
	for i, n := range p.project.Nodes {
		if !naming.IsRelation(n) {
			continue
		}
		r, ok := p.relation(i, empty, nil)
		name, known := p.name(n, p.publish, &p.publishNames)
		if ok && known {
			r.Publish, r.Ref, r.Was, r.Why = name, name, r.Type, "is built by the project, and a swap takes everything"
			p.out.Scope = append(p.out.Scope, r)
		}
	}
	p.sortScope()
	p.reportNames()
	p.reportUnknown(p.deployment.Name)
}

// swaps fills in which schemas change places: each of production's is built in exactly one.
func (p *planner) swaps() {
	for _, r := range p.out.Scope {
		s := plan.Swap{Build: schemaOf(r.Build), Publish: schemaOf(r.Publish)}
		if slices.Contains(p.out.Swaps, s) {
			continue
		}
		for _, other := range p.out.Swaps {
			if other.Build == s.Build || other.Publish == s.Publish {
				p.errorf(config.Unsupported, p.deployment.Name, "give the two environments the same naming, so that each schema of one is one of the other",
					"%s builds %s in %s for %s, and others for %s: these do not change places one by one", p.out.Name, r.Node, s.Build.Schema, s.Publish.Schema, other.Publish.Schema)
				return
			}
		}
		p.out.Swaps = append(p.out.Swaps, s)
	}
	slices.SortFunc(p.out.Swaps, func(a, b plan.Swap) int { return cmp.Compare(a.Publish.Schema, b.Publish.Schema) })
}

// readersGroup makes the schemas of the build, and lets readers read what will be built there: privileges move with the schema.
func (p *planner) readersGroup() *plan.Group {
	g := p.group(plan.Prepare, p.build.Name.Value, 3*len(p.out.Swaps))
	if p.out.Ledger {
		g.Statements = append(g.Statements, p.lockLedger()...)
		g.Statements = append(g.Statements, p.begun()...)
	}
	for _, s := range p.out.Swaps {
		g.Statements = append(g.Statements, p.createSchema(s.Build, "make the schema "+s.Build.Schema))
		if len(p.out.Readers) > 0 {
			g.Statements = append(g.Statements,
				p.grantStatement("", p.wh.GrantUsage(s.Build, p.out.Readers), "let readers use the schema "+s.Build.Schema),
				p.grantStatement("", p.wh.GrantFuture(s.Build, p.out.Readers), "let readers read what is built in "+s.Build.Schema))
		}
	}
	return &g
}

// swapGroup makes the schemas change their names.
func (p *planner) swapGroup() *plan.Group {
	g := p.group(plan.Publish, p.connection, 3*len(p.out.Scope)+4*len(p.out.Swaps)+12)
	tables := p.ofType(plan.Table)
	g.Statements = append(g.Statements, p.passed()...)
	if len(tables) > 0 {
		g.Statements = append(g.Statements, p.optional(p.wh.LockWrites(names(tables, built)), "nobody writes what was built until it is swapped")...)
	}
	g.Statements = append(g.Statements, p.testedAndFilled(tables)...)
	var schemas []plan.Schema
	for _, s := range p.out.Swaps {
		schemas = append(schemas, s.Publish)
		g.Statements = append(g.Statements, p.createSchema(s.Publish, "make the schema "+s.Publish.Schema))
	}
	g.Statements = append(g.Statements, p.assertNone(p.wh.LeftBehind(p.out.Swaps, p.leaveBehind()),
		"dbtwac: production has these, and the build has not (leave_behind lets them go): ", "the build has all that production has"))
	if len(tables) > 0 && p.wh.Can().Roles {
		g.Statements = append(g.Statements, p.assertNone(p.wh.Guarded(names(tables, production), names(tables, built)),
			"dbtwac: production has row security, triggers or foreign keys on these, and the build has not: let a post-hook make them there too: ", "nothing that belongs to a table would be lost"))
	}
	strangers := p.wh.Strangers(p.out.Swaps, names(p.out.Scope, built))
	g.Statements = append(g.Statements, p.warnOf(strangers, "the swap makes these production's as they are, and the project does not build them: ", "is there anything beside what was built?"))
	g.Statements = append(g.Statements, p.across())
	g.Statements = append(g.Statements, p.event(publishing, warehouse.Current, "ledger: publishing"))
	g.Statements = append(g.Statements, p.optional(p.wh.LockSchemas(schemas, p.lockTimeout()), "nobody reads production until it is swapped")...)
	g.Statements = append(g.Statements, p.grantStatement("", p.wh.CarryGrants(p.out.Swaps), "give what was built the privileges that production has"))
	for _, s := range p.out.Swaps {
		if len(p.out.Readers) > 0 {
			g.Statements = append(g.Statements, p.grantStatement("", p.wh.GrantAll(s.Build, p.out.Readers), "let readers read what was built in "+s.Build.Schema))
		}
	}
	for _, s := range p.out.Swaps {
		swap := plan.Statement{Effect: plan.Replaces, Comment: "swap " + s.Build.Schema + " and " + s.Publish.Schema}
		back := swap
		back.Undo = none("publish again")
		swap.Undo = undo(several(p.wh.SwapSchemas(s.Publish, s.Build), back)...)
		g.Statements = append(g.Statements, several(p.wh.SwapSchemas(s.Publish, s.Build), swap)...)
	}
	for _, r := range tables { // readers are waiting: what was tested has its lock and its new name, and is not read once more
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.CopyRecord(p.out.State, p.out.Name, wasPublished, r.Publish, wasAudited, r.Build), Node: r.Node, Effect: plan.Records,
			Comment: "note that " + shown(r.Publish) + " has the rows that were tested", Undo: none("the note is what later operations read"),
		})
	}
	for _, t := range []plan.Type{plan.Table, plan.View, plan.MaterializedView} {
		if list := p.ofType(t); len(list) > 0 {
			g.Statements = append(g.Statements, p.assertNone(p.wh.Not(t, names(list, production)), "dbtwac: not there, or not a "+string(t)+": ", "every "+string(t)+" that was swapped is in production"))
		}
	}
	g.Statements = append(g.Statements, p.done())
	return &g
}

// across asserts that no view reads the side that it is not part of.
func (p *planner) across() plan.Statement {
	return p.assertNone(p.wh.Across(p.out.Swaps, p.leaveBehind()),
		"dbtwac: these views read production's relations themselves, not their names, and would go on reading them as the build side (leave_behind lets them go): ", "no view outside reads production")
}

// swapLimits are those of a publish that swaps everything in one transaction.
func (p *planner) swapLimits() plan.Limits {
	return plan.Limits{
		Atomic:  true,
		Readers: "The publish is one transaction: a reader sees all of production as it was before, or all of it as it was built and tested, and never a mixture. For the moment of the swap readers wait.",
		Undo:    "Rollback swaps back, until the next build begins: that writes over what production was.",
	}
}
