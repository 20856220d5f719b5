// Package naming computes what a node is called under a target: its database, schema and identifier.
//
// It follows dbt's own macros (generate_schema_name, generate_database_name) and the two rules that projects most often put in
// their place; the rule of an environment is its `naming`. The package does not quote and does not look into any warehouse.
package naming

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// Name is a relation's name, as unquoted identifiers.
type Name struct{ Database, Schema, Identifier string }

// Of returns the name of n under e's target. n has to be a relation (see IsRelation).
//
// The identifier is the alias that dbt computed: generate_alias_name knows no target. A version is part of it already.
func Of(n *manifest.Node, e config.Environment) Name {
	name := Name{Database: e.Database.Value, Schema: e.Schema.Value, Identifier: n.Alias}
	if n.Config.HasDatabase {
		name.Database = n.Config.Database
	}
	if n.Config.HasSchema {
		custom := strings.TrimSpace(n.Config.Schema)
		switch e.Naming {
		case config.NamingDefault:
			name.Schema = e.Schema.Value + "_" + custom
		case config.NamingCustom:
			name.Schema = custom
		case config.NamingSingle:
		}
	}
	if n.Kind == manifest.Snapshot {
		// dbt sets these after the macros ran, whatever the target.
		if v, _ := n.Config.Raw.Get("target_schema").Str(); v != "" {
			name.Schema = v
		}
		if v, _ := n.Config.Raw.Get("target_database").Str(); v != "" {
			name.Database = v
		}
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
	"view": View, "materialized_view": View,
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
