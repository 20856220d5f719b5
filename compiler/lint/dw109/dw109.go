// Package dw109 finds configs whose names depend on where dbt runs.
package dw109

import (
	"embed"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

const code diag.Code = "DW109"

//go:embed DW109.md
var docs embed.FS

// Rule is DW109.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	moving := map[string]string{} // unique id -> the key
	var all, warned []string
	for _, n := range p.Project.Nodes {
		if !naming.IsWritten(n) {
			continue
		}
		if key := movingKey(n); key != "" {
			moving[n.ID] = key
			all = append(all, n.ID)
		}
	}
	if len(all) == 0 {
		return nil
	}
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		publish, _ := p.Config.Environment(d.Publish.Name)
		if published := uncertain(p, d, publish, moving); len(published) > 0 {
			diags.Add(diag.Diagnostic{
				Code: code, Severity: diag.Error, Span: p.Deployment(d.Name).Span, Path: "deployments." + d.Name,
				Nodes: published, Word: "schema",
				Message: fmt.Sprintf("what is published in %s takes its name from the target, a var or the environment: %s", publish.Name.Value, diag.Shorten(published, ", ")),
				Hint:    "write the name out, or give " + publish.Name.Value + " a manifest of its own: dbt parse --target " + publish.Target.Value + " --target-path target/" + publish.Name.Value,
			})
		}
	}
	for _, id := range p.Ignored.Kept(code, all) {
		warned = append(warned, id+" ("+moving[id]+")")
	}
	if diags == nil && len(warned) > 0 && len(p.Plan.Deployments) > 0 {
		diags.Add(diag.Diagnostic{
			Code: code, Severity: diag.Warning, Span: p.Deployment(p.Plan.Deployments[0].Name).Span,
			Nodes: warned, Word: "schema",
			Message: "names that come from the target, a var or the environment are certain only under the target that the manifest was parsed for: " + diag.Shorten(warned, ", "),
			Hint:    "write them out, or give each environment a manifest of its own",
		})
	}
	return diags
}

// uncertain lists the published relations whose name nobody can know before dbt runs.
func uncertain(p *rule.Pass, d plan.Deployment, publish config.Environment, moving map[string]string) []string {
	if publish.Naming == config.NamingManifest || p.Config.ManifestEnvironment.Value == publish.Name.Value {
		return nil
	}
	var list []string
	for _, r := range d.Scope {
		key := moving[r.Node]
		fixed := (key == "schema" || key == "dataset") && publish.Naming == config.NamingSingle
		if key != "" && !fixed {
			list = append(list, r.Node+" ("+key+")")
		}
	}
	return list
}

// keys are the parts of a config that become a name. config() in a file may say project and dataset on BigQuery.
var keys = naming.NewKeys("database", "schema", "alias", "project", "dataset")

// movingKey is the first key of n's config that is an expression over target, vars or the environment, or "".
func movingKey(n *manifest.Node) string {
	if key := keys.Unrendered(n); key != "" {
		return key
	}
	if !n.Config.HasSchema && !n.Config.HasDatabase && n.Config.Alias == "" {
		return ""
	}
	return keys.InFile(n)
}
