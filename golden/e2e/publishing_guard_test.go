package e2e

// guardRules are about macros that are run somewhere else than they were compiled for.
var guardRules = []rule{
	{
		what: "another target", why: "on the platform a target's name is a text field",
		do: after("macro publish prod"), refused: "it was compiled for the target staging, and this is prod",
	},
	{
		what: "another database", why: "the same target's name may lead somewhere else",
		on: "duckdb", setup: func(l lab) { l.edit("profiles.yml", "path: market.duckdb", "path: other.duckdb") },
		do: after("macro publish"), refused: "it was compiled for market.staging, and the target is other.staging",
	},
	{
		what: "another database", why: "the same target's name may lead somewhere else",
		on: "postgres", setup: func(l lab) { l.edit("profiles.yml", "dbname: market", "dbname: postgres") },
		do: after("macro publish"), refused: "it was compiled for market.staging, and the target is postgres.staging",
	},
	{
		what: "another schema", why: "the same target's name may lead somewhere else",
		setup: func(l lab) {
			l.edit("profiles.yml", "<<: *"+l.name()+"\n      schema: staging", "<<: *"+l.name()+"\n      schema: elsewhere")
		},
		do: after("macro publish"), refused: "it was compiled for market.staging, and the target is market.elsewhere",
	},
	{
		what: "a project that has changed since", why: "a build and its publish are of one project",
		do: []string{"macro begin", "audited", "write models/staging/stg_new.sql select 1 as a", "macro publish"}, refused: "another run has begun, or the project has changed since",
	},
	{
		what: "a dry run", why: "it shows every statement and runs none",
		do: after("dry publish"), back: true, warns: "analytics_mart.sales",
	},
	{
		what: "the connection of the publish environment", why: "publish_as says whose connection owns what is made",
		with: copied + ", publish_as: publish", do: []string{"macro begin", "macro audited", "macro publish prod"},
		show: "select count(*) from analytics_mart.sales", want: "8",
	},
	{
		what: "publish_as, and the other connection", why: "each macro runs under one target",
		with: copied + ", publish_as: publish", do: after("macro publish"), refused: "it was compiled for the target prod, and this is staging",
	},
}
