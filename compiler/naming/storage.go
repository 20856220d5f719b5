package naming

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// StorageOf returns how dbt-snowflake keeps the rows of a table, an incremental model, a snapshot or a seed; known is false where a
// catalog says so, which no manifest shows. It follows dbt's own macros: a `transient` that is missing, or any text that is not
// empty, "false" too, is true. Before dbt-snowflake 1.12 a seed was permanent whatever its config said; a transient table can be a
// clone of it all the same.
func StorageOf(n *manifest.Node) (storage plan.Storage, known bool) {
	format, _ := n.Config.Raw.Get("table_format").Str()
	catalog, _ := n.Config.Raw.Get("catalog_name").Str()
	transient := n.Config.Raw.Get("transient")
	switch {
	case strings.EqualFold(format, "iceberg"):
		return plan.Iceberg, true
	case catalog != "" && format == "":
		return "", false
	case transient.Raw() == "":
		return plan.Transient, true
	case transient.Kind() == jsondoc.String && transient.Text() != "" || transient.Raw() == "true":
		return plan.Transient, true
	}
	return plan.Permanent, true
}
