package main

import (
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/output"
)

type compileCmd struct {
	Check  bool `xor:"what" help:"Write nothing, and exit with 3 when the disk is not what compile would write."`
	Diff   bool `xor:"what" help:"Write nothing, and show what would change as a unified diff."`
	DryRun bool `xor:"what" help:"Write nothing, and list what would change."`
	Force  bool `help:"Overwrite generated files that were edited by hand, after you have reviewed them."`
}

func (c *compileCmd) Run(e *env) error {
	out, err := e.compiledFor(c.Check)
	if err != nil {
		return err
	}
	target := e.target(c.Force, out.Config.Output.Root.Value)
	changes, diags, err := target.Compare(out.Files, out.Sum)
	if err != nil {
		return err
	}
	if err := e.report(diags.Sorted()); err != nil {
		return err
	}
	switch {
	case c.Check:
		return e.check(changes)
	case c.Diff:
		_, err = fmt.Fprint(e.stdout, output.Diff(changes))
		return err
	case c.DryRun:
		return e.list(changes)
	}
	if err := target.Write(changes, out.Sum); err != nil {
		return err
	}
	return e.list(changes)
}

// check lists where the disk differs.
func (e *env) check(changes []output.Change) error {
	differences := output.Differences(changes)
	for _, line := range differences {
		if _, err := fmt.Fprintln(e.stdout, line); err != nil {
			return err
		}
	}
	if len(differences) > 0 {
		_, _ = fmt.Fprintln(e.stderr, "dbtwac: the files on disk are not what compile would write; run dbtwac compile and review the difference")
		return exit(exitDifference)
	}
	return nil
}

// list prints a line a file.
func (e *env) list(changes []output.Change) error {
	for _, ch := range changes {
		if ch.Kind == output.Same && !e.cli.Verbose {
			continue
		}
		if _, err := fmt.Fprintf(e.stdout, "%-7s %s\n", ch.Kind, ch.Path); err != nil {
			return err
		}
	}
	return nil
}
