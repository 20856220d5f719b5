package main

import (
	"fmt"
	"path/filepath"

	"github.com/dbtwac/dbtwac/compiler/mirror"
	"github.com/dbtwac/dbtwac/compiler/output"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Help is what --help says beyond the flags.
func (mirrorCmd) Help() string {
	return "Paths in the patch are relative to the folder of dbtwac.yml: run git apply there. What cannot be changed safely is named on stderr, with its line."
}

type mirrorCmd struct {
	Apply bool `help:"Change the files in place, and print which."`
}

// Run prints the patch that switches what reads mirrored sources to their copies. Of the compile's own findings it shows the errors
// alone: what compile warns of is compile's, and here it would stand in front of what this command has to say.
func (c *mirrorCmd) Run(e *env) error {
	in, err := e.input()
	if err != nil {
		return err
	}
	out, err := e.compiledQuietly(in)
	if err != nil {
		return err
	}
	if len(out.Plan.Mirrors) == 0 {
		_, _ = fmt.Fprintf(e.stderr, "dbtwac: %s has no mirrors\n", e.cli.Config)
		return nil
	}
	dir := e.folder()
	tree, err := source.Dir(dir, filepath.ToSlash(filepath.Dir(e.cli.Config)))
	if err != nil {
		return err
	}
	switched, diags, err := mirror.Switch(out.Project, out.Plan.Mirrors, out.Ignored, tree)
	if err != nil {
		return err
	}
	if err := e.report(diags.Sorted()); err != nil {
		return err
	}
	_, byHand, _ := diags.Count()
	var list []output.Rewrite
	calls := 0
	for _, s := range switched {
		list = append(list, output.Rewrite{Path: s.Path, Old: s.Old, New: s.New})
		calls += s.Calls
	}
	if !c.Apply {
		if _, err := fmt.Fprint(e.stdout, output.Patch(list)); err != nil {
			return err
		}
		return e.left(calls, len(list), byHand, "to switch")
	}
	if err := output.Apply(dir, list); err != nil {
		return err
	}
	for _, r := range list {
		if _, err := fmt.Fprintf(e.stdout, "%-7s %s\n", output.Update, r.Path); err != nil {
			return err
		}
	}
	return e.left(calls, len(list), byHand, "switched; let dbt parse the project")
}

// left says on one line what is done and what is left.
func (e *env) left(calls, files, byHand int, done string) error {
	if e.cli.Quiet {
		return nil
	}
	text := fmt.Sprintf("%d calls in %d files %s", calls, files, done)
	if calls == 0 {
		text = "nothing to switch"
	}
	if byHand > 0 {
		text += fmt.Sprintf("; %d to look at by hand, named above", byHand)
	}
	_, err := fmt.Fprintln(e.stderr, text)
	return err
}
