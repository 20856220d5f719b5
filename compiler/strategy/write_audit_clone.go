package strategy

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// writeAuditClone builds and tests everything in the build environment, and then copies each published relation to its place,
// where the warehouse can in one transaction.
func writeAuditClone(p *planner) {
	if !p.canCopy() {
		return
	}
	p.scope()
	p.out.Hanging = p.hanging()
	p.reportPlaces()
	build := p.buildStep()
	p.reportUnbuilt(build)
	p.out.Phases = append([]plan.Phase{
		{Name: plan.Bootstrap, Actions: []plan.Action{{Group: p.bootstrapGroup()}}},
		{Name: plan.Build, Actions: slices.Concat(p.opening(), []plan.Action{{Step: &build}}, p.closing())},
	}, p.copying()...)
}
