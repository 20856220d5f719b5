// Package dw225 finds hooks that name one side of a deployment and run under both.
package dw225

import (
	"embed"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
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
		hooks := hooksOf(p, d)
		if len(hooks) == 0 {
			continue
		}
		sides := schemasOf(p, d)
		var ids []string
		named := map[string][]string{}
		for _, h := range hooks {
			for _, name := range sides.in(h.text) {
				if named[h.node] == nil {
					ids = append(ids, h.node)
				}
				if !slices.Contains(named[h.node], name) {
					named[h.node] = append(named[h.node], name)
				}
			}
		}
		var list []string
		for _, id := range p.Ignored.Kept(code, ids) {
			list = append(list, id+" ("+strings.Join(named[id], " and ")+")")
		}
		if len(list) > 0 {
			f := p.Finding(code, diag.Warning, d)
			f.Message = "hooks run under every target, and these name what only " + d.Build.Name + " or only " + d.Publish.Name + " has: " + diag.Shorten(list, ", ")
			f.Hint = "write {{ this }}, ref() or {{ target.schema }} in place of the name, or put it into an {% if target.name == ... %}"
			diags.Add(f)
		}
	}
	return diags
}

type hook struct{ node, text string }

// hooksOf are the hooks of what is published, and of each dbt run.
func hooksOf(p *rule.Pass, d plan.Deployment) []hook {
	var list []hook
	p.InScope(d, func(_ plan.Relation, n *manifest.Node) bool {
		for _, key := range []string{"pre-hook", "post-hook"} {
			for _, text := range rule.Hooks(n, key) {
				list = append(list, hook{n.ID, text})
			}
		}
		return false
	})
	for _, n := range p.Project.Nodes {
		if n.Kind == manifest.Operation {
			list = append(list, hook{n.ID, n.RawCode()})
		}
	}
	return list
}

// sides are the schemas that only one side has, with their databases and without.
type sides struct {
	schemas map[plan.Schema]bool
	names   map[string]bool
	fold    func(string) string
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
	s := sides{map[plan.Schema]bool{}, map[string]bool{}, p.Fold}
	mark := func(side, other map[plan.Schema]bool) {
		names := map[string]bool{}
		for o := range other {
			names[o.Schema] = true
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

// in lists what a hook names of one side, as it names it.
func (s sides) in(text string) []string {
	var list []string
	for _, name := range sqltext.Names(rule.Around(rule.EveryTarget(text))) {
		parts := name.Parts
		first := s.fold(parts[0])
		withDatabase := len(parts) > 1 && s.schemas[plan.Schema{Database: first, Schema: s.fold(parts[1])}] && (name.Schema || len(parts) > 2)
		without := s.names[first] && (len(parts) > 1 || name.Schema) && !(name.Schema && len(parts) > 1)
		if withDatabase || without {
			shown := strings.Join(parts, ".")
			if name.Schema {
				shown = "schema " + shown
			}
			list = append(list, shown)
		}
	}
	return list
}
