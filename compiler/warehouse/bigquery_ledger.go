package warehouse

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// What is known of all tables of a dataset without reading them is asked, and noted, for all of them at once: each statement is a job, and
// takes a second or two however little it does.

// prints are rows (d, s, t, n, f) of all tables in the datasets of names.
func (b bigQuery) prints(names []plan.Name) string {
	var list []string
	for _, n := range names {
		of := "select project_id as d, dataset_id as s, table_id as t, row_count as n, cast(last_modified_time as string) as f from " + b.Schema(plan.SchemaOf(n)) + ".__TABLES__"
		if !slices.Contains(list, of) {
			list = append(list, of)
		}
	}
	return "(" + strings.Join(list, " union all ") + ") x on x.d = w.d and x.s = w.s and x.t = w.t"
}

func (b bigQuery) RecordAll(s plan.Schema, deployment, what string, names []plan.Name) string {
	return b.put(b.relations(s), noted, []string{b.Literal(deployment), b.Generation(), "w.shown", b.Literal(what), "x.n", "x.f"}, b.named(names)+" join "+b.prints(names), true)
}

// recorded are the rows of named(names), each beside its record r under what.
func (b bigQuery) recorded(join string, s plan.Schema, deployment, what string, names []plan.Name) string {
	return "(select " + b.list("w.shown") + " from " + b.named(names) + join + "(select * from " + b.ofGeneration(s, deployment) + " and what = " + b.Literal(what) +
		") r on r.relation = w.shown" + join + b.prints(names) + " where "
}

func (b bigQuery) Unrecorded(s plan.Schema, deployment, what string, names []plan.Name) string {
	return b.recorded(" left join ", s, deployment, what, names) + "not coalesce(x.n = r.rows_before and x.f = r.fingerprint, false))"
}

func (b bigQuery) WrittenAmong(s plan.Schema, deployment, what string, names []plan.Name) string {
	return b.recorded(" join ", s, deployment, what, names) + "x.n <> r.rows_before or x.f <> r.fingerprint)"
}
