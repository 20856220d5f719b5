// Package dw407 finds jobs that are not written because the platform's numbers are missing.
package dw407

import (
	"embed"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
)

const code diag.Code = "DW407"

//go:embed DW407.md
var docs embed.FS

// Rule is DW407.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var formats, keys []string
	add := func(list *[]string, text string) {
		if !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	for _, j := range p.Plan.Jobs {
		for _, f := range []config.Format{config.FormatJobsAsCode, config.FormatAPI} { // Terraform has variables
			if !slices.Contains(j.Formats, string(f)) {
				continue
			}
			for _, number := range []struct {
				key   string
				value int
			}{
				{"account_id", p.Plan.Platform.AccountID}, {"project_id", p.Plan.Platform.ProjectID},
				{"environment_ids." + j.Environment.Name, j.EnvironmentID},
			} {
				if number.value == 0 {
					add(&keys, "jobs."+number.key)
					add(&formats, string(f))
				}
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return diag.List{{
		Code: code, Severity: diag.Warning, Span: p.Config.Jobs.At.Span, Path: "jobs",
		Message: "jobs are not written as " + strings.Join(formats, " and ") + " without these numbers of dbt's platform: " + strings.Join(keys, ", "),
		Hint:    "the platform shows them in the addresses of its pages: /accounts/<account_id>/projects/<project_id>/environments/<environment_id>",
	}}
}
