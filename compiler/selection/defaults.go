package selection

import (
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// What a config has in dbt 1.12 without anybody setting it (core/dbt/artifacts/resources/v1/config.py and its neighbours). dbt
// writes every key; manifests of an older dbt lack the keys of a newer one, and those of dbt v2 lack what is null.
const (
	baseDefaults = `"enabled": true, "alias": null, "schema": null, "database": null, "tags": [], "meta": {}, "group": null, "static_analysis": null`
	nodeDefaults = baseDefaults + `, "materialized": "view", "incremental_strategy": null, "batch_size": null, "lookback": 1,
		"begin": null, "persist_docs": {}, "post-hook": [], "pre-hook": [], "post_hook": [], "pre_hook": [], "quoting": {}, "column_types": {}, "full_refresh": null,
		"unique_key": null, "on_schema_change": "ignore", "on_configuration_change": "apply", "grants": {}, "packages": [],
		"docs": {"show": true, "node_color": null}, "contract": {"enforced": false, "alias_types": true},
		"event_time": null, "concurrent_batches": null`
	modelDefaults = nodeDefaults + `, "access": "protected", "freshness": null, "on_error": null,
		"latest_version_pointer": {"enabled": null, "alias": null}`
	seedDefaults     = nodeDefaults + `, "delimiter": ",", "quote_columns": null`
	snapshotDefaults = nodeDefaults + `, "strategy": null, "target_schema": null, "target_database": null, "updated_at": null,
		"check_cols": null, "dbt_valid_to_current": null, "snapshot_meta_column_names": {"dbt_valid_to": null,
		"dbt_valid_from": null, "dbt_scd_id": null, "dbt_updated_at": null, "dbt_is_deleted": null}`
	testDefaults = baseDefaults + `, "severity": "ERROR", "store_failures": null, "store_failures_as": null,
		"sql_header": null, "where": null, "limit": null, "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0"`
	sourceDefaults = `"enabled": true, "event_time": null, "loaded_at_field": null, "loaded_at_query": null, "meta": {}, "tags": [],
		"static_analysis": null, "freshness": {"warn_after": {"count": null, "period": null}, "error_after": {"count": null,
		"period": null}, "filter": null}`
)

// A key that stands twice counts where it stands first.
var (
	ofNode     = object(nodeDefaults)
	ofModel    = object(modelDefaults)
	ofSeed     = object(`"materialized": "seed", ` + seedDefaults)
	ofSnapshot = object(`"materialized": "snapshot", ` + snapshotDefaults)
	ofTest     = object(`"materialized": "test", "schema": "dbt_test__audit", ` + testDefaults)
	ofSource   = object(sourceDefaults)
)

func object(members string) jsondoc.Value {
	v, _ := jsondoc.Open(&source.File{Name: "dbt's defaults", Text: "{" + members + "}"})
	return v
}

// defaults returns the config of a node of which nothing is configured.
func defaults(k manifest.Kind) jsondoc.Value {
	switch k {
	case manifest.Model:
		return ofModel
	case manifest.Seed:
		return ofSeed
	case manifest.Snapshot:
		return ofSnapshot
	case manifest.Test:
		return ofTest
	case manifest.Source:
		return ofSource
	}
	return ofNode
}
