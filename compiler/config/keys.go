package config

import (
	"regexp"
	"slices"
)

// kind is what a key holds.
type kind uint8

const (
	text     kind = iota // a string; numbers and booleans are refused, because YAML reads 1e3 and no as such
	number               // a whole number
	boolean              // true or false
	list                 // of texts
	words                // a text, or a list of texts
	mapping              // the keys listed below it
	named                // any key, each holding what `of` says
	mappings             // a list of mappings of the keys listed below it
	choice               // a text, or a mapping of the keys listed below it
)

// key is one row of the table: what a key means and may hold.
type key struct {
	name    string
	kind    kind
	doc     string // one sentence for the JSON schema
	oneOf   []string
	match   *regexp.Regexp
	matches string // match in words
	initial string // the default, for the JSON schema
	needed  bool
	keys    []key
	of      *key // named: what each key holds
}

var (
	// ident keeps names that become part of macros and files within what both can carry everywhere.
	ident = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)
	codes = regexp.MustCompile(`^DW[0-9]{3}$`)
	// duration is what Postgres takes for a length of time.
	duration = regexp.MustCompile(`^[1-9][0-9]{0,6}(ms|s|min)$`)
	// location is a region of BigQuery's, or several.
	location = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,63}$`)
	// column is a name that stands in a config without quotes.
	column   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)
	climbing = regexp.MustCompile(`^(\.|\.\.(/\.\.){0,9})$`)
	action   = regexp.MustCompile(`^(\./[A-Za-z0-9_./-]{1,200}|[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){1,5}@[A-Za-z0-9_./-]{1,100})$`)
	runner   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$`)
	secret   = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,99}$`)
	// dbtTarget is what a profile's target may be called without quoting trouble in a shell, a macro and a job file.
	dbtTarget = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`)
)

const (
	identWords  = "lower-case letters, digits and underscores, beginning with a letter, at most 60"
	targetWords = "letters, digits, underscores, dots and hyphens"
)

