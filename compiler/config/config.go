// Package config reads dbtwac.yml into a Config whose values know their positions.
//
// What a key may hold is said once, in the table of keys.go: the reader, the suggestions for a misspelt key and the JSON schema
// that editors use all come from it. The package does not look at the manifest; whether a selection matches anything, or a
// warehouse can do what is asked, is for others to say.
package config

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// Config is one dbtwac.yml, checked against the table of keys and completed with defaults.
type Config struct {
	File                *source.File
	Manifest            Text // path of manifest.json, relative to this file
	Warehouse           Text // adapter name; empty: the manifest's adapter_type
	ManifestEnvironment Text // the environment that the manifest was parsed for, or empty
	PreviousManifest    Text // path of the manifest that production was built from, relative to this file, or empty
	Environments        []Environment
	Deployments         []Deployment
	Mirrors             []Mirror
	Materializations    []Materialization
	Macros              Macros
	Lint                Lint
	Jobs                Jobs
	Output              Output
	DBTProject          DBTProject
}

// Text is a string of the file with its place.
type Text struct {
	Value string
	Span  source.Span // of the text between the quotes, where the file has it letter by letter; else of the value's start
}

// Naming is the rule by which a node gets its schema under a target.
type Naming string

const (
	NamingDefault  Naming = "default"  // dbt's own: the target's schema, or <target schema>_<custom schema>
	NamingCustom   Naming = "custom"   // the custom schema as it stands, else the target's schema
	NamingSingle   Naming = "single"   // everything in the target's schema
	NamingAudit    Naming = "audit"    // what has a custom schema goes to Audit.Dataset, unless Audit.Keep names it
	NamingProject  Naming = "project"  // what the project's own macros say, where they can be read
	NamingManifest Naming = "manifest" // what the environment's own manifest says
)

// Environment is where a dbt target builds: what no manifest records.
type Environment struct {
	Name      Text // the key
	Target    Text // dbt target name
	Database  Text // target.database: an unquoted identifier
	Schema    Text // target.schema: an unquoted identifier
	Naming    Naming
	NamingAt  source.Span // where Naming is said, or the environment
	Audit     Audit
	Databases []Database
	Args      []Text // extra arguments of dbt
	Manifest  Text   // path of the environment's own manifest, relative to this file, or empty
	Location  Text   // of its schemas, or empty
}

// Audit is naming: audit. Its zero value is that of any other naming.
type Audit struct {
	Dataset string   // unquoted identifier
	Keep    []string // custom schemas
}

// Database is what a custom database is called in an environment. Both are unquoted identifiers.
type Database struct {
	Custom Text
	Name   Text
}

// Macros says which macros are written into the project whatever is deployed.
type Macros struct {
	SchemaName   bool // generate_schema_name
	DatabaseName bool // generate_database_name
	Ref          bool // ref, which leaves out the database that a swap exchanges
	ElseError    bool // under a target that is no environment the naming macros fail, and do not as dbt does
	At           source.Span
}

// Strategy names one of the ways to publish.
type Strategy string

const (
	// BlueGreen builds everything beside production, and swaps the two.
	BlueGreen Strategy = "blue_green"
	// WriteAuditPublish builds and tests everything in the build environment, and then builds what is published once more, under
	// the publish target.
	WriteAuditPublish Strategy = "write_audit_publish"
	// WriteAuditClone builds everything in the build environment and copies what is published to its place.
	WriteAuditClone Strategy = "write_audit_clone"
	// ProductionRollback copies what the scope needs from production, builds the scope alone, and copies it back.
	ProductionRollback Strategy = "production_rollback"
)

// Route says how a published relation's destination is found.
type Route string

const (
	RouteModel Route = "model" // where the node lives in the publish environment
	RouteTag   Route = "tag"   // one schema a publishing tag
)

// MultiTag says what becomes of a node with several publishing tags.
type MultiTag string

const (
	MultiTagError MultiTag = "error" // DW208
	MultiTagFirst MultiTag = "first" // the first of `tags`
	MultiTagAll   MultiTag = "all"   // one copy a tag
)

