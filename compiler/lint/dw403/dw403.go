// Package dw403 finds jobs that would need two targets in a format that cannot chain jobs.
package dw403

import (
	"embed"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
)

const code diag.Code = "DW403"

//go:embed DW403.md
var docs embed.FS

// Rule is DW403.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	found := map[string]bool{}
	for _, j := range p.Plan.Jobs {
		if j.After == "" || found[j.Of] || !slices.Contains(j.Formats, string(config.FormatJobsAsCode)) {
			continue
		}
		found[j.Of] = true
		d := p.Plan.Deployment(j.Of)
		f := p.JobFinding(code, diag.Error, j)
		f.Message = j.Of + " runs under two targets, " + d.Build.Target + " and " + d.Publish.Target + ", which on dbt's platform are two jobs; a file for dbt-jobs-as-code cannot have the one start the other, because it names jobs by numbers that they get later"
		f.Hint = "say jobs: {deployments: {" + j.Of + ": {formats: [terraform]}}}, or api, which chain them; or have it need one target"
		if d.Views == string(config.ViewsRebuild) && !d.Rebuilt {
			f.Hint += ": views: recreate or skip, in place of rebuild"
		}
		diags.Add(f)
	}
	return diags
}
