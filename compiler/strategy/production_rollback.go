package strategy

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// productionRollback copies what the scope needs from production to the build environment, builds and tests the scope there, and
// copies it back: incremental models and snapshots go on from what production holds, as if they had been built in place.
func productionRollback(p *planner) {
	if !p.canCopy() {
		return
	}
	if p.deployment.Route == config.RouteTag {
		p.errorf(config.Unsupported, p.deployment.Name, "use route: model, or write_audit_clone",
			"%s publishes by tag, and production_rollback goes back and forth between one place in production and one in the build", p.out.Name)
		return
	}
	if p.deployment.Select.Value == "" {
		p.errorf(config.MissingKey, p.deployment.Name, "say what is built and published, in dbt's selection syntax", "deployments.%s.select is missing, which production_rollback builds by", p.out.Name)
		return
	}
	p.prepared = true
	p.scope()
	p.reportDatabases()
	build := p.scopeStep()
	p.reportUnbuilt(build)
	p.reportBetween(build)
	publish := p.publishGroup()
	p.out.Phases = []plan.Phase{
		{Name: plan.Build, Actions: []plan.Action{{Group: p.beginGroup()}, {Group: p.prepareGroup(build)}, {Step: &build}, {Group: p.auditedGroup()}}},
		{Name: plan.Publish, Actions: []plan.Action{{Group: &publish}}},
		{Name: plan.Rollback, Actions: []plan.Action{{Group: p.rollbackGroup(publish)}}},
		{Name: plan.Reset, Actions: []plan.Action{{Group: p.resetGroup()}}},
		{Name: plan.Cleanup, Actions: []plan.Action{{Group: p.cleanupGroup()}}},
	}
	p.out.Limits = copyLimits
}

// scopeStep is the dbt build of the scope, unless build_select says more.
func (p *planner) scopeStep() plan.Step {
	if p.deployment.BuildSelect.Value != "" {
		return p.buildStep()
	}
	step := plan.Step{Environment: p.build.Name.Value, Command: "build", Select: p.deployment.Select.Value, Exclude: p.deployment.Exclude.Value, Selected: []string{}}
	for _, arg := range p.build.Args {
		step.Args = append(step.Args, arg.Value)
	}
	return p.resolve(step, p.deployment.Select, p.deployment.Exclude)
}

// prepareGroup copies from production what the build goes on from: the stateful relations of the scope, and what the build reads
// and does not build. It notes what production has, so that a publish over something else is refused.
func (p *planner) prepareGroup(step plan.Step) *plan.Group {
	g := p.group(plan.Prepare)
	g.Statements = append(g.Statements, p.hasRunID(), p.stateIs(building, "this run has begun"), p.sameRun(), p.generation(warehouse.Current))
	var names []plan.Name
	parents := p.unbuiltParents(step)
	for _, parent := range parents {
		names = append(names, parent.build)
	}
	g.Statements = append(g.Statements, p.schemas(names)...)
	for _, parent := range parents {
		g.Statements = append(g.Statements, p.assert(parent.node, "("+p.wh.Exists(parent.publish)+")",
			p.wh.Literal("dbtwac: the build reads "+shown(parent.publish)+", which it does not build and production does not have: select it too, as with +"),
			"production has "+shown(parent.publish)+", which the build reads"))
		g.Statements = append(g.Statements, p.copyAny(parent)...)
	}
	g.Statements = append(g.Statements, p.copyBack(false)...)
	for _, r := range p.out.Scope {
		g.Statements = append(g.Statements, plan.Statement{
			SQL: p.wh.Record(p.out.State, p.out.Name, wasSeen, r.Publish), When: p.wh.Exists(r.Publish), Node: r.Node, Effect: plan.Records,
			Comment: "note the rows of " + shown(r.Publish) + " that the build goes on from", Undo: none("the note is what publish reads"),
		})
	}
	return &g
}

// parent is a relation that the build reads and does not build.
type parent struct {
	node           string // unique id
	build, publish plan.Name
}

// copyAny makes the build side's relation a table of production's rows. What was there may have been a view.
func (p *planner) copyAny(r parent) []plan.Statement {
	comment := "drop " + shown(r.build)
	return []plan.Statement{
		{SQL: p.wh.DropView(r.build), When: p.wh.IsView(r.build), Node: r.node, Effect: plan.Drops, Comment: comment + ", where it is a view", Undo: none("the next statement makes a table of it")},
		{SQL: p.wh.ReplaceTable(r.build, r.publish), Node: r.node, Effect: plan.Creates, Comment: "copy " + shown(r.publish) + " to " + shown(r.build), Undo: none("the build side is not what readers see")},
	}
}

// unbuiltParents are the relations that built nodes read, tests among them, and that are not built; through ephemeral models.
func (p *planner) unbuiltParents(step plan.Step) []parent {
	seen := map[int]bool{}
	var found []int
	var visit func(i int)
	visit = func(i int) {
		for _, at := range p.project.Graph.Parents[i] {
			at := int(at)
			if seen[at] {
				continue
			}
			seen[at] = true
			n := p.project.Nodes[at]
			switch {
			case n.Kind == manifest.Model && !naming.IsRelation(n):
				visit(at)
			case naming.IsRelation(n) && !p.isBuilt(step, n.ID):
				found = append(found, at)
			}
		}
	}
	for _, id := range step.Selected {
		if i, ok := p.project.Index(id); ok {
			visit(i)
		}
	}
	slices.Sort(found)
	var list []parent
	for _, i := range found {
		n := p.project.Nodes[i]
		build, okBuild := p.name(n, p.build, &p.buildNames)
		publish, okPublish := p.name(n, p.publish, &p.publishNames)
		if okBuild && okPublish {
			list = append(list, parent{n.ID, build, publish})
		}
	}
	return list
}

func (p *planner) isBuilt(step plan.Step, id string) bool {
	_, found := slices.BinarySearch(step.Selected, id)
	return found
}

// reportBetween finds relations that are not built between two that are.
func (p *planner) reportBetween(step plan.Step) {
	below := p.reach(step, p.project.Graph.Children)
	above := p.reach(step, p.project.Graph.Parents)
	var gaps []string
	for i, n := range p.project.Nodes {
		if below[i] && above[i] && naming.IsRelation(n) && !p.isBuilt(step, n.ID) {
			gaps = append(gaps, n.ID)
		}
	}
	if len(gaps) > 0 {
		p.errorf(Between, p.deployment.Select, "select them too", "%s builds what stands above and below these, and not them: %s", p.out.Name, diag.Shorten(gaps, ", "))
	}
}

// reach are the nodes that can be reached from the built relations.
func (p *planner) reach(step plan.Step, edges [][]int32) []bool {
	reached := make([]bool, len(p.project.Nodes))
	var stack []int32
	for _, id := range step.Selected {
		if i, ok := p.project.Index(id); ok && naming.IsRelation(p.project.Nodes[i]) {
			stack = append(stack, edges[i]...)
		}
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !reached[i] {
			reached[i] = true
			stack = append(stack, edges[i]...)
		}
	}
	return reached
}
