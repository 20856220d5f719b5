package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/results"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

type lsCmd struct {
	Select              []string `short:"s" sep:"none" placeholder:"SPEC" help:"dbt's selection syntax; may be repeated."`
	Models              []string `short:"m" aliases:"model" sep:"none" placeholder:"SPEC" help:"The same, of models only."`
	Exclude             []string `sep:"none" placeholder:"SPEC" help:"What of it to leave out; may be repeated."`
	Selector            string   `placeholder:"NAME" help:"A selector of selectors.yml, as the manifest has it."`
	ResourceType        []string `aliases:"resource-types" sep:"none" placeholder:"TYPE" help:"Only nodes of this type; may be repeated."`
	ExcludeResourceType []string `aliases:"exclude-resource-types" sep:"none" placeholder:"TYPE" help:"No nodes of this type; may be repeated."`
	IndirectSelection   string   `enum:"eager,cautious,buildable,empty" default:"eager" help:"Which tests come with what is selected: ${enum}."`
	State               string   `placeholder:"DIR" help:"The folder of an older manifest.json, and of run_results.json and sources.json, for state:, result: and source_status:."`
	Command             string   `placeholder:"COMMAND" default:"ls" help:"The dbt command whose resource types are taken."`
	Files               string   `enum:"manifest,disk" default:"manifest" help:"What path: looks at: the files that the manifest names, or the project's folder on disk. One of ${enum}."`
	Output              string   `enum:"selector,name,path,unique-id,json" default:"selector" help:"What to print of each: ${enum}."`
	OutputKeys          []string `sep:"none" placeholder:"KEY" help:"The keys that --output json prints, such as name or config.materialized; may be repeated."`
}

func (c *lsCmd) Run(e *env) error {
	p, err := e.project()
	if err != nil {
		return err
	}
	var options []selection.Option
	if c.State != "" {
		state, err := e.state(c.State, p.Manifest.File.Name)
		if err != nil {
			return err
		}
		options = append(options, selection.Previous(state))
	}
	if c.Files == "disk" {
		files, err := e.projectFiles()
		if err != nil {
			return err
		}
		options = append(options, selection.Files(files))
	}
	if c.Command != "ls" { // to every other command of dbt --models is --select
		c.Select, c.Models = append(c.Select, c.Models...), nil
	}
	request := selection.Request{
		Select: selection.Flag("--select", c.Select...), Exclude: selection.Flag("--exclude", c.Exclude...), Models: selection.Flag("--models", c.Models...),
	}
	if c.Selector != "" {
		request.Selector = selection.Flag("--selector", c.Selector)[0]
	}
	spec, diags := selection.Parse(request)
	if err := e.report(diags.Sorted()); err != nil {
		return err
	}
	set, diags := selection.New(p, options...).Evaluate(spec, selection.Options{
		Command: c.Command, ResourceTypes: words(c.ResourceType), ExcludeResourceTypes: words(c.ExcludeResourceType), Indirect: selection.Mode(c.IndirectSelection),
	})
	if err := e.report(diags.Sorted()); err != nil {
		return err
	}
	w := bufio.NewWriter(e.stdout)
	for _, i := range set.Nodes {
		if _, err := w.WriteString(line(p.Nodes[i], c.Output, words(c.OutputKeys)) + "\n"); err != nil {
			return err
		}
	}
	return w.Flush()
}

// project reads the manifest alone: listing needs no configuration, but takes the manifest that it names.
func (e *env) project() (*project.Project, error) {
	var c *config.Config
	if text, err := e.read(e.cli.Config); err == nil {
		c, _ = config.Load(text)
	}
	file, err := e.manifest(c)
	if err != nil {
		return nil, err
	}
	m, diags := manifest.Load(file)
	if err := e.report(diags.Sorted()); err != nil {
		return nil, err
	}
	return project.Build(m, func(string) bool { return false }, nil, nil), nil
}

// projectFiles lists the dbt project in the configuration's folder.
func (e *env) projectFiles() ([]string, error) {
	dir := e.folder()
	tree, err := source.Dir(dir, dir)
	if err != nil {
		return nil, err
	}
	if _, err := tree.Read("dbt_project.yml"); err != nil {
		return nil, fmt.Errorf("--files disk: %w\n  hint: it reads the dbt project in the folder of dbtwac.yml; name that folder with -C", plain("dbt_project.yml", err))
	}
	return tree.Files()
}

// state reads what --state names: the older manifest, and what of the other artifacts there is. The current sources.json stands
// beside the current manifest.
func (e *env) state(dir, current string) (selection.State, error) {
	var s selection.State
	file, err := e.read(path.Join(dir, "manifest.json"))
	if err != nil {
		return s, err
	}
	var diags, more diag.List
	s.Manifest, diags = manifest.Load(file)
	if s.Run, more, err = optional(e, path.Join(dir, "run_results.json"), results.LoadRun); err == nil {
		diags.Add(more...)
		s.Sources, more, err = optional(e, path.Join(dir, "sources.json"), results.LoadSources)
	}
	if err == nil {
		diags.Add(more...)
		s.CurrentSources, more, err = optional(e, path.Join(path.Dir(current), "sources.json"), results.LoadSources)
	}
	if err != nil {
		return s, err
	}
	diags.Add(more...)
	return s, e.report(diags.Sorted())
}

// optional loads an artifact that may be missing.
func optional[T any](e *env, name string, load func(*source.File) (*T, diag.List)) (*T, diag.List, error) {
	file, err := e.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	loaded, diags := load(file)
	return loaded, diags, nil
}
