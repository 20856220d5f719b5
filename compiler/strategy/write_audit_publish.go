package strategy

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// writeAuditPublish builds and tests everything in the build environment, and then has dbt build what is published once more, in
// its place: with every ancestor that the audit has built somewhere else, for else it would read what nobody has built anew.
//
// What readers get is a rebuild, and not the rows that were tested: DW223 says so.
func writeAuditPublish(p *planner) {
	if !p.canCopy() {
		return
	}
	if p.deployment.Route == config.RouteTag {
		p.errorf(config.Unsupported, p.deployment.Name, "use route: model, or write_audit_clone", "%s publishes by tag, and dbt builds each model in its own place", p.out.Name)
		return
	}
	p.out.Rebuilt = true
	p.views = config.ViewsRebuild
	p.scope()
	p.ancestors()
	p.out.Hanging = p.hanging()
	p.reportPlaces()
	build := p.buildStep()
	p.reportUnbuilt(build)

	publish := []plan.Action{{Group: p.backupGroup()}}
	for _, step := range p.rounds() {
		publish = append(publish, plan.Action{Step: &step})
	}
	publish = append(publish, plan.Action{Group: p.closingGroup(p.out.Scope, p.rebuilt())})
	p.out.Phases = []plan.Phase{
		{Name: plan.Build, Actions: slices.Concat(p.opening(), []plan.Action{{Step: &build}}, p.closing())},
		{Name: plan.Publish, Actions: publish},
		{Name: plan.Rollback, Actions: []plan.Action{{Group: p.rollbackGroup(publish)}}},
		{Name: plan.Cleanup, Actions: []plan.Action{{Group: p.cleanupGroup()}}},
	}
	p.out.Limits = plan.Limits{
		Readers: "dbt replaces the relations one by one: until it is done a reader may see some as they were before and others as they are built anew. What was tested is the build in " + p.build.Name.Value + ", and not these rows.",
		Undo:    "Rollback takes back the latest publish, also one that was broken off, until cleanup drops its backups or the next publish replaces them.",
	}
	if !p.wh.Can().Transactions {
		p.out.Limits.Undo += " A rollback that was broken off is run again."
	}
	if p.wh.Can().Partitions {
		p.out.Limits.Undo += " It makes each table anew from its backup, so privileges on the table itself are given again as readers and grants say, and no others."
	}
}

// ancestors adds to the scope what the published relations read and the audit has built somewhere else.
func (p *planner) ancestors() {
	there, excluded := map[string]bool{}, map[int]bool{}
	var stack []int32
	for _, r := range p.out.Scope {
		there[r.Node] = true
		i, _ := p.project.Index(r.Node)
		stack = append(stack, p.project.Graph.Parents[i]...)
	}
	if p.deployment.Exclude.Value != "" {
		excluded = p.allowed(p.deployment.Exclude, "exclude")
	}
	seen := map[int32]bool{}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		n := p.project.Nodes[i]
		stack = append(stack, p.project.Graph.Parents[i]...)
		if !naming.IsRelation(n) || there[n.ID] || excluded[int(i)] {
			continue
		}
		name, known := p.name(n, p.publish, &p.publishNames)
		r, ok := p.relation(int(i), nil, nil)
		if !known || !ok || p.key(name) == p.key(r.Build) {
			continue
		}
		r.Publish, r.Ref, r.MayBeEmpty, r.Why = name, name, true, "is read by what is published, and the audit builds it somewhere else"
		p.out.Scope = append(p.out.Scope, r)
	}
	p.sortScope()
	p.reportNames()
}

// rounds are the dbt steps that build the scope, each relation behind what it reads: dbt run does nothing for seeds and snapshots.
func (p *planner) rounds() []plan.Step {
	waiting := p.inOrder(p.out.Scope)
	inScope := map[string]bool{}
	for _, r := range waiting {
		inScope[r.Node] = true
	}
	above := map[string][]string{}
	for _, r := range waiting {
		above[r.Node] = p.readsInScope(r.Node, inScope)
	}
	var steps []plan.Step
	done := map[string]bool{}
	for len(waiting) > 0 {
		before := len(waiting)
		for _, kind := range []struct{ command, kind string }{{"seed", string(manifest.Seed)}, {"run", string(manifest.Model)}, {"snapshot", string(manifest.Snapshot)}} {
			var now, later []plan.Relation
			for _, r := range waiting {
				ready := r.Kind == kind.kind && !slices.ContainsFunc(above[r.Node], func(id string) bool { return !done[id] })
				if ready {
					now = append(now, r)
					done[r.Node] = true
				} else {
					later = append(later, r)
				}
			}
			waiting = later
			if len(now) > 0 {
				steps = append(steps, p.stepOf(kind.command, now))
			}
		}
		if len(waiting) == before { // a cycle, which manifest.Load has reported
			break
		}
	}
	return steps
}

