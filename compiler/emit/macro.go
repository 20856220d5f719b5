package emit

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/guard"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// namingView is what naming.sql prints.
type namingView struct {
	Macro string // whole
}

// macroView is what macro.sql prints.
type macroView struct {
	Name     string // the deployment: part of each macro's name
	NameText string // the same as a Jinja literal
	Guard    string // the guard macro, whole

	// Jinja literals: the parts of the statements that set the run id and the checksum, or of what stands in front of a statement in
	// their place, where no statement knows of another.
	RunBefore, RunAfter, SumBefore, SumAfter string

	LatestRun                         string // a query, as a Jinja literal, of the run id of the ledger's latest event; empty without a ledger
	Sessionless                       bool
	RunText, SumText, GenerationText  string // Jinja literals: by which a statement that reads them is known
	GenerationBefore, GenerationAfter string // Jinja literals

	Operations []macroOperation
}

// macroOperation is one macro.
type macroOperation struct {
	Macro      string
	NameText   string
	SideText   string // which of its environments it runs in, as a Jinja literal
	Statements string // mark of the lines of a Jinja list
	Continues  bool   // it can be the rest of another job's run
}

func newMacroView(d *plan.Deployment, wh warehouse.Warehouse, in *inlays) macroView {
	v := macroView{Name: d.Name, NameText: quote.Jinja(d.Name), Guard: guard.Macro(*d)}
	in.size += len(v.Guard)
	before, after := wh.SetRunID()
	v.RunBefore, v.RunAfter = quote.Jinja(before), quote.Jinja(after)
	before, after = wh.SetChecksum()
	v.SumBefore, v.SumAfter = quote.Jinja(before), quote.Jinja(after)
	if v.Sessionless = wh.Can().Sessionless; v.Sessionless {
		before, after = wh.DeclareGeneration()
		v.GenerationBefore, v.GenerationAfter = quote.Jinja(before), quote.Jinja(after)
		v.RunText, v.SumText, v.GenerationText = quote.Jinja(wh.RunID()), quote.Jinja(wh.Checksum()), quote.Jinja(wh.Generation())
	}
	if d.Ledger {
		v.LatestRun = quote.Jinja("select " + wh.LatestRunID(d.State, d.Name))
	}
	publish, _ := d.Phase(plan.Publish)
	for _, o := range operations(d) {
		continues := d.Ledger && slices.ContainsFunc(publish.Groups(), func(g plan.Group) bool { return g.Name == o.name })
		v.Operations = append(v.Operations, macroOperation{
			Macro: plan.MacroName(d.Name, o.name), NameText: quote.Jinja(o.name), SideText: quote.Jinja(guard.Side(*d, o.group.Environment)),
			Continues:  continues,
			Statements: in.add(size(o.group, true), func(b *strings.Builder) { writeMacroStatements(b, o.group) }),
		})
	}
	return v
}

func writeMacroStatements(b *strings.Builder, g plan.Group) {
	if g.Atomic {
		writeMacroStatement(b, &plan.Statement{Comment: "begin the transaction", SQL: g.Open})
	}
	for i := range g.Statements {
		writeMacroStatement(b, &g.Statements[i])
	}
	if g.Atomic {
		writeMacroStatement(b, &plan.Statement{Comment: "commit", SQL: g.Close})
	}
}

// writeMacroStatement writes a line, behind a line break: a Jinja list of why, the SQL, and the query that says whether it is
// needed; and then what is done with it, where that is more than running it.
func writeMacroStatement(b *strings.Builder, s *plan.Statement) {
	b.WriteString("\n    [")
	quote.WriteJinja(b, s.Comment)
	b.WriteString(", ")
	quote.WriteJinja(b, s.SQL)
	b.WriteString(", ")
	if s.When != "" {
		quote.WriteJinja(b, s.When)
	} else {
		b.WriteString("none")
	}
	switch {
	case s.Keeps:
		b.WriteString(", 'keeps'")
	case s.Each && s.Effect == plan.Warns:
		b.WriteString(", 'each warns'")
	case s.Each:
		b.WriteString(", 'each'")
	case s.Effect == plan.Warns:
		b.WriteString(", 'warns'")
	}
	b.WriteString("],")
}
