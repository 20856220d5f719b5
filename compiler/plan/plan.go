// Package plan holds the types of a Plan: everything a reviewer could ask about a deployment, as plain data.
//
// There are only structs, slices, strings, numbers and booleans here, and no behaviour but small look-ups: strategies make
// plans, checks read them, and every artifact is printed from one. The JSON form is what `dbtwac plan --format json` prints.
package plan

// Plan is what one compile decided.
type Plan struct {
	Version     int          `json:"version"` // of this JSON form
	Project     string       `json:"project"`
	Warehouse   string       `json:"warehouse"`
	Deployments []Deployment `json:"deployments"` // in the order of dbtwac.yml
	Mirrors     []Mirror     `json:"mirrors,omitempty"`
	Main        *Step        `json:"main,omitempty"` // where there are mirrors: a build of everything else
	Jobs        []Job        `json:"jobs"`           // of all of these
	Platform    Platform     `json:"platform"`
	Actions     Actions      `json:"github_actions"`
	Macros      []Macro      `json:"macros"` // those that are no operations
}

// Macro is a macro of the root package that dbtwac writes whole.
type Macro struct {
	Name string `json:"name"`
	Text string `json:"text"` // Jinja, from {% macro %} to {% endmacro %}
}

// Deployment is one way from a build environment to a publish environment.
type Deployment struct {
	Name      string      `json:"name"`
	Strategy  string      `json:"strategy"`
	Build     Environment `json:"build"`
	Publish   Environment `json:"publish"`
	Scope     []Relation  `json:"scope"`             // by node and destination
	LeftOut   []LeftOut   `json:"left_out"`          // selected, and not published
	Tags      []string    `json:"tags"`              // publishing tags: a node that has one is in the scope, or in Outside, or refused at run time
	Outside   []string    `json:"outside"`           // unique ids: has a publishing tag and is left out on purpose
	State     Schema      `json:"state"`             // where the ledger and the backups are
	Swaps     []Swap      `json:"swaps,omitempty"`   // blue_green: what changes places
	Hanging   []Relation  `json:"hanging,omitempty"` // views outside of the scope that are made again, because they read what is replaced
	Orphans   []string    `json:"orphans,omitempty"` // unique ids of what production was built from and the project has no more: it stays
	Readers   []string    `json:"readers,omitempty"` // roles that can read what is published
	Role      string      `json:"role,omitempty"`    // that the statements of the publish are run as
	Method    string      `json:"method"`            // how a table gets its new rows
	Location  string      `json:"location,omitempty"`
	Views     string      `json:"views,omitempty"` // what becomes of views in the scope: rebuild, recreate or skip
	Rebuilt   bool        `json:"rebuilt"`         // what is published is built once more, after the audit
	Ledger    bool        `json:"ledger"`          // a ledger ties the publish to a build that has passed
	WarnTests string      `json:"warn_tests"`      // allow or block: what a data test that warns does to a publish
	Threads   int         `json:"threads"`         // of dbt's steps; 0: what the profile says
	Gated     bool        `json:"gated"`           // dbtwac gate can judge a build by the manifest that it leaves
	Coverage  Coverage    `json:"coverage"`
	Beyond    []Beyond    `json:"tests_beyond"` // by test
	Phases    []Phase     `json:"phases"`
	Limits    Limits      `json:"limits"`
}

// Swap is two schemas that change places.
type Swap struct {
	Build   Schema `json:"build"`
	Publish Schema `json:"publish"`
}

// Environment is a dbt target as the plan saw it. Database and Schema are unquoted identifiers.
type Environment struct {
	Name     string `json:"name"`
	Target   string `json:"target"`
	Database string `json:"database"`
	Schema   string `json:"schema"`
}

// Schema is a schema of a database, as unquoted identifiers. Without a Schema it is all of the database.
type Schema struct {
	Database string `json:"database"`
	Schema   string `json:"schema"`
	Quoted   Parts  `json:"quoted,omitempty"`
}

// Name is a relation's name, as unquoted identifiers.
type Name struct {
	Database   string `json:"database"`
	Schema     string `json:"schema"`
	Identifier string `json:"identifier"`
	Quoted     Parts  `json:"quoted,omitempty"`
}

