// Package compiler turns a dbt project's manifest.json and a dbtwac.yml into deployment artifacts. Start reading here.
//
//	manifest.json ─ manifest.Load ─▶ Manifest ┐ mirror.Layers
//	dbtwac.yml ──── config.Load ───▶ Config  ─┼─ project.Build ─▶ Project ─ strategy.Plan ─▶ plan.Plan
//	dbtwac.sum ──── output.ParseSum ▶ Sum    ─┘                      │                          │
//	                                                                 └──── lint.Run ◀───────────┤
//	                                                                                            └─ emit.Render ─▶ []output.File
//
// Each step is a function from one type to the next, so nobody can call a step out of order: he lacks its input. Compile holds
// all of them on one screen. Every step also returns diagnostics; all are reported, sorted, once, and one of severity error
// means that nothing is written.
//
// # The packages
//
//	diag        what the user is told: code, place, sentence, way out; the printers
//	source      files, spans and excerpts; the only reader
//	jsondoc     spans over JSON; the only package that imports gjson
//	manifest    manifest.json of any version -> Manifest
//	results     run_results.json and sources.json
//	config      dbtwac.yml -> Config; the table of its keys; its JSON schema
//	project     Manifest + Config + Sum -> Project
//	selection   dbt's node selection and state comparison over a Project
//	jinja       what small macros say, without running dbt
//	sqltext     names in SQL, without understanding it
//	naming      node × environment -> database, schema, identifier; what dbt will do; the naming macros
//	ignore      the findings that dbtwac.yml accepts
//	modeltext   what a model's text says, Jinja and SQL, without rendering it
//	switching   source() -> the ref() of a model that mirrors it, in the texts of a project
//	warehouse   one file a warehouse: quoting, capabilities, statements
//	plan        the Plan's types, nothing else
//	strategy    one file a strategy: Project + Config -> Plan
//	mirror      Project + Config -> the mirror layer of the Plan; the switch of what reads the sources
//	cron        schedules, and whether two of them meet
//	jobs        Plan -> the jobs that run it, each under one target
//	gate        what dbt says about a build -> whether a publish may follow it
//	diff        two Plans of one dbtwac.yml -> what the newer one changes in production
//	propose     Project -> what a first dbtwac.yml could say
//	lint        one folder a rule over Project, Config and Plan
//	joblint     the same for jobs that people wrote, in the formats that they write
//	locate      where in the project's files a finding is
//	guard       what a macro checks before it acts
//	quote       text for Jinja, shell, Markdown and comments, with round-trip tests
//	emit        Plan -> files through templates; the only package that imports pongo2
//	output      sum, comparison, writing; the only writer
//
// Which package may import which is stated, with the reason, in imports_test.go, and enforced there.
//
// # What is absent
//
// Nothing in here reads the clock, the environment, a network or a random number. Nothing but source reads a file, nothing but
// output writes one, and nothing prints. No pass changes its input. No map is walked on the way to output.
//
// # Where to add things
//
//   - a warehouse: its files in warehouse, and its line in warehouse.go; CONTRIBUTING shows what it took for the others
//   - a strategy: one file in strategy, and its line in strategy.go; its value in config/keys.go
//   - a check: one folder in lint, with its document, and its line in lint.go
//   - a format of jobs: its line in emit/jobs.go, its value in config/jobs.go
//   - a format of jobs that people write: its reader in joblint, and its line in job.go
//   - an artifact: one template, its view in emit, and its line in emit.go
//   - a key of dbtwac.yml: its row in config/keys.go, and its field in config.go
//   - a command: one file in cmd/dbtwac, and its line in cli.go
package compiler
