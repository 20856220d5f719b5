package naming

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// macros are the project's naming macros, as dbt finds them (find_generate_macro_by_name, and dispatch inside of its own).
type macros struct {
	schema, database, alias *source            // of the root package, or where dispatch leads; nil: dbt's own
	packages                map[string]*source // "package.macro" of installed packages
	root                    string
	byName                  map[string]*source // of the root package, for calls among them
}

// source is a macro that was found; macro is nil where it cannot be read, and err says why.
type source struct {
	name  string // such as shop.generate_schema_name
	path  string // original_file_path
	macro *jinja.Macro
	err   error
}

// kinds are the macros that name things.
var kinds = []string{"generate_schema_name", "generate_database_name", "generate_alias_name"}

func readMacros(p *project.Project, c *config.Config) *macros {
	m := &macros{packages: map[string]*source{}, root: p.Name(), byName: map[string]*source{}}
	dispatched := map[string]string{} // macro of dbt -> what its dispatch leads to
	ids := map[string]*manifest.Macro{}
	for _, macro := range p.Macros {
		ids[macro.ID] = macro
		switch {
		case macro.Package == p.Name():
			if macro.Raw.Kind() != jsondoc.Missing { // not one that dbtwac is about to write
				m.byName[macro.Name] = read(macro)
			}
		case macro.Package == "dbt":
			if slices.Contains(kinds, macro.Name) && len(macro.Macros) == 1 {
				dispatched[macro.Name] = macro.Macros[0]
			}
		case Internal(macro.Package):
		case slices.Contains(kinds, macro.Name):
			m.packages[macro.Package+"."+macro.Name] = read(macro)
		}
	}
	own := func(kind string, written bool) *source {
		if written {
			return nil
		}
		if s := m.byName[kind]; s != nil {
			return s
		}
		if to := ids[dispatched[kind]]; to != nil && !Internal(to.Package) {
			return read(to)
		}
		return nil
	}
	m.schema = own(kinds[0], c.Macros.SchemaName)
	m.database = own(kinds[1], c.Macros.DatabaseName)
	m.alias = own(kinds[2], false)
	return m
}

// Internal reports whether a package comes with dbt and its adapters.
func Internal(pkg string) bool {
	return pkg == "dbt" || strings.HasPrefix(pkg, "dbt_") && adapters[pkg[4:]]
}

// adapters are those whose packages dbt installs by itself, and which override the naming macros without another result.
var adapters = map[string]bool{
	"postgres": true, "redshift": true, "snowflake": true, "bigquery": true, "databricks": true, "spark": true, "duckdb": true,
	"trino": true, "athena": true, "clickhouse": true, "sqlserver": true, "fabric": true,
}

func read(m *manifest.Macro) *source {
	s := &source{name: m.Package + "." + m.Name, path: m.OriginalFilePath}
	text, _ := m.Raw.Get("macro_sql").Str()
	s.macro, s.err = jinja.Parse(text)
	return s
}

// ofPackage is an installed package's own macro, or nil.
func (m *macros) ofPackage(kind, pkg string) *source {
	if pkg == m.root {
		return nil
	}
	return m.packages[pkg+"."+kind]
}

// custom is the custom name that dbt hands to a naming macro.
func custom(name string, ok bool) jinja.Value {
	if !ok {
		return nil
	}
	return name
}

// call evaluates a naming macro for a node under an environment.
func (m *macros) call(s *source, n *manifest.Node, e config.Environment, custom jinja.Value) (string, error) {
	err := s.err
	var v jinja.Value
	if err == nil {
		v, err = s.macro.Call(m.scope(e), custom, nodeObject{n, e})
	}
	if err != nil {
		return "", fmt.Errorf("the macro %s of %s cannot be read: %w", s.name, s.path, err)
	}
	return strings.TrimSpace(jinja.Text(v)), nil
}

// scope is what a naming macro sees. Vars, the environment and the warehouse are not in it.
func (m *macros) scope(e config.Environment) jinja.Scope {
	byDefault := defaults(e)
	dispatch := jinja.Func(func(a jinja.Args) (jinja.Value, error) {
		name := jinja.Text(a.At(0))
		if own := m.byName["default__"+name]; own != nil && own.macro != nil {
			return own.macro, nil
		}
		if f, ok := byDefault["default__"+name]; ok {
			return f, nil
		}
		return nil, fmt.Errorf("the dispatch of %s is not read", name)
	})
	return func(name string) (jinja.Value, bool) {
		switch name {
		case "target":
			return object(targetAttributes(e)), true
		case "adapter":
			return object{"dispatch": dispatch}, true
		case "dbt":
			return object(byDefault), true
		case "project_name":
			return m.root, true
		}
		if own := m.byName[name]; own != nil {
			if own.macro == nil {
				return nil, false
			}
			return own.macro, true
		}
		f, ok := byDefault[name]
		return f, ok
	}
}