// schema is the whole of dbtwac.yml.
var schema = key{kind: mapping, keys: []key{
	{name: "version", kind: number, needed: true, oneOf: []string{"1"}, doc: "Version of this file's format."},
	{name: "manifest", kind: text, initial: "target/manifest.json", doc: "Path of manifest.json, relative to this file."},
	{name: "warehouse", kind: text, doc: "Adapter name; default: the manifest's adapter_type."},
	{name: "environments", kind: named, needed: true, doc: "Where each dbt target builds: what no manifest records.",
		match: ident, matches: identWords, of: &key{kind: mapping, keys: []key{
			{name: "target", kind: text, match: dbtTarget, matches: targetWords, doc: "dbt target name; default: the environment's name."},
			{name: "database", kind: text, needed: true, doc: "target.database: the catalog on DuckDB (the file's name without its ending), the database on Postgres, the project on BigQuery."},
			{name: "schema", kind: text, needed: true, doc: "target.schema: the dataset on BigQuery."},
			{name: "naming", kind: choice, initial: "default", oneOf: []string{"default", "custom", "single", "project", "manifest"}, keys: auditKeys,
				doc: "How schemas are named under this target. default: dbt's own rule. custom: the custom schema as it stands. single: everything in target.schema. audit: in one dataset. project: as the project's own macros say. manifest: as in this environment's own manifest."},
			{name: "databases", kind: named, of: &key{kind: text}, doc: "Custom database -> the name that it has here. Needs macros.generate_database_name, or naming: manifest."},
			{name: "dbt_args", kind: list, doc: "Extra arguments of every dbt step here, such as --vars."},
			{name: "manifest", kind: text, doc: "Path of a manifest.json that was parsed for this target, relative to this file: names are then read from it."},
			{name: "location", kind: text, match: location, matches: "letters, digits and hyphens, such as EU or europe-west1", doc: "BigQuery: the location of its datasets, such as EU; the build's and that of what readers use are one."},
		}}},
	{name: "manifest_environment", kind: text, doc: "Name of the environment that the manifest was parsed for."},
	{name: "previous_manifest", kind: text, doc: "Path of the manifest.json that production was last built from, relative to this file: what has become a table, or a view, since then is dropped before it is made again."},
	{name: "macros", kind: mapping, doc: "The macros to write into the project, beside those of the deployments.", keys: []key{
		{name: "generate_schema_name", kind: boolean, initial: "false", doc: "Write a generate_schema_name that does what each environment's naming says."},
		{name: "generate_database_name", kind: boolean, initial: "false", doc: "Write a generate_database_name that does what each environment's databases say."},
		{name: "other_targets", kind: text, initial: "default", oneOf: []string{"default", "error"}, doc: "What the two that name things do under a target that is no environment: what dbt would do without them, or fail."},
		{name: "ref", kind: boolean, initial: "false", doc: "Write a ref that leaves out the database in models of a database that is swapped: a view then reads its own side, before the swap and after it. Needs a deployment of strategy blue_green with swap: database."},
	}},
	{name: "deployments", kind: named, doc: "Each is one way from a build environment to a publish environment.",
		match: ident, matches: identWords, of: &key{kind: mapping, keys: deploymentKeys}},
	{name: "materializations", kind: named, doc: "What a custom materialization counts as.",
		of: &key{kind: text, oneOf: []string{"table", "incremental", "view"}}},
	{name: "mirrors", kind: named, match: ident, matches: identWords, doc: "Layers of models that copy source tables 1:1, so that the main job does not need the sources.",
		of: &key{kind: mapping, keys: mirrorKeys}},
	{name: "jobs", kind: mapping, doc: "How what is planned is run: the runbooks are always written, and these besides.", keys: slices.Concat(jobKeys, []key{
		{name: "account_id", kind: number, doc: "dbt's platform: number of the account."},
		{name: "project_id", kind: number, doc: "dbt's platform: number of the project."},
		{name: "environment_ids", kind: named, of: &key{kind: number}, doc: "Environment -> number of the platform's environment that builds there."},
		{name: "owns_all", kind: boolean, initial: "false", doc: "true: no job that dbt-jobs-as-code manages is in another file, so that its sync may delete what is not in this one."},
		{name: "deployments", kind: named, of: &key{kind: mapping, keys: jobKeys}, doc: "Deployment -> what is different about its jobs."},
		{name: "mirrors", kind: named, of: &key{kind: mapping, keys: jobKeys}, doc: "Mirror -> what is different about its jobs. A refresh has no schedule but one that is said here."},
		{name: "github_actions", kind: mapping, doc: "What the workflows need to know.", keys: []key{
			{name: "setup", kind: text, initial: "./.github/actions/dbt", match: action, matches: "a path like ./.github/actions/dbt, or owner/name@version", doc: "Your action that installs dbt and its profile, and dbtwac for the gate."},
			{name: "runs_on", kind: text, initial: "ubuntu-latest", match: runner, matches: "letters, digits, dots, underscores and hyphens", doc: "Label of the runner."},
			{name: "secrets", kind: list, match: secret, matches: "capital letters, digits and underscores", doc: "Secrets that become environment variables of the same names."},
		}},
	})},
	{name: "output", kind: mapping, doc: "Where artifacts are written, relative to this file.", keys: []key{
		{name: "macros", kind: text, initial: "macros/dbtwac", doc: "Folder of the run-operation macros; below one of the project's macro-paths."},
		{name: "sql", kind: text, initial: "deploy", doc: "Folder of the scripts and plans."},
		{name: "jobs", kind: text, initial: "deploy/jobs", doc: "Folder of the runbooks and job definitions."},
		{name: "workflows", kind: text, initial: ".github/workflows", doc: "Folder of the workflows of GitHub Actions."},
		{name: "root", kind: text, initial: ".", match: climbing, matches: "., or .. for each folder that the dbt project is below the repository's root", doc: "The repository's root, relative to this file, where the dbt project lies deeper: workflows is below it, and nothing is written outside of it."},
	}},
	{name: "lint", kind: mapping, doc: "What becomes of findings that are no errors.", keys: []key{
		{name: "severity", kind: named, match: codes, matches: "codes such as DW210", of: &key{kind: text, oneOf: []string{"error", "warning", "note"}},
			doc: "Code -> the severity of its findings. An error stays one."},
		{name: "ignore", kind: mappings, doc: "Findings that were looked at and accepted.", keys: []key{
			{name: "code", kind: text, needed: true, match: codes, matches: "a code such as DW210", doc: "Code of the findings."},
			{name: "node", kind: text, doc: "Unique id of a node."},
			{name: "select", kind: words, doc: "Nodes in dbt's selection syntax."},
			{name: "reason", kind: text, needed: true, doc: "Why the finding is fine."},
		}},
	}},
}}

