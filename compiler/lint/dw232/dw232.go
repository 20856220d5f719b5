// Package dw232 finds views that are to be made from compiled SQL which is not there, or which holds the moment of its compilation.
package dw232

import (
	"embed"
	"path"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/modeltext"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

const code diag.Code = "DW232"

//go:embed DW232.md
var docs embed.FS

// Rule is DW232.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if d.Views != string(config.ViewsRecreate) {
			continue
		}
		_, publish := p.Sides(d)
		compiled := func(n *manifest.Node) bool {
			sql, ok := p.Names.Compiled(n, publish)
			return ok && strings.TrimSpace(sql) != ""
		}
		missing := p.InScope(d, func(r plan.Relation, n *manifest.Node) bool { return rule.IsView(r) && rule.IsSQL(n) && !compiled(n) })
		if len(missing) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Message = "views: recreate makes views from their SQL, and none is compiled for " + d.Publish.Name + ": " + diag.Shorten(missing, ", ")
			f.Hint = compile(p, publish) + "; or say views: rebuild"
			diags.Add(f)
		}
		open := p.InScope(d, func(r plan.Relation, n *manifest.Node) bool {
			sql, _ := p.Names.Compiled(n, publish)
			return rule.IsView(r) && compiled(n) && !p.Can.Lexis.Closed(sql)
		})
		if len(open) > 0 {
			f := p.Finding(code, diag.Error, d)
			f.Nodes = open
			f.Message = "the compiled SQL of these views is not one query: something in it is not closed, or ends the statement that it would stand in: " + diag.Shorten(open, ", ")
			f.Hint = "take semicolons and backslashes out of the models, or say views: rebuild"
			diags.Add(f)
		}
		diags.Add(beyond(p, d)...)
		moments := p.InScope(d, func(r plan.Relation, n *manifest.Node) bool {
			return rule.IsView(r) && compiled(n) && HoldsMoment(n.RawCode(), p.Can.Lexis)
		})
		if moments = p.Ignored.Kept(code, moments); len(moments) > 0 {
			f := p.Finding(code, diag.Warning, d)
			f.Message = "the compiled SQL of these views holds the time or the id of the run that compiled it, and every publish makes them with that again: " + diag.Shorten(moments, ", ")
			f.Hint = "write current_timestamp in SQL, or say views: rebuild"
			diags.Add(f)
		}
	}
	return diags
}

// compile says how compiled SQL gets to where it is looked for.
func compile(p *rule.Pass, e config.Environment) string {
	command := "dbt compile --target " + e.Target.Value
	switch {
	case e.Naming == config.NamingManifest && e.Manifest.Value != "":
		return command + " --target-path " + path.Dir(e.Manifest.Value)
	case e.Naming == config.NamingManifest || p.Config.ManifestEnvironment.Value == e.Name.Value:
		return command + ", which writes it into " + p.Config.Manifest.Value
	}
	return command + " --target-path target/" + e.Name.Value + ", and in environments." + e.Name.Value + ": naming: manifest with manifest: target/" + e.Name.Value + "/manifest.json"
}

// HoldsMoment reports whether Jinja prints into a model what is another text in every run. A now() of a package prints SQL; that
// of Python's modules, or of what was set to one of them, prints the moment.
func HoldsMoment(raw string, lexis sqltext.Lexis) bool {
	clocks := []string{"modules"}
	for _, tag := range modeltext.InSQL(jinja.Scan(raw), lexis) {
		paths := tag.Paths()
		for _, p := range paths {
			root, _, _ := strings.Cut(p, ".")
			last := p[strings.LastIndexByte(p, '.')+1:]
			if root == "run_started_at" || root == "invocation_id" || slices.Contains(clocks, root) && slices.Contains([]string{"now", "utcnow", "today"}, last) {
				return true
			}
		}
		name, value, isSet := strings.Cut(strings.TrimPrefix(strings.TrimSpace(tag.Text), "set "), "=")
		if isSet && slices.Contains(paths, "set") && strings.HasPrefix(strings.TrimSpace(value), "modules.") {
			clocks = append(clocks, strings.TrimSpace(name))
		}
	}
	return false
}
