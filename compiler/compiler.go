package compiler

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/emit"
	"github.com/dbtwac/dbtwac/compiler/gate"
	"github.com/dbtwac/dbtwac/compiler/ignore"
	"github.com/dbtwac/dbtwac/compiler/joblint"
	"github.com/dbtwac/dbtwac/compiler/jobs"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/lint"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/locate"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/mirror"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/output"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/propose"
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

	Files   *source.Tree // the dbt project's, for positions in them, or nil
	Folder  string       // of dbtwac.yml below output.root, slash-separated; empty: it is there
	Project *source.File // dbt_project.yml, or nil where it is not at hand

	Previous *source.File // the manifest that production was last built from, or nil

	// Manifests are those of environments that have one of their own, by the name of the environment.
	Manifests map[string]*source.File
	// Check makes an error of a manifest that lacks the written naming macros although an earlier compile has written them.
	Check bool
	// Judged says that a build has left the manifest, whatever environment was compiled for: its names are not compared with any.
	Judged bool
}

// Output is what a compile came to. What is done with it differs from command to command; how it is made does not.
type Output struct {
	Config  *config.Config   // nil where dbtwac.yml has errors
	Project *project.Project // nil where the manifest has errors
	Plan    plan.Plan
	Names   *naming.Namer // nil where Project is
	Ignored *ignore.List  // nil where Project is
	Files   []output.File // none where Diags has errors
	Sum     output.Sum    // as it was before
	Diags   diag.List     // sorted
}

// Compile runs every pass. It reads and writes nothing, and the same Input gives the same Output, byte for byte.
func Compile(in Input) (Output, error) {
	var out Output
	var diags, more diag.List

	out.Config, diags = config.Load(in.Config)
	if out.Config != nil {
		diags.Add(out.Config.CheckPaths(in.Project)...)
		out.Config.DBTProject = config.ReadProject(in.Project)
		out.Config.Output.Folder = cmp.Or(in.Folder, ".")
		out.Config.Output.TargetPath = out.Config.DBTProject.TargetPath
	}
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

	wh, implemented := warehouse.For(m.Metadata.AdapterType)
	mirrors, nodes, more := layers(m, out, wh)
	diags.Add(more...)
	out.Project = project.Build(m, owned(m, out.Config, out.Sum, mirrors), macros(m, out.Config, mirrors), nodes)
	mirrors, main := mirror.Steps(out.Project, out.Config, mirrors)
	own, more := environmentManifests(in, out.Config)
	diags.Add(more...)
	if more.HasErrors() {
		out.Diags = diags.Sorted()
		return out, nil
	}
	var previous *manifest.Manifest
	if in.Previous != nil {
		previous, more = manifest.Load(in.Previous)
		diags.Add(more...)
	}
	names := naming.New(out.Project, out.Config, own)
	out.Names = names
	diags.Add(names.CompareManifests(out.Project)...)
	ignored, more := ignore.New(out.Config, out.Project)
	out.Ignored = ignored
	diags.Add(more...)
	out.Plan, more = strategy.Plan(out.Project, previous, out.Config, main, names, ignored)
	out.Plan.Mirrors = mirrors
	out.Plan = jobs.Plan(out.Plan, out.Config)
	diags.Add(more...)
	out.Project = out.Project.With(operationMacros(m, out.Config, out.Plan))

	pass := rule.Pass{Project: out.Project, Config: out.Config, Plan: out.Plan, Names: names, Ignored: ignored, Fold: strings.ToLower}
	if implemented && !in.Judged {
		diags.Add(names.Compare(out.Project, wh.Fold, in.Check && listed(out.Sum, out.Config))...)
	}
	if implemented {
		pass.Can, pass.Fold, pass.CarriesSQL = wh.Can(), wh.Fold, wh.CarriesSQL
	}
	if implemented || len(mirrors) > 0 { // there are no deployments, which would ask what the warehouse can do
		diags.Add(lint.Run(&pass)...)
	}

	diags.Add(ignored.Unused()...)
	diags.Add(noSuchCodes(out.Config)...)

	out.Diags = locate.Findings(severities(diags, out.Config).Sorted(), out.Project, in.Files)
	if out.Diags.HasErrors() {
		return out, nil
	}
	var err error
	out.Files, err = emit.Render(out.Plan, out.Config.Output)
	return out, err
}

// LintJobs checks job files that people wrote, against what a compile without errors has come to.
func LintJobs(out Output, files []*source.File, o joblint.Options) diag.List {
	in := joblint.Input{Project: out.Project, Config: out.Config, Plan: out.Plan, Names: out.Names, Ignored: out.Ignored, Files: out.Files}
	if wh, ok := warehouse.For(out.Project.Manifest.Metadata.AdapterType); ok {
		in.Fold = wh.Fold
	}
	return severities(joblint.Check(in, files, o), out.Config).Sorted()
}

// Propose returns the text of a dbtwac.yml to begin with. path is where it will find the manifest, or empty for where dbt writes
// it. It reports DW005 for a warehouse that is not implemented, and what manifest.Load does.
func Propose(file *source.File, path string) (string, diag.List, error) {
	m, diags := manifest.Load(file)
	if m == nil {
		return "", diags, nil
	}
	wh, ok := warehouse.For(m.Metadata.AdapterType)
	if !ok {
		diags.Add(strategy.NoWarehouse(source.At(file, 0, 0), m.Metadata.AdapterType))
		return "", diags, nil
	}
	proposal := propose.From(project.Build(m, none, nil, nil), wh.Fold, wh.Can().MaxIdentifier, wh.Can().SwapDatabases)
	proposal.Manifest = path
	text, err := emit.Proposal(proposal)
	return text, diags, err
}

