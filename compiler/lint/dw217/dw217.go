// Package dw217 finds a ref of the project that some refs do not get through, or that dbt does not ask.
package dw217

import (
	"embed"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW217"

//go:embed DW217.md
var docs embed.FS

// Rule is DW217.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, m := range p.Project.Macros {
		switch {
		case m.Name != "ref" || m.Package != p.Project.Name():
		case p.Project.Manifest.Metadata.V2():
			diags.Add(bypassed(p, m)...)
		case m.Raw.Kind() != jsondoc.Missing: // dbtwac's own, which is not read but written, takes every ref
			diags.Add(narrow(p, m)...)
		}
	}
	return diags
}

// bypassed is about an override that dbt v2 never calls.
func bypassed(p *rule.Pass, m *manifest.Macro) diag.List {
	views := swappedViews(p)
	kept := p.Ignored.Kept(code, views)
	if len(views) > 0 && len(kept) == 0 {
		return nil
	}
	f := finding(p, m)
	f.Message = "dbt v2 has written the manifest, and it never calls the macro ref of " + m.OriginalFilePath
	f.Hint = "build with dbt 1; or take the macro out, and write what it does into the models, as in {{ ref('orders').include(database=false) }}"
	if len(kept) > 0 {
		f.Message += ": behind a swap these views read what their text names, database and all: " + diag.Shorten(kept, ", ")
	}
	return diag.List{f}
}

// swappedViews lists the views that a swap takes along, each once.
func swappedViews(p *rule.Pass) []string {
	var list []string
	seen := map[string]bool{}
	for _, d := range p.Plan.Deployments {
		if !rule.IsSwap(d) {
			continue
		}
		for _, id := range p.InScope(d, func(r plan.Relation, _ *manifest.Node) bool { return rule.IsView(r) }) {
			if !seen[id] {
				seen[id] = true
				list = append(list, id)
			}
		}
	}
	return list
}

// narrow is about an override that has no room for all that ref can be given.
func narrow(p *rule.Pass, m *manifest.Macro) diag.List {
	text, _ := m.Raw.Get("macro_sql").Str()
	s, ok := jinja.SignatureOf(text)
	if !ok {
		return nil
	}
	r := room{
		packages: s.Varargs || len(slices.DeleteFunc(slices.Clone(s.Params), isVersion)) > 1,
		v:        s.Kwargs || slices.Contains(s.Params, "v"),
		version:  s.Kwargs || slices.Contains(s.Params, "version"),
	}
	all := affected(p, r)
	kept := p.Ignored.Kept(code, all)
	if r.packages && len(all) == 0 || len(all) > 0 && len(kept) == 0 { // without a version in the project, none can be asked for
		return nil
	}
	f := finding(p, m)
	f.Message = "the macro ref of " + m.OriginalFilePath + " has no room for "
	switch {
	case r.packages:
		f.Message += "a version, which is called v or version"
	case r.v && r.version:
		f.Message += "the package in ref('package', 'model')"
	default:
		f.Message += "the package in ref('package', 'model'), and for a version, which is called v or version"
	}
	if len(kept) > 0 {
		f.Message += ", and that concerns " + diag.Shorten(kept, ", ")
	} else {
		f.Message += "; the first ref that needs it fails"
	}
	f.Hint = "write {% macro ref() %}, and hand on all that it is given: builtins.ref(*varargs, **kwargs)"
	return diag.List{f}
}

func isVersion(param string) bool { return param == "v" || param == "version" }

// room is what an override can be given beside the name of a model.
type room struct{ packages, v, version bool }

// affected lists the nodes whose refs need what the override has no room for. A model that has versions is there to be asked for by
// one, under one of the two names. dbt itself says version in the tests of properties, and v, if only none, for each ref of a
// Python model.
func affected(p *rule.Pass, r room) []string {
	if r.packages && r.v && r.version {
		return nil
	}
	var list []string
	for _, n := range p.Project.Nodes {
		some, inPackage, withVersion := asked(n)
		fails := !r.packages && inPackage
		switch {
		case n.Kind == manifest.Model && n.Language == "python":
			fails = fails || !r.v && some
		case n.Raw.Get("test_metadata").Kind() != jsondoc.Missing:
			fails = fails || !r.version && withVersion
		}
		if fails || !r.v && !r.version && (withVersion || n.Kind == manifest.Model && n.Versioned()) {
			list = append(list, n.ID)
		}
	}
	return list
}

// asked tells whether a node has refs, and what they are given beside the name of a model. Before version 9 of the manifest a ref was a list of one or
// two texts.
func asked(n *manifest.Node) (some, inPackage, withVersion bool) {
	for it := n.Raw.Get("refs").Items(); it.Next(); {
		ref := it.Value()
		some = true
		if ref.Kind() == jsondoc.Array {
			names, _ := ref.Strings()
			inPackage = inPackage || len(names) > 1
			continue
		}
		inPackage = inPackage || ref.Get("package").Kind() != jsondoc.Missing
		withVersion = withVersion || ref.Get("version").Kind() != jsondoc.Missing
	}
	return some, inPackage, withVersion
}

// finding stands where the swap is asked for, or the macro: a manifest is nothing to look into.
func finding(p *rule.Pass, m *manifest.Macro) diag.Diagnostic {
	f := diag.Diagnostic{Code: code, Severity: diag.Warning, Span: p.Config.Macros.At, Path: "macros.ref"}
	if m.Raw.Kind() != jsondoc.Missing && len(p.Plan.Deployments) > 0 {
		f.Span, f.Path = p.Deployment(p.Plan.Deployments[0].Name).Span, ""
	}
	return f
}
