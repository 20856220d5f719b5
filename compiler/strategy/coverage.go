package strategy

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// coverage says which data tests stand between a build and its publish.
func (p *planner) coverage() {
	build, _ := p.out.Phase(plan.Build)
	run := make([]bool, len(p.project.Nodes)) // by position, as everything here
	for _, step := range build.Steps() {
		at := 0
		for _, id := range step.Selected { // sorted, as the nodes are
			for at < len(run) && p.project.Nodes[at].ID < id {
				at++
			}
			if at < len(run) && p.project.Nodes[at].ID == id {
				run[at] = true
			}
		}
	}
	made := slices.Clone(run)
	for _, g := range build.Groups() { // copies of production that the build begins with
		for _, s := range g.Statements {
			if at, ok := p.project.Index(s.Node); ok && (s.Effect == plan.Creates || s.Effect == plan.Replaces) {
				made[at] = true
			}
		}
	}
	p.testsBeyond(run, made)
	c := plan.Coverage{Relations: len(p.out.Scope)}
	seen := map[string]bool{}
	count := func(n *int, ids []string) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				*n++
			}
		}
	}
	for i := range p.out.Scope {
		r := &p.out.Scope[i]
		at, _ := p.project.Index(r.Node)
		for _, child := range p.project.Graph.Children[at] {
			switch n := p.project.Nodes[child]; {
			case n.Kind != manifest.Test:
			case !run[child]:
				r.NotRun = append(r.NotRun, n.ID)
			case p.blocks(n):
				r.Blocking = append(r.Blocking, n.ID)
			default:
				r.Warning = append(r.Warning, n.ID)
			}
		}
		if len(r.Blocking) > 0 {
			c.Tested++
		}
		count(&c.Blocking, r.Blocking)
		count(&c.Warning, r.Warning)
		count(&c.NotRun, r.NotRun)
	}
	p.out.Coverage = c
}

// empty are conditions of which no row is.
var empty = []string{"false", "1=0", "0=1", "1=2", "1<>1", "1!=1"}

// blocks reports whether a build fails when the test does. One that looks at no row never does.
func (p *planner) blocks(n *manifest.Node) bool {
	if limit := n.Config.Raw.Get("limit").Raw(); limit == "0" {
		return false
	}
	where, _ := n.Config.Raw.Get("where").Str()
	if slices.Contains(empty, strings.ToLower(strings.ReplaceAll(where, " ", ""))) {
		return false
	}
	severity, _ := n.Config.Raw.Get("severity").Str()
	return !strings.EqualFold(severity, "warn") || p.deployment.WarnTests == config.WarnTestsBlock
}

// testsBeyond finds the tests of the build that read, also through ephemeral models, what it neither makes nor has copied. With a
// state_dir that is read in production, as it is; copies of sources are there anyway, as the sources are.
func (p *planner) testsBeyond(run, made []bool) {
	p.out.Beyond = []plan.Beyond{}
	left := func(i int) bool {
		n := p.project.Nodes[i]
		foreign := n.Kind == manifest.Model && n.OriginalFilePath == ""
		return !made[i] && naming.IsRelation(n) && !foreign && !p.project.IsMade(n)
	}
	all := true
	for i := range made {
		all = all && !left(i)
	}
	if all || p.deployment.StateDir.Value != "" {
		return
	}
	for i, n := range p.project.Nodes {
		if n.Kind != manifest.Test || !run[i] {
			continue
		}
		for _, at := range naming.Read(p.project, i) {
			if left(int(at)) {
				p.out.Beyond = append(p.out.Beyond, plan.Beyond{Test: n.ID, Reads: p.project.Nodes[at].ID})
				break
			}
		}
	}
}