// readsInScope are the relations of the scope that a node reads, through what is no relation.
func (p *planner) readsInScope(id string, inScope map[string]bool) []string {
	i, _ := p.project.Index(id)
	stack := slices.Clone(p.project.Graph.Parents[i])
	seen := map[int32]bool{}
	var list []string
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		n := p.project.Nodes[at]
		if inScope[n.ID] {
			list = append(list, n.ID)
			continue
		}
		stack = append(stack, p.project.Graph.Parents[at]...)
	}
	return list
}

// backupGroup keeps what production has, before dbt writes over it.
func (p *planner) backupGroup() *plan.Group {
	g := p.group(first(plan.Publish), p.connection, 5*len(p.out.Scope)+12)
	g.Statements = append(g.Statements, p.passed()...)
	g.Statements = append(g.Statements, p.preflight(p.ofType(plan.Table))...)
	before := append([]plan.Statement{p.noteCreated()}, p.keep(p.inOrder(append(slices.Clone(p.out.Scope), p.out.Hanging...)))...)
	if !p.wh.Can().Transactions {
		before = append(p.forget(wereTables(p.out.Scope)), before...)
	}
	for _, r := range wereTables(p.inOrder(p.out.Scope)) {
		before = append(before, several(p.wh.Backup(p.backup(r.Publish), r.Publish, p.method, r.Storage), plan.Statement{
			When: p.wh.Is(plan.Table, r.Publish), Node: r.Node, Effect: plan.Replaces, Comment: "back up " + shown(r.Publish), Undo: undo(p.rebuiltTable(r)...),
		})...)
	}
	g.Statements = append(g.Statements, p.begins(before, nil)...)
	for _, r := range slices.Backward(p.inOrder(p.out.Scope)) {
		if p.dbtCannot(r) {
			g.Statements = append(g.Statements, plan.Statement{
				SQL: p.wh.Drop(r.Was, r.Publish, false), Node: r.Node, Effect: plan.Drops, Comment: "drop " + shown(r.Publish) + ", which dbt makes again", Undo: none("its definition was kept"),
			})
		}
	}
	return &g
}

// rebuiltTable takes back what dbt has made of a table, if it got that far: it is made again from its backup, unless production
// had none. What is asked must not change with the first of the statements.
func (p *planner) rebuiltTable(r plan.Relation) []plan.Statement {
	drop := plan.Statement{
		SQL: p.wh.Drop(plan.Table, r.Publish, false), When: p.wh.Is(plan.Table, r.Publish), Node: r.Node, Effect: plan.Drops, Comment: "drop " + shown(r.Publish) + " as dbt has built it", Undo: none("publish again"),
	}
	created := p.wh.WasCreated(p.out.State, p.out.Name, r.Publish)
	if !p.wh.Can().Transactions { // where the backup takes its place it is not gone before
		drop.When = created
	}
	return append([]plan.Statement{drop}, p.fromBackup(r, not(created))...)
}

// rebuilt looks at what dbt has built in production: not empty, not less than it was, and whether it is what was tested.
func (p *planner) rebuilt() []plan.Statement {
	tables := p.ofType(plan.Table)
	list := p.records(tables, production, wasPublished, "that readers have now", false)
	var filled []plan.Name
	for _, r := range tables {
		if !r.MayBeEmpty {
			filled = append(filled, r.Publish)
		}
		if r.Stateful && !r.MayShrink && r.Was == plan.Table {
			s := p.assert(r.Node, "not ("+p.wh.Shrunk(r.Publish, p.backup(r.Publish), r.MaxShrink)+")",
				p.wh.Literal("dbtwac: "+shown(r.Publish)+" has fewer rows than it had before; if that is right, name it in allow_shrink; else take it back with "+p.macro("rollback")), shown(r.Publish)+" has what it had loaded")
			s.When = not(p.wh.WasCreated(p.out.State, p.out.Name, r.Publish))
			list = append(list, s)
		}
	}
	if len(filled) > 0 {
		list = append(list, p.assertNone(p.wh.EmptyAmong(p.out.State, p.out.Name, wasPublished, filled),
			"dbtwac: empty, and if that is right, to be named in allow_empty; else take it back with "+p.macro("rollback")+": ", "no relation is empty"))
	}
	if len(tables) > 0 {
		differing := p.wh.Differing(p.out.State, p.out.Name, wasPublished, names(tables, production), wasAudited, names(tables, built))
		list = append(list, p.warnOf(differing, "what is published was built once more, and is not what was tested: ", "is what dbt has built what was tested?"))
	}
	return list
}
