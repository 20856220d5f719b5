// Package mirror plans the mirror layer: models that copy source tables 1:1, with what the sources' properties say, and the
// switch of everything that reads those sources.
//
// It works in two steps, because the graph that steps are resolved on has the models in it: Layers decides which models there
// are, from the manifest as dbt has parsed it, and Nodes is how dbt will list them; Steps then resolves the refresh and the main
// job on the Project that has them. Switch looks at the files. The package prints nothing, and whether the sources are up is
// nobody's business here.
package mirror

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

//go:embed DW*.md
var docs embed.FS

// Codes documents what this package reports.
var Codes = diag.Docs(docs)

const (
	SameName      diag.Code = "DW302"
	NotCopied     diag.Code = "DW303"
	NoIncremental diag.Code = "DW304"
)

// Layers decides which models the mirrors of c have; their steps are still to be resolved (see Steps). all is the manifest as a
// Project, without what dbtwac wrote before: a selection finds the same sources as it did before there were copies. wh is nil where the
// warehouse is not implemented; then only what every warehouse can do is planned.
//
// It reports DW003, DW004, DW005, DW121, DW302, DW303 and DW304, and what selection reports.
func Layers(all *project.Project, c *config.Config, wh warehouse.Warehouse) ([]plan.Mirror, diag.List) {
	l := &layers{all: all, config: c, wh: wh, syntax: syntaxOf(all.Manifest.Metadata), selector: selection.New(all), taken: map[string]string{}, named: map[[2]string][]*manifest.Node{}}
	l.roots = modelRoots(all)
	l.tests, l.off = testsOfSources(all), offTests(all.Manifest)
	for _, n := range all.Nodes {
		l.databases = l.databases || n.Database != ""
		if n.Kind == manifest.Source {
			l.named[[2]string{n.SourceName, n.Name}] = append(l.named[[2]string{n.SourceName, n.Name}], n)
		}
	}
	mirrors := make([]plan.Mirror, 0, len(c.Mirrors))
	for _, m := range c.Mirrors {
		mirrors = append(mirrors, l.layer(m))
	}
	l.carryTests(mirrors)
	l.names(mirrors)
	return mirrors, l.diags
}

// layers is the state of planning all mirrors.
type layers struct {
	all       *project.Project
	config    *config.Config
	wh        warehouse.Warehouse // or nil
	syntax    plan.TestSyntax
	selector  *selection.Evaluator
	roots     []string                       // folders of models, of the root package
	tests     map[string][]*manifest.Node    // source -> its generic tests
	off       []offTest                      // generic tests that are disabled
	databases bool                           // the adapter has databases
	taken     map[string]string              // source -> the mirror that has it
	named     map[[2]string][]*manifest.Node // arguments of source() -> the sources of all packages that have them
	copies    map[string]plan.Copied         // source -> its copy, once all are known
	models    map[[2]string]string           // arguments of source() -> name of the copy
	diags     diag.List
}

func (l *layers) layer(m config.Mirror) plan.Mirror {
	e, _ := l.config.Environment(m.Environment.Value) // config.Load has checked that it is there
	out := plan.Mirror{
		Name: m.Name.Value, Folder: l.folder(m), Tags: []string{}, Models: []plan.Copied{}, Untold: []plan.Untold{}, Syntax: l.syntax,
		Threads: l.config.Jobs.ForMirror(m.Name.Value).Threads, Environment: plan.Environment{Name: e.Name.Value, Target: e.Target.Value, Database: e.Database.Value, Schema: e.Schema.Value},
		Place: plan.Schema{Database: cmp.Or(m.Database.Value, e.Database.Value), Schema: m.Schema.Value},
	}
	out.Properties = path.Join(out.Folder, "_"+out.Name+".yml")
	if !l.databases {
		out.Place.Database = ""
	}
	l.checkPlace(m, out)
	for _, tag := range m.Tags {
		out.Tags = append(out.Tags, tag.Value)
	}
	overrides := map[string]bool{}
	var refused refusals
	for _, n := range l.sources(m) {
		table := tableFor(m, n, overrides)
		if why := l.cannotCopy(n, table); why != "" {
			refused.add(why, n)
			continue
		}
		if other, twice := l.taken[n.ID]; twice {
			l.errorf(SameName, m, m.Sources.Span, "exclude it from one of the two", "%s and %s both mirror %s", other, out.Name, n.ID)
			continue
		}
		l.taken[n.ID] = out.Name
		out.Models = append(out.Models, l.copied(m, out, n, table))
	}
	if l.wh != nil && len(out.Models) > 0 {
		if err := l.wh.Carries(out.Models[0].Relation); err != nil {
			l.errorf(config.WrongValue, m, m.Schema.Span, "use another name", "the copies of %s would be in %s.%s: %v", out.Name, out.Place.Database, out.Place.Schema, err)
		}
	}
	for _, why := range refused.reasons {
		l.errorf(NotCopied, m, m.Sources.Span, "leave it out, such as with exclude: "+l.excluded(refused.nodes[why][0]), "%s cannot copy %s: %s", out.Name, diag.Shorten(ids(refused.nodes[why]), ", "), why)
	}
	for _, o := range m.Overrides {
		if !overrides[o.Table.Value] {
			l.errorf(config.MissingKey, m, o.Table.Span, "write it as the source's name and the table's, with a dot between them", "%s.overrides names %s, which it does not copy", out.Name, o.Table.Value)
		}
	}
	slices.SortFunc(out.Models, func(a, b plan.Copied) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Source, b.Source))
	})
	return out
}

