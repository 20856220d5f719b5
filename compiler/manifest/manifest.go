// Package manifest reads dbt's manifest.json, of any schema version from 4 to 12 and 20, into one model.
//
// Every other package is spared the version: keys that a version lacks have the values that dbt's own upgrade gives them, and
// a key that is not there equals one that is null. What nearly every compile asks for is decoded; everything else stays in
// Node.Raw and Node.Config as spans of the document and is read when somebody asks.
//
// The package does not know environments, selection syntax or dbtwac.yml, and believes nothing: names are checked for what no
// quoting can carry, and each diagnostic points into the document.
package manifest

import (
	"fmt"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Manifest is one manifest.json.
type Manifest struct {
	File     *source.File
	Metadata Metadata

	// Nodes are the members of dbt's graph, in the order of their unique ids: everything of `nodes`, `sources`, `exposures`,
	// `metrics`, `semantic_models`, `saved_queries`, `unit_tests` and `functions` whose config does not say enabled: false.
	Nodes []*Node
	Graph Graph // over Nodes

	Macros    []*Macro                 // in the order of their unique ids
	Groups    []Group                  // in the order of their unique ids
	Selectors []Selector               // of selectors.yml, in the order of the document
	Disabled  map[string]jsondoc.Value // unique id -> the list of nodes that were disabled under it

	index map[string]int
}

// Metadata is the manifest's own account of itself. It holds no target: no manifest records where it was parsed for.
type Metadata struct {
	Schema      int    // schema version: 12 of ".../manifest/v12.json"
	DBTVersion  string // such as "1.12.6"; "2." is dbt Core v2 (Fusion)
	AdapterType string // such as "duckdb"
	Project     string // name of the root package; found from project_id where project_name is missing (before 1.6)
	Quoting     jsondoc.Value

	InvocationID string // a UUID that the run results of the same run share, or empty
}

// V2 reports whether dbt Core v2 (Fusion) wrote the manifest.
func (m Metadata) V2() bool { return len(m.DBTVersion) > 1 && m.DBTVersion[:2] == "2." }

// AtLeast reports whether dbt of that version or a newer one wrote the manifest. Of a version that cannot be read nobody knows.
func (m Metadata) AtLeast(major, minor, patch int) bool {
	var have [3]int
	if n, _ := fmt.Sscanf(m.DBTVersion, "%d.%d.%d", &have[0], &have[1], &have[2]); n < 2 {
		return false
	}
	return slices.Compare(have[:], []int{major, minor, patch}) >= 0
}

// Kind is dbt's resource_type.
type Kind string

const (
	Model         Kind = "model"
	Seed          Kind = "seed"
	Snapshot      Kind = "snapshot"
	Test          Kind = "test"
	UnitTest      Kind = "unit_test"
	Source        Kind = "source"
	Exposure      Kind = "exposure"
	Metric        Kind = "metric"
	SemanticModel Kind = "semantic_model"
	SavedQuery    Kind = "saved_query"
	Function      Kind = "function"
	Analysis      Kind = "analysis"
	Operation     Kind = "operation"
	SQLOperation  Kind = "sql_operation"
)

// Node is one member of the graph. Strings are as dbt wrote them: identifiers unquoted, SQL rendered only in RelationName.
type Node struct {
	ID               string // unique_id, such as "model.shop.orders.v2"
	Kind             Kind
	Name             string
	Package          string
	Path             string   // relative to the resource folder
	OriginalFilePath string   // relative to the root of its own package, with forward slashes on POSIX
	PatchPath        string   // "package://models/schema.yml", or empty
	FQN              []string // package, folders, name, and the version where there is one
	Tags             []string // of a unit test those of its config

	Database     string // identifier; empty where the adapter has none
	Schema       string // identifier
	Alias        string // identifier; of a source its `identifier`
	RelationName string // rendered and quoted for the manifest's target; empty where the node makes no relation

	SourceName    string        // of a source
	Language      string        // "sql" or "python"; empty where there is no code
	Group         string        // name of its group, or empty
	Access        string        // of a model: private, protected or public
	Version       jsondoc.Value // of a versioned model: a string or a number
	LatestVersion jsondoc.Value
	Checksum      string // of the node's file, as dbt computes it

	Parents []string // depends_on.nodes: unique ids
	Macros  []string // depends_on.macros: unique ids

	Config Config
	Raw    jsondoc.Value // the whole node, for what is not decoded here

	rawCode, compiledCode jsondoc.Value
}

// Config is the part of a node's resolved config that nearly every compile asks for.
type Config struct {
	Materialized string
	Schema       string // custom schema; meaningful where HasSchema
	Database     string // custom database; meaningful where HasDatabase
	Alias        string // custom alias, or empty
	HasSchema    bool
	HasHooks     bool // there are pre-hooks or post-hooks
	HasGrants    bool // there are grants
	HasDatabase  bool
	Raw          jsondoc.Value // the whole config
	Unrendered   jsondoc.Value // what of it stands in files, before Jinja ran

	disabled        bool
	storeFailures   bool
	storeFailuresAs string
}

// StoresFailures reports whether dbt keeps what a data test finds in a relation of its own. store_failures_as goes first.
func (c *Config) StoresFailures() bool {
	if c.storeFailuresAs != "" {
		return c.storeFailuresAs != "ephemeral"
	}
	return c.storeFailures
}

// RawCode returns the node's code as written, before Jinja ran; empty for a seed, a source and the like.
func (n *Node) RawCode() string { return n.rawCode.Text() }

// CompiledCode returns the node's rendered SQL, or "" where the manifest was written by a command that does not compile.
func (n *Node) CompiledCode() string { return n.compiledCode.Text() }

// Code returns RawCode before it is decoded: a look at its first bytes costs nothing.
func (n *Node) Code() jsondoc.Value { return n.rawCode }

// Versioned reports whether n is a model with a version.
func (n *Node) Versioned() bool { return n.Version.Kind() != jsondoc.Missing }

// VersionText returns the version as dbt prints it, or "" without one.
func (n *Node) VersionText() string {
	if s, ok := n.Version.Str(); ok {
		return s
	}
	return n.Version.Raw()
}

// Macro is one macro, of the project, of a package, or dbt's own.
type Macro struct {
	ID               string // unique_id, such as "macro.shop.generate_schema_name"
	Name             string
	Package          string
	OriginalFilePath string
	Macros           []string // depends_on.macros: unique ids
	Raw              jsondoc.Value
}

// Group is one group of models.
type Group struct {
	ID   string // unique_id
	Name string
}

// Selector is one entry of selectors.yml, as dbt wrote it into the manifest.
type Selector struct {
	Name string
	Raw  jsondoc.Value // object with definition, description, default
}

// Node returns the graph's member with the unique id, or nil.
func (m *Manifest) Node(id string) *Node {
	if i, ok := m.index[id]; ok {
		return m.Nodes[i]
	}
	return nil
}

// Index returns the position in Nodes of the member with the unique id.
func (m *Manifest) Index(id string) (int, bool) {
	i, ok := m.index[id]
	return i, ok
}

// IndexMap returns unique id -> position in Nodes. It is shared: do not change it.
func (m *Manifest) IndexMap() map[string]int { return m.index }
