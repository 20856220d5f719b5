package emit

import (
	"github.com/dbtwac/dbtwac/compiler/guard"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
)

// macroView is what macro.sql prints. A statement is one Jinja list, [why, SQL, when], and not three fields: a deployment has
// tens of thousands of them, and printing a field costs more than making it.
type macroView struct {
	Name       string // the deployment: part of each macro's name
	NameText   string // the same as a Jinja literal
	Guard      string // the guard macro, whole
	Operations []macroOperation
}

type macroOperation struct {
	Macro      string
	NameText   string
	Statements []string
}

func macroStatement(comment, sql, when string) string {
	if when != "" {
		when = quote.Jinja(when)
	} else {
		when = "none"
	}
	return "[" + quote.Jinja(comment) + ", " + quote.Jinja(sql) + ", " + when + "]"
}

func newMacroView(d *plan.Deployment) macroView {
	v := macroView{Name: d.Name, NameText: quote.Jinja(d.Name), Guard: guard.Macro(*d)}
	for _, o := range operations(d) {
		m := macroOperation{Macro: MacroName(d.Name, o.name), NameText: quote.Jinja(o.name)}
		m.Statements = make([]string, 0, len(o.group.Statements)+2)
		if o.group.Atomic {
			m.Statements = append(m.Statements, macroStatement("begin the transaction", o.group.Open, ""))
		}
		for _, s := range o.group.Statements {
			m.Statements = append(m.Statements, macroStatement(s.Comment, s.SQL, s.When))
		}
		if o.group.Atomic {
			m.Statements = append(m.Statements, macroStatement("commit", o.group.Close, ""))
		}
		v.Operations = append(v.Operations, m)
	}
	return v
}
