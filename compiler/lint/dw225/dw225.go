// Package dw225 finds hooks that name one side of a deployment and run under both.
package dw225

import (
	"embed"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/modeltext"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

const code diag.Code = "DW225"

//go:embed DW225.md
var docs embed.FS

// Rule is DW225.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		names := hooksOf(p, d)
		if len(names) == 0 { // as for most: the names of all the project are dear
			continue
		}
		only := schemasOf(p, d)
		var ids []string
		found := map[string][]string{} // by unique id
		for _, n := range names {
			name, ofOneSide := only.shows(n.name)
			if !ofOneSide || slices.Contains(found[n.node], name) {
				continue
			}
			if found[n.node] == nil {
				ids = append(ids, n.node)
			}
			found[n.node] = append(found[n.node], name)
		}
		var list []string
		for _, id := range p.Ignored.Kept(code, ids) {
			list = append(list, id+" ("+strings.Join(found[id], " and ")+")")
		}
		if len(list) > 0 {
			f := p.Finding(code, diag.Warning, d)
			f.Message = "hooks run under every target, and these name what only " + d.Build.Name + " or only " + d.Publish.Name + " has: " + diag.Shorten(list, ", ")
			f.Hint = "write {{ this }}, ref() or {{ target.schema }} in place of the name, or put it into an {% if target.name == ... %}"
			f.Nodes, f.Word = list, "hook"
			diags.Add(f)
		}
	}
	return diags
}

// named is a name that a hook of a node writes out.
type named struct {
	node string // unique id
	name sqltext.Name
}

// hooksOf are the names in hooks of what is published, and of each dbt run.
func hooksOf(p *rule.Pass, d plan.Deployment) []named {
	var list []named
	add := func(n *manifest.Node, text string) {
		for _, name := range p.Can.Lexis.Names(modeltext.Around(modeltext.EveryTarget(text))) {
			list = append(list, named{n.ID, name})
		}
	}
	p.InScope(d, func(_ plan.Relation, n *manifest.Node) bool {
		for _, key := range []string{"pre-hook", "post-hook"} {
			for _, text := range rule.Hooks(n, key) {
				add(n, text)
			}
		}
		return false
	})
	for _, n := range p.Project.Nodes {
		if n.Kind == manifest.Operation {
			add(n, n.RawCode())
		}
	}
	return list
}

// sides are the schemas that only one side has, with their databases and without.
type sides struct {
	schemas   map[plan.Schema]bool
	names     map[string]bool
	databases map[string]bool // of both
	fold      func(string) string
}

func schemasOf(p *rule.Pass, d plan.Deployment) sides {
	build, publish := p.Sides(d)
	here := map[plan.Schema]bool{{Database: p.Fold(build.Database.Value), Schema: p.Fold(build.Schema.Value)}: true}
	there := map[plan.Schema]bool{{Database: p.Fold(publish.Database.Value), Schema: p.Fold(publish.Schema.Value)}: true}
	add := func(side map[plan.Schema]bool, key plan.Name) {
		side[plan.Schema{Database: key.Database, Schema: key.Schema}] = true
	}
	for _, n := range p.Project.Nodes {
		if !naming.IsWritten(n) {
			continue
		}
		if key, known := p.KeyOf(n, build); known {
			add(here, key)
		}
		if key, known := p.KeyOf(n, publish); known {
			add(there, key)
		}
	}
	for i := range d.Scope {
		add(here, p.Key(d.Scope[i].Build))
		add(there, p.Key(d.Scope[i].Publish))
	}
	s := sides{map[plan.Schema]bool{}, map[string]bool{}, map[string]bool{}, p.Fold}
	mark := func(side, other map[plan.Schema]bool) {
		names := map[string]bool{}
		for o := range other {
			names[o.Schema], s.databases[o.Database] = true, true
		}
		for o := range side {
			if !other[o] {
				s.schemas[o] = true
			}
			if !names[o.Schema] {
				s.names[o.Schema] = true
			}
		}
	}
	mark(here, there)
	mark(there, here)
	return s
}

// shows returns a name as its hook has it, and whether only one side has what it means.
func (s sides) shows(name sqltext.Name) (shown string, ofOneSide bool) {
	parts := name.Parts
	shown = strings.Join(parts, ".")
	first := s.fold(parts[0])
	if name.Schema {
		shown = "schema " + shown
		if len(parts) == 1 {
			return shown, s.names[first]
		}
		return shown, s.schemas[plan.Schema{Database: first, Schema: s.fold(parts[1])}]
	}
	if len(parts) > 2 && s.databases[first] {
		return shown, s.schemas[plan.Schema{Database: first, Schema: s.fold(parts[1])}]
	}
	return shown, s.names[first]
}
