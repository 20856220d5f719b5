package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/gate"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/results"
)

type gateCmd struct {
	Deployment string   `arg:"" optional:"" help:"The deployment; not needed where there is one."`
	RunResults []string `name:"run-results" sep:"none" placeholder:"FILE" help:"What the build has written, and behind it what each dbt retry has; default: run_results.json beside the manifest."`
}

// Run judges a build. Of the compile's own findings it shows the errors alone: what stands in the way of a publish is not to be
// looked for among warnings.
func (c *gateCmd) Run(e *env) error {
	in, err := e.input()
	if err != nil {
		return err
	}
	in.Judged = true
	out, err := e.compiledQuietly(in)
	if err != nil {
		return err
	}
	d, err := c.deployment(e, out.Plan)
	if err != nil {
		return err
	}
	runs, diags, err := c.runs(e, in.Manifest.Name)
	if err != nil {
		return err
	}
	if diags.HasErrors() {
		return e.report(diags.Sorted())
	}
	verdict, diags := gate.Check(d, out.Project, runs)
	if err := e.report(diags.Sorted()); err != nil {
		if !e.cli.Quiet {
			_, _ = fmt.Fprintf(e.stderr, "%s: the publish must not go on\n", d.Name)
		}
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s: %d nodes built, %d tests passed, %d warned: the publish may go on\n", d.Name, verdict.Built, verdict.Passed, verdict.Warned)
	return err
}

func (c *gateCmd) deployment(e *env, p plan.Plan) (plan.Deployment, error) {
	if d := p.Deployment(c.Deployment); d != nil {
		return *d, nil
	}
	if c.Deployment == "" && len(p.Deployments) == 1 {
		return p.Deployments[0], nil
	}
	var names []string
	for _, d := range p.Deployments {
		names = append(names, d.Name)
	}
	if c.Deployment == "" {
		_, _ = fmt.Fprintf(e.stderr, "dbtwac: name the deployment; defined are: %s\n", strings.Join(names, ", "))
	} else {
		_, _ = fmt.Fprintf(e.stderr, "dbtwac: there is no deployment %q; defined are: %s\n", c.Deployment, strings.Join(names, ", "))
	}
	return plan.Deployment{}, exit(exitUsage)
}

// runs reads the results, by default those beside the manifest.
func (c *gateCmd) runs(e *env, manifest string) ([]*results.Run, diag.List, error) {
	names := c.RunResults
	if len(names) == 0 {
		names = []string{filepath.Join(filepath.Dir(manifest), "run_results.json")}
	}
	var runs []*results.Run
	var diags diag.List
	for _, name := range names {
		file, err := e.read(name)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w\n  hint: dbt build writes it; name another with --run-results", err)
		}
		if err != nil {
			return nil, nil, err
		}
		run, more := results.LoadRun(file)
		diags.Add(more...)
		runs = append(runs, run)
	}
	return runs, diags, nil
}
