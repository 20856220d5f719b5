// Package emit prints a Plan: the artifacts as files, and the plan itself for people and programs.
//
// It decides nothing. Views hold strings that are already quoted for where they go, and templates print them. It is the only
// package that imports pongo2, and it writes nothing: package output does.
package emit

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/output"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// viewTypes says which view each template is given; a test resolves every path of every template against it.
var viewTypes = map[string]reflect.Type{
	"DIFF.md":          reflect.TypeFor[diffView](),
	"MIRROR.md":        reflect.TypeFor[mirrorView](),
	"dbtwac.yml":       reflect.TypeFor[proposalView](),
	"freshness.sql":    reflect.TypeFor[freshnessView](),
	"mirror.sh":        reflect.TypeFor[refreshView](),
	"mirror.sql":       reflect.TypeFor[copyView](),
	"mirror.yml":       reflect.TypeFor[copiesView](),
	"macro.sql":        reflect.TypeFor[macroView](),
	"naming.sql":       reflect.TypeFor[namingView](),
	"script.sql":       reflect.TypeFor[scriptView](),
	"script.sh":        reflect.TypeFor[shellView](),
	"PLAN.md":          reflect.TypeFor[planView](),
	"runbook.sh":       reflect.TypeFor[runbookView](),
	"create.sh":        reflect.TypeFor[createView](),
	"jobs_as_code.yml": reflect.TypeFor[jobsAsCodeView](),
	"workflow.yml":     reflect.TypeFor[workflowView](),
}

// artifact is one file to print.
type artifact struct {
	path     string
	template string
	view     func(*inlays) any
	text     func() (string, error) // in place of a template: a library prints the format
}

// Render prints every artifact of p, in the order of their deployments.
func Render(p plan.Plan, out config.Output) ([]output.File, error) {
	wh, ok := warehouse.For(p.Warehouse)
	if !ok && len(p.Deployments) > 0 {
		return nil, fmt.Errorf("emit: no warehouse %q", p.Warehouse) // a Plan is made for a warehouse that there is
	}
	var list []artifact
	for _, m := range p.Macros {
		list = append(list, artifact{path: MacroPath(m.Name, out), template: "naming.sql", view: func(*inlays) any { return namingView{m.Text} }})
	}
	freshness := ""
	for i := range p.Mirrors {
		freshness = cmp.Or(freshness, p.Mirrors[i].Freshness)
		list = append(list, mirrorArtifacts(&p.Mirrors[i], p.Main, out)...)
	}
	if freshness != "" {
		list = append(list, artifact{path: MacroPath(freshness, out), template: "freshness.sql", view: func(*inlays) any { return freshnessView{freshness} }})
	}
	for i := range p.Deployments {
		list = append(list, artifacts(&p, &p.Deployments[i], out, wh)...)
	}
	list = append(list, jobArtifacts(&p, out)...)
	// Artifacts of thousands of relations are megabytes each, and none depends on another.
	files, errs := make([]output.File, len(list)), make([]error, len(list))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(list)); i = next.Add(1) - 1 {
				var in inlays
				text, err := list[i].print(&in)
				files[i] = output.File{Path: list[i].path, Text: text}
				if err != nil {
					errs[i] = fmt.Errorf("emit: %s: %w", list[i].path, err)
				}
			}
		})
	}
	wait.Wait()
	return files, errors.Join(errs...)
}

func (a artifact) print(in *inlays) (string, error) {
	if a.text != nil {
		return a.text()
	}
	return render(a.template, a.view(in), in)
}

// artifacts is the table of what a deployment is printed as.
func artifacts(p *plan.Plan, d *plan.Deployment, out config.Output, wh warehouse.Warehouse) []artifact {
	list := []artifact{
		{path: MacroPath(d.Name, out), template: "macro.sql", view: func(in *inlays) any { return newMacroView(d, wh, in) }},
		{path: path.Join(out.SQL.Value, d.Name, "PLAN.md"), template: "PLAN.md", view: func(*inlays) any { return newPlanView(p, d, out, wh) }},
		{path: path.Join(out.Jobs.Value, d.Name+".sh"), template: "runbook.sh", view: func(*inlays) any { return newRunbookView(d, out) }},
	}
	for _, s := range scripts(d, out) {
		if s.copies() {
			list = append(list, artifact{path: s.path, template: "script.sh", view: func(in *inlays) any { return newShellView(d, s, wh, in) }})
			continue
		}
		list = append(list, artifact{path: s.path, template: "script.sql", view: func(in *inlays) any { return newScriptView(d, s, wh, in) }})
	}
	return list
}

// size is how long a group's statements are in a script, or a little more: an artifact that outgrows its buffer is copied. What
// stands between single quotes takes one byte more for each quote, backslash and line break in it.
func size(g plan.Group, macro bool) int {
	n := 0
	for i := range g.Statements {
		s := &g.Statements[i]
		n += len(s.SQL) + len(s.Comment) + 24
		if macro || asks(s) {
			n += escapes(s.SQL)
		}
		if s.When != "" {
			n += len(s.When) + escapes(s.When)
		}
		if asks(s) {
			n += 256
		}
	}
	return n
}

func escapes(text string) int {
	return strings.Count(text, "'") + strings.Count(text, "\\") + strings.Count(text, "\n")
}

// MacroPath is where the macros of a deployment, or a naming macro, are printed.
func MacroPath(name string, out config.Output) string {
	return path.Join(out.Macros.Value, name+".sql")
}

// operation is a group that is printed as one script and one macro.
type operation struct {
	name  string // of the group
	group plan.Group
	path  string // of the script
}

// operations lists what of d is SQL, in the order of its phases.
func operations(d *plan.Deployment) []operation {
	var list []operation
	for _, phase := range d.Phases {
		for _, g := range phase.Groups() {
			list = append(list, operation{name: g.Name, group: g})
		}
	}
	return list
}

func scripts(d *plan.Deployment, out config.Output) []operation {
	list := operations(d)
	for i := range list {
		ending := ".sql"
		if list[i].copies() {
			ending = ".sh"
		}
		list[i].path = path.Join(out.SQL.Value, d.Name, list[i].name+ending)
	}
	return list
}

// copies reports whether part of an operation is no SQL for the warehouse's CLI: its script is one of the shell then.
func (o operation) copies() bool {
	return slices.ContainsFunc(o.group.Statements, func(s plan.Statement) bool { return s.Copy != nil })
}

// command runs an operation's script, at its path as it is quoted where the command is shown.
func (o operation) command(path string, d *plan.Deployment, wh warehouse.Warehouse) string {
	if o.copies() {
		return "sh " + path
	}
	return wh.CommandLine(path, d.Location)
}

// Macros lists the macros that Render prints for a deployment on a warehouse: one an operation, and what they share.
func Macros(d *plan.Deployment, adapter string) []string {
	names := []string{plan.MacroName(d.Name, "guard"), plan.MacroName(d.Name, "run")}
	if wh, ok := warehouse.For(adapter); ok && wh.Can().Sessionless {
		names = append(names, plan.MacroName(d.Name, "query"))
	}
	for _, o := range operations(d) {
		names = append(names, plan.MacroName(d.Name, o.name))
	}
	return names
}
