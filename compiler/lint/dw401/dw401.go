// Package dw401 finds steps that dbt's platform would not take as they are meant.
package dw401

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW401"

//go:embed DW401.md
var docs embed.FS

// Rule is DW401.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, j := range p.Plan.Jobs {
		if !rule.OnPlatform(j) {
			continue
		}
		for _, c := range j.Commands {
			if c.Step == nil {
				continue
			}
			for _, word := range words(c.Step) {
				if i := strings.IndexAny(word, "$`\n"); i >= 0 {
					f := p.JobFinding(code, diag.Error, j)
					f.Message = fmt.Sprintf("a step of the job %s holds %q in %q, and nobody knows how dbt's platform reads that in a step", j.Name, word[i:i+1], word)
					f.Hint = "name it without " + "$, ` and line breaks; or take the formats of the platform out of jobs.formats"
					diags.Add(f)
				}
			}
		}
	}
	return diags
}

// words are those of a step that dbtwac did not choose.
func words(s *plan.Step) []string { return slices.Concat([]string{s.Select, s.Exclude}, s.Args) }
