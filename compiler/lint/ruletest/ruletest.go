// Package ruletest runs one rule on a small project that a test writes down, with a plan made by hand: what a rule finds does not
// depend on the statements of a strategy.
package ruletest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/ignore"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// Node is one node of the manifest. ID is its unique id, such as model.p.a; the other fields may be empty.
type Node struct {
	ID       string
	Config   string // JSON object
	Raw      string // raw_code
	Compiled string // compiled_code
	Parents  []string
	More     string // more members of the node, JSON
}

// Macro is one macro of the manifest, such as macro.p.ref, with its text.
type Macro struct{ ID, Text string }

// Case is a project p with a dbtwac.yml.
type Case struct {
	Config  string // dbtwac.yml without its version and environments: Environments are there
	DBT     string // metadata.dbt_version
	Adapter string // of which tables have the storage; empty: postgres
	Nodes   []Node // in any order
	Macros  []Macro
	Scope   []string // unique ids; nil: every relation of the project
	Built   []string // unique ids; nil: every node
}

// Environments are where the cases build and publish. The manifest was parsed for prod.
const Environments = `
version: 1
manifest_environment: prod
environments:
  stage: {database: shop, schema: staging, naming: single}
  prod: {database: shop, schema: analytics, naming: custom}
  audit: {database: shop, schema: analytics, target: aud, naming: {audit: {dataset: unaudited, keep: [stg]}}}
  apart: {database: shop_stage, schema: analytics, naming: custom}
`

// Deployment is a deployment x from stage to prod; more are its other keys.
func Deployment(strategy, more string) string {
	if strategy != string(config.BlueGreen) {
		more = `select: "*", ` + more
	}
	return "deployments:\n  x: {strategy: " + strategy + ", build: stage, publish: prod, " + more + "}\n"
}

// Findings are what a rule finds in a case, each as "error: message".
func Findings(t *testing.T, r rule.Rule, c Case) []string {
	t.Helper()
	var list []string
	for _, d := range r.Run(Pass(t, c)).Sorted() {
		if d.Code != r.Doc.Code || d.Span.File == nil || d.Hint == "" {
			t.Errorf("%s has to have the rule's code, a place and a hint: %+v", d.Code, d)
		}
		list = append(list, d.Severity.String()+": "+d.Message)
	}
	return list
}

// Pass makes what a rule sees.
func Pass(t *testing.T, c Case) *rule.Pass {
	t.Helper()
	m, diags := manifest.Load(&source.File{Name: "manifest.json", Text: document(t, c)})
	if m == nil || diags.HasErrors() {
		t.Fatal(diags)
	}
	conf, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: Environments + c.Config})
	if conf == nil {
		t.Fatal(diags)
	}
	wh, _ := warehouse.For(m.Metadata.AdapterType)
	p := &rule.Pass{Config: conf, Can: wh.Can(), Fold: func(s string) string { return s }, CarriesSQL: wh.CarriesSQL, Plan: plan.Plan{Macros: naming.Written(conf)}}
	var written []*manifest.Macro
	for _, w := range p.Plan.Macros {
		written = append(written, &manifest.Macro{ID: "macro.p." + w.Name, Name: w.Name, Package: "p", OriginalFilePath: "macros/dbtwac/" + w.Name + ".sql"})
	}
	p.Project = project.Build(m, func(string) bool { return false }, written, nil)
	p.Names = naming.New(p.Project, conf, nil)
	if p.Ignored, diags = ignore.New(conf, p.Project); diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, d := range conf.Deployments {
		p.Plan.Deployments = append(p.Plan.Deployments, planned(p, c, d))
	}
	return p
}

