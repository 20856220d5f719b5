// Package dw402 finds steps that select nothing.
package dw402

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
)

const code diag.Code = "DW402"

//go:embed DW402.md
var docs embed.FS

// Rule is DW402.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

// A selection that dbtwac.yml asks for and that matches nothing is DW121; here is what is left by what is excluded.
func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, j := range p.Plan.Jobs {
		for _, c := range j.Commands {
			if c.Step == nil || c.Step.Select != "" || len(c.Step.Selected) > 0 {
				continue
			}
			f := p.JobFinding(code, diag.Error, j)
			f.Message = "the job " + j.Name + " would run dbt " + c.Step.Command + " on nothing"
			if c.Step.Exclude != "" {
				f.Message += ": it leaves out " + c.Step.Exclude + ", and that is all there is"
			}
			f.Hint = "dbtwac ls --command " + c.Step.Command + " lists what there is"
			diags.Add(f)
		}
	}
	return diags
}
