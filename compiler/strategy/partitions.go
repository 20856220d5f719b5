package strategy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// partitions finds out whether production has n with other partitions or clusters than the build, and whether its rows can be
// inserted at all.
func (p *planner) partitions(n *manifest.Node, r *plan.Relation) {
	now := specification(p.names.In(n, p.publish))
	if p.previous != nil {
		if was := p.previous.Node(n.ID); was != nil && naming.IsRelation(was) && p.typeOf(was) == plan.Table {
			r.Respecified = specification(was) != now
		}
	}
	r.Partitioned = now != ""
	if p.method != warehouse.Transaction {
		return
	}
	switch c := p.names.In(n, p.publish).Config.Raw; {
	case r.Respecified:
		p.errorf(Partitioned, p.deployment.Method, "publish it once with method: copy",
			"%s has other partitions or clusters than production's, and a transaction changes the rows of a table, and not the table", n.ID)
	case c.Get("require_partition_filter").Raw() == "true":
		p.errorf(config.Unsupported, p.deployment.Method, "use method: copy, or exclude it", "%s has require_partition_filter: no statement may read, or delete, all of it", n.ID)
	case c.Get("partition_by").Get("time_ingestion_partitioning").Raw() == "true":
		p.errorf(config.Unsupported, p.deployment.Method, "use method: copy, or exclude it", "%s is partitioned by the time at which rows come in: inserted rows would be of today", n.ID)
	}
}

// specification is how a table is partitioned and clustered, as dbt-bigquery reads its config; empty where it is neither.
func specification(n *manifest.Node) string {
	var parts []string
	if by := n.Config.Raw.Get("partition_by"); by.Kind() == jsondoc.Object {
		text := func(key, initial string) string { return strings.ToLower(cmp.Or(by.Get(key).Text(), initial)) }
		parts = append(parts, "partition", text("field", ""), text("data_type", "date"), text("granularity", "day"), text("time_ingestion_partitioning", ""))
		for _, bound := range []string{"start", "end", "interval"} {
			parts = append(parts, by.Get("range").Get(bound).Raw())
		}
	}
	by := n.Config.Raw.Get("cluster_by")
	columns, ok := by.Strings()
	if !ok && by.Text() != "" {
		columns = []string{by.Text()}
	}
	if len(columns) > 0 {
		parts = append(parts, "cluster", strings.ToLower(strings.Join(columns, "\x00")))
	}
	return strings.Join(parts, "\x00")
}

// reportPartitions names the tables that have to be dropped because of it, and says where that is not known.
func (p *planner) reportPartitions(at config.Text) {
	if p.method == warehouse.Transaction || p.out.Rebuilt {
		return // which cannot, or need not, drop any
	}
	var changed, unknown []string
	for _, r := range p.out.Scope {
		switch {
		case r.Respecified:
			changed = append(changed, r.Node)
		case r.Partitioned && p.previous == nil:
			unknown = append(unknown, r.Node)
		}
	}
	if changed = p.ignored.Kept(Partitioned, changed); len(changed) > 0 {
		p.warnf(Partitioned, at, "publish it when nobody reads them; privileges on the tables themselves, other than those of readers and grants, are to be given again",
			"%s drops %s that production has with other partitions or clusters, and makes them anew: for a moment they are not there: %s", p.out.Name, count(len(changed), "table"), diag.Shorten(changed, ", "))
	}
	if unknown = p.ignored.Kept(Partitioned, unknown); len(unknown) > 0 {
		p.report(Partitioned, diag.Note, at, "name the manifest that production was last built from as previous_manifest; without it the warehouse refuses to replace a table that has other ones, in the middle of the publish, and rollback takes it back",
			p.out.Name+" replaces "+count(len(unknown), "table")+" with partitions or clusters, and whether production has the same is not known: "+diag.Shorten(unknown, ", "))
	}
}

// describing are the keys of dbt's config that say more of a table than its rows, where tables have partitions.
var describing = []struct{ key, what string }{
	{"labels", "labels"}, {"resource_tags", "resource tags"}, {"persist_docs", "descriptions"}, {"kms_key_name", "an encryption key"}, {"hours_to_expiration", "an expiration"},
	{"partition_expiration_days", "an expiration of partitions"}, {"require_partition_filter", "a partition filter"},
}

// described names the published tables whose config says more than their rows, and what becomes of that.
func (p *planner) described() []string {
	if !p.wh.Can().Partitions || p.out.Rebuilt {
		return nil
	}
	var nodes []string
	for _, r := range p.ofType(plan.Table) {
		n := p.project.Node(r.Node)
		var has []string
		for _, d := range describing {
			if value := n.Config.Raw.Get(d.key).Raw(); !slices.Contains([]string{"", "null", "false", "{}", `""`}, value) {
				has = append(has, d.what)
			}
		}
		if n.Raw.Get("columns").Kind() == jsondoc.Object && strings.Contains(n.Raw.Get("columns").Raw(), `"policy_tags"`) {
			has = append(has, "policy tags")
		}
		if len(has) > 0 {
			nodes = append(nodes, r.Node+" ("+strings.Join(has, ", ")+")")
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	becomes := "Their config gives these more than rows, and readers get that as the build has it: "
	if p.method == warehouse.Transaction {
		becomes = "Their config gives these more than rows, and what production has of that stays as it is: "
	}
	return []string{becomes + strings.Join(nodes, ", ") + "."}
}
