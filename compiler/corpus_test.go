package compiler_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/corpus"
)

// everything is a deployment of all that a manifest offers.
const everything = `version: 1
environments:
  staging: {database: DATABASE, schema: dbtwac_staging, naming: project}
  prod: {database: DATABASE, schema: dbtwac_prod, naming: project}
deployments:
  all: {strategy: write_audit_clone, build: staging, publish: prod, views: rebuild, select: "fqn:*"}
`

// onSnowflake is the same where the build has a database of its own, as most have there: it can take production's place.
const onSnowflake = `version: 1
environments:
  staging: {database: DATABASE_STAGE, schema: dbtwac, naming: project}
  prod: {database: DATABASE, schema: dbtwac, naming: project}
deployments:
  all: {strategy: write_audit_clone, build: staging, publish: prod, views: rebuild, select: "fqn:*"}
`

// adapted are the manifests of which not everything can be published by that configuration, and what is different in theirs.
var adapted = map[string]struct{ reason, old, new string }{
	"duckdb_jaffle_shop_112": {
		"its macro puts the seeds into one schema under every target: they are neither built nor published",
		`select: "fqn:*"`, `select: "resource_type:model", build_select: "resource_type:model resource_type:test resource_type:unit_test"`,
	},
	"postgres_hubspot": {
		"its schema is an expression over a variable: the manifest itself says the names of the target that it was parsed for",
		"staging: {database: DATABASE, schema: dbtwac_staging, naming: project}\n  prod: {database: DATABASE, schema: dbtwac_prod, naming: project}",
		"staging: {database: DATABASE, schema: dbtwac_staging}\n  prod: {database: DATABASE, schema: main, naming: manifest}\nmanifest_environment: prod",
	},
	"snowflake_ddrc": {
		expressionOfMarts,
		"staging: {database: DATABASE_STAGE, schema: dbtwac, naming: project}\n  prod: {database: DATABASE, schema: dbtwac, naming: project}",
		marts("ANALYTICS_DDRC_PRD", "MARTS_STAGE"),
	},
	"snowflake_engaged_california": {
		expressionOfMarts,
		"staging: {database: DATABASE_STAGE, schema: dbtwac, naming: project}\n  prod: {database: DATABASE, schema: dbtwac, naming: project}",
		marts("ANALYTICS_ENGCA_PRD", "MARTS_STAGE"),
	},
	"snowflake_web_analytics": {
		expressionOfMarts,
		"staging: {database: DATABASE_STAGE, schema: dbtwac, naming: project}\n  prod: {database: DATABASE, schema: dbtwac, naming: project}",
		marts("ANALYTICS_PRD", "DATABASE_STAGE"),
	},
	"snowflake_model_contract": {
		"its sources are in the database that is published to: schemas are swapped, and not databases",
		"staging: {database: DATABASE_STAGE, schema: dbtwac,", "staging: {database: DATABASE, schema: dbtwac_staging,",
	},
	"duckdb_bouncer_v2engine": {
		"its macro reads the environment: the manifest itself says the names of the target that it was parsed for",
		"staging: {database: DATABASE, schema: dbtwac_staging, naming: project}\n  prod: {database: DATABASE, schema: dbtwac_prod, naming: project}",
		"staging: {database: DATABASE, schema: dbtwac_staging}\n  prod: {database: DATABASE, schema: main, naming: manifest}\nmanifest_environment: prod",
	},
}

const expressionOfMarts = "the database of the marts is an expression over the environment: the manifest itself says the names of the target that it was parsed for, and databases what that one is called in the build"

// marts are the environments of a project whose marts have a database of their own.
func marts(database, built string) string {
	return "staging: {database: DATABASE_STAGE, schema: dbtwac, naming: project, databases: {" + database + ": " + built + "}}\n" +
		"  prod: {database: DATABASE, schema: dbtwac, naming: manifest}\nmanifest_environment: prod\nmacros: {generate_database_name: true}"
}

