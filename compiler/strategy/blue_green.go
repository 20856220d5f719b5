package strategy

import (
	"cmp"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// blueGreen builds everything into schemas beside production's, and then has the two change their names.
//
// What was production becomes the base of the next build, so nothing in it may need what the last build has loaded: DW201, DW202
// and DW203 see to that.
func blueGreen(p *planner) {
	if !p.canSwap() {
		return
	}
	if !p.wh.Can().ViewsByName { // they are swapped with everything else, and nothing has to be done about them
		p.views = config.ViewsSkip
		if p.deployment.Views != "" {
			p.errorf(config.WrongValue, p.deployment.Name, "remove it", "%s.views has no meaning under blue_green in this warehouse, where views are swapped with the tables that they read", p.out.Name)
		}
	} else {
		if p.deployment.Views == "" && p.swapsDatabases() && p.config.Macros.Ref { // their text names no database: they follow by themselves
			p.views = config.ViewsSkip
		}
		p.out.Views = string(p.views)
	}
	p.everything()
	p.reportPlaces()
	p.swaps()
	build := p.buildStep()
	p.reportUnbuilt(build)
	publish := p.swapPublish()
	p.out.Phases = []plan.Phase{
		{Name: plan.Build, Actions: slices.Concat(p.opening(p.readersGroup()), []plan.Action{{Step: &build}}, p.closing())},
		{Name: plan.Publish, Actions: publish},
		{Name: plan.Rollback, Actions: []plan.Action{{Group: p.rollbackGroup(publish)}}},
	}
	p.out.Limits = p.swapLimits()
}

// canSwap reports what keeps the warehouse from the swap that is asked for.
func (p *planner) canSwap() bool {
	can, d := p.wh.Can(), p.deployment
	same := p.wh.Fold(p.build.Database.Value) == p.wh.Fold(p.publish.Database.Value)
	before := len(p.diags)
	switch {
	case !can.SwapSchemas:
		p.errorf(config.Unsupported, d.Name, "use write_audit_clone, which publishes all relations in one transaction too", "this warehouse cannot swap schemas, as blue_green needs")
	case !p.swapsDatabases():
		if !same {
			p.errorf(config.Unsupported, p.publish.Database, "publish to other schemas of the same database", "%s builds in the database %s and publishes to %s, and schemas are swapped within one", p.out.Name, p.build.Database.Value, p.publish.Database.Value)
		}
	case !can.SwapDatabases:
		p.errorf(config.Unsupported, d.Name, "say swap: schema", "this warehouse swaps schemas within a database, and no databases")
	case same:
		p.errorf(config.Unsupported, p.publish.Database, "build in a database of its own, or say swap: schema", "%s builds and publishes in the database %s, and two are needed to swap them", p.out.Name, p.publish.Database.Value)
	}
	return len(p.diags) == before
}

// swapsDatabases reports whether whole databases change places.
func (p *planner) swapsDatabases() bool { return p.deployment.Swap == config.SwapDatabase }

// swapPublish is the swap. Where a view reads whatever has the names in its text, the views are made again behind it: until then
// they read the side that production was.
func (p *planner) swapPublish() []plan.Action {
	if !p.wh.Can().ViewsByName || !p.rebuildsViews() {
		g := p.swapGroup(plan.Publish)
		if p.wh.Can().ViewsByName && p.views == config.ViewsRecreate {
			for _, s := range p.recreate(p.made()) {
				s.Undo = none("the swap back brings the view that was there")
				g.Statements = append(g.Statements, s)
			}
		}
		g.Statements = append(g.Statements, p.swapped()...)
		return []plan.Action{{Group: g}}
	}
	swap := p.swapGroup(first(plan.Publish))
	for _, s := range p.keep(p.made()) { // dbt makes views without the privileges that they had
		s.Undo = none("the swap back brings the view that was there")
		swap.Statements = append(swap.Statements, s)
	}
	step := p.stepOf("run", p.made())
	return []plan.Action{{Group: swap}, {Step: &step}, {Group: p.closingGroup(p.made(), nil)}}
}

// everything makes the scope of all that dbt makes a relation of.
func (p *planner) everything() {
	empty := p.allowed(p.deployment.AllowEmpty, "allow_empty")
	for i, n := range p.project.Nodes {
		if !naming.IsRelation(n) || p.project.IsMade(n) {
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

// swaps fills in which schemas, or databases, change places: each of production's is built in exactly one.
func (p *planner) swaps() {
	for _, r := range p.out.Scope {
		s := plan.Swap{Build: p.container(r.Build), Publish: p.container(r.Publish)}
		if p.swapsDatabases() && p.wh.Fold(r.Build.Schema) != p.wh.Fold(r.Publish.Schema) {
			p.errorf(config.Unsupported, p.deployment.Name, "give the two environments the same schema and naming",
				"%s is built in the schema %s and published in %s, and a swap of databases changes no schema", r.Node, r.Build.Schema, r.Publish.Schema)
			return
		}
		if slices.Contains(p.out.Swaps, s) {
			continue
		}
		for _, other := range p.out.Swaps {
			if other.Build == s.Build || other.Publish == s.Publish {
				p.errorf(config.Unsupported, p.deployment.Name, "give the two environments the same naming, so that each schema of one is one of the other",
					"%s builds %s in %s for %s, and others for %s: these do not change places one by one", p.out.Name, r.Node, called(s.Build), called(s.Publish), called(other.Publish))
				return
			}
		}
		p.out.Swaps = append(p.out.Swaps, s)
	}
	slices.SortFunc(p.out.Swaps, func(a, b plan.Swap) int { return cmp.Compare(called(a.Publish), called(b.Publish)) })
	for _, s := range p.out.Swaps {
		for _, side := range []plan.Schema{s.Build, s.Publish} {
			if side.Schema == "" && p.wh.Fold(side.Database) == p.wh.Fold(p.out.State.Database) {
				p.errorf(config.MissingKey, p.deployment.Name, "keep it in another one: state: {database: ..., schema: "+p.out.State.Schema+"}",
					"%s keeps its ledger in the database %s, which the swap exchanges", p.out.Name, p.out.State.Database)
				return
			}
		}
	}
}

// container is what is swapped of a relation's name: its schema, or all of its database.
func (p *planner) container(n plan.Name) plan.Schema {
	s := plan.SchemaOf(n)
	if p.swapsDatabases() {
		s.Schema, s.Quoted = "", s.Quoted&plan.QuotedDatabase
	}
	return s
}

// called is the name of a container, without its database if it is a schema.
func called(s plan.Schema) string { return cmp.Or(s.Schema, s.Database) }

// place is what a side of a swap is called in comments.
func place(s plan.Schema) string {
	if s.Schema == "" {
		return "the database " + s.Database
	}
	return "the schema " + s.Schema
}

// readersGroup makes the schemas of the build, and lets readers read what will be built there: privileges move with the schema.
func (p *planner) readersGroup() *plan.Group {
	g := p.group(plan.Prepare, p.build.Name.Value, 3*len(p.out.Swaps))
	if p.out.Ledger {
		g.Statements = append(g.Statements, p.begun()...)
	}
	for _, s := range p.out.Swaps {
		g.Statements = append(g.Statements, p.createSchema(s.Build, "make "+place(s.Build)))
		if len(p.out.Readers) > 0 {
			g.Statements = append(g.Statements, several(p.wh.GrantUsage(s.Build, p.out.Readers), p.grantStatement("", "let readers use "+place(s.Build)))...)
			g.Statements = append(g.Statements, several(p.wh.GrantFuture(s.Build, p.out.Readers), p.grantStatement("", "let readers read what is built in "+place(s.Build)))...)
		}
	}
	return &g
}

// swapGroup makes the schemas, or the databases, change their names.
func (p *planner) swapGroup(name string) *plan.Group {
	g := p.group(name, p.connection, 3*len(p.out.Scope)+4*len(p.out.Swaps)+12)
	tables := p.ofType(plan.Table)
	g.Statements = append(g.Statements, p.passed()...)
	if len(tables) > 0 {
		g.Statements = append(g.Statements, p.optional(p.wh.LockWrites(names(tables, built)), "nobody writes what was built until it is swapped")...)
	}
	g.Statements = append(g.Statements, p.testedAndFilled(tables)...)
	var schemas []plan.Schema
	for _, s := range p.out.Swaps {
		schemas = append(schemas, s.Publish)
		g.Statements = append(g.Statements, p.createSchema(s.Publish, "make "+place(s.Publish)))
	}
	g.Statements = append(g.Statements, p.assertNone(p.wh.LeftBehind(p.out.Swaps, p.leaveBehind()),
		"dbtwac: production has these, and the build has not (leave_behind lets them go): ", "the build has all that production has"))
	if len(tables) > 0 {
		if guarded := p.wh.Guarded(names(tables, production), names(tables, built)); guarded != "" {
			g.Statements = append(g.Statements, p.assertNone(guarded,
				"dbtwac: production has row security, triggers or foreign keys on these, and the build has not: let a post-hook make them there too: ", "nothing that belongs to a table would be lost"))
		}
	}
	strangers := p.wh.Strangers(p.out.Swaps, names(p.out.Scope, built))
	g.Statements = append(g.Statements, p.warnOf(strangers, "the swap makes these production's as they are, and the project does not build them: ", "is there anything beside what was built?"))
	g.Statements = append(g.Statements, p.across()...)
	if p.wh.Can().Transactions {
		g.Statements = append(g.Statements, p.begins(nil, nil)...)
		g.Statements = append(g.Statements, p.optional(p.wh.LockSchemas(schemas, p.lockTimeout()), "nobody reads production until it is swapped")...)
		g.Statements = append(g.Statements, p.carried()...)
	} else { // readers must not lose a privilege between two statements
		g.Statements = append(g.Statements, p.carried()...)
		g.Statements = append(g.Statements, p.marks()...)
		g.Statements = append(g.Statements, p.begins(nil, nil)...)
	}
	for _, s := range p.out.Swaps {
		swap := plan.Statement{Effect: plan.Replaces, Comment: "swap " + place(s.Build) + " and " + place(s.Publish)}
		back := swap
		back.When, back.Undo = p.wh.Marked(p.marked(s.Publish, production)), none("publish again")
		swap.Undo = undo(several(p.wh.Swap(s.Publish, s.Build), back)...)
		g.Statements = append(g.Statements, several(p.wh.Swap(s.Publish, s.Build), swap)...)
	}
	for _, r := range tables { // readers are waiting: what was tested has its lock and its new name, and is not read once more
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.CopyRecord(p.out.State, p.out.Name, wasPublished, r.Publish, wasAudited, r.Build), Node: r.Node, Effect: plan.Records,
			Comment: "note that " + shown(r.Publish) + " has the rows that were tested", Undo: none("the note is what later operations read"),
		})
	}
	return &g
}

// swapped ends a swap.
func (p *planner) swapped() []plan.Statement {
	return append(p.areThere(production, "was swapped is there"), p.done())
}

// carried gives the build side the privileges that production has, and readers theirs.
func (p *planner) carried() []plan.Statement {
	sql, each := p.wh.CarryGrants(p.out.Swaps)
	carry := p.grantStatement("", "give what was built the privileges that production has")
	carry.SQL, carry.Each = sql, each
	list := []plan.Statement{carry}
	for _, s := range p.out.Swaps {
		if len(p.out.Readers) > 0 {
			list = append(list, several(p.wh.GrantAll(s.Build, p.out.Readers), p.grantStatement("", "let readers read what was built in "+place(s.Build)))...)
		}
	}
	return list
}

// marks let a rollback see whether a swap was made: a ledger that is not part of it cannot tell.
func (p *planner) marks() []plan.Statement {
	var list []plan.Statement
	for _, s := range p.out.Swaps {
		at, other := p.marked(s.Build, built), p.marked(s.Publish, production)
		list = append(list, p.createSchema(other, "make the schema "+other.Schema))
		list = append(list, several(p.wh.Mark(at, other), plan.Statement{
			Effect: plan.Creates, Comment: "mark " + place(s.Build) + ", so that a rollback sees which side it is", Undo: none("the mark stays, and is replaced by the next"),
		})...)
	}
	return list
}

// marked is the schema that has the mark of a side: of a database it is the first that something is built in.
func (p *planner) marked(side plan.Schema, name func(plan.Relation) plan.Name) plan.Schema {
	for _, r := range p.out.Scope {
		if p.container(name(r)) == side {
			return plan.SchemaOf(name(r))
		}
	}
	return side
}

// across asserts that no view reads the side that it is not part of.
func (p *planner) across() []plan.Statement {
	query := p.wh.Across(p.out.Swaps, p.leaveBehind())
	if query == "" {
		return nil
	}
	return []plan.Statement{p.assertNone(query,
		"dbtwac: these views read production's relations themselves, not their names, and would go on reading them as the build side (leave_behind lets them go): ", "no view outside reads production")}
}
