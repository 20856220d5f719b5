package propose_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/propose"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/corpus"
)

// found is what a proposal says of each real manifest's names: the naming that gives every name again and the target for which
// it does, or why none does.
var found = map[string]string{
	"bigquery_student_engagement_v10": "default",
	"clickhouse_cerebro":              "project for prod", // custom as it stands; its databases are its schemas
	"databricks_factory":              "default",
	"duckdb_jaffle_shop_112":          "project for prod", // seeds in one schema; prod and the others differ
	"duckdb_nba":                      "default",
	"postgres_ad_reporting_v7":        "default",
	"postgres_hubspot":                "default",
	"postgres_quefairedemesobjets":    "default",
	"postgres_sagerx":                 "project for dev", // generate_schema_name_for_env, parsed for a target that is not prod
	"postgres_versioned_v10":          "default",
	"redshift_re_data_v11":            "default",
	"snowflake_ddrc":                  "project for prd", // custom as it stands, under prd alone
	"snowflake_engaged_california":    "project for prd",
	"snowflake_ethereum_v6":           "project for prod", // schema and alias are the halves of the name
	"snowflake_model_contract":        "project for prod",
	"snowflake_shopverse":             "project for prod",
	"snowflake_solana_v6":             "project for prod",
	"snowflake_web_analytics":         "project for prd",
	"trino_data_product":              "default",

	"duckdb_bouncer_v2engine": "manifest: model.dbt_bouncer_test_project.customers.v1, whose name is not known, because the macro dbt_bouncer_test_project.generate_schema_name of macros/system/generate_schema_name.sql cannot be read: env_var is not known without running dbt",
	"snowflake_datavault_v1":  "not read: schema version 1",
}

func TestNamingOfTheCorpus(t *testing.T) {
	corpus.Each(t, "../..", func(t *testing.T, name string, document *source.File) {
		m, _ := manifest.Load(document)
		if m == nil {
			if !strings.HasPrefix(found[name], "not read") {
				t.Errorf("the manifest is not read: %q", found[name])
			}
			return
		}
		p := propose.From(project.Build(m, func(string) bool { return false }, nil, nil), strings.ToLower, 0, false)
		got := string(p.Publish.Naming)
		switch {
		case p.Publish.Naming == "manifest":
			got += ": " + p.NamingWhyNot
		case p.Macro != "":
			got += " for " + p.Publish.Target
		}
		if d := cmp.Diff(found[name], got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}