// SchemaOf is the schema that a relation is in.
func SchemaOf(n Name) Schema {
	return Schema{Database: n.Database, Schema: n.Schema, Quoted: n.Quoted &^ QuotedIdentifier}
}

// Parts are the parts of a name that dbt quotes, where the warehouse takes a name without quotes for another one; none where
// it does not matter. It is a sum.
type Parts uint8

const (
	QuotedDatabase   Parts = 1
	QuotedSchema     Parts = 2
	QuotedIdentifier Parts = 4
)

// Storage is how a warehouse keeps the rows of a table, where there is a choice.
type Storage string

const (
	Permanent Storage = "permanent"
	Transient Storage = "transient" // without fail-safe: a permanent table cannot be a clone of it
	Iceberg   Storage = "iceberg"
)

// Relation is one published relation.
type Relation struct {
	Node           string   `json:"node"`         // unique id
	Kind           string   `json:"kind"`         // dbt's resource_type
	Materialized   string   `json:"materialized"` // dbt's materialization
	Type           Type     `json:"type"`         // what it is in the warehouse
	Was            Type     `json:"was"`          // what it is in production, where that is known to be something else; else Type
	Storage        Storage  `json:"storage,omitempty"`
	Partitioned    bool     `json:"partitioned,omitempty"` // it has partitions or clusters
	Respecified    bool     `json:"respecified,omitempty"` // its partitions or clusters are others than production's: no statement replaces it
	Stateful       bool     `json:"stateful"`              // a full build cannot make it again
	Build          Name     `json:"build"`
	Publish        Name     `json:"publish"` // where readers find it
	Ref            Name     `json:"ref"`     // what dbt calls it under the publish target: another name than Publish under route: tag
	Why            string   `json:"why"`     // why it is in the scope, in half a sentence
	MayBeEmpty     bool     `json:"may_be_empty"`
	MayShrink      bool     `json:"may_shrink"`
	MaxShrink      int      `json:"max_shrink"`              // percent of its rows that a stateful relation may lose
	Blocking       []string `json:"blocking_tests"`          // data tests on it that fail the build, and so keep it from being published: unique ids
	Warning        []string `json:"warning_tests,omitempty"` // those that run and cannot: they only warn, or look at no row
	NotRun         []string `json:"tests_not_run,omitempty"` // those that the build step does not run
	CustomSchema   Custom   `json:"custom_schema"`
	CustomDatabase Custom   `json:"custom_database"`
}

// Coverage counts the data tests that stand between a build and its publish, each once.
type Coverage struct {
	Relations int `json:"relations"` // that are published
	Tested    int `json:"tested"`    // of these, those with a blocking test
	Blocking  int `json:"blocking_tests"`
	Warning   int `json:"warning_tests"`
	NotRun    int `json:"tests_not_run"`
}

// Beyond is a test of the build that reads, beside what the build makes, a relation that it neither makes nor copies. Both are unique
// ids.
type Beyond struct {
	Test  string `json:"test"`
	Reads string `json:"reads"`
}

// Type is what a relation is in the warehouse.
type Type string

const (
	Table            Type = "table"
	View             Type = "view"
	MaterializedView Type = "materialized view"
)

// Custom is what a node's own config asks for in place of the target's name; Set is false where it asks for nothing.
type Custom struct {
	Name string `json:"name"`
	Set  bool   `json:"set"`
}

// LeftOut is a node that was selected and is not published.
type LeftOut struct {
	Node string `json:"node"`
	Why  string `json:"why"`
}

// Limits is what a reviewer has to know about the way of publishing.
type Limits struct {
	Atomic  bool     `json:"atomic"`          // readers see the old or the new state of all relations together
	Readers string   `json:"readers"`         // what a reader may see in between
	Undo    string   `json:"undo"`            // how far back rollback goes
	Loses   []string `json:"loses,omitempty"` // what else the statements drop, suspend or change, a sentence each
}

// The phases, in the order in which a deployment may go through them.
const (
	Bootstrap = "bootstrap" // once, in front of an existing production
	Prepare   = "prepare"   // of the build
	Build     = "build"
	Publish   = "publish"
	Rollback  = "rollback"
	Reset     = "reset" // after a failed build or a rollback
	Cleanup   = "cleanup"
)

// Phase is one thing that a job or a person asks for.
type Phase struct {
	Name    string   `json:"name"`
	Actions []Action `json:"actions"`
}

