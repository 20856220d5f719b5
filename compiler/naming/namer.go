package naming

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// Namer names nodes under environments. It may be used by several goroutines.
type Namer struct {
	config *config.Config
	own    map[string]*manifest.Manifest // by environment: those that names are read from
	root   string                        // name of the root package
	isMade func(*manifest.Node) bool     // see project.Project.IsMade
	macros *macros
}

// New makes the Namer of a project. own are the manifests of environments that have one; the project's own manifest stands in
// for that of `manifest_environment`.
func New(p *project.Project, c *config.Config, own map[string]*manifest.Manifest) *Namer {
	n := &Namer{config: c, own: map[string]*manifest.Manifest{}, root: p.Name(), isMade: p.IsMade, macros: readMacros(p, c)}
	for _, e := range c.Environments {
		if e.Naming == config.NamingManifest {
			n.own[e.Name.Value] = p.Manifest
			if e.Manifest.Value != "" {
				n.own[e.Name.Value] = own[e.Name.Value]
			}
		}
	}
	return n
}

// Of returns the name of n under e's target, by e's naming. n is something that dbt makes a relation of (see IsWritten). An
// error says in half a sentence why the name cannot be known.
//
// The database and the identifier are dbt's own too: the custom database or the target's, and the alias. They are read from the
// project's generate_database_name and generate_alias_name where it has such macros.
//
// What dbtwac makes itself, the copies of a mirror, has one name under every target: what their config says. See Actual.
func (n *Namer) Of(node *manifest.Node, e config.Environment) (Name, error) {
	if n.isMade(node) {
		return Name{node.Database, node.Schema, node.Alias}, nil
	}
	if e.Naming == config.NamingManifest {
		return n.fromManifest(node, e)
	}
	var name Name
	var err error
	if name.Schema, err = n.schema(node, e); err != nil {
		return Name{}, err
	}
	if name.Database, err = n.database(node, e); err != nil {
		return Name{}, err
	}
	if name.Identifier, err = n.identifier(node, e); err != nil {
		return Name{}, err
	}
	return name.fixed(node), nil
}

var errAbsent = errors.New("it is not in the environment's own manifest")

// Compiled returns node's SQL as dbt has rendered it for e's target: from e's own manifest, or from the project's where that was
// parsed for e. It is empty where that manifest was written by a command that does not compile; ok is false where there is none.
func (n *Namer) Compiled(node *manifest.Node, e config.Environment) (sql string, ok bool) {
	m := n.own[e.Name.Value]
	if m == nil {
		return node.CompiledCode(), n.config.ManifestEnvironment.Value == e.Name.Value
	}
	i, ok := m.IndexMap()[node.ID]
	if !ok {
		return "", false
	}
	return m.Nodes[i].CompiledCode(), true
}

// In returns node as e's own manifest has it, or as it is in the project's, where e has no own one or does not have it there.
func (n *Namer) In(node *manifest.Node, e config.Environment) *manifest.Node {
	if m := n.own[e.Name.Value]; m != nil {
		if i, ok := m.IndexMap()[node.ID]; ok {
			return m.Nodes[i]
		}
	}
	return node
}

func (n *Namer) fromManifest(node *manifest.Node, e config.Environment) (Name, error) {
	m := n.own[e.Name.Value]
	if m == nil {
		return Name{}, errAbsent
	}
	i, ok := m.IndexMap()[node.ID]
	if !ok {
		return Name{}, errAbsent
	}
	own := m.Nodes[i]
	return Name{own.Database, own.Schema, own.Alias}, nil
}

// schema is that of e's naming. A package that has a generate_schema_name of its own keeps it for its nodes, whatever the root
// package says: dbt looks there first.
func (n *Namer) schema(node *manifest.Node, e config.Environment) (string, error) {
	if m := n.macros.ofPackage("generate_schema_name", node.Package); m != nil {
		return n.macros.call(m, node, e, custom(node.Config.Schema, node.Config.HasSchema))
	}
	if e.Naming == config.NamingProject {
		return n.actualSchema(node, e)
	}
	return bySchemaRule(e.Naming, e, node.Config.Schema, node.Config.HasSchema), nil
}

