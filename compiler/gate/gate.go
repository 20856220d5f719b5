// Package gate judges what dbt says about a build: whether a publish may follow it.
//
// dbt's own exit code says that nothing has failed. It does not say that everything was there: a build with another selection, an
// older one, one under another target or with --empty ends just as well. The package reads no file and runs nothing; the ledger asks
// the warehouse the same, in its own way.
package gate

import (
	"cmp"
	"embed"
	"fmt"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/results"
	"github.com/dbtwac/dbtwac/compiler/source"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports.
var Codes = diag.Docs(docs)

const (
	OtherRun   diag.Code = "DW409"
	NotAllowed diag.Code = "DW410"
)

// Verdict counts what a build has done for a publish.
type Verdict struct {
	Built  int // relations of the scope, each node once
	Passed int // data tests and unit tests that guard them
	Warned int // of these tests, those that have warned, where dbtwac.yml allows that
}

// Check judges a build of d's build step by its results: those of the build itself, and then of each dbt retry behind it, in their
// order. p is the Project of the manifest that the last of them has left. It reports DW409 for results that belong to another run, and
// DW410 for what they say; without either the publish may go on.
func Check(d plan.Deployment, p *project.Project, runs []*results.Run) (Verdict, diag.List) {
	c := checker{deployment: d, project: p, runs: runs, last: map[string]results.Result{}}
	for i, run := range runs {
		c.run(i, run)
		for _, r := range run.Results {
			c.last[r.ID] = r
		}
	}
	c.broken()
	c.built()
	c.guarded()
	return c.verdict, c.diags
}

type checker struct {
	deployment plan.Deployment
	project    *project.Project
	runs       []*results.Run
	last       map[string]results.Result // of each node
	verdict    Verdict
	diags      diag.List
}

// run reports a run that is not one of this build.
func (c *checker) run(i int, run *results.Run) {
	meta := c.project.Manifest.Metadata
	at := source.At(run.File, 0, 0)
	report := func(message, hint string) {
		c.diags.Add(diag.Diagnostic{Code: OtherRun, Severity: diag.Error, Span: at, Message: message, Hint: hint})
	}
	command, target := run.Args.Get("which").Text(), run.Args.Get("target").Text()
	switch {
	case i == len(c.runs)-1 && run.Metadata.InvocationID != "" && meta.InvocationID != "" && run.Metadata.InvocationID != meta.InvocationID:
		report(fmt.Sprintf("%s is of another run of dbt than %s: what was built is not what this manifest has", run.File.Name, c.project.Manifest.File.Name), "hand dbtwac the two that one dbt build has written, before anything else writes into the target folder")
	case command != "" && command != "build": // a retry is listed as what it tries again
		report(run.File.Name+" is of dbt "+command+", and what is published has to be built and tested by dbt build", "hand the results of the build first, and then those of each dbt retry")
	case i > 0 && run.Metadata.GeneratedAt.Before(c.runs[i-1].Metadata.GeneratedAt):
		report(run.File.Name+" is older than "+c.runs[i-1].File.Name+", which stands before it", "hand the results of the build first, and then those of each dbt retry")
	case target != "" && target != c.deployment.Build.Target:
		report(fmt.Sprintf("%s is of a run under the target %s, and %s builds under %s", run.File.Name, target, c.deployment.Name, c.deployment.Build.Target), "run dbt build --target "+c.deployment.Build.Target)
	}
	if empty, _ := run.Args.Get("empty").Bool(); empty {
		report(run.File.Name+" is of a run with --empty, which builds relations without rows", "run dbt build without --empty")
	}
	if sample := run.Args.Get("sample"); sample.Raw() != "" && sample.Raw() != "null" {
		report(run.File.Name+" is of a run with --sample, which builds relations of a part of their rows", "run dbt build without --sample")
	}
}

// fine are the statuses behind which the publish may go on; every other one is none that a build may end with.
var fine = []string{"success", "pass", "warn", "no-op"}

// broken reports what has failed, or was skipped because of that, whether it is published or not: dbt's own exit code does too.
func (c *checker) broken() {
	var list []results.Result
	for _, r := range c.last {
		if !slices.Contains(fine, r.Status) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b results.Result) int { return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.ID, b.ID)) })
	for _, r := range list {
		c.refuse(r.Raw.Head().Span(), r.ID+" ended with the status "+r.Status, "look at dbt's log; dbt retry runs it again, and its results stand behind those of the build")
	}
}

// built reports what is published and was not built.
func (c *checker) built() {
	var missing []string
	seen := map[string]bool{}
	for _, r := range c.deployment.Scope {
		if seen[r.Node] {
			continue
		}
		seen[r.Node] = true
		switch last, ok := c.last[r.Node]; {
		case !ok:
			missing = append(missing, r.Node)
		case last.Status == "success":
			c.verdict.Built++
		case slices.Contains(fine, last.Status):
			c.refuse(last.Raw.Head().Span(), r.Node+" was not built: its status is "+last.Status, "have dbt build it")
		}
	}
	if len(missing) > 0 {
		c.refuse(source.At(c.runs[0].File, 0, 0), c.deployment.Name+" publishes what the build has not built: "+diag.Shorten(missing, ", "), "run the build step as PLAN.md has it")
	}
}

// guarded reports tests of what is published that were not run, or have warned where that is not allowed.
func (c *checker) guarded() {
	var missing []string
	for _, id := range c.guards() {
		last, ok := c.last[id]
		switch {
		case !ok:
			missing = append(missing, id)
		case last.Status == "warn" && c.deployment.WarnTests == "block":
			c.refuse(last.Raw.Head().Span(), id+" has warned, and warn_tests: block lets no warning through", "mend what it found, or say warn_tests: allow")
		case last.Status == "warn":
			c.verdict.Warned++
		case last.Status == "pass":
			c.verdict.Passed++
		}
	}
	if len(missing) > 0 {
		c.refuse(source.At(c.runs[0].File, 0, 0), "these test what "+c.deployment.Name+" publishes, and were not run: "+diag.Shorten(missing, ", "), "run the build step as PLAN.md has it: dbt build runs the tests of what it builds, unless --indirect-selection or --exclude says otherwise")
	}
}

// guards are the data tests and unit tests of what is published that the build step selects, by unique id.
func (c *checker) guards() []string {
	published := map[string]bool{}
	for _, r := range c.deployment.Scope {
		published[r.Node] = true
	}
	build, _ := c.deployment.Phase(plan.Build)
	var ids []string
	for _, step := range build.Steps() {
		for _, id := range step.Selected {
			n := c.project.Node(id)
			if n == nil || n.Kind != manifest.Test && n.Kind != manifest.UnitTest {
				continue
			}
			if slices.ContainsFunc(n.Parents, func(parent string) bool { return published[parent] }) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (c *checker) refuse(at source.Span, message, hint string) {
	c.diags.Add(diag.Diagnostic{Code: NotAllowed, Severity: diag.Error, Span: at, Message: message, Hint: hint})
}
