package main

import (
	"fmt"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diag"
)

type lintCmd struct{ findings }

// Run reports what compile would, and writes nothing.
func (c *lintCmd) Run(e *env) error {
	in, err := e.input()
	if err != nil {
		return err
	}
	out, err := compiler.Compile(in)
	if err != nil {
		return err
	}
	return c.show(e, out.Diags)
}

// findings are the flags of a command whose result is diagnostics.
type findings struct {
	Format string `enum:"text,json,sarif,github" default:"text" help:"How to print: ${enum}."`
	Strict bool   `help:"Take warnings for errors."`
}

// show prints diagnostics on stdout and counts them on stderr. It ends the command where they have errors.
func (f findings) show(e *env, l diag.List) error {
	var err error
	switch f.Format {
	case "json":
		err = diag.JSON(e.stdout, l)
	case "sarif":
		err = diag.SARIF(e.stdout, l, compiler.Codes())
	case "github":
		err = diag.GitHub(e.stdout, l)
	default:
		err = diag.Text(e.stdout, l, diag.Style{Color: e.color(e.stdout)})
	}
	if err != nil {
		return err
	}
	errors, warnings, notes := l.Count()
	if !e.cli.Quiet {
		_, _ = fmt.Fprintf(e.stderr, "%d errors, %d warnings, %d notes\n", errors, warnings, notes)
	}
	if errors > 0 || f.Strict && warnings > 0 {
		return exit(exitDiagnosed)
	}
	return nil
}
