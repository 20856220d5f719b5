// Package dw408 finds files of jobs whose sync deletes others.
package dw408

import (
	"embed"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW408"

//go:embed DW408.md
var docs embed.FS

// Rule is DW408.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	written := func(j plan.Job) bool { return slices.Contains(j.Formats, string(config.FormatJobsAsCode)) }
	if p.Config.Jobs.OwnsAll || !slices.ContainsFunc(p.Plan.Jobs, written) {
		return nil
	}
	return diag.List{{
		Code: code, Severity: diag.Warning, Span: p.Config.Jobs.At.Span, Path: "jobs",
		Message: "dbt-jobs-as-code sync deletes every job of the account that it manages and that is not in the files it is given; dbtwac sees only its own",
		Hint:    "say jobs.owns_all: true where there are no others; else hand sync all files at once, or keep it to this project with -p",
	}}
}