// Action is a dbt step or a group of statements; exactly one is set.
type Action struct {
	Step  *Step  `json:"step,omitempty"`
	Group *Group `json:"group,omitempty"`
}

// Step is a dbt invocation as typed parts, with the nodes that it resolves to.
type Step struct {
	Environment string   `json:"environment"`
	Command     string   `json:"command"`        // dbt subcommand: build, run, seed, snapshot, test
	Select      string   `json:"select"`         // dbt selection syntax; empty: everything
	Exclude     string   `json:"exclude"`        // dbt selection syntax
	Args        []string `json:"args,omitempty"` // more of its arguments, one word each
	Selected    []string `json:"selected"`       // unique ids, sorted
}

// Group is a run of statements on one connection, without a dbt step in between.
type Group struct {
	Name        string      `json:"name"`        // of its macro and script, such as audited
	Environment string      `json:"environment"` // whose connection
	Atomic      bool        `json:"atomic"`      // all or nothing: Open and Close stand around the statements
	Open        string      `json:"open"`
	Close       string      `json:"close"`
	Statements  []Statement `json:"statements"`
}

// Effect says what a statement does to the warehouse.
type Effect string

const (
	Asserts  Effect = "asserts"  // reads, and fails when something is not as it has to be
	Records  Effect = "records"  // writes the ledger
	Creates  Effect = "creates"  // makes what was not there
	Replaces Effect = "replaces" // changes what readers see, or a backup
	Drops    Effect = "drops"
	Grants   Effect = "grants" // gives privileges
	Warns    Effect = "warns"  // reads one text or NULL, and warns of what it says; nothing fails
)

// Statement is one SQL statement, without a semicolon.
type Statement struct {
	SQL     string `json:"sql"`
	When    string `json:"when,omitempty"`  // a query of one row and one boolean; empty: always
	Each    bool   `json:"each,omitempty"`  // SQL is a query of texts, and each of them is a statement that is run
	Keeps   bool   `json:"keeps,omitempty"` // SQL is a query of a number, the generation, that the statements behind it read
	Copy    *Copy  `json:"copy,omitempty"`  // what SQL does, where the warehouse's own CLI does it by a job that is atomic by its documentation
	Comment string `json:"comment"`         // why it is there; one line
	Node    string `json:"node,omitempty"`  // unique id
	Effect  Effect `json:"effect"`
	Undo    Undo   `json:"undo"`
}

// Copy replaces a table by a copy of another.
type Copy struct {
	From Name `json:"from"`
	To   Name `json:"to"`
}

// Undo takes a statement back. Either Statements or None is set.
type Undo struct {
	Statements []Statement `json:"statements,omitempty"` // in the order in which they run; they have no Undo of their own
	None       string      `json:"none,omitempty"`       // why nothing has to be taken back
}

// Phase returns the deployment's phase of that name.
func (d *Deployment) Phase(name string) (Phase, bool) {
	for _, p := range d.Phases {
		if p.Name == name {
			return p, true
		}
	}
	return Phase{}, false
}

// MacroName is what the macro of one of a deployment's operations is called.
func MacroName(deployment, operation string) string { return "dbtwac_" + deployment + "_" + operation }

// Deployment returns the deployment of that name, or nil.
func (p *Plan) Deployment(name string) *Deployment {
	for i := range p.Deployments {
		if p.Deployments[i].Name == name {
			return &p.Deployments[i]
		}
	}
	return nil
}

// Environment is that of one of the deployment's actions.
func (d *Deployment) Environment(a Action) Environment {
	var name string
	if a.Step != nil {
		name = a.Step.Environment
	} else {
		name = a.Group.Environment
	}
	if name == d.Publish.Name {
		return d.Publish
	}
	return d.Build
}

// Groups returns the phase's groups in order.
func (p Phase) Groups() []Group {
	var groups []Group
	for _, a := range p.Actions {
		if a.Group != nil {
			groups = append(groups, *a.Group)
		}
	}
	return groups
}

// Steps returns the phase's dbt invocations in order.
func (p Phase) Steps() []Step {
	var steps []Step
	for _, a := range p.Actions {
		if a.Step != nil {
			steps = append(steps, *a.Step)
		}
	}
	return steps
}