// strategiesOf says what becomes of the same with each other strategy: the codes of the errors, where there are any, each read and
// found right. A swap needs Postgres, and nothing in the project that holds what earlier runs loaded.
var strategiesOf = map[string]struct{ blueGreen, productionRollback, writeAuditPublish string }{
	"bigquery_student_engagement_v10": {blueGreen: "DW005"}, // a dataset cannot be renamed
	"duckdb_nba":                      {blueGreen: "DW005"}, // DuckDB renames no schema
	"duckdb_jaffle_shop_112":          {blueGreen: "DW005"},
	"duckdb_bouncer_v2engine":         {blueGreen: "DW005"},
	"snowflake_ddrc":                  {blueGreen: "DW005"},       // its macro gives the build's schemas a prefix: databases cannot change places
	"snowflake_engaged_california":    {blueGreen: "DW005 DW201"}, // likewise; seven incremental models
	"snowflake_ethereum_v6":           {blueGreen: "DW201 DW204"}, // 50 incremental models; a source in the database that is swapped
	"snowflake_shopverse":             {blueGreen: "DW202 DW204"}, // a snapshot; the sources are in the database that is swapped
	"snowflake_solana_v6":             {blueGreen: "DW201"},       // 70 incremental models
	"snowflake_web_analytics":         {blueGreen: "DW005 DW201"}, // as snowflake_engaged_california; four incremental models
	"postgres_hubspot":                {blueGreen: "DW201 DW204"}, // four incremental models; the sources are loaded into the schema that is swapped
	"postgres_quefairedemesobjets":    {blueGreen: "DW201"},       // three incremental models
	"postgres_sagerx":                 {blueGreen: "DW005"},       // its macro gives the build one schema and production two
}

// expected says what becomes of a deployment of everything that each real manifest offers: how many relations are published, or
// which error says why not, and which warnings there are.
var expected = map[string]struct {
	relations int
	errors    string // the codes
	says      string // part of the error's message
	warnings  string
}{
	"duckdb_nba":                   {relations: 67, warnings: "DW210"},
	"duckdb_jaffle_shop_112":       {relations: 13, warnings: "DW210"},
	"duckdb_bouncer_v2engine":      {relations: 40, warnings: "DW210 DW225 DW220 DW229"},
	"postgres_ad_reporting_v7":     {relations: 295, warnings: "DW210 DW220"},
	"postgres_hubspot":             {relations: 206, warnings: "DW109 DW210 DW220 DW229"},
	"postgres_quefairedemesobjets": {relations: 153, warnings: "DW210 DW227 DW220 DW229"},
	"postgres_sagerx":              {relations: 107, warnings: "DW210"},
	"postgres_versioned_v10":       {relations: 10, warnings: "DW210"},

	"snowflake_ddrc":               {relations: 17, warnings: "DW109 DW210"},
	"snowflake_engaged_california": {relations: 127, warnings: "DW109 DW210 DW220 DW229"},
	"snowflake_ethereum_v6":        {relations: 73, warnings: "DW210 DW229"},
	"snowflake_model_contract":     {relations: 15, warnings: "DW210"},
	"snowflake_shopverse":          {relations: 12, warnings: "DW210 DW220 DW229"},
	"snowflake_solana_v6":          {relations: 113, warnings: "DW210 DW229"},
	"snowflake_web_analytics":      {relations: 17, warnings: "DW109 DW210 DW229"},

	"bigquery_student_engagement_v10": {relations: 39, warnings: "DW210"},

	"clickhouse_cerebro":     {errors: "DW005", says: `the warehouse "clickhouse" is not implemented`},
	"databricks_factory":     {errors: "DW005", says: `the warehouse "databricks" is not implemented`},
	"redshift_re_data_v11":   {errors: "DW005", says: `the warehouse "redshift" is not implemented`},
	"snowflake_datavault_v1": {errors: "DW102", says: "schema version 1, written by dbt 0.19.0"},
	"trino_data_product":     {errors: "DW005", says: `the warehouse "trino" is not implemented`},
}

