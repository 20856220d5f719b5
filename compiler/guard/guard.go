// Package guard is what a run-operation macro checks before it acts: the facts that compile wrote down, and the Jinja that
// compares them with the project as dbt sees it at run time.
//
// A macro holds static statements. They are right for the target and the scope that they were compiled for, and for nothing
// else; a project that has changed since, or a job that runs under another target, is refused before the first statement.
package guard

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// labels name what is compared for each node, in the order of facts.
var labels = []string{"database", "schema", "alias", "materialized", "custom schema", "custom database"}

// facts are the Jinja literals of what compile wrote down for r, under the name that dbt gives it on one side.
func facts(r plan.Relation, name plan.Name) []string {
	return []string{
		quote.Jinja(name.Database), quote.Jinja(name.Schema), quote.Jinja(name.Identifier),
		quote.Jinja(r.Materialized), custom(r.CustomSchema), custom(r.CustomDatabase),
	}
}

func custom(c plan.Custom) string {
	if !c.Set {
		return "none"
	}
	return quote.Jinja(c.Name)
}

// Side is the word by which a guard knows an environment of d.
func Side(d plan.Deployment, environment string) string {
	if environment == d.Publish.Name {
		return "publish"
	}
	return "build"
}

// Macro returns the text of the macro dbtwac_<deployment>_guard, which takes a side. It gathers all differences and raises one
// error; without one it returns a checksum of the files of all models, seeds and snapshots.
func Macro(d plan.Deployment) string {
	var sides strings.Builder
	for _, side := range []struct {
		environment plan.Environment
		name        func(plan.Relation) plan.Name
	}{
		{d.Build, func(r plan.Relation) plan.Name { return r.Build }},
		{d.Publish, func(r plan.Relation) plan.Name { return r.Ref }},
	} {
		if !acts(d, side.environment.Name) {
			continue
		}
		e := side.environment
		sides.WriteString("    " + quote.Jinja(Side(d, e.Name)) + ": {'target': " + quote.Jinja(e.Target) + ", 'database': " + quote.Jinja(e.Database) +
			", 'schema': " + quote.Jinja(e.Schema) + ", 'scope': {\n")
		seen := map[string]bool{}
		for _, r := range d.Scope {
			if !seen[r.Node] { // a node with two destinations is built once
				seen[r.Node] = true
				sides.WriteString("      " + quote.Jinja(r.Node) + ": [" + strings.Join(facts(r, side.name(r)), ", ") + "],\n")
			}
		}
		sides.WriteString("    }},\n")
	}
	return strings.NewReplacer(
		"<name>", d.Name,
		"<'name'>", quote.Jinja(d.Name),
		"<labels>", list(labels),
		"<sides>", sides.String(),
		"<tags>", list(d.Tags),
		"<outside>", list(d.Outside),
	).Replace(text)
}

// acts reports whether an operation of d runs in an environment.
func acts(d plan.Deployment, environment string) bool {
	for _, phase := range d.Phases {
		for _, g := range phase.Groups() {
			if g.Environment == environment {
				return true
			}
		}
	}
	return false
}

func list(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote.Jinja(v)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

const text = `{% macro dbtwac_<name>_guard(side) %}
  {%- set problems = [] -%}
  {#- What is published, and where, as it was compiled. -#}
  {%- set labels = <labels> -%}
  {%- set sides = {
<sides>  } -%}
  {%- set compiled_for = sides[side] -%}
  {%- set scope = compiled_for['scope'] -%}
  {%- if target.name != compiled_for['target'] -%}
    {%- do problems.append('it was compiled for the target ' ~ compiled_for['target'] ~ ', and this is ' ~ target.name) -%}
  {%- endif -%}
  {%- if target.database != compiled_for['database'] or target.schema != compiled_for['schema'] -%}
    {%- do problems.append('it was compiled for ' ~ compiled_for['database'] ~ '.' ~ compiled_for['schema'] ~ ', and the target is ' ~ target.database ~ '.' ~ target.schema) -%}
  {%- endif -%}
  {%- for id, compiled in scope.items() -%}
    {%- set node = graph.nodes.get(id) -%}
    {%- if not node -%}
      {%- do problems.append(id ~ ' is not in this project') -%}
    {%- else -%}
      {%- set now = [node.database, node.schema, node.alias, node.config.materialized, node.config.get('schema'), node.config.get('database')] -%}
      {%- for i in range(labels | length) if now[i] != compiled[i] -%}
        {%- do problems.append(id ~ ' has the ' ~ labels[i] ~ ' ' ~ now[i] ~ ', and was compiled with ' ~ compiled[i]) -%}
      {%- endfor -%}
    {%- endif -%}
  {%- endfor -%}
  {#- Nodes that have a publishing tag and were left out on purpose. -#}
  {%- set outside = <outside> -%}
  {%- for node in graph.nodes.values() if node.resource_type in ['model', 'seed', 'snapshot'] and node.config.materialized != 'ephemeral' -%}
    {%- if node.unique_id not in scope and node.unique_id not in outside -%}
      {%- for tag in <tags> if tag in node.tags -%}
        {%- do problems.append(node.unique_id ~ ' has the publishing tag ' ~ tag ~ ' and was not there when this was compiled') -%}
      {%- endfor -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if problems -%}
    {%- do exceptions.raise_compiler_error('dbtwac: ' ~ <'name'> ~ ' does nothing, compile again (for a rollback take the files that were published with): ' ~ problems | join('; ')) -%}
  {%- endif -%}
  {#- What of the project makes a relation, as one text: a build and its publish have to be of one project. -#}
  {%- set sums = [] -%}
  {%- for node in graph.nodes.values() | sort(attribute='unique_id') if node.resource_type in ['model', 'seed', 'snapshot'] -%}
    {%- do sums.append(node.unique_id ~ '=' ~ node.checksum.checksum) -%}
  {%- endfor -%}
  {{- return(local_md5(sums | join('\n'))) -}}
{% endmacro %}
`
