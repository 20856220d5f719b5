// Package propose reads from a manifest what a first dbtwac.yml could say, and why.
//
// A proposal is a guess that was checked: its names are those of the manifest, and its deployment leaves out what cannot be
// published safely. It knows only what a manifest tells, which is not the name of the target; the file says so. The package
// does not print: package emit does.
package propose

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// Proposal is a configuration to begin with. Strings come from the manifest as they are, and are quoted by whoever prints them.
type Proposal struct {
	Project  string
	Manifest string // path of the manifest, relative to the file; empty: where dbt writes it

	Publish, Build Environment
	Macro          string // the project's own generate_schema_name, by name and file, or empty
	NamingWhyNot   string // why Publish.Naming is manifest: the first name that is another one, or cannot be known; else empty

	Select, BuildSelect string   // dbt selection syntax
	Why                 string   // why Select
	Fixed               []string // unique ids that have one name under every target, and are neither built nor published
	Stateful            []string // unique ids of published relations that hold what earlier runs loaded
	Custom              []string // custom materializations
	Tags                []string // of relations, sorted
	Views               bool     // there are views to publish
}

// Environment is one of a Proposal's two.
type Environment struct {
	Name, Target, Database, Schema string
	Naming                         config.Naming
}

// From makes a proposal. fold is how the warehouse compares identifiers, longest how many bytes of one count, or 0; with apart the
// build can have a database of its own, beside that of production.
func From(p *project.Project, fold func(string) string, longest int, apart bool) Proposal {
	database, schema := parsedFor(p)
	staging := schema + "_staging"
	for _, n := range p.Nodes { // dbt's own rule puts it before custom schemas
		if naming.IsRelation(n) && longest > 0 && len(n.Schema)+len("_staging") > longest {
			staging = "dbtwac"
		}
	}
	out := Proposal{
		Project: p.Name(),
		Publish: Environment{Name: "prod", Target: "prod", Database: database, Schema: schema},
		Build:   Environment{Name: "staging", Target: "staging", Database: database, Schema: staging},
	}
	if apart {
		out.Build.Database, out.Build.Schema = database+"_STAGE", schema
	}
	out.naming(p, fold)
	out.deployment(p, fold)
	return out
}

// parsedFor is the database and the schema of the target that the manifest was parsed for: what most nodes have that ask for
// none. Where every node asks for one, it is what dbt's own rule has put before it.
func parsedFor(p *project.Project) (database, schema string) {
	databases, schemas, prefixes := map[string]int{}, map[string]int{}, map[string]int{}
	for _, n := range p.Nodes {
		if !naming.IsRelation(n) {
			continue
		}
		if !n.Config.HasDatabase {
			databases[n.Database]++
		}
		if !n.Config.HasSchema && n.Kind != manifest.Snapshot {
			schemas[n.Schema]++
		}
		if prefix, ok := strings.CutSuffix(n.Schema, "_"+strings.TrimSpace(n.Config.Schema)); ok && n.Config.HasSchema {
			prefixes[prefix]++
		}
	}
	return cmp.Or(most(databases), "DATABASE"), cmp.Or(most(schemas), most(prefixes), "analytics")
}

// most is the key with the highest count, the first of several.
func most(counts map[string]int) string {
	best := ""
	for key, n := range counts {
		if best == "" || n > counts[best] || n == counts[best] && key < best {
			best = key
		}
	}
	return best
}

// targets are names that a production target often has. A project's own macro may ask for one of them.
var targets = []string{"prod", "dev", "prd", "production", "default", "staging"}

