package emit

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// shellView is what script.sh prints: an operation of which part is commands of the warehouse's CLI, and the rest SQL for it.
type shellView struct {
	Title string // as comment text
	Run   string // the command that runs it, as comment text
	Query string // the command that runs SQL from its stdin
	Parts string // mark of the here-documents and commands
}

func newShellView(d *plan.Deployment, o operation, wh warehouse.Warehouse, in *inlays) shellView {
	return shellView{
		Title: titleOf(d, o), Run: o.command(quote.Comment(o.path), d, wh), Query: wh.QueryCommand(d.Location),
		Parts: in.add(size(o.group, false), func(b *strings.Builder) { writeParts(b, d, o, wh) }),
	}
}

// writeParts writes each run of SQL as a here-document. No run knows of those before it: each begins with what tells this run from
// another, and with the generation.
func writeParts(b *strings.Builder, d *plan.Deployment, o operation, wh warehouse.Warehouse) {
	session := strings.Join(scriptSession(d, o, wh), "\n") + "\n"
	var sql strings.Builder
	between := "\n"
	part := func(text string) {
		b.WriteString(between + text)
		between = "\n\n"
	}
	flush := func() {
		if sql.Len() > 0 {
			end := terminator(sql.String())
			part("query <<'" + end + "'\n" + session + sql.String() + "\n" + end)
			sql.Reset()
		}
	}
	var generation *plan.Statement
	for i := range o.group.Statements {
		s := &o.group.Statements[i]
		if s.Copy != nil {
			flush()
			var words []string
			for _, word := range wh.CopyCommand(*s.Copy, d.Location) {
				words = append(words, quote.Shell(word))
			}
			part("# " + quote.Comment(s.Comment) + "\n" + strings.Join(words, " "))
			continue
		}
		if s.Keeps {
			generation = s
		} else if sql.Len() == 0 && generation != nil {
			writeScriptStatement(&sql, generation, wh)
		}
		if sql.Len() > 0 {
			sql.WriteString("\n")
		}
		writeScriptStatement(&sql, s, wh)
	}
	flush()
}

// terminator is a line that a text does not have.
func terminator(text string) string {
	end := "SQL"
	for strings.Contains("\n"+text+"\n", "\n"+end+"\n") {
		end += "_"
	}
	return end
}
