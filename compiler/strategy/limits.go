package strategy

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// What a reviewer has to know about a way of publishing, in sentences.

// copyLimits are those of a publish that copies: in one transaction, where there are transactions.
func (p *planner) copyLimits() plan.Limits {
	if !p.wh.Can().Transactions {
		l := plan.Limits{
			Readers: "Each table is replaced by one statement, and one behind the other: until the last a reader may see some as they were before and others as they were built and tested, never half a table. Nothing is replaced before every check has passed and every backup is made.",
			Undo:    "Rollback takes back the latest publish, also one that was broken off, until cleanup drops its backups or the next publish replaces them. A rollback that was broken off is run again.",
			Loses:   p.loses(),
		}
		if p.method == warehouse.Transaction {
			l.Readers = "All tables get their rows in one transaction: a reader sees all of them as they were before, or all of them as they were built and tested. Nothing is written before every check has passed and every backup is made."
			l.Atomic = len(p.dropping())+len(p.made()) == 0
			if !l.Atomic {
				l.Readers += " What is a view, or was one, is made behind that, one by one."
			}
		}
		if slices.ContainsFunc(p.out.Scope, func(r plan.Relation) bool { return r.Respecified }) {
			l.Readers += " A table that gets other partitions or clusters is dropped and made anew: for a moment it is not there."
		}
		if slices.ContainsFunc(p.out.Scope, func(r plan.Relation) bool { return r.Type != plan.Table && p.dbtCannot(r) }) {
			l.Readers += " A materialized view, or a view where something else was, is dropped with the tables and not there until dbt has made it."
		}
		if p.rebuildsViews() {
			l.Readers += " Behind the tables dbt makes the views one by one: until it has, a view may show the columns that it had before." + p.lostForAMoment()
		}
		return l
	}
	l := plan.Limits{
		Atomic:  true,
		Readers: "The publish is one transaction: a reader sees all of the relations as they were before, or all of them as they were built and tested, and never a mixture.",
		Undo:    "Rollback takes back the latest publish, until cleanup drops its backups or the next publish replaces them.",
	}
	if p.wh.Can().LockTimeout {
		l.Readers += " While the rows are copied readers wait. A transaction of isolation level REPEATABLE READ or higher that has begun before and reads a table for the first time behind the publish finds it empty: so does Postgres' TRUNCATE."
		if p.method == warehouse.Rebuild {
			l.Readers = strings.Replace(l.Readers, "finds it empty: so does Postgres' TRUNCATE", "gets an error or no rows", 1)
		}
	}
	if p.rebuildsViews() {
		l.Atomic = false
		l.Readers = strings.Replace(l.Readers, "The publish is one transaction", "The copies are one transaction", 1) +
			" Behind them dbt makes the views one by one: until it has, a view may show the columns that it had before, or be missing for a moment."
	}
	return l
}

// swapLimits are those of a publish that swaps everything.
func (p *planner) swapLimits() plan.Limits {
	l := plan.Limits{
		Atomic:  true,
		Readers: "The publish is one transaction: a reader sees all of production as it was before, or all of it as it was built and tested, and never a mixture. For the moment of the swap readers wait.",
		Undo:    "Rollback swaps back, until the next build begins: that writes over what production was.",
	}
	if p.wh.Can().Transactions {
		return l
	}
	l.Readers = "The swap is one statement: a reader sees all of production as it was before, or all of it as it was built and tested, and never a mixture."
	if len(p.out.Swaps) > 1 {
		l.Atomic = false
		l.Readers = "Each schema or database is swapped by one statement, and one behind the other: until the last a reader may see some as they were before and others as they were built and tested."
		if !p.swapsDatabases() {
			l.Readers += " swap: database exchanges all schemas of a database with one statement."
		}
	}
	if len(p.made()) > 0 && p.views != config.ViewsSkip {
		l.Atomic = false
		l.Readers += " Views are text, and go on reading the names that they were made with: until they are made again behind the swap, they show what production was before."
		if p.views == config.ViewsRebuild {
			l.Readers += p.lostForAMoment()
		}
	}
	l.Undo += " A rollback that was broken off is run again."
	l.Loses = []string{
		"What reads across: a stream, a task, a procedure or a view of another database that names this one reads the other side from then on; look at each.",
		"Streams, tasks, alerts and policies are not compared between the two sides: nothing lists them to a query. What production has of them goes away with the old side.",
		"Shares of what is swapped, and future grants of roles that are no `readers`, are not carried over: SHOW GRANTS tells what there is.",
		"Each side has a small table, dbtwac_swap, by which a rollback sees whether the swap was made.",
	}
	return l
}

// lostForAMoment is what a reader has to know of a view that dbt makes where a view is replaced with its privileges.
func (p *planner) lostForAMoment() string {
	if !p.restoresGrants() { // they stay with the name
		return ""
	}
	return " dbt gives a view no privileges, unless its config says copy_grants or grants: whoever had some waits for the end of the publish, which gives them back."
}

// loses are the sentences about what else the statements change.
func (p *planner) loses() []string {
	list := append(p.wh.Loses(p.method, len(p.ofType(plan.Table))), p.described()...)
	for _, r := range p.ofType(plan.Table) {
		if p.wh.Recluster(r.Publish) != "" && p.clustered(r) {
			return append(list, "Automatic clustering is suspended on a clone; the publish lets it go on for what has cluster_by in its config.")
		}
	}
	return list
}
