package emit

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// planView is what PLAN.md prints. Strings are Markdown.
type planView struct {
	Name, Strategy string
	Build, Publish string
	Relations      []planRelation
	Changes        []string
	Hanging        []string
	Orphans        []string
	LeftOut        []planLeftOut
	From           string
	Swaps          []planSwap
	Steps          []string
	Needs          []string
	Readers, Undo  string
	Loses          []string
	Runbook        string
	Scripts        []planScript
	Jobs           []planJob // none where only the runbook runs it
	Total          int
	Coverage       string
	Tests          []planTests
	Beyond         []string
	Stateful       []string
	StatefulWhat   string
	Checked        []string
	Mermaid        []string
}

type planRelation struct{ Publish, Build, Node, Materialized, Why, Tests string }

type planLeftOut struct{ Node, Why string }

type planSwap struct{ Publish, Build string }

type planScript struct{ Operation, Macro, Command string }

// planTests are the data tests on a relation.
type planTests struct{ Node, Blocking, Warning, NotRun string }

// planJob is a job of the deployment: what starts it, under which target it runs, and what it runs.
type planJob struct{ Name, Starts, Target, Runs string }

func newPlanView(p *plan.Plan, d *plan.Deployment, out config.Output, wh warehouse.Warehouse) planView {
	v := planView{
		Name: d.Name, Strategy: d.Strategy, Build: environmentText(d.Build), Publish: environmentText(d.Publish),
		From: fromText(d), Needs: needs(d, wh.Can()), Readers: d.Limits.Readers, Undo: undoText(d), StatefulWhat: statefulText(d), Checked: checkedText(d, wh.Can()),
		Runbook: quote.Code("sh " + path.Join(out.Jobs.Value, d.Name+".sh")), Total: len(d.Scope), Mermaid: mermaid(d), Coverage: coverageText(d.Coverage),
	}
	for _, j := range p.Jobs {
		if j.Of == d.Name && !j.Mirror && hasFormats(j) {
			v.Jobs = append(v.Jobs, planJob{quote.Code(j.Name), startText(j), quote.Code(j.Environment.Target), runsText(j)})
		}
	}
	named := map[string]bool{}
	for _, r := range d.Scope {
		v.Relations = append(v.Relations, planRelation{
			Publish: quote.Code(name(r.Publish)), Build: quote.Code(name(r.Build)), Node: quote.Code(r.Node),
			Materialized: quote.Markdown(r.Materialized), Why: quote.Markdown(r.Why), Tests: fmt.Sprint(len(r.Blocking)),
		})
		if !named[r.Node] { // it can have several destinations
			named[r.Node] = true
			v.Tests = append(v.Tests, planTests{quote.Code(r.Node), testsText(r.Blocking), testsText(r.Warning), testsText(r.NotRun)})
		}
		if r.Stateful {
			v.Stateful = append(v.Stateful, quote.Code(r.Node))
		}
		if r.Was != r.Type {
			v.Changes = append(v.Changes, quote.Code(name(r.Publish))+" was a "+string(r.Was)+" and becomes a "+string(r.Type))
		}
	}
	for _, b := range d.Beyond {
		v.Beyond = append(v.Beyond, quote.Code(b.Test)+" reads "+quote.Code(b.Reads))
	}
	for _, r := range d.Hanging {
		v.Hanging = append(v.Hanging, quote.Code(name(r.Publish))+" ("+quote.Code(r.Node)+")")
	}
	for _, sentence := range d.Limits.Loses {
		v.Loses = append(v.Loses, quote.Markdown(sentence))
	}
	for _, id := range d.Orphans {
		v.Orphans = append(v.Orphans, quote.Code(id))
	}
	for _, s := range d.Swaps {
		v.Swaps = append(v.Swaps, planSwap{quote.Code(cmp.Or(s.Publish.Schema, s.Publish.Database)), quote.Code(cmp.Or(s.Build.Schema, s.Build.Database))})
	}
	for _, l := range d.LeftOut {
		v.LeftOut = append(v.LeftOut, planLeftOut{quote.Code(l.Node), quote.Markdown(l.Why)})
	}
	for _, phase := range []string{plan.Build, plan.Publish} {
		if p, ok := d.Phase(phase); ok {
			for _, a := range p.Actions {
				v.Steps = append(v.Steps, actionText(d, a))
			}
		}
	}
	for _, o := range scripts(d, out) {
		v.Scripts = append(v.Scripts, planScript{
			o.name, quote.Code("dbt run-operation " + plan.MacroName(d.Name, o.name) + " " + targetArgs(d, o.group.Environment)),
			quote.Code(o.command(o.path, d, wh)),
		})
	}
	return v
}

func name(n plan.Name) string { return n.Schema + "." + n.Identifier }

// mermaidMost is how many relations a picture can show; beyond, it shows schemas.
const mermaidMost = 40

// mermaid draws what goes from where to where, as the lines of a mermaid flowchart.
func mermaid(d *plan.Deployment) []string {
	lines := []string{"flowchart LR"}
	arrow := func(i int, from, to string) {
		lines = append(lines, fmt.Sprintf("  b%d[%s] --> p%d[%s]", i, quote.Mermaid(from), i, quote.Mermaid(to)))
	}
	if len(d.Scope) <= mermaidMost {
		for i, r := range d.Scope {
			arrow(i, name(r.Build), name(r.Publish))
		}
		return lines
	}
	type pair struct{ from, to string }
	counts := map[pair]int{}
	var order []pair
	for _, r := range d.Scope {
		p := pair{r.Build.Schema, r.Publish.Schema}
		if counts[p] == 0 {
			order = append(order, p)
		}
		counts[p]++
	}
	for i, p := range order {
		arrow(i, p.from, fmt.Sprintf("%s: %d relations", p.to, counts[p]))
	}
	return lines
}

// Markdown prints a deployment's plan: the bytes of PLAN.md.
func Markdown(p plan.Plan, d *plan.Deployment, out config.Output) (string, error) {
	wh, ok := warehouse.For(p.Warehouse)
	if !ok {
		return "", fmt.Errorf("emit: no warehouse %q", p.Warehouse)
	}
	return render("PLAN.md", newPlanView(&p, d, out, wh), &inlays{})
}

// Mermaid prints a deployment as a mermaid flowchart.
func Mermaid(d *plan.Deployment) string { return strings.Join(mermaid(d), "\n") + "\n" }

// Table prints a deployment for a terminal: one line a relation.
func Table(d *plan.Deployment) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s from %s to %s, %d relations\n", d.Name, d.Strategy, d.Build.Name, d.Publish.Name, len(d.Scope))
	rows := [][]string{{"PUBLISHED AS", "BUILT AS", "MATERIALIZED", "TESTS", "NODE"}}
	for _, r := range d.Scope {
		rows = append(rows, []string{name(r.Publish), name(r.Build), r.Materialized, fmt.Sprint(len(r.Blocking)), r.Node})
	}
	writeTable(&b, rows)
	for _, l := range d.LeftOut {
		b.WriteString("  left out: " + l.Node + " " + l.Why + "\n")
	}
	return b.String()
}

// writeTable writes rows in columns, two blanks apart.
func writeTable(b *strings.Builder, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			b.WriteString("  " + cell + strings.Repeat(" ", width[i]-len([]rune(cell))))
		}
		b.WriteString("  " + row[len(row)-1] + "\n")
	}
}
