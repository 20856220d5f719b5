// Package dw207 finds two nodes that would become one relation.
package dw207

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW207"

//go:embed DW207.md
var docs embed.FS

// Rule is DW207.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		diags.Add(built(p, d)...)
		diags.Add(published(p, d)...)
	}
	return diags
}

// built compares what the build writes with itself, and with the sources.
func built(p *rule.Pass, d plan.Deployment) diag.List {
	var diags diag.List
	build, _ := p.Config.Environment(d.Build.Name)
	nodes := p.Written(d)
	first := make(map[plan.Name]string, len(nodes))
	for _, n := range nodes {
		key := n.Key
		if !n.Known {
			continue
		}
		if other := first[key]; other != "" {
			diags.Add(twice(p, d, d.Build.Name, key, other, n.ID))
			continue
		}
		first[key] = n.ID
	}
	var seeds []string
	for _, n := range p.Project.Nodes {
		if n.Kind != manifest.Source {
			continue
		}
		key := p.Key(plan.Name{Database: n.Database, Schema: n.Schema, Identifier: n.Alias})
		here := key
		here.Database = p.Fold(build.Database.Value)
		if first[key] == "" && first[here] == "" { // as for nearly all: the look into the source's own file is dear
			continue
		}
		name := naming.OfSource(n, build)
		id := first[p.Key(plan.Name{Database: name.Database, Schema: name.Schema, Identifier: name.Identifier})]
		switch {
		case id == "":
		case p.Project.Node(id).Kind == manifest.Seed:
			seeds = append(seeds, id+" for "+n.ID)
		default:
			over := finding(p, d)
			over.Message = fmt.Sprintf("%s is built in %s where its project reads the source %s: the build would overwrite the source", id, d.Build.Name, n.ID)
			over.Nodes = []string{id, n.ID}
			over.Hint = "build in another schema, or give the model an alias"
			diags.Add(over)
		}
	}
	if seeds = p.Ignored.Kept(code, seeds); len(seeds) > 0 {
		note := finding(p, d)
		note.Severity = diag.Note
		note.Message = "seeds are loaded where sources are read, so the build runs on the seeds' rows: " + diag.Shorten(seeds, ", ")
		note.Hint = "right for test data; in production, leave the seeds out with build_select"
		diags.Add(note)
	}
	return diags
}

// published compares what is published with itself. A node may go to several places.
func published(p *rule.Pass, d plan.Deployment) diag.List {
	var diags diag.List
	first := make(map[plan.Name]string, len(d.Scope))
	for i := range d.Scope {
		r := &d.Scope[i]
		key := p.Key(r.Publish)
		if other := first[key]; other != "" && other != r.Node {
			diags.Add(twice(p, d, d.Publish.Name, r.Publish, other, r.Node))
			continue
		}
		first[key] = r.Node
	}
	return diags
}

func twice(p *rule.Pass, d plan.Deployment, environment string, name plan.Name, first, second string) diag.Diagnostic {
	f := finding(p, d)
	f.Nodes, f.Word = []string{first, second}, "alias"
	f.Message = fmt.Sprintf("%s and %s are both %s.%s in %s: one would overwrite the other", first, second, name.Schema, name.Identifier, environment)
	f.Hint = "give one of them an alias, or exclude it"
	return f
}

func finding(p *rule.Pass, d plan.Deployment) diag.Diagnostic {
	return diag.Diagnostic{Code: code, Severity: diag.Error, Span: p.Deployment(d.Name).Span, Path: "deployments." + d.Name}
}
