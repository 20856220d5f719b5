package emit

import (
	"github.com/dbtwac/dbtwac/compiler/guard"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// macroView is what macro.sql prints. Fields of statements are Jinja literals.
type macroView struct {
	Name       string // the deployment: part of each macro's name
	NameText   string // the same as a Jinja literal
	Guard      string // the guard macro, whole
	Operations []macroOperation
}

type macroOperation struct {
	Macro      string
	NameText   string
	Statements []macroStatement
}

type macroStatement struct{ Comment, SQL, When string }

func newMacroView(d *plan.Deployment) macroView {
	v := macroView{Name: d.Name, NameText: quote.Jinja(d.Name), Guard: guard.Macro(*d)}
	for _, o := range operations(d) {
		m := macroOperation{Macro: MacroName(d.Name, o.name), NameText: quote.Jinja(o.name)}
		m.Statements = make([]macroStatement, 0, len(o.group.Statements)+2)
		if o.group.Atomic {
			m.Statements = append(m.Statements, macroStatement{quote.Jinja("begin the transaction"), quote.Jinja(o.group.Open), "none"})
		}
		for _, s := range o.group.Statements {
			when := "none"
			if s.When != "" {
				when = quote.Jinja(s.When)
			}
			m.Statements = append(m.Statements, macroStatement{quote.Jinja(s.Comment), quote.Jinja(s.SQL), when})
		}
		if o.group.Atomic {
			m.Statements = append(m.Statements, macroStatement{quote.Jinja("commit"), quote.Jinja(o.group.Close), "none"})
		}
		v.Operations = append(v.Operations, m)
	}
	return v
}
