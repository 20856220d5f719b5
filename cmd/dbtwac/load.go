package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/output"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// read reads a file that the user named; -C goes before its path and not into its name.
func (e *env) read(name string) (*source.File, error) {
	path := name
	if !filepath.IsAbs(name) {
		path = filepath.Join(e.cli.Dir, name)
	}
	file, err := source.Read(path, filepath.ToSlash(name))
	if err != nil {
		return nil, plain(name, err)
	}
	return file, nil
}

// plain names the file as the user typed it.
func plain(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%s: %w", name, path.Err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// input reads what a compile needs.
func (e *env) input() (compiler.Input, error) {
	var in compiler.Input
	var err error
	if in.Config, err = e.read(e.cli.Config); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w\n  hint: run it in the folder that holds dbtwac.yml, or name another with --config or -C; the README shows the shortest one that works", err)
		}
		return in, err
	}
	c, _ := config.Load(in.Config) // nil where it has errors, which Compile reports with those of the manifest
	if in.Manifest, err = e.manifest(c); err != nil {
		return in, err
	}
	in.Project, err = e.read(filepath.Join(filepath.Dir(e.cli.Config), "dbt_project.yml"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return in, err
	}
	if c != nil {
		if in.Folder, err = e.below(c.Output.Root.Value); err != nil {
			return in, err
		}
	}
	in.Files, _ = source.Dir(e.folder(), filepath.ToSlash(filepath.Dir(e.cli.Config))) // without it positions are those of dbtwac.yml
	if in.Manifests, err = e.manifests(c); err != nil {
		return in, err
	}
	if in.Previous, err = e.previous(c); err != nil {
		return in, err
	}
	in.Sum, err = e.read(filepath.Join(filepath.Dir(e.cli.Config), e.sumName()))
	if errors.Is(err, fs.ErrNotExist) {
		in.Sum, err = nil, nil
	}
	return in, err
}

// manifest reads the manifest that the flag or the configuration names. A configuration with errors has a manifest all the
// same, so that the problems of both are reported at once.
func (e *env) manifest(c *config.Config) (*source.File, error) {
	name := e.cli.Manifest
	if name == "" {
		name = "target/manifest.json"
		if c != nil {
			name = c.Manifest.Value
		}
		name = filepath.Join(filepath.Dir(e.cli.Config), name)
	}
	m, err := e.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w\n  hint: let dbt write it (dbt parse), or name another with --manifest or the key `manifest`", err)
	}
	if err == nil {
		manifestRead(len(m.Text))
	}
	return m, err
}

// manifests reads those of the environments that have one of their own.
func (e *env) manifests(c *config.Config) (map[string]*source.File, error) {
	if c == nil {
		return nil, nil
	}
	files := map[string]*source.File{}
	for _, environment := range c.Environments {
		if environment.Manifest.Value == "" {
			continue
		}
		f, err := e.read(filepath.Join(filepath.Dir(e.cli.Config), environment.Manifest.Value))
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w\n  hint: it is environments.%s.manifest: let dbt write it with dbt parse --target %s --target-path %s", err,
				environment.Name.Value, environment.Target.Value, path.Dir(filepath.ToSlash(environment.Manifest.Value)))
		}
		if err != nil {
			return nil, err
		}
		files[environment.Name.Value] = f
	}
	return files, nil
}

// previous reads the manifest that production was last built from, where the configuration names one.
func (e *env) previous(c *config.Config) (*source.File, error) {
	if c == nil || c.PreviousManifest.Value == "" {
		return nil, nil
	}
	f, err := e.read(filepath.Join(filepath.Dir(e.cli.Config), c.PreviousManifest.Value))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w\n  hint: it is previous_manifest: the manifest that production was last built from; remove the key where there is none yet", err)
	}
	return f, err
}

// sumName is dbtwac.sum beside dbtwac.yml: another configuration has a sum of its own name.
func (e *env) sumName() string {
	base := filepath.Base(e.cli.Config)
	return strings.TrimSuffix(base, filepath.Ext(base)) + ".sum"
}

// folder is that of the configuration.
func (e *env) folder() string {
	dir := filepath.Dir(e.cli.Config)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(e.cli.Dir, dir)
	}
	return dir
}

// below is the configuration's folder as it is called from the repository's root, which is so far up.
func (e *env) below(up string) (string, error) {
	if up == "." {
		return "", nil
	}
	dir, err := filepath.EvalSymlinks(e.folder())
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return "", err
	}
	root := filepath.Join(dir, up)
	for at := dir; at != root; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return "", fmt.Errorf("output.root is %s, which leads out of the repository, whose root is %s", up, at)
		}
	}
	rel, err := filepath.Rel(root, dir)
	return filepath.ToSlash(rel), err
}

// target is where artifacts go: paths are relative to the configuration's folder.
func (e *env) target(force bool, up string) output.Target {
	return output.Target{Root: e.folder(), Up: up, Sum: e.sumName(), Force: force}
}

// compiled runs the compiler and prints its diagnostics. It ends the command where they have errors.
func (e *env) compiled() (compiler.Output, error) { return e.compiledFor(false) }

// compiledFor is compiled, for --check or not.
func (e *env) compiledFor(check bool) (compiler.Output, error) {
	in, err := e.input()
	if err != nil {
		return compiler.Output{}, err
	}
	in.Check = check
	out, err := compiler.Compile(in)
	if err != nil {
		return out, err
	}
	return out, e.report(out.Diags)
}

// compiledQuietly is compiled without its warnings and notes.
func (e *env) compiledQuietly(in compiler.Input) (compiler.Output, error) {
	out, err := compiler.Compile(in)
	if err != nil {
		return out, err
	}
	return out, e.report(slices.DeleteFunc(out.Diags, func(d diag.Diagnostic) bool { return d.Severity != diag.Error }))
}

// report prints diagnostics for people, and ends the command where they have errors.
func (e *env) report(l diag.List) error {
	shown := l
	if e.cli.Quiet {
		shown = nil
		for _, d := range l {
			if d.Severity == diag.Error {
				shown = append(shown, d)
			}
		}
	}
	if err := diag.Text(e.stderr, shown, diag.Style{Color: e.color(e.stderr)}); err != nil {
		return err
	}
	if l.HasErrors() {
		return exit(exitDiagnosed)
	}
	return nil
}
