package emit

import (
	"fmt"
	"path"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// refreshView is what mirror.sh prints. Commands are shell words behind dbt's own name.
type refreshView struct{ Name, File, Root, Refresh, Full, Check string }

func newRefreshView(m *plan.Mirror, out config.Output) refreshView {
	return refreshView{
		Name: m.Name, File: mirrorName(m) + ".sh", Root: quote.Shell(up(out.Jobs.Value)),
		Refresh: mirrorCommand(m.Refresh, m), Full: mirrorCommand(m.FullRefresh, m), Check: mirrorCommand(m.Check, m),
	}
}

func mirrorCommand(s plan.Step, m *plan.Mirror) string {
	return stepCommand(s, "--target "+quote.Shell(m.Environment.Target), m.Threads)
}

// mirrorName is what the files beside the models are called: a deployment may have the mirror's name.
func mirrorName(m *plan.Mirror) string { return "mirror_" + m.Name }

// mirrorView is what MIRROR.md prints. Strings are Markdown, but for the commands, which stand in code blocks.
type mirrorView struct {
	Name, Place, Target, Runbook string
	Total                        int
	Models                       []mirrorRow
	Incremental                  []string
	Refresh, Full, Check, Main   string
	MainCount                    int // the other steps change with what reads the copies, and the plan is of the copies
	Untold                       []string
}

type mirrorRow struct{ Name, Source, Materialized, Tests string }

func newMirrorView(m *plan.Mirror, main *plan.Step, out config.Output) mirrorView {
	v := mirrorView{
		Name: quote.Markdown(m.Name), Place: quote.Code(mirrorPlace(m)), Target: quote.Code(m.Environment.Target),
		Runbook: quote.Code("sh " + path.Join(out.Jobs.Value, mirrorName(m)+".sh")), Total: len(m.Models),
		Refresh: "dbt " + mirrorCommand(m.Refresh, m), Check: "dbt " + mirrorCommand(m.Check, m), Main: "dbt " + mirrorCommand(*main, m), Full: "dbt " + mirrorCommand(m.FullRefresh, m),
		MainCount: len(main.Selected),
	}
	for i := range m.Models {
		c := &m.Models[i]
		v.Models = append(v.Models, mirrorRow{quote.Code(c.Name), quote.Code(c.Source), quote.Markdown(c.Materialized), fmt.Sprint(len(c.AllTests()))})
		if i := c.Incremental; i != nil {
			v.Incremental = append(v.Incremental, quote.Code(c.Name)+" by "+quote.Code(i.LoadedAt)+", with the key "+quote.Code(strings.Join(i.UniqueKey, ", ")))
		}
	}
	for _, u := range m.Untold {
		v.Untold = append(v.Untold, quote.Code(u.What)+" of "+quote.Code(u.Source)+": "+quote.Markdown(u.Why))
	}
	return v
}

// MirrorMarkdown prints a mirror's plan: the bytes of its PLAN.md.
func MirrorMarkdown(m *plan.Mirror, main *plan.Step, out config.Output) (string, error) {
	return render("MIRROR.md", newMirrorView(m, main, out), &inlays{})
}

// MirrorTable prints a mirror for a terminal: one line a copy.
func MirrorTable(m *plan.Mirror) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: mirror of %d source tables in %s, refreshed by %s\n", m.Name, len(m.Models), mirrorPlace(m), m.Environment.Name)
	rows := [][]string{{"COPY", "MATERIALIZED", "TESTS", "SOURCE"}}
	for i := range m.Models {
		c := &m.Models[i]
		rows = append(rows, []string{name(c.Relation), c.Materialized, fmt.Sprint(len(c.AllTests())), c.Source})
	}
	writeTable(&b, rows)
	for _, u := range m.Untold {
		b.WriteString("  not carried over: " + u.What + " of " + u.Source + ": " + u.Why + "\n")
	}
	return b.String()
}

// MirrorMermaid prints a mirror as a mermaid flowchart.
func MirrorMermaid(m *plan.Mirror) string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, c := range m.Models {
		fmt.Fprintf(&b, "  s%d[%s] --> c%d[%s]\n", i, quote.Mermaid(c.Arguments[0]+"."+c.Arguments[1]), i, quote.Mermaid(name(c.Relation)))
	}
	return b.String()
}

func mirrorPlace(m *plan.Mirror) string {
	return strings.TrimPrefix(m.Place.Database+"."+m.Place.Schema, ".")
}
