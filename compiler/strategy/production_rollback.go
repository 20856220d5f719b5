package strategy

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
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
	if p.method == warehouse.Clone && slices.Contains(p.wh.Can().Methods, warehouse.Copy) {
		p.errorf(Depth, p.deployment.Method, "use method: copy, the default here: a copy is no clone of anything",
			"%s would clone production's tables and clone them back: each night makes a clone of a clone, and the warehouse takes no more than three of them", p.out.Name)
		return
	}
	p.prepared = true
	p.scope()
	p.out.Hanging = p.hanging()
	p.reportPlaces()
	build := p.scopeStep()
	p.reportUnbuilt(build)
	p.reportBetween(build)
	p.out.Phases = append([]plan.Phase{
		{Name: plan.Build, Actions: slices.Concat(p.opening(p.prepareGroup(build)), []plan.Action{{Step: &build}}, p.closing())},
	}, p.copying()...)
}

// scopeStep is the dbt build of the scope, unless build_select says more.
func (p *planner) scopeStep() plan.Step {
	step, include, exclude := p.step(p.build, "build"), p.deployment.BuildSelect, config.Text{}
	if include.Value == "" {
		include, exclude = p.deployment.Select, p.deployment.Exclude
	}
	step.Select, step.Exclude = include.Value, exclude.Value
	if dir := p.deployment.StateDir.Value; dir != "" {
		step.Args = append(step.Args, "--defer", "--favor-state", "--state", dir)
	}
	return p.resolve(step, include, exclude)
}

// prepareGroup copies from production what the build goes on from: the stateful relations of the scope, and what the build reads
// and does not build. It notes what production has, so that a publish over something else is refused.
func (p *planner) prepareGroup(step plan.Step) *plan.Group {
	g := p.group(plan.Prepare, p.build.Name.Value, 6*len(p.out.Scope))
	if p.out.Ledger {
		g.Statements = append(g.Statements, p.begun()...)
	}
	parents := p.unbuiltParents(step)
	if p.deployment.StateDir.Value != "" {
		p.reportDeferred(parents)
		parents = nil
	}
	var builds []plan.Name
	for _, parent := range parents {
		builds = append(builds, parent.build)
	}
	g.Statements = append(g.Statements, p.schemas(builds)...)
	g.Statements = append(g.Statements, p.dropMaterialized(parentNodes(parents))...)
	for _, parent := range parents {
		g.Statements = append(g.Statements, p.assert(parent.node, "("+p.wh.Exists(parent.publish)+")",
			p.wh.Literal("dbtwac: the build reads "+shown(parent.publish)+", which it does not build and production does not have: select it too, as with +"),
			"production has "+shown(parent.publish)+", which the build reads"))
		if p.key(parent.build) != p.key(parent.publish) { // else the build reads production's own
			g.Statements = append(g.Statements, p.copyToBuild(parent.node, parent.build, parent.publish, parent.copied, "")...)
		}
	}
	if p.out.Ledger { // before the copies: a row that comes between is one that the publish has to notice
		g.Statements = append(g.Statements, p.records(p.ofType(plan.Table), production, wasSeen, "that the build goes on from", true)...)
	}
	g.Statements = append(g.Statements, p.copyBack(false)...)
	return &g
}

// reportDeferred names what the build reads in production.
func (p *planner) reportDeferred(parents []parent) {
	if nodes := p.ignored.Kept(Between, parentNodes(parents)); len(nodes) > 0 {
		p.warnf(Between, p.deployment.StateDir, "the manifest there has to be production's, and as new as production; without state_dir they are copied before the build",
			"%s builds on production's own %s, as the manifest in %s names them: %s", p.out.Name, count(len(nodes), "relation"), p.deployment.StateDir.Value, diag.Shorten(nodes, ", "))
	}
}

// parent is a relation that the build reads and does not build.
type parent struct {
	node           string // unique id
	build, publish plan.Name
	copied         []string // the statements that do
}

func parentNodes(parents []parent) []string {
	var list []string
	for _, parent := range parents {
		list = append(list, parent.node)
	}
	return list
}

// unbuiltParents are the relations that built nodes read, tests among them, and that are not built; through ephemeral models.
func (p *planner) unbuiltParents(step plan.Step) []parent {
	var found []int32
	for _, id := range step.Selected {
		if i, ok := p.project.Index(id); ok {
			for _, at := range naming.Read(p.project, i) {
				if n := p.project.Nodes[at]; naming.IsRelation(n) && !p.isBuilt(step, n.ID) {
					found = append(found, at)
				}
			}
		}
	}
	slices.Sort(found)
	var list []parent
	for _, i := range slices.Compact(found) {
		n := p.project.Nodes[i]
		build, okBuild := p.name(n, p.build, &p.buildNames)
		publish, okPublish := p.name(n, p.publish, &p.publishNames)
		if okBuild && okPublish {
			copied := p.wh.CopyView(build, publish, "")
			if p.typeOf(n) == plan.Table {
				storage, _ := naming.StorageOf(p.names.In(n, p.publish))
				copied = p.wh.CopyTable(build, publish, p.methodBack(), storage)
			}
			list = append(list, parent{n.ID, build, publish, copied})
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