// environmentManifests loads the manifests of environments that have one of their own.
func environmentManifests(in Input, c *config.Config) (map[string]*manifest.Manifest, diag.List) {
	own := map[string]*manifest.Manifest{}
	var diags diag.List
	for _, e := range c.Environments {
		if file := in.Manifests[e.Name.Value]; file != nil {
			m, more := manifest.Load(file)
			own[e.Name.Value] = m
			diags.Add(more...)
		}
	}
	return own, diags
}

// severities applies lint.severity. An error stays one.
func severities(l diag.List, c *config.Config) diag.List {
	as := map[string]diag.Severity{"error": diag.Error, "warning": diag.Warning, "note": diag.Note}
	for i := range l {
		for _, s := range c.Lint.Severity {
			if s.Code.Value == string(l[i].Code) && l[i].Severity != diag.Error {
				l[i].Severity = as[s.As]
			}
		}
	}
	return l
}

// noSuchCodes finds the codes of lint that nothing reports.
func noSuchCodes(c *config.Config) diag.List {
	var named []config.Text
	for _, s := range c.Lint.Severity {
		named = append(named, s.Code)
	}
	for _, i := range c.Lint.Ignore {
		named = append(named, i.Code)
	}
	var diags diag.List
	for _, code := range named {
		if !slices.ContainsFunc(Codes(), func(d diag.Doc) bool { return string(d.Code) == code.Value }) {
			diags.Add(diag.Diagnostic{
				Code: config.WrongValue, Severity: diag.Error, Span: code.Span, Path: "lint",
				Message: "there is no " + code.Value, Hint: "dbtwac explain lists every code",
			})
		}
	}
	return diags
}

// listed reports whether an earlier compile has written a naming macro.
func listed(sum output.Sum, c *config.Config) bool {
	for _, written := range naming.Written(c) {
		if sum.Owns(emit.MacroPath(written.Name, c.Output)) {
			return true
		}
	}
	return false
}

// layers are the mirrors, without their steps, and their nodes. Without mirrors nothing looks at the graph.
func layers(m *manifest.Manifest, out Output, wh warehouse.Warehouse) ([]plan.Mirror, []*manifest.Node, diag.List) {
	if len(out.Config.Mirrors) == 0 {
		return nil, nil, nil
	}
	all := project.Without(m, out.Sum.Owns)
	mirrors, diags := mirror.Layers(all, out.Config, wh)
	return mirrors, mirror.Nodes(all, mirrors), diags
}

// none owns no file.
func none(string) bool { return false }

// owned tells which files of the dbt project are dbtwac's own: those of the sum, and those that this compile will write.
func owned(m *manifest.Manifest, c *config.Config, sum output.Sum, mirrors []plan.Mirror) func(path string) bool {
	now := map[string]bool{}
	for _, d := range c.Deployments {
		now[emit.MacroPath(d.Name.Value, c.Output)] = true
	}
	for _, macro := range macros(m, c, mirrors) {
		now[macro.OriginalFilePath] = true
	}
	for _, layer := range mirrors {
		now[layer.Properties] = true
		for _, model := range layer.Models {
			now[model.File] = true
		}
	}
	return func(path string) bool { return now[path] || sum.Owns(path) }
}

// macros are those that this compile will write whatever is deployed, as dbt will list them once it has parsed them.
func macros(m *manifest.Manifest, c *config.Config, mirrors []plan.Mirror) []*manifest.Macro {
	var list []*manifest.Macro
	for _, written := range naming.Written(c) {
		list = append(list, emitted(m, c, written.Name, written.Name))
	}
	for _, layer := range mirrors {
		if layer.Freshness != "" {
			list = append(list, emitted(m, c, "test_"+layer.Freshness, layer.Freshness))
			break
		}
	}
	return list
}

// operationMacros are likewise those of the deployments.
func operationMacros(m *manifest.Manifest, c *config.Config, p plan.Plan) []*manifest.Macro {
	var list []*manifest.Macro
	for i := range p.Deployments {
		for _, name := range emit.Macros(&p.Deployments[i], p.Warehouse) {
			list = append(list, emitted(m, c, name, p.Deployments[i].Name))
		}
	}
	return list
}

func emitted(m *manifest.Manifest, c *config.Config, name, file string) *manifest.Macro {
	return &manifest.Macro{
		ID: "macro." + m.Metadata.Project + "." + name, Name: name, Package: m.Metadata.Project, OriginalFilePath: emit.MacroPath(file, c.Output),
	}
}

// Codes documents every diagnostic, in the order of the codes.
func Codes() []diag.Doc {
	var docs []diag.Doc
	for _, list := range [][]diag.Doc{
		config.Codes, jsondoc.Codes, manifest.Codes, selection.Codes, ignore.Codes, naming.Codes, mirror.Codes, strategy.Codes, gate.Codes, lint.Codes(), joblint.Codes, output.Codes,
	} {
		docs = append(docs, list...)
	}
	return diag.SortDocs(docs)
}
