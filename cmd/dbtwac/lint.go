package main

import (
	"fmt"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diag"
)

type lintCmd struct {
	Format string `enum:"text,json" default:"text" help:"How to print: ${enum}."`
	Strict bool   `help:"Take warnings for errors."`
}

func (c *lintCmd) Run(e *env) error {
	in, err := e.input()
	if err != nil {
		return err
	}
	out, err := compiler.Compile(in)
	if err != nil {
		return err
	}
	return c.print(e, out.Diags)
}

// print writes findings to stdout, and their count to stderr. It ends the command where there are errors.
func (c *lintCmd) print(e *env, l diag.List) error {
	var err error
	if c.Format == "json" {
		err = diag.JSON(e.stdout, l)
	} else {
		err = diag.Text(e.stdout, l, diag.Style{Color: e.color(e.stdout)})
	}
	if err != nil {
		return err
	}
	errors, warnings, notes := l.Count()
	if !e.cli.Quiet {
		_, _ = fmt.Fprintf(e.stderr, "%d errors, %d warnings, %d notes\n", errors, warnings, notes)
	}
	if errors > 0 || c.Strict && warnings > 0 {
		return exit(exitDiagnosed)
	}
	return nil
}
