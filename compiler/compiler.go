package compiler

import (
	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/emit"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/lint"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/output"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/strategy"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// Input is everything that a compile depends on. A nil Sum is that of a first compile.
type Input struct {
	Config   *source.File // dbtwac.yml
	Manifest *source.File // manifest.json
	Sum      *source.File // dbtwac.sum of the compile before, or nil
}

// Output is what a compile came to. What is done with it differs from command to command; how it is made does not.
type Output struct {
	Config  *config.Config   // nil where dbtwac.yml has errors
	Project *project.Project // nil where the manifest has errors
	Plan    plan.Plan
	Files   []output.File // none where Diags has errors
	Sum     output.Sum    // as it was before
	Diags   diag.List     // sorted
}

// Compile runs every pass. It reads and writes nothing, and the same Input gives the same Output, byte for byte.
func Compile(in Input) (Output, error) {
	var out Output
	var diags, more diag.List

	out.Config, diags = config.Load(in.Config)
	if in.Sum != nil {
		out.Sum, more = output.ParseSum(in.Sum)
		diags.Add(more...)
	}
	m, more := manifest.Load(in.Manifest)
	diags.Add(more...)
	if out.Config == nil || m == nil {
		out.Diags = diags.Sorted()
		return out, nil
	}

	out.Project = project.Build(m, owned(out.Config, out.Sum), macros(m, out.Config))
	out.Plan, more = strategy.Plan(out.Project, out.Config)
	diags.Add(more...)

	if wh, ok := warehouse.For(out.Plan.Warehouse); ok {
		pass := rule.Pass{Project: out.Project, Config: out.Config, Plan: out.Plan, Fold: wh.Fold}
		diags.Add(lint.Run(&pass)...)
	}

	out.Diags = diags.Sorted()
	if out.Diags.HasErrors() {
		return out, nil
	}
	var err error
	out.Files, err = emit.Render(out.Plan, out.Config.Output)
	return out, err
}

// owned tells which files of the dbt project are dbtwac's own: those of the sum, and those that this compile will write.
func owned(c *config.Config, sum output.Sum) func(path string) bool {
	now := map[string]bool{}
	for _, d := range c.Deployments {
		now[emit.MacroPath(d.Name.Value, c.Output)] = true
	}
	return func(path string) bool { return now[path] || sum.Owns(path) }
}

// macros are those that this compile will write, as dbt will list them once it has parsed them.
func macros(m *manifest.Manifest, c *config.Config) []*manifest.Macro {
	var list []*manifest.Macro
	for _, d := range c.Deployments {
		for _, name := range emit.Macros(d.Name.Value, strategy.Operations(d.Strategy)) {
			list = append(list, &manifest.Macro{
				ID: "macro." + m.Metadata.Project + "." + name, Name: name, Package: m.Metadata.Project,
				OriginalFilePath: emit.MacroPath(d.Name.Value, c.Output),
			})
		}
	}
	return list
}

// Codes documents every diagnostic, in the order of the codes.
func Codes() []diag.Doc {
	var docs []diag.Doc
	for _, list := range [][]diag.Doc{
		config.Codes, jsondoc.Codes, manifest.Codes, selection.Codes, strategy.Codes, lint.Codes(), output.Codes,
	} {
		docs = append(docs, list...)
	}
	return diag.SortDocs(docs)
}
