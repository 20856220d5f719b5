package emit

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// runbookView is what runbook.sh prints. Commands call its functions step and operation.
type runbookView struct {
	Name     string
	Strategy string
	Root     string // of the dbt project, relative to the runbook
	Phases   []runbookPhase
	Names    string // of all phases, as a shell pattern

	BreaksOff bool // a publish can fail behind its first part
	Fails     bool // or in the middle of it
}

type runbookPhase struct {
	Name     string
	Commands []string
	Auto     bool // part of a run without arguments
}

func newRunbookView(d *plan.Deployment, out config.Output) runbookView {
	v := runbookView{Name: d.Name, Strategy: d.Strategy, Root: quote.Shell(up(out.Jobs.Value))}
	var names []string
	for _, phase := range d.Phases {
		p := runbookPhase{Name: phase.Name, Auto: phase.Name == plan.Build || phase.Name == plan.Publish}
		for i, a := range phase.Actions {
			var command string
			if a.Step != nil {
				command = "step " + stepCommand(*a.Step, targetArgs(d, a.Step.Environment))
			} else {
				command = "operation " + MacroName(d.Name, a.Group.Name) + " " + targetArgs(d, a.Group.Environment)
			}
			switch {
			case phase.Name != plan.Publish:
			case i > 0: // what stands before it has changed production
				command += " || broken_off"
				v.BreaksOff = true
			case !a.Group.Atomic:
				command += " || failed"
				v.Fails = true
			}
			p.Commands = append(p.Commands, command)
		}
		v.Phases = append(v.Phases, p)
		names = append(names, phase.Name)
	}
	v.Names = strings.Join(names, " | ")
	return v
}

// stepCommand is a dbt invocation as shell words behind dbt's own name.
func stepCommand(s plan.Step, target string) string {
	words := []string{s.Command, target}
	if s.Select != "" {
		words = append(words, "--select", quote.Shell(s.Select))
	}
	if s.Exclude != "" {
		words = append(words, "--exclude", quote.Shell(s.Exclude))
	}
	for _, arg := range s.Args {
		words = append(words, quote.Shell(arg))
	}
	return strings.Join(words, " ")
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
