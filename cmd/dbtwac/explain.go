package main

import (
	"fmt"
	"strings"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
)

type explainCmd struct {
	Code string `arg:"" optional:"" help:"Such as DW101; default: a list of all."`
}

func (c *explainCmd) Run(e *env) error {
	docs := compiler.Codes()
	if c.Code == "" {
		for _, d := range docs {
			if _, err := fmt.Fprintf(e.stdout, "%s  %s\n", d.Code, d.Title); err != nil {
				return err
			}
		}
		return nil
	}
	for _, d := range docs {
		if d.Code == diag.Code(strings.ToUpper(c.Code)) {
			_, err := fmt.Fprintf(e.stdout, "# %s: %s\n\n%s", d.Code, d.Title, d.Text)
			return err
		}
	}
	_, _ = fmt.Fprintf(e.stderr, "dbtwac: there is no diagnostic %q; dbtwac explain lists them\n", c.Code)
	return exit(exitUsage)
}

type schemaCmd struct{}

func (schemaCmd) Run(e *env) error {
	_, err := e.stdout.Write(config.JSONSchema())
	return err
}
