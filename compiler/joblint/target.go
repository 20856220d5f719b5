package joblint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
)

// target reports a job of the platform whose steps name a target (DW403): the connection is the environment's, and the profile that the
// platform makes for a run has no target but the job's.
func (c *checker) target(j *Job) {
	if !j.Platform {
		return
	}
	var targets []string
	var at []Word
	for _, d := range c.done {
		for _, w := range d.command.all("--target") {
			if d.job == j && w.Known() {
				at = append(at, w)
				if !slices.Contains(targets, w.Text) {
					targets = append(targets, w.Text)
				}
			}
		}
	}
	if len(at) == 0 {
		return
	}
	own, ofJob := j.Target, "target_name "+j.Target
	if j.TargetOpen {
		own = ""
	}
	if e, found := c.numbered(j.Environment); found { // it decides, whatever target_name says
		own, ofJob = e.Target.Value, "target "+e.Target.Value+" of its environment "+e.Name.Value
	}
	apart := "make one job an environment, each with target_name, and start the second by the success of the first; a shell script or GitHub Actions can keep --target"
	switch {
	case len(targets) > 1:
		c.report(TwoTargets, diag.Error, at[0].Span, "the job "+j.Name+" asks for the targets "+strings.Join(targets, " and ")+", and all steps of a platform job run under the target of its environment", apart)
	case own == "":
		c.report(TwoTargets, diag.Error, at[0].Span, "the job "+j.Name+" asks for the target "+targets[0]+", and the platform takes the target from the job's environment: the run fails", "remove --target, and give the job target_name "+targets[0]+" and the environment that belongs to it")
	case targets[0] != own:
		c.report(TwoTargets, diag.Error, at[0].Span, "the job "+j.Name+" has the "+ofJob+", and a step asks for the target "+targets[0]+", which the platform does not know", apart)
	default:
		c.report(TwoTargets, diag.Error, at[0].Span, "the platform knows no target by name, also not "+targets[0]+", though the job "+j.Name+" has the "+ofJob+": the run fails", "remove --target: each step has the job's target anyway")
	}
}

// anonymous is the target_name that the platform gives a job to which nobody has given one.
const anonymous = "default"

// under is where a step runs: in an environment of dbtwac.yml where it is one of them, and else in a place with another name, which is
// empty where nobody has said it. On the platform the environment decides by its number, and target_name is a word for the project's
// Jinja; it says where a job runs only as long as dbtwac.yml has no number for the environment of that target.
func (c *checker) under(d done) (e config.Environment, place string, found bool) {
	target := d.job.Target
	if d.job.TargetOpen {
		target = ""
	}
	number := d.job.Environment
	if !d.job.Platform {
		number = 0
		if w := d.command.last("--target"); w.Text != "" {
			if target = w.Text; !w.Known() {
				return e, "", false
			}
		}
	}
	if e, found = c.numbered(number); found {
		return e, "", true
	}
	if d.job.Platform && target == anonymous {
		target = ""
	}
	for _, e := range c.Config.Environments {
		if target != "" && e.Target.Value == target && (number == 0 || c.Config.Jobs.EnvironmentID(e.Name.Value) == 0) {
			return e, "", true
		}
	}
	switch {
	case number != 0:
		return e, fmt.Sprintf("in the environment %d", number), false
	case target != "":
		return e, "under the target " + target, false
	}
	return e, "", false
}

// numbered is the environment of dbtwac.yml that has a number on the platform.
func (c *checker) numbered(number int) (config.Environment, bool) {
	for _, j := range c.Config.Jobs.Environments {
		if j.ID != 0 && j.ID == number {
			return c.Config.Environment(j.Name.Value)
		}
	}
	return config.Environment{}, false
}
