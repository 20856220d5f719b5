package dw232

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// beyond finds the views of which the compiled SQL is not all, and those whose SQL no script can hold.
func beyond(p *rule.Pass, d plan.Deployment) diag.List {
	_, publish := p.Sides(d)
	var diags diag.List
	for _, part := range []struct {
		why           func(r plan.Relation, n *manifest.Node) string // or ""
		message, hint string
	}{
		{
			func(r plan.Relation, n *manifest.Node) string { return besides(p, r, p.Names.In(n, publish)) },
			"views: recreate makes views from their SQL alone, and dbt makes more of these: ", "say views: rebuild",
		},
		{
			func(_ plan.Relation, n *manifest.Node) string {
				sql, _ := p.Names.Compiled(n, publish)
				if err := p.CarriesSQL(sql); err != nil {
					return err.Error()
				}
				return ""
			},
			"the compiled SQL of these views cannot stand in a script: ", "say views: rebuild, or write it in another way",
		},
	} {
		whys := map[string]string{}
		found := p.InScope(d, func(r plan.Relation, n *manifest.Node) bool {
			if rule.IsView(r) {
				whys[r.Node] = part.why(r, n)
			}
			return whys[r.Node] != ""
		})
		if len(found) == 0 {
			continue
		}
		for i, id := range found {
			found[i] = id + " (" + whys[id] + ")"
		}
		f := p.Finding(code, diag.Error, d)
		f.Message, f.Hint = part.message+diag.Shorten(found, ", "), part.hint
		diags.Add(f)
	}
	return diags
}

// besides lists what dbt makes of a view that its query does not say, where the warehouse has such views.
func besides(p *rule.Pass, r plan.Relation, n *manifest.Node) string {
	if !p.Can.ViewsHaveMore {
		return ""
	}
	var list []string
	if r.Type == plan.MaterializedView {
		list = append(list, n.Config.Materialized)
	}
	for _, key := range []string{"secure", "row_access_policy", "table_tag", "grant_access_to", "resource_tags", "hours_to_expiration"} {
		if !slices.Contains([]string{"", "null", "false", `""`, "[]", "{}"}, n.Config.Raw.Get(key).Raw()) {
			list = append(list, key)
		}
	}
	return strings.Join(list, ", ")
}
