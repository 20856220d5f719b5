package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diff"
	"github.com/dbtwac/dbtwac/compiler/emit"
)

type diffCmd struct {
	State  string `placeholder:"DIR" help:"Folder of the older manifest.json; default: previous_manifest."`
	Format string `enum:"table,markdown,json" default:"table" help:"How to print: ${enum}."`
}

// Run compares what the two manifests publish by the same dbtwac.yml.
func (c *diffCmd) Run(e *env) error {
	in, err := e.input()
	if err != nil {
		return err
	}
	old := in.Previous
	if c.State != "" {
		old, err = e.read(filepath.Join(c.State, "manifest.json"))
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w\n  hint: --state names the folder of the manifest.json that production was last built from", err)
		}
		if err != nil {
			return err
		}
	}
	if old == nil {
		_, _ = fmt.Fprintln(e.stderr, "dbtwac: diff needs the older manifest: --state DIR, or previous_manifest in dbtwac.yml")
		return exit(exitUsage)
	}
	after, err := e.compiledQuietly(in)
	if err != nil {
		return err
	}
	in.Manifest, in.Previous, in.Judged = old, nil, true
	before, err := compiler.Compile(in)
	if err != nil {
		return err
	}
	if before.Project == nil {
		return e.report(before.Diags)
	}
	if before.Diags.HasErrors() && !e.cli.Quiet { // what was wrong then is over; what it published is told as far as it is known
		_, _ = fmt.Fprintf(e.stderr, "dbtwac: %s would not compile now, so what it published may be told in part\n", old.Name)
	}
	d := diff.Compare(diff.Side{Project: before.Project, Plan: before.Plan}, diff.Side{Project: after.Project, Plan: after.Plan})
	return c.print(e.stdout, d)
}

func (c *diffCmd) print(w io.Writer, d diff.Diff) error {
	var text string
	var err error
	switch c.Format {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(d)
	case "markdown":
		text, err = emit.DiffMarkdown(d)
	default:
		text = emit.DiffTable(d)
	}
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}
