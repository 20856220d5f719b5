package joblint

import (
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
	apart := "make one job an environment, each with target_name, and start the second by the success of the first; a shell script or GitHub Actions can keep --target"
	switch {
	case len(targets) > 1:
		c.report(TwoTargets, diag.Error, at[0].Span, "the job "+j.Name+" asks for the targets "+strings.Join(targets, " and ")+", and all steps of a platform job run under the target of its environment", apart)
	case j.Target == "" || j.TargetOpen:
		c.report(TwoTargets, diag.Error, at[0].Span, "the job "+j.Name+" asks for the target "+targets[0]+", and the platform takes the target from the job's environment: the run fails", "remove --target, and give the job target_name "+targets[0]+" and the environment that belongs to it")
	case targets[0] != j.Target:
		c.report(TwoTargets, diag.Error, at[0].Span, "the job "+j.Name+" has the target_name "+j.Target+", and a step asks for the target "+targets[0]+", which the platform does not know", apart)
	default:
		c.report(TwoTargets, diag.Error, at[0].Span, "the platform knows no target by name, also not "+targets[0]+", which is the target_name of the job "+j.Name+": the run fails", "remove --target: each step has the job's target anyway")
	}
}

// under is the environment of dbtwac.yml that a step runs in; target is the name of its target, and empty where nobody has said it.
func (c *checker) under(d done) (e config.Environment, target string, found bool) {
	target = d.job.Target
	if d.job.TargetOpen {
		target = ""
	}
	if w := d.command.last("--target"); w.Text != "" && !d.job.Platform {
		if target = w.Text; !w.Known() {
			return e, "", false
		}
	}
	for _, e := range c.Config.Environments {
		if target != "" && e.Target.Value == target {
			return e, target, true
		}
	}
	for _, j := range c.Config.Jobs.Environments {
		if j.ID != 0 && j.ID == d.job.Environment {
			e, found = c.Config.Environment(j.Name.Value)
			return e, target, found
		}
	}
	return e, target, false
}
