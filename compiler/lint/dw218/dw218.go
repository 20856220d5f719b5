// Package dw218 finds macros that would stand twice, or that dbt would prefer to those that dbtwac writes.
package dw218

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
)

const code diag.Code = "DW218"

//go:embed DW218.md
var docs embed.FS

// Rule is DW218.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	written := map[string]bool{} // those of macros: in dbtwac.yml
	for _, m := range p.Plan.Macros {
		written[m.Name] = true
	}
	first := map[string]*manifest.Macro{}
	for _, m := range p.Project.Macros {
		switch {
		case m.Package == p.Project.Name():
			if other := first[m.Name]; other != nil {
				diags.Add(twice(p, written, other, m))
			}
			first[m.Name] = m
		case written[m.Name] && !naming.Internal(m.Package):
			note := diag.Diagnostic{
				Code: code, Severity: diag.Note, Span: p.Config.Macros.At, Path: "macros." + m.Name,
				Message: fmt.Sprintf("the package %s has a %s of its own, which dbt takes for the package's nodes", m.Package, m.Name),
				Hint:    "nothing is wrong: the names of its nodes are planned by its macro",
			}
			if m.Name == "ref" {
				note.Hint = "look what it does with the database: a view of the package that names it reads the other side behind a swap"
			}
			diags.Add(note)
		}
	}
	return diags
}

// twice is a macro of the project and one that dbtwac writes, with one name. What is written comes after what was read.
func twice(p *rule.Pass, asked map[string]bool, own, written *manifest.Macro) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: code, Severity: diag.Error, Span: p.Config.Macros.At, Path: "macros." + written.Name,
		Message: fmt.Sprintf("the project has a macro %s already, in %s, and dbt refuses two: %s would be the second", own.Name, own.OriginalFilePath, written.OriginalFilePath),
		Hint:    "delete the project's, so that dbtwac owns it; or take macros." + written.Name + " out, and say naming: project where the project's own is right, or naming: manifest",
	}
	if written.Name == "ref" {
		d.Hint = "delete the project's, so that dbtwac owns it; or take macros.ref out, and let the project's own leave out the database"
	}
	if !asked[written.Name] && len(p.Plan.Deployments) > 0 {
		d.Span, d.Path = p.Deployment(p.Plan.Deployments[0].Name).Span, "deployments"
		d.Hint = "give the deployment or the project's macro another name"
	}
	return d
}
