// Package joblint checks the jobs that people have written: what dbt, or its platform, would refuse, what would do nothing and succeed,
// and what would get in the way of another job.
//
// A file becomes Jobs (Read), a step becomes a command (parse), and each check looks at all of them together with the Project and the
// Plan (Check). The package runs nothing and changes no file; what dbtwac writes itself is checked where it is planned, in lint.
package joblint

import (
	"embed"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/ignore"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/output"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports, and no other one does.
var Codes = diag.Docs(docs)

const (
	Refused     diag.Code = "DW401" // a step that dbt or its platform refuses
	Nothing     diag.Code = "DW402" // a selection that matches nothing
	TwoTargets  diag.Code = "DW403" // a platform job that asks for a target
	NoMacro     diag.Code = "DW404" // a run-operation that cannot run
	Templated   diag.Code = "DW405" // Jinja in a jobs-as-code file
	Overlap     diag.Code = "DW406" // two jobs write one relation at one time
	OwnsOthers  diag.Code = "DW408" // sync deletes what other files define
	NotRead     diag.Code = "DW411" // a file, or a step, that cannot be read
	mirrorBuilt diag.Code = "DW306" // a main job that builds a mirror, or leaves a model to nobody
)

// Input is what jobs are checked against: what a compile has come to.
type Input struct {
	Project *project.Project
	Config  *config.Config
	Plan    plan.Plan
	Names   *naming.Namer
	Ignored *ignore.List
	Fold    func(identifier string) string // how the warehouse compares identifiers
	Files   []output.File                  // that the compile writes: its macros are among them
}

// Check reads the files and checks their jobs.
func Check(in Input, files []*source.File, o Options) diag.List {
	c := &checker{Input: in, evaluator: selection.New(in.Project)}
	read := map[string]bool{}
	for _, file := range files {
		if read[file.Name] {
			continue
		}
		read[file.Name] = true
		jobs, diags := Read(file, o)
		c.diags.Add(diags...)
		c.jobs = append(c.jobs, jobs...)
	}
	for i := range c.jobs {
		c.job(&c.jobs[i])
	}
	c.overlaps()
	c.owners()
	c.mirrors()
	return c.diags
}

type checker struct {
	Input
	evaluator *selection.Evaluator
	jobs      []Job
	done      []done
	diags     diag.List
}

// done is a step as the checks see it.
type done struct {
	job      *Job
	step     Step
	command  command
	selected []*manifest.Node // of a command that selects
	known    bool             // selected is what dbt will select
}

func (c *checker) job(j *Job) {
	for _, s := range j.Steps {
		for _, r := range s.refused {
			c.report(Refused, diag.Error, r.at, r.message, r.hint)
		}
		if len(s.refused) > 0 || len(s.Words) == 0 {
			j.Open = true
			continue
		}
		d := done{job: j, step: s, command: parse(s.Words, c.Project.Manifest.Metadata.V2())}
		c.refuse(d)
		if !c.elsewhere(j) {
			d.selected, d.known = c.selection(d)
			c.operation(d)
		}
		c.done = append(c.done, d)
	}
	c.target(j)
}

// elsewhere reports whether a job is of another dbt project: of what it runs nothing is known here.
func (c *checker) elsewhere(j *Job) bool {
	own := c.Config.Jobs.ProjectID.Value
	return own != 0 && j.Project != 0 && j.Project != own
}

func (c *checker) report(code diag.Code, severity diag.Severity, at source.Span, message, hint string) {
	c.diags.Add(diag.Diagnostic{Code: code, Severity: severity, Span: at, Message: message, Hint: hint})
}