// naming finds how the manifest's names come about: by dbt's own rule, by the project's own macro, or in no way that can be
// read, and then they are taken as they are.
func (out *Proposal) naming(p *project.Project, fold func(string) string) {
	c := &config.Config{}
	names := naming.New(p, c, nil)
	out.Macro = names.OwnSchemaMacro()
	rule := config.NamingDefault
	if out.Macro != "" {
		rule = config.NamingProject
	}
	out.Publish.Naming, out.Build.Naming = config.NamingManifest, config.NamingDefault
	for _, target := range targets {
		out.Publish.Target = target
		if len(names.Misfits(p, environment(out.Publish, rule), fold)) == 0 {
			out.Publish.Naming, out.Build.Naming = rule, rule
			if target == out.Build.Target {
				out.Build.Target = "dbtwac_staging"
			}
			return
		}
	}
	out.Publish.Target = targets[0]
	out.NamingWhyNot = names.Misfits(p, environment(out.Publish, rule), fold)[0]
}

// environment is one that dbtwac.yml would define.
func environment(e Environment, rule config.Naming) config.Environment {
	return config.Environment{
		Name: config.Text{Value: e.Name}, Target: config.Text{Value: e.Target},
		Database: config.Text{Value: e.Database}, Schema: config.Text{Value: e.Schema}, Naming: rule,
	}
}

// deployment chooses what is published.
func (out *Proposal) deployment(p *project.Project, fold func(string) string) {
	out.fixed(p, fold)
	tags := map[string]bool{}
	tables := 0
	for _, n := range p.Nodes {
		if !naming.IsRelation(n) || slices.Contains(out.Fixed, n.ID) {
			continue
		}
		for _, tag := range n.Tags {
			tags[tag] = true
		}
		switch naming.ShapeOf(n, nil) {
		case naming.Unknown:
			if !slices.Contains(out.Custom, n.Config.Materialized) {
				out.Custom = append(out.Custom, n.Config.Materialized)
			}
			out.Stateful = append(out.Stateful, n.ID)
		case naming.Incremental:
			out.Stateful = append(out.Stateful, n.ID)
		case naming.Table:
			tables++
		case naming.View:
			out.Views = true
		}
	}
	slices.Sort(out.Custom)
	for tag := range tags {
		out.Tags = append(out.Tags, tag)
	}
	slices.Sort(out.Tags)
	out.Select, out.Why = "resource_type:model", "everything that dbt makes a relation of"
	for _, kind := range []manifest.Kind{manifest.Seed, manifest.Snapshot} {
		if slices.ContainsFunc(p.Nodes, func(n *manifest.Node) bool { return n.Kind == kind }) {
			out.Select += " resource_type:" + string(kind)
		}
	}
	if len(out.Fixed) > 0 {
		out.Select, out.Why = "resource_type:model", "every model"
		for _, kind := range []manifest.Kind{manifest.Seed, manifest.Snapshot} {
			there := slices.ContainsFunc(p.Nodes, func(n *manifest.Node) bool { return n.Kind == kind })
			if there && !slices.ContainsFunc(out.Fixed, func(id string) bool { return p.Node(id).Kind == kind }) {
				out.Select += " resource_type:" + string(kind)
				out.Why += " and " + string(kind)
			}
		}
		out.BuildSelect = out.Select + " resource_type:test resource_type:unit_test"
	}
}

// fixed finds the seeds and snapshots whose name is the same in both environments: to build them is to write production.
func (out *Proposal) fixed(p *project.Project, fold func(string) string) {
	names := naming.New(p, &config.Config{}, nil)
	build, publish := environment(out.Build, out.Build.Naming), environment(out.Publish, out.Publish.Naming)
	if publish.Naming == config.NamingManifest {
		names = naming.New(p, &config.Config{Environments: []config.Environment{publish}}, nil)
	}
	for _, n := range p.Nodes {
		if n.Kind != manifest.Seed && n.Kind != manifest.Snapshot {
			continue
		}
		a, errA := names.Of(n, build)
		b, errB := names.Of(n, publish)
		if errA == nil && errB == nil && fold(a.Schema) == fold(b.Schema) && fold(a.Database) == fold(b.Database) {
			out.Fixed = append(out.Fixed, n.ID)
		}
	}
}
