package emit

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// scriptView is what script.sql prints.
type scriptView struct {
	Title      string // as comment text
	Run        string // the command that runs it, as comment text
	Head, Tail []string
	Session    []string
	Atomic     bool
	Open       string
	Close      string
	Statements string // mark of their lines
}

// titles say what an operation's script does.
var titles = map[string]string{
	"bootstrap":   "gives the build what production holds, before the first publish over it",
	plan.Prepare:  "gives the build what production holds, before the build",
	"begin":       "opens a generation, before the build",
	"audited":     "notes what the build has made, when all of it has passed",
	plan.Publish:  "publishes what was built",
	"publish_1":   "begins the publish; dbt goes on with it",
	"publish_2":   "ends the publish, when dbt has done its part",
	plan.Rollback: "takes the latest publish back",
	plan.Reset:    "gives the build what production holds, after a build that failed or a publish that was taken back",
	plan.Cleanup:  "drops the backups of the latest publish",
}

func newScriptView(d *plan.Deployment, o operation, wh warehouse.Warehouse, in *inlays) scriptView {
	v := scriptView{
		Title: titleOf(d, o), Run: o.command(quote.Comment(o.path), d, wh),
		Head: wh.ScriptHead(), Tail: wh.ScriptTail(slices.ContainsFunc(o.group.Statements, func(s plan.Statement) bool { return asks(&s) })), Session: scriptSession(d, o, wh), Atomic: o.group.Atomic, Open: o.group.Open, Close: o.group.Close,
	}
	v.Statements = in.add(size(o.group, false), func(b *strings.Builder) {
		for i := range o.group.Statements {
			if i > 0 {
				b.WriteString("\n")
			}
			writeScriptStatement(b, &o.group.Statements[i], wh)
		}
	})
	return v
}

// titleOf is what an operation's script does, as comment text.
func titleOf(d *plan.Deployment, o operation) string {
	title := titles[o.name]
	if o.name == plan.Prepare && len(d.Swaps) > 0 {
		title = "makes the schemas of the build, and lets readers read what comes into them"
	}
	return quote.Comment(d.Name + ": " + title)
}

// asks reports whether a statement depends on what the warehouse answers.
func asks(s *plan.Statement) bool { return s.When != "" || s.Each || s.Effect == plan.Warns }

// scriptSession sets what tells this run from another. A script knows no project, so it takes the checksum of the run that it
// belongs to for its own.
func scriptSession(d *plan.Deployment, o operation, wh warehouse.Warehouse) []string {
	checksum := wh.Literal("")
	if o.name != "begin" && o.name != plan.Bootstrap && d.Ledger {
		checksum = wh.LatestChecksum(d.State, d.Name)
	}
	return wh.ScriptSession(checksum)
}

// writeScriptStatement writes, behind an empty line, a line that says why, for the reader of the script and while it runs, and then the statement.
// The line has no number: one more relation is to change no line of the others.
func writeScriptStatement(b *strings.Builder, s *plan.Statement, wh warehouse.Warehouse) {
	comment := s.Comment
	if s.When != "" {
		comment += " (only where it is needed)"
	}
	b.WriteString("\n")
	wh.WriteProgress(b, comment)
	b.WriteString("\n")
	switch {
	case s.Keeps:
		wh.WriteKeep(b, s.SQL)
	case s.Effect == plan.Warns:
		wh.WriteWarning(b, s.SQL, s.When, s.Each)
	case asks(s):
		wh.WriteConditional(b, s.SQL, s.When, s.Each)
	default:
		b.WriteString(s.SQL)
		b.WriteString(";")
	}
}
