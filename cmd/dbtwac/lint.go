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
	if c.Format == "json" {
		err = diag.JSON(e.stdout, out.Diags)
	} else {
		err = diag.Text(e.stdout, out.Diags, diag.Style{Color: e.color(e.stdout)})
	}
	if err != nil {
		return err
	}
	errors, warnings, notes := out.Diags.Count()
	if !e.cli.Quiet {
		_, _ = fmt.Fprintf(e.stderr, "%d errors, %d warnings, %d notes\n", errors, warnings, notes)
	}
	if errors > 0 || c.Strict && warnings > 0 {
		return exit(exitDiagnosed)
	}
	return nil
}
