// Package naming computes what a node is called under a target: its database, schema and identifier.
//
// A Namer gives the names by which everything is planned: by each environment's `naming`, or from its own manifest. It also
// knows what dbt will do, from the project's macros and those that dbtwac writes, and so whether a name is proven. The package
// does not quote and does not look into any warehouse.
package naming

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// Name is a relation's name, as unquoted identifiers.
type Name struct{ Database, Schema, Identifier string }

// String is the name as people read it.
func (name Name) String() string {
	return strings.TrimPrefix(name.Database+"."+name.Schema+"."+name.Identifier, ".")
}

// bySchemaRule is the schema that a rule gives: custom is the custom schema as it stands, ok whether there is one. It follows
// default__generate_schema_name of dbt for the rule of that name.
func bySchemaRule(rule config.Naming, e config.Environment, custom string, ok bool) string {
	if !ok {
		return strings.TrimSpace(e.Schema.Value)
	}
	custom = strings.TrimSpace(custom)
	switch rule {
	case config.NamingCustom:
		return custom
	case config.NamingSingle:
		return strings.TrimSpace(e.Schema.Value)
	case config.NamingAudit:
		for _, keep := range e.Audit.Keep {
			if custom == keep {
				return custom
			}
		}
		return e.Audit.Dataset
	}
	return strings.TrimSpace(e.Schema.Value + "_" + custom)
}

// fixed applies what dbt sets after the macros ran, whatever the target: a snapshot's target_schema and target_database.
func (name Name) fixed(n *manifest.Node) Name {
	if n.Kind == manifest.Snapshot {
		if v, _ := n.Config.Raw.Get("target_schema").Str(); v != "" {
			name.Schema = v
		}
		if v, _ := n.Config.Raw.Get("target_database").Str(); v != "" {
			name.Database = v
		}
	}
	return name
}

// OfSource returns the name of a source under e's target. No macro names sources: without a database of its own a source is in
// the target's. What stands in its place as an expression is taken as it was rendered for the manifest.
func OfSource(n *manifest.Node, e config.Environment) Name {
	name := Name{n.Database, n.Schema, n.Alias}
	if own := n.Raw.Get("unrendered_database"); own.Raw() == "null" {
		name.Database = e.Database.Value
	}
	return name
}

// IsRelation reports whether dbt makes a relation of n that a deployment could publish: a model that is not ephemeral, a seed
// or a snapshot.
func IsRelation(n *manifest.Node) bool {
	switch n.Kind {
	case manifest.Seed, manifest.Snapshot:
		return true
	case manifest.Model:
		return n.Config.Materialized != "ephemeral"
	}
	return false
}

// IsWritten reports whether a dbt build writes a relation of n: IsRelation, or a data test that stores its failures. A run with
// --store-failures writes more.
func IsWritten(n *manifest.Node) bool {
	if n.Kind != manifest.Test {
		return IsRelation(n)
	}
	return n.Config.StoresFailures()
}

// Shape is what a relation is for a publish.
type Shape uint8

const (
	Table       Shape = iota // a full build makes it again
	Incremental              // it holds what earlier runs loaded
	View
	Unknown // a custom materialization that dbtwac.yml does not name
)

// shapes of dbt's own materializations; snapshots and seeds have those names as their materialization.
var shapes = map[string]Shape{
	"table": Table, "seed": Table, "incremental": Incremental, "microbatch": Incremental, "snapshot": Incremental,
	"view": View, "materialized_view": View, "dynamic_table": View,
}

// ShapeOf returns n's shape; declared is `materializations` of dbtwac.yml.
func ShapeOf(n *manifest.Node, declared []config.Materialization) Shape {
	switch n.Kind {
	case manifest.Seed:
		return Table
	case manifest.Snapshot:
		return Incremental
	}
	materialized := n.Config.Materialized
	for _, d := range declared {
		if d.Name.Value == materialized {
			materialized = d.As
		}
	}
	if s, ok := shapes[materialized]; ok {
		return s
	}
	return Unknown
}
