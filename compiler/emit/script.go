package emit

import (
	"strconv"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// scriptView is what script.sql prints. A statement is its lines as one text, for the same reason as in macroView.
type scriptView struct {
	Title      string // as comment text
	Run        string // the command that runs it, as comment text
	Head       []string
	Atomic     bool
	Open       string
	Close      string
	Statements []string
}

// titles say what a phase's script does.
var titles = map[string]string{
	plan.Publish:  "publishes what was built",
	plan.Rollback: "takes the latest publish back",
	plan.Cleanup:  "drops the backups of the latest publish",
}

func newScriptView(d *plan.Deployment, o operation, wh warehouse.Warehouse) scriptView {
	v := scriptView{
		Title: quote.Comment(d.Name + ": " + titles[o.phase]), Run: quote.Comment(wh.CommandLine(o.path)),
		Head: wh.ScriptHead(), Atomic: o.group.Atomic, Open: o.group.Open, Close: o.group.Close,
	}
	v.Statements = make([]string, len(o.group.Statements))
	total := "/" + strconv.Itoa(len(o.group.Statements)) + " "
	for i, s := range o.group.Statements {
		sql, comment := s.SQL, s.Comment
		if s.When != "" {
			sql = wh.Conditional(s.When, s.SQL, "dbt run-operation "+MacroName(d.Name, o.name))
			comment += " (only where it is needed)"
		}
		v.Statements[i] = "-- " + quote.Comment(comment) + "\n" + wh.Progress(strconv.Itoa(i+1)+total+comment) + "\n" + sql + ";"
	}
	return v
}