var auditKeys = []key{
	{name: "audit", kind: mapping, needed: true, doc: "Everything with a custom schema goes to one dataset, to be audited before it is built where readers see it.", keys: []key{
		{name: "dataset", kind: text, needed: true, doc: "The schema that takes what has a custom schema."},
		{name: "keep", kind: list, doc: "Custom schemas that stay as they are. They are then written in production before the audit."},
	}},
}

var mirrorKeys = []key{
	{name: "sources", kind: words, needed: true, doc: "Which source tables are copied, in dbt's selection syntax, such as source:*."},
	{name: "exclude", kind: words, doc: "Which of them are not, in dbt's selection syntax."},
	{name: "environment", kind: text, needed: true, doc: "Name of the environment whose target refreshes the copies. They live in its database, for everybody."},
	{name: "database", kind: text, doc: "Database of the copies; default: the environment's."},
	{name: "schema", kind: text, doc: "Schema of the copies, the same under every target; default: the mirror's name."},
	{name: "path", kind: text, doc: "Folder of the models, below one of the project's model-paths; default: one with the mirror's name there."},
	{name: "name", kind: text, doc: "Name of a model, with <source> and <table> in it; default: <mirror>_<source>__<table>."},
	{name: "tags", kind: list, doc: "Tags of the models."},
	{name: "materialized", kind: text, initial: "table", oneOf: copied, doc: "table: a full copy with each refresh. incremental: only rows that are new by loaded_at_field."},
	{name: "columns", kind: text, initial: "all", oneOf: []string{"all", "declared"}, doc: "all: whatever the table has. declared: the columns that the source's properties list."},
	{name: "overrides", kind: named, doc: "source.table -> what is different about its copy.", of: &key{kind: mapping, keys: []key{
		{name: "name", kind: text, match: column, matches: "letters, digits and underscores, beginning with no digit", doc: "Name of the model."},
		{name: "materialized", kind: text, oneOf: copied, doc: "As above."},
		{name: "columns", kind: text, oneOf: []string{"all", "declared"}, doc: "As above."},
		{name: "loaded_at_field", kind: text, doc: "Column, or expression, by which new rows are known; default: the source's own."},
		{name: "unique_key", kind: list, match: column, matches: "names of columns", doc: "Columns that tell rows from another: an incremental copy replaces a row that comes again."},
		{name: "partition_by", kind: mapping, doc: "BigQuery: how the copy is partitioned.", keys: []key{
			{name: "field", kind: text, needed: true, match: column, matches: "the name of a column", doc: "The column."},
			{name: "data_type", kind: text, initial: "date", oneOf: []string{"date", "timestamp", "datetime", "int64"}, doc: "Its type."},
			{name: "granularity", kind: text, initial: "day", oneOf: []string{"hour", "day", "month", "year"}, doc: "How long a partition is, of a moment."},
			{name: "range", kind: mapping, doc: "Which partitions there are, of an int64.", keys: []key{
				{name: "start", kind: number, needed: true, doc: "The first value."},
				{name: "end", kind: number, needed: true, doc: "Behind the last value."},
				{name: "interval", kind: number, needed: true, doc: "How many values are in a partition."},
			}},
		}},
		{name: "cluster_by", kind: list, match: column, matches: "names of columns", doc: "BigQuery and Snowflake: columns by which the copy is clustered."},
	}}},
}

// jobKeys are said once for all jobs, and for those of one deployment or mirror.
var jobKeys = []key{
	{name: "formats", kind: list, oneOf: Formats, doc: "What jobs are written as, beside the runbooks."},
	{name: "schedule", kind: text, doc: "When the job starts, as a cron expression of five fields in UTC; default: nothing starts it."},
	{name: "timeout_seconds", kind: number, doc: "After how many seconds it is cancelled; default 0, never."},
	{name: "threads", kind: number, doc: "How many threads dbt uses; default: what the profile says, and on dbt's platform 4."},
}

// copied are the materializations of a copy.
var copied = []string{"table", "incremental"}

