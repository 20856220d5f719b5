package selection_test

import (
	"fmt"
	"os"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// shop is a manifest of three models and a test.
func shop() *project.Project {
	node := func(kind, name, more string) string {
		return fmt.Sprintf(`"%[1]s.shop.%[2]s": {"resource_type": %[1]q, "name": %[2]q, "package_name": "shop", "fqn": ["shop", %[2]q],
			"original_file_path": "models/%[2]s.sql", "raw_code": "select 1", %[3]s}`, kind, name, more)
	}
	m, _ := manifest.Load(&source.File{Name: "manifest.json", Text: `{
		"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.12.6", "project_name": "shop"},
		"nodes": {` +
		node("model", "stg_orders", `"tags": ["staging"]`) + "," +
		node("model", "orders", `"tags": ["mart"], "depends_on": {"nodes": ["model.shop.stg_orders"]}`) + "," +
		node("model", "revenue", `"tags": ["mart"], "depends_on": {"nodes": ["model.shop.orders"]}`) + "," +
		node("test", "orders_match", `"depends_on": {"nodes": ["model.shop.stg_orders", "model.shop.orders"]}`) + `}}`})
	return project.Build(m, func(string) bool { return false }, nil, nil)
}

// A selection is parsed once and asked as often as one likes.
func Example() {
	p := shop()
	spec, diags := selection.Parse(selection.Request{
		Select:  selection.Flag("--select", "tag:mart"),
		Exclude: selection.Flag("--exclude", "revenue"),
	})
	if diags.HasErrors() {
		return
	}
	e := selection.New(p)
	for _, mode := range []selection.Mode{selection.Eager, selection.Cautious} {
		set, _ := e.Evaluate(spec, selection.Options{Command: "build", Indirect: mode})
		for _, i := range set.Nodes {
			fmt.Println(mode, p.Nodes[i].ID)
		}
	}
	// Output:
	// eager model.shop.orders
	// eager test.shop.orders_match
	// cautious model.shop.orders
}

// A finding knows the term that it is about.
func ExampleParse() {
	_, diags := selection.Parse(selection.Request{Select: selection.Flag("--select", "tag:mart Tag:staging")})
	_ = diag.Text(os.Stdout, diags, diag.Style{})
	// Output:
	// --select:1:10:
	// error DW120: "Tag" is no selection method of dbt
	//   | tag:mart Tag:staging
	//   |          ^^^
	//   hint: write it in lower case: tag
	//   see:  dbtwac explain DW120
}

// A part that matches nothing is a warning, as in dbt.
func ExampleEvaluator_Evaluate() {
	spec, _ := selection.Parse(selection.Request{Select: selection.Flag("--select", "orders fct_orders")})
	set, diags := selection.New(shop()).Evaluate(spec, selection.Options{Command: "run"})
	fmt.Println(len(set.Nodes), "model")
	_ = diag.Text(os.Stdout, diags, diag.Style{})
	// Output:
	// 1 model
	// --select:1:8:
	// warning DW122: "fct_orders" matches nothing in the manifest
	//   | orders fct_orders
	//   |        ^^^^^^^^^^
	//   hint: is it spelled as in dbt? look at what there is: dbtwac ls
	//   see:  dbtwac explain DW122
}
