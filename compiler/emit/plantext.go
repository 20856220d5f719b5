package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// The sentences of PLAN.md that depend on how a deployment publishes. All are Markdown.

func environmentText(e plan.Environment) string {
	return fmt.Sprintf("%s (target %s, %s)", quote.Code(e.Name), quote.Code(e.Target), quote.Code(e.Database+"."+e.Schema))
}

// actionText says what an action does, in one line.
func actionText(d *plan.Deployment, a plan.Action) string {
	if a.Step != nil {
		command := quote.Code("dbt " + stepCommand(*a.Step, targetArgs(d, a.Step.Environment), d.Threads))
		if a.Step.Environment == d.Publish.Name {
			return fmt.Sprintf("%s makes %d nodes in %s. If it fails, the publish is broken off in the middle: take it back with %s.",
				command, len(a.Step.Selected), quote.Code(d.Publish.Name), quote.Code("dbt run-operation "+plan.MacroName(d.Name, plan.Rollback)))
		}
		gate := ""
		if d.Gated {
			gate = " Where dbtwac is on the machine, " + quote.Code("dbtwac gate "+d.Name) + " then reads dbt's results: was everything built and tested that is published?"
		}
		return fmt.Sprintf("%s builds and tests %d nodes. A test that fails ends the run here, and production stays as it is.%s", command, len(a.Step.Selected), gate)
	}
	counts := map[plan.Effect]int{}
	for _, s := range a.Group.Statements {
		counts[s.Effect]++
	}
	var does []string
	for _, e := range effects {
		if n := counts[e.effect]; n > 0 {
			does = append(does, fmt.Sprintf("%d %s", n, e.says))
		}
	}
	around := "each committed by itself"
	if a.Group.Atomic {
		around = "in one transaction"
	}
	return fmt.Sprintf("%s, %s on the connection of %s; statements: %s. The first error ends it.",
		quote.Code(a.Group.Name), around, quote.Code(a.Group.Environment), strings.Join(does, ", "))
}

// coverageText says in numbers what the tests stand for.
func coverageText(c plan.Coverage) string {
	percent := 100
	if c.Relations > 0 {
		percent = 100 * c.Tested / c.Relations
	}
	return fmt.Sprintf("%d of %d relations (%d %%) have a data test that can stop the publish. Of their tests %d can, %d only warn or look at no row, and %d are not run by the build.",
		c.Tested, c.Relations, percent, c.Blocking, c.Warning, c.NotRun)
}

func testsText(ids []string) string {
	if len(ids) == 0 {
		return "–"
	}
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = quote.Code(id)
	}
	return strings.Join(quoted, ", ")
}

// hasFormats reports whether a job is printed as something else than a runbook.
func hasFormats(j plan.Job) bool {
	return slices.ContainsFunc(j.Formats, func(f string) bool { return f != string(config.FormatShell) })
}

func startText(j plan.Job) string {
	switch {
	case j.After != "":
		return "by the success of " + quote.Code(j.After)
	case j.Schedule != "":
		return "by the clock: " + quote.Code(j.Schedule) + " UTC"
	}
	return "by hand"
}

// runsText lists the commands of a job, with the number of nodes that each step selects.
func runsText(j plan.Job) string {
	var list []string
	for _, c := range j.Commands {
		if c.Step != nil {
			list = append(list, fmt.Sprintf("%s of %d nodes", quote.Code("dbt "+c.Step.Command), len(c.Step.Selected)))
		} else {
			list = append(list, quote.Code(c.Operation))
		}
	}
	return strings.Join(list, ", ")
}

// effects are what statements do, in the order in which they are counted.
var effects = []struct {
	effect plan.Effect
	says   string
}{
	{plan.Asserts, "checks and locks"},
	{plan.Warns, "warnings"},
	{plan.Creates, "for what is missing"},
	{plan.Replaces, "for what is replaced"},
	{plan.Drops, "for what is dropped"},
	{plan.Grants, "for privileges"},
	{plan.Records, "for the ledger"},
}

func fromText(d *plan.Deployment) string {
	views := map[string]string{
		string(config.ViewsRebuild): " Views are made by dbt, behind the copies.", string(config.ViewsRecreate): " Views are made from the SQL that is compiled for " + quote.Code(d.Publish.Target) + ", by the same operation.",
	}[d.Views]
	hasViews := false
	for _, r := range d.Scope {
		hasViews = hasViews || r.Type != plan.Table
	}
	if !hasViews {
		views = ""
	}
	switch {
	case len(d.Swaps) > 0:
		return "These change places, with everything that is in them:"
	case d.Rebuilt:
		return "dbt builds what is published once more, under the target " + quote.Code(d.Publish.Target) + ": readers get a rebuild, and not the rows that were tested. To publish the tested rows, use " + quote.Code(string(config.WriteAuditClone)) + "."
	}
	return "Tables are copied from where they were built and tested." + views
}

func undoText(d *plan.Deployment) string {
	if len(d.Swaps) > 0 {
		return d.Limits.Undo
	}
	return d.Limits.Undo + " A relation that the publish created is dropped, every other one is restored: a table from its backup in " +
		quote.Code(d.State.Database+"."+d.State.Schema) + ", a view from its definition. Rollback warns where production was written since it was published. It needs the files that the publish had."
}

