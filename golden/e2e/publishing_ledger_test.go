package e2e

// rebuilding has dbt make the views, in the middle of the publish.
const rebuilding = cloned + ", views: rebuild"

// ledgerRules are about the order of things: a publish belongs to one build that has passed.
var ledgerRules = []rule{
	{
		what: "a publish without audited", why: "a build that failed never gets there, also where no gate can run",
		do: []string{"begin", "publish"}, refused: "nightly is not audited, it is: building",
	},
	{
		what: "a publish of nothing", why: "a night begins with begin",
		do: []string{"publish"}, refused: "nightly is not audited, it is: nothing yet",
	},
	{
		what: "a publish twice", why: "one build is published once: its backups would be of itself",
		do: after("publish", "publish"), refused: "nightly is not audited, it is: published",
	},
	{
		what: "a run without an id", why: "nothing would tell it from another",
		do: []string{"as : begin"}, refused: "this run has no id",
	},
	{
		what: "a publish without an id", why: "nothing would tell it from another",
		do: after("as : publish"), refused: "this run has no id",
	},
	{
		what: "overtaken before it was audited", why: "of two runs the later begin wins",
		do: []string{"begin", "as test-2: begin", "audited"}, refused: "another run has begun",
	},
	{
		what: "overtaken, and the winner has passed", why: "what the loser would publish is the winner's",
		do: []string{"begin", "as test-2: begin", "as test-2: audited", "publish"}, refused: "another run has begun",
	},
	{
		what: "the winner goes on", why: "of two runs the later begin wins",
		do:   []string{"begin", "as test-2: begin", "fails audited", "as test-2: audited", "as test-2: publish"},
		show: "select count(*) from analytics_mart.sales", want: "8",
	},
	{
		what: "the loser's build writes on", why: "the fingerprints of audited catch what was written behind the tests",
		do:      []string{"begin", "as test-2: begin", "as test-2: audited", "sql update staging_mart.sales set quantity = 9 where sale_id = 101", "as test-2: publish"},
		refused: "staging_mart.sales was written since it was tested: build again",
	},
	{
		what: "a failed preflight", why: "it comes before publishing, and leaves nothing to roll back",
		do:      []string{"begin", "sql delete from staging_mart.daily_total", "audited", "fails publish", "rollback"},
		refused: "nightly has no publish to take back, it is: audited",
	},
	{
		what: "what the ledger holds of a night", why: "latest is by event, since time stands still inside a transaction",
		do:   after("publish", "rollback", "begin"),
		show: "select string_agg(generation || ' ' || state, ', ' order by event) from dbtwac_state.dbtwac_ledger",
		want: "1 building, 1 audited, 1 publishing, 1 published, 1 rolled_back, 2 building",
	},
	{
		what: "a rollback of the latest publish", why: "it restores what the publish has replaced",
		do: after("publish", "rollback"), back: true,
	},
	{
		what: "a rollback twice", why: "the backups are those of one publish",
		do: after("publish", "rollback", "rollback"), refused: "nightly has no publish to take back, it is: rolled_back",
	},
	{
		what: "a rollback after the next build began", why: "with backups a later build is no obstacle",
		do: after("publish", "begin", "rollback"), back: true,
	},
	{
		what: "a build that was void", why: "what was audited is ahead of a production that was taken back",
		do: after("publish", "as test-2: begin", "as test-2: audited", "rollback", "as test-2: publish"), refused: "nightly is not audited, it is: rolled_back",
	},
	{
		what: "a swap back after the next build began", why: "the build writes over what production was", on: "postgres",
		with: "strategy: blue_green, full_refresh: true", do: []string{"begin", "prepare", "audited", "publish", "begin", "rollback"},
		refused: "nightly has no swap to take back, it is: building",
	},
	{
		what: "a swap back", why: "until the next build begins it is whole", on: "postgres",
		with: "strategy: blue_green, full_refresh: true", do: []string{"begin", "prepare", "audited", "publish", "rollback"}, back: true,
	},
	{
		what: "a rollback after cleanup", why: "cleanup drops the backups",
		do: after("publish", "cleanup", "rollback"), refused: "nightly has no publish to take back, it is: cleaned",
	},
	{
		what: "a cleanup of nothing", why: "there are no backups",
		do: after("cleanup"), refused: "nightly was never published",
	},
	{
		what: "cleanup leaves production and the build", why: "it drops backups, never the build side",
		do:   after("publish", "cleanup"),
		show: "select (select count(*) from information_schema.tables where table_schema = 'dbtwac_state'), (select count(*) from analytics_mart.sales), (select count(*) from staging_mart.sales)", want: "2 8 8",
	},
	{
		what: "a begin while a publish is broken off", why: "the build would go on from half a publish",
		with: rebuilding, do: after("publish_1", "begin"), refused: "nightly is publishing: a publish was broken off",
	},
	{
		what: "a reset while a publish is broken off", why: "the build side would get half a publish",
		with: rebuilding, do: after("publish_1", "reset"), refused: "nightly is publishing: a publish was broken off",
	},
	{
		what: "a cleanup while a publish is broken off", why: "it would drop what brings production back",
		with: rebuilding, do: after("publish_1", "cleanup"), refused: "nightly is publishing: a publish was broken off",
	},
	{
		what: "a publish that was broken off", why: "rollback takes it back",
		with: rebuilding, do: after("publish_1", "rollback"), back: true,
	},
	{
		what: "the end of a publish that another run began", why: "both halves belong to one run",
		with: rebuilding, do: after("publish_1", "as test-2: publish_2"), refused: "another run has begun",
	},
	{
		what: "a reset after a rollback", why: "what the build side holds of a publish that was taken back must not come again",
		do:   after("publish", "rollback", "reset"),
		show: "select (select count(*) from staging_mart.sales), (select count(*) from staging_history.stores_history)", want: "5 4",
	},
	{
		what: "production is written between prepare and publish", why: "what was written would be lost",
		with:    "strategy: production_rollback, views: skip, " + everything,
		do:      []string{"begin", "prepare", "audited", "sql update analytics_mart.sales set quantity = 9 where sale_id = 101", "publish"},
		refused: "analytics_mart.sales was written since prepare copied it: build again",
	},
	{
		what: "production is written after publish", why: "rollback says what it takes away, and restores",
		do: after("publish", "sql update analytics_mart.sales set quantity = 9 where sale_id = 101", "rollback"), back: true,
		warns: "analytics_mart.sales was written since it was published; the rollback takes that away too",
	},
	{
		what: "production is written after publish, by macro", why: "rollback says what it takes away, and restores",
		do: after("publish", "sql update analytics_mart.sales set quantity = 9 where sale_id = 101", "macro rollback"), back: true,
		warns: "analytics_mart.sales was written since it was published; the rollback takes that away too",
	},
	{
		what: "a rollback of what nobody has written", why: "who warns of nothing is not read",
		do:   after("publish", "rollback"),
		show: "select string_agg(state, ' ' order by event) from dbtwac_state.dbtwac_ledger", want: "building audited publishing published rolled_back",
	},
	{
		what: "no ledger", why: "the order of the steps is the only gate then",
		with: copied + ", ledger: false", do: []string{"publish"},
		show: "select count(*) from analytics_mart.sales", want: "8",
	},
	{
		what: "a rollback without a ledger", why: "the backups are the same",
		with: copied + ", ledger: false", do: []string{"publish", "rollback"}, back: true,
	},
	{
		what: "a rollback without a ledger, of dbt's views", why: "the backups are the same",
		with: rebuilding + ", ledger: false", do: []string{"publish_1", "rollback"}, back: true,
	},
	{
		what: "a bootstrap after a publish", why: "the build side holds what it has loaded since",
		do: after("publish", "bootstrap"), refused: "nightly has been published already",
	},
}
