// Package dw211 finds tests of a build that read what the build has not made.
package dw211

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW211"

//go:embed DW211.md
var docs embed.FS

// Rule is DW211: one finding a deployment.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if p.Asked(d).StateDir.Value != "" {
			continue // what is not built is read in production, as it is
		}
		made := made(d)
		var ids []string
		reads := map[string]string{}
		for _, id := range selected(d) {
			n := p.Project.Node(id)
			if n == nil || n.Kind != manifest.Test {
				continue
			}
			for _, parent := range p.Read(id) {
				if !rule.IsForeign(parent) && !p.Project.IsMade(parent) && !made[parent.ID] && reads[id] == "" {
					ids, reads[id] = append(ids, id), parent.ID
				}
			}
		}
		if ids = p.Ignored.Kept(code, ids); len(ids) == 0 {
			continue
		}
		var shown []string
		for _, id := range ids {
			shown = append(shown, id+" (reads "+reads[id]+")")
		}
		f := p.Finding(code, diag.Warning, d)
		f.Message = fmt.Sprintf("tests of the build of %s read in %s what this build neither makes nor copies, so what they say depends on what an earlier one has left there: %s",
			d.Name, d.Build.Name, diag.Shorten(shown, ", "))
		f.Hint = "build it too; or say dbt_args: [--indirect-selection, cautious] in environments." + d.Build.Name + ", which leaves such tests out"
		diags.Add(f)
	}
	return diags
}

// selected are the nodes of the build step, by unique id.
func selected(d plan.Deployment) []string {
	var ids []string
	build, _ := d.Phase(plan.Build)
	for _, step := range build.Steps() {
		ids = append(ids, step.Selected...)
	}
	return ids
}

// made are the nodes that the build phase makes: by dbt, and by copies of production in front of it.
func made(d plan.Deployment) map[string]bool {
	made := map[string]bool{}
	for _, id := range selected(d) {
		made[id] = true
	}
	build, _ := d.Phase(plan.Build)
	for _, g := range build.Groups() {
		for _, s := range g.Statements {
			if s.Node != "" && (s.Effect == plan.Creates || s.Effect == plan.Replaces) {
				made[s.Node] = true
			}
		}
	}
	return made
}
