package naming_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

func TestStorageOf(t *testing.T) {
	for _, tc := range []struct {
		name, config string
		want         plan.Storage
		unknown      bool
	}{
		{name: "absent", config: `{}`, want: plan.Transient},
		{name: "true", config: `{"transient": true}`, want: plan.Transient},
		{name: "false", config: `{"transient": false}`, want: plan.Permanent},
		{name: "null is not absent", config: `{"transient": null}`, want: plan.Permanent},
		{name: "an empty text", config: `{"transient": ""}`, want: plan.Permanent},
		{name: "a text", config: `{"transient": "false"}`, want: plan.Transient},
		{name: "iceberg", config: `{"table_format": "iceberg"}`, want: plan.Iceberg},
		{name: "iceberg in other letters", config: `{"table_format": "ICEBERG", "transient": true}`, want: plan.Iceberg},
		{name: "of a catalog", config: `{"catalog_name": "lake", "transient": false}`, unknown: true},
		{name: "of a catalog, and iceberg", config: `{"catalog_name": "lake", "table_format": "iceberg"}`, want: plan.Iceberg},
		{name: "of a catalog, and not iceberg", config: `{"catalog_name": "lake", "table_format": "default", "transient": false}`, want: plan.Permanent},
		{name: "of no catalog", config: `{"catalog_name": null, "table_format": "default"}`, want: plan.Transient},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, known := naming.StorageOf(load(t, "model", tc.config))
			if got != tc.want || known == tc.unknown {
				t.Errorf("%s is %q, known: %t; want %q, known: %t", tc.config, got, known, tc.want, !tc.unknown)
			}
		})
	}
}