// defaults are dbt's own naming macros.
func defaults(e config.Environment) map[string]jinja.Value {
	schema := func(rule config.Naming) jinja.Func {
		return func(a jinja.Args) (jinja.Value, error) {
			text, ok := a.At(0).(string)
			if !ok && a.At(0) != nil {
				return nil, fmt.Errorf("a custom schema that is no text is not read")
			}
			return bySchemaRule(rule, e, text, ok), nil
		}
	}
	forEnvironment := schema(config.NamingSingle)
	if e.Target.Value == "prod" { // dbt's generate_schema_name_for_env knows this one name
		forEnvironment = schema(config.NamingCustom)
	}
	database := jinja.Func(func(a jinja.Args) (jinja.Value, error) {
		if a.At(0) == nil {
			return e.Database.Value, nil
		}
		return a.At(0), nil
	})
	return map[string]jinja.Value{
		"generate_schema_name": schema(config.NamingDefault), "default__generate_schema_name": schema(config.NamingDefault),
		"generate_schema_name_for_env": forEnvironment, "default__generate_schema_name_for_env": forEnvironment,
		"generate_database_name": database, "default__generate_database_name": database,
	}
}

// object is a jinja.Object of known attributes.
type object map[string]jinja.Value

func (o object) Attr(name string) (jinja.Value, bool) {
	v, ok := o[name]
	return v, ok
}

func targetAttributes(e config.Environment) map[string]jinja.Value {
	return map[string]jinja.Value{
		"name": e.Target.Value, "target_name": e.Target.Value, "schema": e.Schema.Value, "dataset": e.Schema.Value,
		"database": e.Database.Value, "dbname": e.Database.Value, "project": e.Database.Value,
	}
}

// nodeObject has the attributes that dbt has set before it asks the macros.
type nodeObject struct {
	node *manifest.Node
	env  config.Environment
}

func (o nodeObject) Attr(name string) (jinja.Value, bool) {
	n := o.node
	switch name {
	case "name":
		return n.Name, true
	case "resource_type":
		return string(n.Kind), true
	case "package_name":
		return n.Package, true
	case "path":
		return n.Path, true
	case "original_file_path":
		return n.OriginalFilePath, true
	case "unique_id":
		return n.ID, true
	case "fqn":
		return list(n.FQN), true
	case "tags":
		return list(n.Tags), true
	case "schema":
		return o.env.Schema.Value, true
	case "database":
		return o.env.Database.Value, true
	case "version":
		if !n.Versioned() {
			return nil, true
		}
		return n.VersionText(), true
	case "config":
		return configObject{n}, true
	}
	return nil, false
}

// configObject is a node's config.
type configObject struct{ node *manifest.Node }

func (o configObject) Attr(name string) (jinja.Value, bool) {
	if name == "get" {
		return jinja.Func(o.get), true
	}
	v := o.node.Config.Raw.Get(name)
	if v.Raw() == "" {
		return nil, false
	}
	return plain(v)
}

func (o configObject) get(a jinja.Args) (jinja.Value, error) {
	key := jinja.Text(a.At(0))
	v := o.node.Config.Raw.Get(key)
	if v.Raw() == "" {
		return a.At(1), nil
	}
	value, ok := plain(v)
	if !ok {
		return nil, fmt.Errorf("config.%s is not read", key)
	}
	return value, nil
}

// plain is a value of JSON that is as simple in Jinja.
func plain(v jsondoc.Value) (jinja.Value, bool) {
	switch v.Kind() {
	case jsondoc.Missing:
		return nil, true
	case jsondoc.String:
		return v.Text(), true
	case jsondoc.Bool:
		b, _ := v.Bool()
		return b, true
	case jsondoc.Array:
		texts, ok := v.Strings()
		return list(texts), ok
	}
	return nil, false
}

func list(texts []string) jinja.List {
	l := jinja.List{}
	for _, t := range texts {
		l = append(l, t)
	}
	return l
}
