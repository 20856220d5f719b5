package naming

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// Written are the macros that dbtwac writes into the project beside those of the deployments. The naming macros do under each
// environment's target what its naming says; under any other target they do what dbt would do without them, or fail. The schemas of mirrors stay as they are under all of them.
func Written(c *config.Config) []plan.Macro {
	list := []plan.Macro{}
	if c.Macros.SchemaName {
		list = append(list, plan.Macro{Name: "generate_schema_name", Text: schemaMacro(c)})
	}
	if c.Macros.DatabaseName {
		list = append(list, plan.Macro{Name: "generate_database_name", Text: databaseMacro(c)})
	}
	if c.Macros.Ref {
		list = append(list, plan.Macro{Name: "ref", Text: refMacro(c.SwappedDatabases())})
	}
	return list
}

func schemaMacro(c *config.Config) string {
	var b strings.Builder
	b.WriteString("{% macro generate_schema_name(custom_schema_name=none, node=none) -%}\n")
	word := "if"
	if schemas := mirrorSchemas(c); len(schemas) > 0 {
		for i := range schemas {
			schemas[i] = quote.Jinja(schemas[i])
		}
		b.WriteString("  {%- if custom_schema_name in [" + strings.Join(schemas, ", ") + "] -%}\n    {{ custom_schema_name }}\n")
		word = "elif"
	}
	for _, e := range c.Environments {
		b.WriteString("  {%- " + word + " target.name == " + quote.Jinja(e.Target.Value) + " -%}\n")
		b.WriteString(schemaBranch(e))
		word = "elif"
	}
	b.WriteString("  {%- else -%}\n" + otherTargets(c, "generate_schema_name", "custom_schema_name") + "  {%- endif -%}\n{%- endmacro %}")
	return b.String()
}

// mirrorSchemas are the custom schemas of mirrors, which are the same under every target, each once.
func mirrorSchemas(c *config.Config) []string {
	var list []string
	for _, m := range c.Mirrors {
		if !slices.Contains(list, m.Schema.Value) {
			list = append(list, m.Schema.Value)
		}
	}
	return list
}

// schemaBranch prints the schema under e; see bySchemaRule.
func schemaBranch(e config.Environment) string {
	const plain = "    {{ target.schema }}\n"
	custom := "{{ custom_schema_name | trim }}"
	before := ""
	switch e.Naming {
	case config.NamingSingle:
		return plain
	case config.NamingDefault:
		custom = "{{ target.schema }}_" + custom
	case config.NamingAudit:
		if len(e.Audit.Keep) > 0 {
			keep := make([]string, len(e.Audit.Keep))
			for i, k := range e.Audit.Keep {
				keep[i] = quote.Jinja(k)
			}
			before = "    {%- elif (custom_schema_name | trim) in [" + strings.Join(keep, ", ") + "] -%}\n      " + custom + "\n"
		}
		custom = "{{ " + quote.Jinja(e.Audit.Dataset) + " }}"
	}
	return "    {%- if custom_schema_name is none -%}\n  " + plain + before + "    {%- else -%}\n      " + custom + "\n    {%- endif -%}\n"
}

func databaseMacro(c *config.Config) string {
	var b strings.Builder
	b.WriteString("{% macro generate_database_name(custom_database_name=none, node=none) -%}\n  {%- set databases = {\n")
	for _, e := range c.Environments {
		b.WriteString("    " + quote.Jinja(e.Target.Value) + ": {")
		for i, d := range e.Databases {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quote.Jinja(d.Custom.Value) + ": " + quote.Jinja(d.Name.Value))
		}
		b.WriteString("},\n")
	}
	b.WriteString("  } -%}\n  {%- if target.name in databases -%}\n")
	b.WriteString("    {{ adapter.dispatch('generate_database_name', 'dbt')(databases[target.name].get(custom_database_name, custom_database_name), node) }}\n")
	b.WriteString("  {%- else -%}\n" + otherTargets(c, "generate_database_name", "custom_database_name") + "  {%- endif -%}\n{%- endmacro %}")
	return b.String()
}

// otherTargets is what a macro does under a target that is no environment.
func otherTargets(c *config.Config, macro, argument string) string {
	if c.Macros.ElseError {
		return "    {{ exceptions.raise_compiler_error('dbtwac: ' ~ target.name ~ ' is no target of dbtwac.yml, and other_targets: error refuses it') }}\n"
	}
	return "    {{ adapter.dispatch('" + macro + "', 'dbt')(" + argument + ", node) }}\n"
}

// refMacro is a ref that leaves out the database of what stands in one of the databases that are swapped, where the name means
// the same without it. The text of a view looks for it in the view's own database, the query of a table in the session's, which
// is the target's: so all three have to be one. What is no model has no text that a swap would carry along. A hook of a model is
// rendered as the model is, and nothing tells them apart: its statements run in the session's database too.
func refMacro(swapped []string) string {
	names := make([]string, len(swapped))
	for i, s := range swapped {
		names[i] = quote.Jinja(s)
	}
	return `{% macro ref() -%}
  {%- set relation = builtins.ref(*varargs, **kwargs) -%}
  {%- if model is defined and model.resource_type == 'model' and relation.database -%}
    {%- set swapped = [` + strings.Join(names, ", ") + `] -%}
    {%- set databases = [relation.database, model.database, target.database] -%}
    {%- if not (relation.quote_policy.database or this.quote_policy.database) -%}
      {%- set swapped = swapped | map('lower') | list -%}
      {%- set databases = databases | map('lower') | list -%}
    {%- endif -%}
    {%- if databases[0] in swapped and databases[0] == databases[1] and databases[0] == databases[2] -%}
      {{ return(relation.include(database=false)) }}
    {%- endif -%}
  {%- endif -%}
  {{ return(relation) }}
{%- endmacro %}`
}