var deploymentKeys = []key{
	{name: "strategy", kind: text, needed: true, oneOf: []string{"blue_green", "production_rollback", "write_audit_publish", "write_audit_clone"},
		doc: "How the build becomes what readers see."},
	{name: "build", kind: text, needed: true, doc: "Name of the environment that is built and tested."},
	{name: "publish", kind: text, needed: true, doc: "Name of the environment that readers use."},
	{name: "select", kind: words, doc: "What is published, in dbt's selection syntax; default: the publishing tags. Not for blue_green, which swaps everything."},
	{name: "exclude", kind: words, doc: "What of the selection is not published, in dbt's selection syntax."},
	{name: "route", kind: text, initial: "model", oneOf: []string{"model", "tag"}, doc: "model: each relation goes to its place in the publish environment. tag: one schema a publishing tag."},
	{name: "tags", kind: list, doc: "route: tag: the publishing tags, in order of precedence."},
	{name: "datasets", kind: named, doc: "route: tag: the schema of a tag's relations, or database.schema; default: the tag's own name, in the database of each relation.", of: &key{kind: text}},
	{name: "multi_tag", kind: text, initial: "error", oneOf: []string{"error", "first", "all"}, doc: "What becomes of a node with several publishing tags: refused, published under the first, or under each."},
	{name: "views", kind: text, oneOf: []string{"rebuild", "recreate", "skip"}, doc: "What becomes of the views in the selection. rebuild: dbt run under the publish target, behind the copies. recreate: from the publish environment's compiled SQL, in the transaction of the copies; the default on Postgres. skip: they are left out, each named by DW212; under blue_green they are swapped as they are, the default there with swap: database and macros.ref. Has no meaning under blue_green where views are swapped together with the tables that they read, as on Postgres."},
	{name: "method", kind: text, oneOf: []string{"insert", "rebuild", "replace", "clone", "copy", "transaction"}, doc: "How a table gets its new rows. Postgres: insert (the default; truncate and insert, where the columns agree) or rebuild (drop and create). DuckDB: replace. Snowflake: clone. BigQuery: clone (the default of write_audit_clone; no storage, and no documented statement), copy (documented; pays storage; by copy jobs in the script form) or transaction (all tables or none, at most 100; scans them, and the columns have to agree)."},
	{name: "max_shrink", kind: mapping, doc: "How many percent of its rows a relation that holds what earlier runs loaded may lose in one publish.", keys: []key{
		{name: "snapshot", kind: number, initial: "0", doc: "Of a snapshot; default 0."},
		{name: "default", kind: number, initial: "10", doc: "Of any other; default 10."},
	}},
	{name: "allow_shrink", kind: words, doc: "Selection of relations that may lose any number of rows."},
	{name: "allow_empty", kind: words, doc: "Selection of relations that may be published empty."},
	{name: "state", kind: mapping, doc: "Where the ledger and the backups are kept.", keys: []key{
		{name: "schema", kind: text, initial: "dbtwac_state", doc: "A schema of its own, in the publish environment's database."},
		{name: "database", kind: text, doc: "Its database; default: the publish environment's."},
	}},
	{name: "build_select", kind: words, doc: "What the build step runs, in dbt's selection syntax; default: everything, and of production_rollback the scope."},
	{name: "full_refresh", kind: boolean, initial: "false", doc: "Build with --full-refresh: every run makes incremental models and seeds anew."},
	{name: "swap", kind: text, initial: "schema", oneOf: []string{"database", "schema"}, doc: "blue_green: what is swapped, a whole database (Snowflake; state.database has to be another one), or each schema that the project builds in."},
	{name: "readers", kind: list, doc: "Roles that must be able to read what is published; on BigQuery principals, such as group:analysts@example.com."},
	{name: "lock_timeout", kind: text, initial: "5s", match: duration, matches: "a whole number of ms, s or min, such as 5s", doc: "Postgres: how long a statement waits for a lock before it gives up."},
	{name: "ledger", kind: boolean, initial: "true", doc: "false: no ledger ties a publish to a build that has passed; the order of the steps is the only gate."},
	{name: "state_dir", kind: text, doc: "production_rollback: folder of the manifest.json of production; parents that are not built are read there (--defer --favor-state --state), and not copied."},
	{name: "publish_as", kind: text, oneOf: []string{"build", "publish"}, doc: "Whose connection runs the statements of the publish; default: build, and of write_audit_publish publish."},
	{name: "role", kind: text, doc: "Role that the statements of the publish are run as."},
	{name: "leave_behind", kind: list, doc: "Relations of production, as schema.name, that a publish may take away from readers."},
	{name: "warn_tests", kind: text, initial: "allow", oneOf: []string{"allow", "block"}, doc: "What a data test that warns does to a publish. block: the build step takes it for a failure, and so does dbtwac gate."},
}

// child returns the row of a key below k.
func (k *key) child(name string) *key {
	for i := range k.keys {
		if k.keys[i].name == name {
			return &k.keys[i]
		}
	}
	return nil
}
