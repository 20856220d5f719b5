package emit

import (
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// runbookView is what runbook.sh prints. Commands call its functions step, operation and gate.
type runbookView struct {
	Name     string
	Strategy string
	Root     string // of the dbt project, relative to the runbook
	Phases   []runbookPhase
	Names    string // of all phases, as a shell pattern

	Gated     bool   // dbtwac judges the build
	Strict    bool   // a step says which of dbt's warnings are failures
	Stands    string // between a build and its publish where dbtwac is missing, in half a sentence
	BreaksOff bool   // a publish can fail behind its first part
	Fails     bool   // or in the middle of it
}

type runbookPhase struct {
	Name     string
	Commands []string
}

func newRunbookView(d *plan.Deployment, out config.Output) runbookView {
	v := runbookView{Name: d.Name, Strategy: d.Strategy, Root: quote.Shell(up(out.Jobs.Value)), Stands: stands(d)}
	var names []string
	for _, phase := range d.Phases {
		p := runbookPhase{Name: phase.Name}
		for _, i := range invocations(d, phase, out) {
			command := i.does + " " + i.words
			switch i.failure {
			case breaksOff:
				command += " || broken_off"
				v.BreaksOff = true
			case fails:
				command += " || failed"
				v.Fails = true
			}
			v.Gated = v.Gated || i.does == doesGate
			v.Strict = v.Strict || strings.Contains(i.words, "--warn-error-options")
			p.Commands = append(p.Commands, command)
		}
		v.Phases = append(v.Phases, p)
		names = append(names, phase.Name)
	}
	v.Names = strings.Join(names, " | ")
	return v
}

// stands says what stands between a build and its publish on a machine without dbtwac, for a message in double quotes of a shell.
func stands(d *plan.Deployment) string {
	if d.Ledger {
		return "dbt's exit code and the ledger stand between this build and its publish"
	}
	return "dbt's exit code alone stands between this build and its publish"
}

// invocation is one command of a phase, for a shell.
type invocation struct {
	title   string // the operation, or what dbt does
	does    string // step, operation or gate
	words   string // shell words: behind dbt's name, behind dbt run-operation, or behind dbtwac gate
	failure failure
}

const (
	doesStep      = "step"
	doesOperation = "operation"
	doesGate      = "gate"
)

// failure is what a command leaves that has failed.
type failure uint8

const (
	stops     failure = iota // production as it was
	fails                    // production as it was, or a part of the publish
	breaksOff                // a part of the publish
)

// invocations are what a phase runs, in order. The gate reads what the build has left before anything else writes there.
func invocations(d *plan.Deployment, phase plan.Phase, out config.Output) []invocation {
	var list []invocation
	for i, a := range phase.Actions {
		var v invocation
		if a.Step != nil {
			v = invocation{title: "dbt " + a.Step.Command, does: doesStep, words: stepCommand(*a.Step, targetArgs(d, a.Step.Environment), d.Threads)}
		} else {
			v = invocation{title: a.Group.Name, does: doesOperation, words: plan.MacroName(d.Name, a.Group.Name) + " " + targetArgs(d, a.Group.Environment)}
		}
		switch {
		case phase.Name != plan.Publish:
		case i > 0: // what stands before it has changed production
			v.failure = breaksOff
		case !a.Group.Atomic:
			v.failure = fails
		}
		list = append(list, v)
		if a.Step != nil && phase.Name == plan.Build && d.Gated {
			list = append(list, invocation{title: "dbtwac gate", does: doesGate, words: gateCommand(d, out)})
		}
	}
	return list
}

// gateCommand asks for the manifest and the results that a build has left where dbt writes.
func gateCommand(d *plan.Deployment, out config.Output) string {
	return d.Name + " --config " + quote.Shell(out.Config) + ` --manifest "${DBT_TARGET_PATH:-` + out.TargetPath + `}/manifest.json"`
}

// stepCommand is a dbt invocation as shell words behind dbt's own name.
func stepCommand(s plan.Step, target string, threads int) string {
	words := []string{s.Command, target}
	if threads > 0 {
		words = append(words, threadArgs(threads)...)
	}
	return strings.TrimSuffix(strings.Join(words, " ")+" "+shellWords(selectArgs(&s)), " ")
}

func threadArgs(threads int) []string { return []string{"--threads", strconv.Itoa(threads)} }

// selectArgs are a step's arguments that say what it does it to, and the others of its own.
func selectArgs(s *plan.Step) []string {
	var words []string
	if s.Select != "" {
		words = append(words, "--select", s.Select)
	}
	if s.Exclude != "" {
		words = append(words, "--exclude", s.Exclude)
	}
	return append(words, s.Args...)
}

// targetArgs are the shell words that choose the target of one of d's environments. What runs under the publish target has a
// target path of its own: dbt would else parse the project anew with each change, and leave the other target's manifest behind.
func targetArgs(d *plan.Deployment, environment string) string {
	if environment == d.Publish.Name {
		return "--target " + quote.Shell(d.Publish.Target) + " --target-path " + quote.Shell("target/dbtwac_"+d.Publish.Name)
	}
	return "--target " + quote.Shell(d.Build.Target)
}

// up leads from a folder below the root back to the root.
func up(folder string) string {
	if folder == "." {
		return "."
	}
	return strings.TrimSuffix(strings.Repeat("../", strings.Count(folder, "/")+1), "/")
}
