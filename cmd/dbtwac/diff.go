package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/diff"
	"github.com/dbtwac/dbtwac/compiler/emit"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
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
	if err := c.otherNames(e, &in); err != nil {
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
	then, now := before.Project.Manifest.Metadata, after.Project.Manifest.Metadata
	if then.Project != now.Project || then.AdapterType != now.AdapterType {
		_, _ = fmt.Fprintf(e.stderr, "dbtwac: %s is of the project %s on %s, and %s of %s on %s: there is nothing to compare\n",
			old.Name, then.Project, then.AdapterType, after.Project.Manifest.File.Name, now.Project, now.AdapterType)
		return exit(exitDiagnosed)
	}
	if before.Diags.HasErrors() && !e.cli.Quiet { // what was wrong then is over; what it published is told as far as it is known
		first := before.Diags[slices.IndexFunc(before.Diags, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })]
		_, _ = fmt.Fprintf(e.stderr, "dbtwac: %s would not compile now, so what it published may be told in part: %s %s\n", old.Name, first.Code, first.Message)
	}
	fold := strings.ToLower
	if wh, ok := warehouse.For(now.AdapterType); ok {
		fold = wh.Fold
	}
	d := diff.Compare(diff.Side{Project: before.Project, Plan: before.Plan}, diff.Side{Project: after.Project, Plan: after.Plan}, fold)
	return c.print(e.stdout, d)
}

// otherNames takes the older manifests of environments that have one of their own: their names are in there, and nowhere else.
func (c *diffCmd) otherNames(e *env, in *compiler.Input) error {
	own := map[string]*source.File{}
	for _, name := range slices.Sorted(maps.Keys(in.Manifests)) {
		file, err := e.read(filepath.Join(c.State, name, "manifest.json"))
		if c.State == "" || errors.Is(err, fs.ErrNotExist) {
			_, _ = fmt.Fprintf(e.stderr, "dbtwac: the names of %s are those of its own manifest, so diff needs the older one of that too: keep it as DIR/%s/manifest.json, and say --state DIR\n", name, name)
			return exit(exitUsage)
		}
		if err != nil {
			return err
		}
		own[name] = file
	}
	in.Manifests = own
	return nil
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
