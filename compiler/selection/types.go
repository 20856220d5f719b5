package selection

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// command is what a dbt command may select.
type command struct {
	name      string
	standard  []manifest.Kind // without --resource-type
	all       []manifest.Kind // of --resource-type all
	only      []manifest.Kind // what remains whatever --resource-type says; nil is everything
	typed     bool            // has --resource-type
	keepBlank bool            // nodes with blank code included
}

var (
	listed     = []manifest.Kind{"model", "snapshot", "seed", "test", "source", "exposure", "metric", "saved_query", "semantic_model", "unit_test", "function"}
	built      = []manifest.Kind{"model", "snapshot", "seed", "test", "unit_test", "saved_query", "exposure", "function"}
	tested     = []manifest.Kind{"test", "unit_test"}
	cloned     = []manifest.Kind{"model", "seed", "snapshot"}
	executable = []manifest.Kind{"model", "test", "snapshot", "analysis", "operation", "seed", "sql_operation", "function"}
)

// commands are dbt's tasks (core/dbt/task/*.py).
var commands = []command{
	{name: "ls", standard: listed, all: append([]manifest.Kind{"analysis"}, listed...), typed: true, keepBlank: true},
	{name: "build", standard: built, all: built, typed: true},
	{name: "run", standard: []manifest.Kind{"model"}},
	{name: "test", standard: tested, all: tested, only: tested, typed: true},
	{name: "seed", standard: []manifest.Kind{"seed"}},
	{name: "snapshot", standard: []manifest.Kind{"snapshot"}},
	{name: "clone", standard: cloned, all: cloned, only: cloned, typed: true},
	{name: "compile", standard: executable},
	{name: "docs", standard: executable, keepBlank: true},
}

// Commands returns the dbt commands that Options.Command may name.
func Commands() []string {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.name
	}
	return names
}

// resourceTypes sets what r may select. Case counts: dbt accepts "Model" and then fails on it.
func (r *run) resourceTypes(spec *Spec, o Options) {
	name := o.Command
	if name == "" {
		name = "ls"
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		r.problem(source.Span{}, quote(name)+" is no dbt command that selects", "use one of "+strings.Join(Commands(), ", "))
		return
	}
	c := commands[i]
	r.keepBlank = c.keepBlank
	if !c.typed && len(o.ResourceTypes)+len(o.ExcludeResourceTypes) > 0 {
		r.problem(source.Span{}, "dbt "+name+" has no --resource-type", "leave it out")
		return
	}
	kinds := c.standard
	switch {
	case spec.models && len(o.ResourceTypes) > 0:
		r.problem(source.Span{}, "--models and --resource-type exclude each other", "use --select, with --resource-type model")
	case spec.models:
		kinds = []manifest.Kind{"model"}
	case len(o.ResourceTypes) > 0:
		kinds = nil
		for _, t := range o.ResourceTypes {
			switch {
			case t == "all":
				kinds = append(kinds, c.all...)
			case t == "default":
				kinds = append(kinds, c.standard...)
			case r.resourceType("--resource-type", t, "all", "default"):
				kinds = append(kinds, manifest.Kind(t))
			}
		}
	}
	r.types = r.of(kinds...)
	for _, t := range o.ExcludeResourceTypes {
		switch {
		case spec.models && strings.EqualFold(t, "default"):
		case spec.models:
			r.resourceType("--exclude-resource-type", strings.ToLower(t)) // dbt's command line looks at it, and nobody else
		case r.resourceType("--exclude-resource-type", t):
			r.types.minus(r.kinds[manifest.Kind(t)])
		}
	}
	if c.only != nil {
		r.types.and(r.of(c.only...))
	}
}

// resourceType reports a type that --resource-type does not take.
func (r *run) resourceType(flag, t string, more ...string) bool {
	if t == "analysis" || slices.Contains(listed, manifest.Kind(t)) {
		return true
	}
	hint := "use one of analysis"
	for _, k := range listed {
		hint += ", " + string(k)
	}
	for _, m := range more {
		hint += ", " + m
	}
	r.problem(source.Span{}, flag+" "+quote(t)+" is no resource type of dbt", hint)
	return false
}

// resourceKinds are the values of the method resource_type: dbt's NodeType.
var resourceKinds = []string{
	"model", "analysis", "test", "snapshot", "operation", "seed", "rpc", "sql_operation", "doc", "source", "macro", "exposure",
	"metric", "group", "saved_query", "semantic_model", "unit_test", "fixture", "function",
}