// Deployment is one way from a build environment to a publish environment.
type Deployment struct {
	Name          Text // the key: part of file and macro names
	Strategy      Strategy
	Build         Text // name of the environment that is built and tested
	Publish       Text // name of the environment that readers use
	Select        Text // dbt selection syntax; empty: see Tags
	Exclude       Text
	BuildSelect   Text // dbt selection syntax; empty: everything
	Route         Route
	Tags          []Text // publishing tags in the order of precedence
	Datasets      []Dataset
	MultiTag      MultiTag
	StateSchema   Text // schema of the ledger and the backups
	StateDatabase Text // its database: empty is the publish environment's
	AllowEmpty    Text // selection of relations that may be published empty
	MaxShrink     Shrink
	AllowShrink   Text // selection of relations that may lose any number of rows

	Views       Views // empty: the warehouse's default
	Method      Text  // empty: the warehouse's default
	Swap        Swap
	FullRefresh bool
	Readers     []Text // roles
	LockTimeout Text   // empty: 5s where the warehouse has one
	NoLedger    bool
	StateDir    Text   // folder, or empty
	PublishAs   Text   // build, publish, or empty: the strategy's default
	Role        Text   // or empty
	LeaveBehind []Text // relations, as schema.name
	WarnTests   WarnTests
}

// WarnTests says what a data test that warns does to a publish.
type WarnTests string

const (
	WarnTestsAllow WarnTests = "allow"
	WarnTestsBlock WarnTests = "block"
)

// Views says what becomes of views in what is published.
type Views string

const (
	ViewsRebuild  Views = "rebuild"  // dbt run under the publish target, behind the copies
	ViewsRecreate Views = "recreate" // from compiled SQL, in the transaction of the copies
	ViewsSkip     Views = "skip"     // they are left out
)

// Swap says what blue_green swaps.
type Swap string

const (
	SwapDatabase Swap = "database"
	SwapSchema   Swap = "schema"
)

// Shrink is how many percent of their rows stateful relations may lose in one publish, 0 to 100.
type Shrink struct{ Snapshot, Default int }

// Dataset is the schema that a publishing tag's relations go to.
type Dataset struct {
	Tag    string
	Schema Text // unquoted identifier, or two with a dot between them: that of the database is the first
}

// Materialization says what a custom materialization counts as.
type Materialization struct {
	Name Text
	As   string // table, incremental or view
}

// Lint says what becomes of findings that are no errors.
type Lint struct {
	Severity []Severity
	Ignore   []Ignore
}

// Severity is the severity of a code's findings.
type Severity struct {
	Code Text
	As   string // error, warning or note
}

// Ignore is a finding that was looked at and accepted.
type Ignore struct {
	Code   Text
	Node   Text // unique id, or empty
	Select Text // dbt selection syntax, or empty
}

// Output is where artifacts are written, as slash-separated paths relative to the config file.
type Output struct {
	Macros    Text
	SQL       Text
	Jobs      Text
	Workflows Text
	Root      Text   // from the config file's folder to the repository's root: ".", or ".." and the like
	Folder    string // from there back; "." where they are one

	// What scripts need that call dbtwac where these files are: the name of the configuration, and where dbt writes.
	Config, TargetPath string
}

// Environment returns the environment of that name.
func (c *Config) Environment(name string) (Environment, bool) {
	for _, e := range c.Environments {
		if e.Name.Value == name {
			return e, true
		}
	}
	return Environment{}, false
}

// SwappedDatabases are the databases, unquoted identifiers, that a deployment exchanges, each once.
func (c *Config) SwappedDatabases() []string {
	var list []string
	for _, d := range c.Deployments {
		if d.Strategy != BlueGreen || d.Swap != SwapDatabase {
			continue
		}
		for _, side := range []Text{d.Build, d.Publish} {
			if e, ok := c.Environment(side.Value); ok && !slices.Contains(list, e.Database.Value) {
				list = append(list, e.Database.Value)
			}
		}
	}
	return list
}