// sources are those that a mirror selects, in the order of their unique ids.
func (l *layers) sources(m config.Mirror) []*manifest.Node {
	request := selection.Request{Select: []selection.Text{{Value: m.Sources.Value, Span: m.Sources.Span}}}
	if m.Exclude.Value != "" {
		request.Exclude = []selection.Text{{Value: m.Exclude.Value, Span: m.Exclude.Span}}
	}
	spec, diags := selection.Parse(request)
	l.diags.Add(diags...)
	if diags.HasErrors() {
		return nil
	}
	set, diags := l.selector.Evaluate(spec, selection.Options{ResourceTypes: []string{string(manifest.Source)}})
	l.diags.Add(diags...)
	if len(set.Nodes) == 0 && !diags.HasErrors() {
		l.diags.Add(selection.Nothing(m.Sources.Span, "mirrors."+m.Name.Value+".sources"))
	}
	var list []*manifest.Node
	for _, i := range set.Nodes {
		list = append(list, l.all.Nodes[i])
	}
	return list
}

// tableFor is what holds for a source's table: what its override says, and else what the mirror does. It notes which overrides
// were needed.
func tableFor(m config.Mirror, n *manifest.Node, used map[string]bool) config.MirrorTable {
	t := m.Table
	for _, o := range m.Overrides {
		if o.Table.Value != sourceArgument(n) {
			continue
		}
		used[o.Table.Value] = true
		o.Materialized, o.Columns = or(o.Materialized, t.Materialized), or(o.Columns, t.Columns)
		t = o
	}
	return t
}

func or(a, b config.Text) config.Text {
	if a.Value == "" {
		return b
	}
	return a
}

// sourceArgument is a source as selection syntax and overrides call it: source.table.
func sourceArgument(n *manifest.Node) string { return n.SourceName + "." + n.Name }

// copied is the model of a source.
func (l *layers) copied(m config.Mirror, layer plan.Mirror, n *manifest.Node, t config.MirrorTable) plan.Copied {
	name := modelName(m, n, t)
	out := plan.Copied{
		Node: "model." + l.all.Name() + "." + name, Name: name, File: path.Join(layer.Folder, name+".sql"),
		Source: n.ID, Arguments: [2]string{n.SourceName, n.Name},
		Relation:    plan.Name{Database: layer.Place.Database, Schema: layer.Place.Schema, Identifier: name, Quoted: l.quoted()},
		Description: text(n, "description"), Materialized: t.Materialized.Value, Columns: l.columns(n, t), Declared: t.Columns.Value == "declared", Tests: []plan.Test{},
	}
	if out.Materialized == "incremental" {
		out.Incremental = l.incremental(m, n, t)
	}
	l.clustered(m, n, t, &out)
	return out
}

func (l *layers) errorf(code diag.Code, m config.Mirror, at source.Span, hint, format string, args ...any) {
	l.diags.Add(diag.Diagnostic{
		Code: code, Severity: diag.Error, Span: at, Path: "mirrors." + m.Name.Value, Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// refusals gathers what cannot be copied by the reason, in the order in which reasons came up.
type refusals struct {
	reasons []string
	nodes   map[string][]*manifest.Node
}

func (r *refusals) add(why string, n *manifest.Node) {
	if r.nodes == nil {
		r.nodes = map[string][]*manifest.Node{}
	}
	if r.nodes[why] == nil {
		r.reasons = append(r.reasons, why)
	}
	r.nodes[why] = append(r.nodes[why], n)
}

func ids(nodes []*manifest.Node) []string {
	var list []string
	for _, n := range nodes {
		list = append(list, n.ID)
	}
	return list
}

// text is a string of a node that is not decoded, or "".
func text(n *manifest.Node, key string) string { return n.Raw.Get(key).Text() }
