package main

import (
	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/joblint"
	"github.com/dbtwac/dbtwac/compiler/source"
)

type jobsCmd struct {
	Lint jobsLintCmd `cmd:"" help:"Check job files that people wrote."`
}

type jobsLintCmd struct {
	findings
	Files     []string `arg:"" name:"file" help:"dbt-jobs-as-code YAML, a workflow of GitHub Actions, Terraform, JSON of the Admin API, a shell script, or a list of dbt commands."`
	Platform  bool     `help:"Take lists of commands for steps of a job on dbt's platform."`
	Templated bool     `help:"Files of dbt-jobs-as-code are rendered with a file of variables: Jinja in them is meant."`
}

// Run checks jobs. Of the compile's own findings it shows the errors alone, as gate does.
func (c *jobsLintCmd) Run(e *env) error {
	in, err := e.input()
	if err != nil {
		return err
	}
	out, err := e.compiledQuietly(in)
	if err != nil {
		return err
	}
	var files []*source.File
	for _, name := range c.Files {
		file, err := e.read(name)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	return c.show(e, compiler.LintJobs(out, files, joblint.Options{Platform: c.Platform, Templated: c.Templated}))
}
