package main

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
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

// fromHere names files as they are found from where dbtwac was started, and not from the folder of -C: what reads the report knows
// nothing of that.
func (e *env) fromHere(l diag.List) diag.List {
	if e.cli.Dir == "." {
		return l
	}
	files := map[*source.File]*source.File{nil: nil}
	here := func(s source.Span) source.Span {
		if s.File != nil && files[s.File] == nil {
			moved := *s.File
			if !filepath.IsAbs(moved.Name) {
				moved.Name = path.Join(filepath.ToSlash(e.cli.Dir), moved.Name)
			}
			files[s.File] = &moved
		}
		s.File = files[s.File]
		return s
	}
	l = slices.Clone(l)
	for i := range l {
		l[i].Span = here(l[i].Span)
		l[i].Related = slices.Clone(l[i].Related)
		for k := range l[i].Related {
			l[i].Related[k].Span = here(l[i].Related[k].Span)
		}
	}
	return l
}

// show prints diagnostics on stdout and counts them on stderr. It ends the command where they have errors.
func (f findings) show(e *env, l diag.List) error {
	var err error
	switch f.Format {
	case "json":
		err = diag.JSON(e.stdout, l)
	case "sarif":
		err = diag.SARIF(e.stdout, e.fromHere(l), compiler.Codes())
	case "github":
		err = diag.GitHub(e.stdout, e.fromHere(l))
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