// planned is what a strategy plans, as far as rules look at it.
func planned(p *rule.Pass, c Case, d config.Deployment) plan.Deployment {
	build, _ := p.Config.Environment(d.Build.Value)
	publish, _ := p.Config.Environment(d.Publish.Value)
	out := plan.Deployment{
		Name: d.Name.Value, Strategy: string(d.Strategy), Build: plan.Environment{Name: d.Build.Value}, Publish: plan.Environment{Name: d.Publish.Value},
		Views: string(d.Views), Rebuilt: d.Strategy == config.WriteAuditPublish,
	}
	if methods := p.Can.Methods; len(methods) > 0 && d.Strategy != config.BlueGreen {
		out.Method = cmp.Or(d.Method.Value, string(methods[0]))
	}
	step := plan.Step{Command: "build", Selected: c.Built}
	for _, n := range p.Project.Nodes {
		if c.Built == nil {
			step.Selected = append(step.Selected, n.ID)
		}
		if !naming.IsRelation(n) || c.Scope != nil && !slices.Contains(c.Scope, n.ID) {
			continue
		}
		r := plan.Relation{Node: n.ID, Type: plan.Table}
		if naming.ShapeOf(n, p.Config.Materializations) == naming.View {
			r.Type = plan.View
		}
		if n.Config.Materialized == "dynamic_table" {
			r.Type = plan.MaterializedView
		}
		if r.Type == plan.Table && p.Can.Storages && d.Strategy != config.BlueGreen {
			r.Storage, _ = naming.StorageOf(n)
		}
		here, _ := p.Names.Of(n, build)
		there, _ := p.Names.Of(n, publish)
		r.Build = plan.Name{Database: here.Database, Schema: here.Schema, Identifier: here.Identifier}
		r.Publish = plan.Name{Database: there.Database, Schema: there.Schema, Identifier: there.Identifier}
		swap := plan.Swap{Build: plan.Schema{Database: here.Database, Schema: here.Schema}, Publish: plan.Schema{Database: there.Database, Schema: there.Schema}}
		if d.Swap == config.SwapDatabase {
			swap.Build.Schema, swap.Publish.Schema = "", ""
		}
		if d.Strategy == config.BlueGreen && here.Database == build.Database.Value && !slices.Contains(out.Swaps, swap) {
			out.Swaps = append(out.Swaps, swap)
		}
		out.Scope = append(out.Scope, r)
	}
	out.Phases = []plan.Phase{{Name: plan.Build, Actions: []plan.Action{{Step: &step}}}}
	return out
}

func document(t *testing.T, c Case) string {
	t.Helper()
	text := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	sections := map[string][]string{}
	for _, n := range c.Nodes {
		parts := strings.SplitN(n.ID, ".", 3)
		kind, pkg, name := parts[0], parts[1], parts[2]
		parents, err := json.Marshal(append([]string{}, n.Parents...))
		if err != nil {
			t.Fatal(err)
		}
		if n.Config == "" {
			n.Config = "{}"
		}
		entry := text(n.ID) + `: {"resource_type": ` + text(kind) + `, "name": ` + text(name) + `, "package_name": ` + text(pkg) +
			`, "fqn": [` + text(pkg) + `, ` + text(name) + `], "original_file_path": "models/` + name + `.sql", "path": "` + name + `.sql"` +
			`, "database": "shop", "raw_code": ` + text(n.Raw) + `, "compiled_code": ` + text(n.Compiled) +
			`, "depends_on": {"nodes": ` + string(parents) + `}, "config": ` + n.Config
		if !strings.Contains(n.More, `"alias"`) {
			entry += `, "alias": ` + text(name)
		}
		if n.More != "" {
			entry += ", " + n.More
		}
		section := "nodes"
		if kind == "source" || kind == "function" {
			section = kind + "s"
		}
		sections[section] = append(sections[section], entry+"}")
	}
	for _, m := range c.Macros {
		parts := strings.SplitN(m.ID, ".", 3)
		sections["macros"] = append(sections["macros"], text(m.ID)+`: {"name": `+text(parts[2])+`, "package_name": `+text(parts[1])+
			`, "original_file_path": "macros/own.sql", "macro_sql": `+text(m.Text)+`, "depends_on": {"macros": []}}`)
	}
	var list []string
	for _, section := range []string{"nodes", "sources", "functions", "macros"} {
		list = append(list, text(section)+`: {`+strings.Join(sections[section], ",\n")+`}`)
	}
	return `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": ` + text(c.DBT) + `, "project_name": "p", "adapter_type": ` + text(cmp.Or(c.Adapter, "postgres")) + `},
		` + strings.Join(list, ", ") + `}`
}
