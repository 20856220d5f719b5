package strategy

import "github.com/dbtwac/dbtwac/compiler/plan"

// writeAuditClone builds and tests everything in the build environment, and then copies each published relation to its place,
// where the warehouse can in one transaction.
func writeAuditClone(p *planner) {
	if !p.canCopy() {
		return
	}
	p.scope()
	p.reportDatabases()
	build := p.buildStep()
	p.reportUnbuilt(build)
	publish := p.publishGroup()
	p.out.Phases = []plan.Phase{
		{Name: plan.Bootstrap, Actions: []plan.Action{{Group: p.bootstrapGroup()}}},
		{Name: plan.Build, Actions: []plan.Action{{Group: p.beginGroup()}, {Step: &build}, {Group: p.auditedGroup()}}},
		{Name: plan.Publish, Actions: []plan.Action{{Group: &publish}}},
		{Name: plan.Rollback, Actions: []plan.Action{{Group: p.rollbackGroup(publish)}}},
		{Name: plan.Reset, Actions: []plan.Action{{Group: p.resetGroup()}}},
		{Name: plan.Cleanup, Actions: []plan.Action{{Group: p.cleanupGroup()}}},
	}
	p.out.Limits = copyLimits
}