// actualSchema is what dbt's macros will say, with those that dbtwac writes among them.
func (n *Namer) actualSchema(node *manifest.Node, e config.Environment) (string, error) {
	m := n.macros.ofPackage("generate_schema_name", node.Package)
	switch {
	case m != nil:
	case n.config.Macros.SchemaName && node.Config.HasSchema && slices.Contains(mirrorSchemas(n.config), node.Config.Schema):
		return node.Config.Schema, nil
	case n.config.Macros.SchemaName && e.Naming != config.NamingProject:
		return bySchemaRule(e.Naming, e, node.Config.Schema, node.Config.HasSchema), nil
	case n.macros.schema != nil:
		m = n.macros.schema
	default:
		return bySchemaRule(config.NamingDefault, e, node.Config.Schema, node.Config.HasSchema), nil
	}
	return n.macros.call(m, node, e, custom(node.Config.Schema, node.Config.HasSchema))
}

func (n *Namer) database(node *manifest.Node, e config.Environment) (string, error) {
	m := n.macros.ofPackage("generate_database_name", node.Package)
	if m == nil && !n.config.Macros.DatabaseName {
		m = n.macros.database
	}
	switch {
	case m != nil:
		return n.macros.call(m, node, e, custom(node.Config.Database, node.Config.HasDatabase))
	case !node.Config.HasDatabase:
		return e.Database.Value, nil
	}
	for _, d := range e.Databases {
		if d.Custom.Value == node.Config.Database {
			return d.Name.Value, nil
		}
	}
	return node.Config.Database, nil
}

// identifier is the alias that dbt computed: its own generate_alias_name knows no target. A version is part of it already.
func (n *Namer) identifier(node *manifest.Node, e config.Environment) (string, error) {
	m := n.macros.ofPackage("generate_alias_name", node.Package)
	if m == nil {
		m = n.macros.alias
	}
	if m == nil {
		return node.Alias, nil
	}
	return n.macros.call(m, node, e, custom(node.Config.Alias, node.Config.Alias != ""))
}

// Proven reports whether dbt will give node the name that Of returns, as far as can be known before anything runs: nil, or why
// not, in half a sentence. The names of `manifest_environment` rest on the replay (see Replay).
func (n *Namer) Proven(node *manifest.Node, e config.Environment) error {
	_, err := n.Of(node, e)
	if err != nil || e.Naming == config.NamingManifest || n.isMade(node) {
		return err
	}
	schema, err := n.actualSchema(node, e)
	if err != nil {
		if n.config.ManifestEnvironment.Value == e.Name.Value {
			return nil
		}
		return err
	}
	planned, err := n.schema(node, e)
	if err != nil {
		return err
	}
	if planned != schema {
		who := "dbt's own generate_schema_name"
		if n.macros.schema != nil {
			who = "the macro " + n.macros.schema.name + " of " + n.macros.schema.path
		}
		return wrong{fmt.Errorf("%s gives it the schema %q and naming: %s the schema %q", who, schema, e.Naming, planned)}
	}
	return nil
}

// wrong is the reason of a name that is known to be another one.
type wrong struct{ error }

// IsWrong reports whether an error of Proven means that dbt will give another name, and not only that nobody knows.
func IsWrong(err error) bool {
	var w wrong
	return errors.As(err, &w)
}

// Actual returns the name that dbt will give a node under e's target, by its macros or by e's own manifest, whatever is planned. An
// error says in half a sentence why nobody knows. Of an environment with a manifest of its own that is older than the node, the name
// is the planned one.
func (n *Namer) Actual(node *manifest.Node, e config.Environment) (Name, error) {
	actual, err := n.actual(node, e)
	if errors.Is(err, errAbsent) {
		return n.Of(node, e)
	}
	if node.Database == "" { // the adapter has none
		actual.Database = ""
	}
	return actual, err
}

// actual is the name that dbt will give a node under e's target, by its macros or by e's own manifest.
func (n *Namer) actual(node *manifest.Node, e config.Environment) (name Name, err error) {
	if e.Naming == config.NamingManifest {
		return n.fromManifest(node, e)
	}
	if name.Schema, err = n.actualSchema(node, e); err != nil {
		return name, err
	}
	if name.Database, err = n.database(node, e); err != nil {
		return name, err
	}
	name.Identifier, err = n.identifier(node, e)
	return name, err
}