func statefulText(d *plan.Deployment) string {
	if _, ok := d.Phase(plan.Bootstrap); ok {
		return "A publish that would shrink one of them is refused. Before the first publish over an existing production, `bootstrap` copies them to the build side; after a rollback or a build that failed, `reset` does:"
	}
	if d.Rebuilt {
		return "dbt goes on from what production has, and a publish that shrinks one of them is broken off:"
	}
	return "A publish that would shrink one of them is refused. Each build begins with a copy of what production holds:"
}

// checkedText says what the warehouse is asked around the publish, a paragraph each.
func checkedText(d *plan.Deployment, can warehouse.Can) []string {
	var list []string
	tied := "Before the publish, in the warehouse: a build of this run and this project has passed, and every table has the rows that were tested and is not empty unless that is allowed. \"This project\" is the files of its models, seeds and snapshots: macros, vars and dbt_project.yml are not compared."
	if !d.Ledger {
		tied = "There is no ledger (`ledger: false`): nothing in the warehouse knows whether a build has passed, which run or project it was of, whether a table was written since, or whether two runs overlap. The order of the steps is the only gate."
		if len(d.Swaps) > 0 {
			tied += " A rollback behind the next build would swap in what that build has left."
		}
	}
	list = append(list, tied)
	switch {
	case len(d.Swaps) > 0:
		list = append(list, "The build has every relation that production has, and no view outside of production reads it. After the swap every table has the rows that were tested.")
	case d.Rebuilt:
		list = append(list, "What production has in the place of each relation is of the type that is expected there. When dbt is done: every relation is there, of its type and not empty; what it holds is compared with what was tested, and a difference is a warning.")
	default:
		list = append(list, "What production has in the place of each relation is of the type that is expected there. Behind the copies: every table has the rows that were tested.")
	}
	if can.Counts {
		list = append(list, "No table is read for that: rows are taken for those that were tested while the warehouse knows the same number of them, and the same moment at which the built table was last written, be it its labels alone.")
	}
	return list
}

// needs are the privileges that the roles behind a deployment's connections need, where there are roles.
func needs(d *plan.Deployment, can warehouse.Can) []string {
	if !can.Roles {
		return nil
	}
	if !can.SetsRole {
		return principalsNeed(d)
	}
	state, database := quote.Code(d.State.Schema), quote.Code(d.Publish.Database)
	list := []string{"the role of " + quote.Code(d.Build.Name) + ": CREATE on the database " + database + " or on the schemas that it builds, and all privileges on " + state}
	publisher := publisher(d)
	if d.Role != "" {
		publisher = quote.Code(d.Role) + ", as which every statement runs"
	}
	switch {
	case len(d.Swaps) > 0:
		what := "schemas"
		if d.Swaps[0].Publish.Schema == "" {
			what, database = "databases", quote.Code(d.State.Database)
		}
		list = append(list, "the role of the publish, "+publisher+": ownership of the "+what+" on both sides and of what is in them, and CREATE on the database "+database)
	default:
		list = append(list, "the role of the publish, "+publisher+": ownership of the published relations and CREATE on their schemas; SELECT on what was built; all privileges on "+state)
	}
	if len(d.Readers) > 0 {
		list = append(list, "readers ("+readers(d)+"): SELECT on what is published and USAGE on its schemas, which the publish grants")
	}
	return list
}

// publisher is the environment whose connection publishes.
func publisher(d *plan.Deployment) string {
	for _, p := range d.Phases {
		if p.Name == plan.Publish {
			return quote.Code(p.Actions[0].Group.Environment)
		}
	}
	return quote.Code(d.Build.Name)
}

func readers(d *plan.Deployment) string {
	var list []string
	for _, r := range d.Readers {
		list = append(list, quote.Code(r))
	}
	return strings.Join(list, ", ")
}

// principalsNeed are the privileges where accounts have roles on projects, datasets and tables, and are none.
func principalsNeed(d *plan.Deployment) []string {
	project, state := quote.Code(d.Publish.Database), quote.Code(d.State.Schema)
	list := []string{
		"the account of " + quote.Code(d.Build.Name) + ": `roles/bigquery.user` on the project " + project + ", and on every other that it publishes to, which lets it run jobs and make datasets, `roles/bigquery.dataEditor` on the datasets that it builds and on those that it publishes to or copies from, and `roles/bigquery.dataOwner` on " + state + ", for snapshots are dropped there",
		"the account of the publish, " + publisher(d) + ": the same, and `roles/bigquery.dataOwner` on the datasets that it publishes to, where it grants anything",
	}
	if len(d.Readers) > 0 {
		list = append(list, "readers ("+readers(d)+"): `roles/bigquery.dataViewer` on what is published and `roles/bigquery.metadataViewer` on its datasets, which the publish grants; `roles/bigquery.jobUser` on a project of their own; a view runs with the rights of its reader, who has to be able to read what it reads, or the view is authorized there")
	}
	return list
}
