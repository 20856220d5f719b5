// Package strategy turns a Project and a Config into a Plan. One file is one way to publish.
//
// A strategy decides which relations are published, from where to where, and in which order which statements run; what a
// statement looks like is the warehouse's affair, and what is printed is that of package emit. It asks a warehouse what it can
// do and never which one it is.
package strategy

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/ignore"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// strategies is the table of what is implemented.
var strategies = []struct {
	name config.Strategy
	plan func(*planner)
}{
	{config.BlueGreen, blueGreen},
	{config.ProductionRollback, productionRollback},
	{config.WriteAuditPublish, writeAuditPublish},
	{config.WriteAuditClone, writeAuditClone},
}

// first and second are the names of the two groups around a dbt step.
func first(operation string) string  { return operation + "_1" }
func second(operation string) string { return operation + "_2" }

// Plan plans every deployment. It reports DW005, DW107, DW121, DW208, DW212, DW213, DW220 and DW229, and what selection reports. With
// a diagnostic of severity error the Plan may lack deployments.
//
// previous is the manifest that production was last built from, or nil. main is the main job where there are mirrors, and else nil: a
// build that says nothing else.
func Plan(p *project.Project, previous *manifest.Manifest, c *config.Config, main *plan.Step, names *naming.Namer, ignored *ignore.List) (plan.Plan, diag.List) {
	meta := p.Manifest.Metadata
	out := plan.Plan{Version: 1, Project: p.Name(), Warehouse: meta.AdapterType, Deployments: []plan.Deployment{}, Main: main, Macros: naming.Written(c)}
	var diags diag.List
	if c.Warehouse.Value != "" && c.Warehouse.Value != meta.AdapterType {
		diags.Add(diag.Diagnostic{
			Code: OtherAdapter, Severity: diag.Error, Span: c.Warehouse.Span,
			Message: fmt.Sprintf("warehouse is %s, and the manifest was parsed with the adapter %q", c.Warehouse.Value, meta.AdapterType),
			Hint:    "remove `warehouse`, or hand dbtwac the manifest of the other project",
		})
		return out, diags
	}
	wh, ok := warehouse.For(meta.AdapterType)
	if !ok && main != nil && len(c.Deployments) == 0 { // a model that copies a table is the same everywhere
		return out, diags
	}
	if !ok {
		at := c.Warehouse.Span
		if len(c.Deployments) > 0 {
			at = c.Deployments[0].Name.Span
		}
		diags.Add(NoWarehouse(at, meta.AdapterType))
		return out, diags
	}
	selector := selection.New(p)
	for _, d := range c.Deployments {
		for _, s := range strategies {
			if s.name != d.Strategy {
				continue
			}
			pl := &planner{project: p, previous: previous, config: c, main: main, names: names, ignored: ignored, deployment: d, wh: wh, selector: selector}
			pl.environments()
			if pl.settings() {
				s.plan(pl)
				pl.strict()
				pl.coverage()
			}
			diags.Add(pl.diags...)
			out.Deployments = append(out.Deployments, pl.out)
		}
	}
	return out, diags
}

// NoWarehouse is the DW005 of an adapter that is not implemented.
func NoWarehouse(at source.Span, adapter string) diag.Diagnostic {
	return diag.Diagnostic{
		Code: config.Unsupported, Severity: diag.Error, Span: at,
		Message: fmt.Sprintf("the warehouse %q is not implemented in this version of dbtwac", adapter),
		Hint:    "implemented: " + strings.Join(warehouse.Adapters(), ", "),
	}
}

// planner is the state of planning one deployment.
type planner struct {
	project        *project.Project
	previous       *manifest.Manifest // or nil
	config         *config.Config
	main           *plan.Step // where there are mirrors
	names          *naming.Namer
	ignored        *ignore.List
	deployment     config.Deployment
	build, publish config.Environment
	wh             warehouse.Warehouse
	selector       *selection.Evaluator
	out            plan.Deployment

	buildNames, publishNames doubts
	prepared                 bool // the build begins with copies of production
	method                   warehouse.Method
	views                    config.Views
	connection               string                        // environment whose connection publishes
	types                    map[plan.Type][]plan.Relation // see ofType
	order                    []int                         // see inOrder
	unknown                  []string                      // nodes of a custom materialization that dbtwac.yml does not name
	diags                    diag.List
}

func (p *planner) environments() {
	p.build, _ = p.config.Environment(p.deployment.Build.Value) // config.Load has checked that they are there
	p.publish, _ = p.config.Environment(p.deployment.Publish.Value)
	p.out = plan.Deployment{
		Name: p.deployment.Name.Value, Strategy: string(p.deployment.Strategy),
		Build: environment(p.build), Publish: environment(p.publish),
		State:     plan.Schema{Database: cmp.Or(p.deployment.StateDatabase.Value, p.publish.Database.Value), Schema: p.deployment.StateSchema.Value},
		WarnTests: string(p.deployment.WarnTests), Ledger: !p.deployment.NoLedger, Role: p.deployment.Role.Value, Orphans: p.orphans(),
		Threads: p.config.Jobs.ForDeployment(p.deployment.Name.Value).Threads,
		Gated:   p.publish.Naming != config.NamingManifest || p.publish.Manifest.Value != "", // else the names of production are in a manifest that the build overwrites
		Scope:   []plan.Relation{}, LeftOut: []plan.LeftOut{}, Tags: []string{}, Outside: []string{},
	}
	for _, n := range p.project.Nodes { // a project quotes databases, or it does not
		if n.RelationName != "" {
			p.out.State.Quoted = p.quoted(n, p.publish) & plan.QuotedDatabase
			break
		}
	}
}

func environment(e config.Environment) plan.Environment {
	return plan.Environment{Name: e.Name.Value, Target: e.Target.Value, Database: e.Database.Value, Schema: e.Schema.Value}
}

func (p *planner) errorf(code diag.Code, at config.Text, hint, format string, args ...any) {
	p.report(code, diag.Error, at, hint, fmt.Sprintf(format, args...))
}

func (p *planner) warnf(code diag.Code, at config.Text, hint, format string, args ...any) {
	p.report(code, diag.Warning, at, hint, fmt.Sprintf(format, args...))
}

func (p *planner) report(code diag.Code, severity diag.Severity, at config.Text, hint, message string) {
	p.diags.Add(diag.Diagnostic{
		Code: code, Severity: severity, Span: at.Span, Path: "deployments." + p.deployment.Name.Value, Message: message, Hint: hint,
	})
}
