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

// facts are the Jinja literals of what compile wrote down for r.
func facts(r plan.Relation) []string {
	return []string{
		quote.Jinja(r.Build.Database), quote.Jinja(r.Build.Schema), quote.Jinja(r.Build.Identifier),
		quote.Jinja(r.Materialized), custom(r.CustomSchema), custom(r.CustomDatabase),
	}
}

func custom(c plan.Custom) string {
	if !c.Set {
		return "none"
	}
	return quote.Jinja(c.Name)
}

// Macro returns the text of the macro dbtwac_<deployment>_guard. It gathers all differences and raises one error; without one
// it returns a checksum of the files of all models, seeds and snapshots.
func Macro(d plan.Deployment) string {
	var scope strings.Builder
	seen := map[string]bool{}
	for _, r := range d.Scope {
		if !seen[r.Node] { // a node with two destinations is built once
			seen[r.Node] = true
			scope.WriteString("    " + quote.Jinja(r.Node) + ": [" + strings.Join(facts(r), ", ") + "],\n")
		}
	}
	return strings.NewReplacer(
		"<name>", d.Name,
		"<'name'>", quote.Jinja(d.Name),
		"<'target'>", quote.Jinja(d.Build.Target),
		"<'database'>", quote.Jinja(d.Build.Database),
		"<'schema'>", quote.Jinja(d.Build.Schema),
		"<labels>", list(labels),
		"<scope>", scope.String(),
		"<tags>", list(d.Tags),
		"<outside>", list(d.Outside),
	).Replace(text)
}

func list(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote.Jinja(v)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

const text = `{% macro dbtwac_<name>_guard() %}
  {%- set problems = [] -%}
  {%- if target.name != <'target'> -%}
    {%- do problems.append('it was compiled for the target ' ~ <'target'> ~ ', and this is ' ~ target.name) -%}
  {%- endif -%}
  {%- if target.database != <'database'> or target.schema != <'schema'> -%}
    {%- do problems.append('it was compiled for ' ~ <'database'> ~ '.' ~ <'schema'> ~ ', and the target is ' ~ target.database ~ '.' ~ target.schema) -%}
  {%- endif -%}
  {#- What is published, as it was compiled. -#}
  {%- set labels = <labels> -%}
  {%- set scope = {
<scope>  } -%}
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
    {%- do exceptions.raise_compiler_error('dbtwac: ' ~ <'name'> ~ ' does nothing, compile again: ' ~ problems | join('; ')) -%}
  {%- endif -%}
  {#- What of the project makes a relation, as one text: a build and its publish have to be of one project. -#}
  {%- set sums = [] -%}
  {%- for node in graph.nodes.values() | sort(attribute='unique_id') if node.resource_type in ['model', 'seed', 'snapshot'] -%}
    {%- do sums.append(node.unique_id ~ '=' ~ node.checksum.checksum) -%}
  {%- endfor -%}
  {{- return(local_md5(sums | join('\n'))) -}}
{% endmacro %}
`
