package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/output"
	"github.com/dbtwac/dbtwac/compiler/source"
)

type initCmd struct {
	Print bool `help:"Print the proposal, and write nothing."`
}

func (c *initCmd) Run(e *env) error {
	if _, err := e.read(e.cli.Config); !c.Print && !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%s is there already\n  hint: dbtwac init --print shows a proposal, and dbtwac lint checks the file that is there", e.cli.Config)
		}
		return err
	}
	manifest, err := e.manifest(nil)
	if err != nil {
		return err
	}
	path, err := e.fromConfig(e.cli.Manifest)
	if err != nil {
		return err
	}
	proposal, diags, err := compiler.Propose(manifest, path)
	if err != nil {
		return err
	}
	if err := e.report(diags.Sorted()); err != nil {
		return err
	}
	// What was proposed has to compile as it is: its errors would be dbtwac's.
	out, err := compiler.Compile(compiler.Input{Config: &source.File{Name: e.cli.Config, Text: proposal}, Manifest: manifest})
	if err != nil {
		return err
	}
	if c.Print {
		_, err = fmt.Fprint(e.stdout, proposal)
		return err
	}
	if err := e.report(out.Diags); err != nil {
		return err
	}
	if err := output.WriteNew(e.folder(), filepath.Base(e.cli.Config), proposal); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "create  %s\nread it, then: dbtwac compile\n", e.cli.Config)
	return err
}

// fromConfig is a path that the user typed, as it stands in the configuration: relative to that. Empty stays empty.
func (e *env) fromConfig(name string) (string, error) {
	if name == "" || filepath.IsAbs(name) {
		return name, nil
	}
	path, err := filepath.Rel(filepath.Dir(e.cli.Config), name)
	return filepath.ToSlash(path), err
}
