// Package dw307 finds copies that are not in one place for everybody.
package dw307

import (
	"embed"
	"fmt"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW307"

//go:embed DW307.md
var docs embed.FS

// Rule is DW307.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, m := range p.Plan.Mirrors {
		if len(m.Models) == 0 {
			continue
		}
		diags.Add(moved(p, m)...)
		diags.Add(swapped(p, m)...)
		diags.Add(shared(p, m)...)
		diags.Add(otherwise(p, m)...)
	}
	return diags
}

// moved finds the environments under which dbt names the copies otherwise.
func moved(p *rule.Pass, m plan.Mirror) diag.List {
	var diags diag.List
	for _, e := range p.Config.Environments {
		var list []string
		why, hint := "", ""
		for _, c := range m.Models {
			n := p.Project.Node(c.Node)
			name, err := p.Names.Actual(n, e)
			if planned := (naming.Name{Database: n.Database, Schema: n.Schema, Identifier: n.Alias}); err == nil && name == planned {
				continue
			}
			if list = append(list, c.Node); len(list) == 1 {
				why, hint = otherName(n, name, e, err)
			}
		}
		if len(list) == 0 {
			continue
		}
		f := p.MirrorFinding(code, diag.Error, m)
		f.Message = fmt.Sprintf("under %s these copies of %s would not be in %s: %s; %s", e.Name.Value, m.Name, place(m), diag.Shorten(list, ", "), why)
		f.Hint = hint
		diags.Add(f)
	}
	return diags
}

// otherName says what dbt would call a copy, or that nobody knows, and what helps.
func otherName(n *manifest.Node, name naming.Name, e config.Environment, err error) (why, hint string) {
	switch {
	case err != nil:
		return err.Error(), "let dbtwac write the macro, with macros: {generate_schema_name: true}; or give " + e.Name.Value + " a manifest of its own"
	case name.Schema != n.Schema:
		hint = "say macros: {generate_schema_name: true}, which keeps the schema of a mirror under every target; or let your own macro do so, and say naming: project"
	case name.Database != n.Database:
		hint = "let generate_database_name, or databases of " + e.Name.Value + ", leave the mirror's database as it is; or say another database"
	default:
		hint = "let your generate_alias_name return the name of a mirror's model as it is, such as by its tags"
	}
	return "dbt would call the first of them " + name.String(), hint
}

func place(m plan.Mirror) string {
	return naming.Name{Database: m.Place.Database, Schema: m.Place.Schema, Identifier: "<model>"}.String()
}

// swapped finds deployments that exchange the place of the copies.
func swapped(p *rule.Pass, m plan.Mirror) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if !rule.IsSwap(d) || !p.Container(d).Holds(m.Place.Database, m.Place.Schema) {
			continue
		}
		f := p.MirrorFinding(code, diag.Error, m)
		f.Message = fmt.Sprintf("the copies of %s are in %s, which %s swaps", m.Name, place(m), d.Name)
		f.Hint = "give the mirror a schema, or where databases are swapped a database, of its own"
		diags.Add(f)
	}
	return diags
}

// shared finds what else has the name of a copy, or the custom schema that the written macro keeps for the mirror.
func shared(p *rule.Pass, m plan.Mirror) diag.List {
	copies := map[plan.Name]bool{}
	for _, c := range m.Models {
		copies[p.Key(c.Relation)] = true
	}
	var same, schema []string
	for _, n := range p.Project.Nodes {
		if !naming.IsWritten(n) || p.Project.IsMade(n) {
			continue
		}
		if p.Config.Macros.SchemaName && n.Config.HasSchema && n.Config.Schema == m.Place.Schema {
			schema = append(schema, n.ID)
		}
		for _, e := range p.Config.Environments {
			if key, known := p.KeyOf(n, e); known && copies[key] && !slices.Contains(same, n.ID) {
				same = append(same, n.ID)
			}
		}
	}
	var diags diag.List
	f := p.MirrorFinding(code, diag.Error, m)
	if len(same) > 0 {
		f.Message = fmt.Sprintf("a copy of %s and something else are one relation: %s", m.Name, diag.Shorten(same, ", "))
		f.Hint = "give the mirror a schema of its own"
		diags.Add(f)
	}
	if len(schema) > 0 {
		f.Message = fmt.Sprintf("%s keeps the custom schema %s as it is under every target, and others have it too: %s", m.Name, m.Place.Schema, diag.Shorten(schema, ", "))
		f.Hint = "give the mirror a schema of its own"
		diags.Add(f)
	}
	return diags
}

// otherwise finds copies that dbt has parsed, and that dbt_project.yml makes something else of.
func otherwise(p *rule.Pass, m plan.Mirror) diag.List {
	var disabled, tagged []string
	for _, c := range m.Models {
		for _, id := range withTests(c) {
			if _, off := p.Project.Manifest.Disabled[id]; off {
				disabled = append(disabled, id)
			}
		}
		if n := p.Project.Manifest.Node(c.Node); n != nil && n.Kind == manifest.Model && slices.ContainsFunc(n.Tags, func(tag string) bool { return !slices.Contains(m.Tags, tag) }) {
			tagged = append(tagged, c.Node)
		}
	}
	var diags diag.List
	f := p.MirrorFinding(code, diag.Error, m)
	if len(disabled) > 0 {
		f.Message = "dbt_project.yml disables copies of " + m.Name + ", or tests of them" + ": " + diag.Shorten(disabled, ", ")
		f.Hint = "take enabled: false away from their folder, or choose another with path"
		diags.Add(f)
	}
	if len(tagged) > 0 {
		f.Severity = diag.Warning
		f.Message = "dbt_project.yml gives copies of " + m.Name + " tags that dbtwac.yml does not: a selection by them takes the copies too, and dbtwac does not know: " + diag.Shorten(tagged, ", ")
		f.Hint = "add the tags to mirrors." + m.Name + ".tags, or set them on other folders only"
		diags.Add(f)
	}
	return diags
}

// withTests are the unique ids of a copy and its tests.
func withTests(c plan.Copied) []string {
	ids := []string{c.Node}
	for _, t := range c.AllTests() {
		ids = append(ids, t.Node)
	}
	return ids
}
