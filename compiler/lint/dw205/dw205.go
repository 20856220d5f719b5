// Package dw205 finds what a swap takes along beside the project's own relations: what packages and other projects build there, and
// functions.
package dw205

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW205"

//go:embed DW205.md
var docs embed.FS

// Rule is DW205.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if !rule.IsSwap(d) || len(d.Scope) == 0 {
			continue
		}
		elsewhere, beside := "in a project of its own", "give them a schema that no model is built in" // every schema that is built in is swapped
		if p.Asked(d).Swap == config.SwapDatabase {
			elsewhere, beside = "in a database that is not swapped: +database in dbt_project.yml", "give them a database that is not swapped"
		}
		f := inside(p, d)
		for _, part := range []struct {
			nodes         []string
			message, hint string
		}{
			{f.packages, "packages build these, and the swap takes them along: ", "fine where every build makes them anew, which lint.ignore can say; what gathers rows from run to run belongs " + elsewhere},
			{f.projects, "another dbt project builds these, and the swap takes them away from where it writes them: ", "let the one or the other project build in another place"},
			{f.functions, "the swap takes these functions along, and what their text names may then be the other side: ", beside + ", and let their text name what readers read; or look that it names nothing that is swapped"},
		} {
			if nodes := p.Ignored.Kept(code, part.nodes); len(nodes) > 0 {
				w := p.Finding(code, diag.Warning, d)
				w.Message, w.Hint = part.message+diag.Shorten(nodes, ", "), part.hint
				diags.Add(w)
			}
		}
	}
	return diags
}

// found are unique ids.
type found struct{ packages, projects, functions []string }

// inside sorts what stands in the container beside the project's own relations; sources are DW204's.
func inside(p *rule.Pass, d plan.Deployment) found {
	var f found
	build, publish := p.Sides(d)
	container := p.Container(d)
	for _, n := range p.Project.Nodes {
		var list *[]string
		switch {
		case n.Kind == manifest.Function:
			list = &f.functions
		case n.Package == p.Project.Name() || !naming.IsRelation(n):
			continue
		case rule.IsForeign(n): // its names are the other project's affair
			if container.Holds(n.Database, n.Schema) {
				f.projects = append(f.projects, n.ID)
			}
			continue
		default:
			list = &f.packages
		}
		for _, side := range []config.Environment{build, publish} {
			if name, err := p.Names.Of(n, side); err == nil && container.Holds(name.Database, name.Schema) {
				*list = append(*list, n.ID)
				break
			}
		}
	}
	return f
}
