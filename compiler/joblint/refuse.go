package joblint

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// refuse reports a step that dbt refuses, or the platform that it is for (DW401).
func (c *checker) refuse(d done) {
	for _, p := range d.command.problems {
		if !d.job.Platform || !isFront(d.command, p) { // the platform's own finding about it says more
			c.report(Refused, diag.Error, p.at, p.message, p.hint)
		}
	}
	if d.command.name == "run-operation" && len(d.command.words) == 0 && len(d.command.all("--sql")) == 0 && !d.command.open {
		c.report(Refused, diag.Error, d.command.named.Span, "dbt run-operation names no macro: dbt refuses the command", "write the macro behind it")
	}
	if d.job.Platform {
		c.refusedByPlatform(d)
	}
}

// refusedByPlatform follows the check of dbt's Terraform provider, which follows the platform's own.
func (c *checker) refusedByPlatform(d done) {
	cmd := d.command
	if cmd.named.Text == "" {
		if len(cmd.problems) == 0 {
			c.report(Refused, diag.Error, d.step.Span, "a step needs a subcommand of dbt, and this has none: the platform refuses the job", "remove it, or write what it is to run")
		}
		return
	}
	seen := map[string]bool{}
	for _, g := range cmd.front {
		spelled := strings.TrimSpace(g.at.Text)
		switch {
		case !slices.Contains(inFront, spelled):
			hint := "write it behind dbt " + cmd.name + "; only " + strings.Join(inFront, ", ") + " may stand in front"
			if g.name == "--target" {
				hint = "remove it: the environment of the job decides"
			}
			c.report(Refused, diag.Error, g.at.Span, "the platform takes no "+printed(g.at)+" in front of the subcommand: it refuses the job", hint)
		case seen[spelled]:
			c.report(Refused, diag.Error, g.at.Span, "the platform takes "+spelled+" in front of the subcommand only once", "remove one")
		}
		seen[spelled] = true
	}
	switch s, known := subcommandNamed(cmd.name); {
	case cmd.name == "deps": // public jobs have it, and nobody has written down what becomes of them
		c.report(Refused, diag.Warning, d.step.Span, "the platform runs dbt deps itself before the first step, and does not list it among the commands of a step", "remove it")
	case known && !s.platform:
		c.report(Refused, diag.Error, d.step.Span, "the platform runs no dbt "+s.name+" in a job", "remove it; dbt "+s.name+" is for a terminal")
	}
}

// isFront reports whether a problem is about an option in front of the subcommand.
func isFront(c command, p problem) bool {
	return slices.ContainsFunc(c.front, func(g given) bool { return g.at.Span == p.at }) || c.named.Span != (source.Span{}) && p.at.Start < c.named.Span.Start
}