func TestCorpus(t *testing.T) {
	corpus.Each(t, "..", func(t *testing.T, name string, document *source.File) {
		want, ok := expected[name]
		if !ok {
			t.Fatalf("%s is not in the table of this test: add what is right for it", name)
		}
		database := "shop"
		if m, _ := manifest.Load(document); m != nil {
			database = databaseOf(m)
		}
		text, swapped := configOf(name, database)
		compile := func(text string) compiler.Output {
			t.Helper()
			out, err := compiler.Compile(compiler.Input{Config: &source.File{Name: "dbtwac.yml", Text: text}, Manifest: document})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		out := compile(text)
		if _, implemented := warehouse.For(out.Plan.Warehouse); implemented {
			others := strategiesOf[name]
			for _, other := range []struct{ strategy, text, want string }{
				{"blue_green", swapped, others.blueGreen},
				{"production_rollback", text, others.productionRollback},
				{"write_audit_publish", strings.Replace(text, "views: rebuild, ", "", 1), others.writeAuditPublish},
			} {
				out := compile(strings.Replace(other.text, "write_audit_clone", other.strategy, 1))
				if got := codes(out.Diags, diag.Error); got != other.want {
					t.Errorf("%s: errors %q, want %q; read them, and if they are right, change the table in this test:\n%s", other.strategy, got, other.want, messages(out.Diags))
				}
				if (other.want == "") != (len(out.Files) > 0) {
					t.Errorf("%s: %d files, errors %q", other.strategy, len(out.Files), other.want)
				}
			}
		}
		relations := 0
		if len(out.Plan.Deployments) > 0 {
			relations = len(out.Plan.Deployments[0].Scope)
		}
		got := []any{relations, codes(out.Diags, diag.Error), codes(out.Diags, diag.Warning)}
		if d := cmp.Diff([]any{want.relations, want.errors, want.warnings}, got); d != "" {
			t.Errorf("relations, errors, warnings (-want +got):\n%s\nif that is right, change the table in this test", d)
		}
		if want.errors != "" && !strings.Contains(messages(out.Diags), want.says) {
			t.Errorf("no error says %q:\n%s", want.says, messages(out.Diags))
		}
		if (want.errors == "") != (len(out.Files) > 0) {
			t.Errorf("%d files, errors %q", len(out.Files), want.errors)
		}
	})
}

// configOf is the configuration of a manifest, and the same for a swap of all of it.
func configOf(name, database string) (text, swapped string) {
	text, swap := everything, ""
	if strings.HasPrefix(name, "snowflake_") {
		text, swap = onSnowflake, ", swap: database, state: {database: DBTWAC_OPS}"
	}
	text = strings.Replace(text, adapted[name].old, adapted[name].new, 1)
	if !strings.Contains(text, "DATABASE_STAGE") { // then it is schemas that can be swapped
		swap = ""
	}
	text = strings.ReplaceAll(text, "DATABASE", database)
	return text, regexp.MustCompile(`, views: rebuild, select: "[^"]*"`).ReplaceAllString(text, swap)
}

// databaseOf is the database of the first model that asks for none itself.
func databaseOf(m *manifest.Manifest) string {
	for _, n := range m.Nodes {
		if n.Kind == manifest.Model && !n.Config.HasDatabase && n.Database != "" {
			return n.Database
		}
	}
	return "shop"
}

// codes lists the codes of one severity, each once.
func codes(l diag.List, severity diag.Severity) string {
	var list []string
	for _, d := range l {
		if d.Severity == severity && (len(list) == 0 || list[len(list)-1] != string(d.Code)) {
			list = append(list, string(d.Code))
		}
	}
	return strings.Join(list, " ")
}

func messages(l diag.List) string {
	var b strings.Builder
	for _, d := range l {
		b.WriteString(string(d.Code) + ": " + d.Message + "\n")
	}
	return b.String()
}
