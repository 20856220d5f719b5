package emit

import (
	"fmt"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/diff"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// diffTexts say what a kind of change means, for a heading.
var diffTexts = map[diff.Kind]string{
	diff.New:             "New in production",
	diff.Orphan:          "Gone from the project: production keeps it, and nothing refreshes it",
	diff.Withdrawn:       "No longer published: production keeps it, and nothing refreshes it",
	diff.Renamed:         "Renamed",
	diff.Taken:           "Published by another node, or another deployment, under the same name",
	diff.Moved:           "Moved",
	diff.Materialization: "Becomes something else",
	diff.Columns:         "Declared columns",
	diff.Contract:        "Contract",
	diff.Config:          "Of another config",
	diff.Code:            "Of other code",
	diff.Upstream:        "Built from something else",
}

// DiffTable prints a diff for a terminal.
func DiffTable(d diff.Diff) string {
	var b strings.Builder
	for _, deployment := range d.Deployments {
		fmt.Fprintf(&b, "%s: %d changes, %d relations as before, and built from the same\n", deployment.Name, len(deployment.Changes), deployment.Same)
		rows := [][]string{{"CHANGE", "PUBLISHED AS", "NODE", "WHAT"}}
		for _, c := range deployment.Changes {
			what := changeText(c, func(s string) string { return s })
			if len(c.Reaches) > 0 {
				what = strings.TrimPrefix(what+"; reaches "+reachesText(c, func(s string) string { return s }), "; ")
			}
			rows = append(rows, []string{string(c.Kind), name(c.Name), c.Node, what})
		}
		if len(rows) > 1 {
			writeTable(&b, rows)
		}
		for _, line := range dropLines(d.Warehouse, deployment) {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

// changeText says what is different, in a few words; code is how a name is shown.
func changeText(c diff.Change, code func(string) string) string {
	var parts []string
	if c.Was != "" {
		parts = append(parts, "was "+code(c.Was))
	}
	if c.By != "" && c.By != c.Node {
		parts = append(parts, "is now "+code(c.By))
	}
	if len(c.Because) > 0 {
		shown := make([]string, len(c.Because))
		for i, key := range c.Because {
			shown[i] = code(key)
		}
		parts = append(parts, diag.Shorten(shown, ", "))
	}
	if c.From != "" || c.To != "" {
		parts = append(parts, code(c.From)+" becomes "+code(c.To))
	}
	for _, column := range c.Columns {
		switch {
		case column.From == nil:
			parts = append(parts, "adds "+code(column.Name))
		case column.To == nil:
			parts = append(parts, "loses "+code(column.Name))
		default:
			parts = append(parts, code(column.Name)+": "+typeText(*column.From, code)+" becomes "+typeText(*column.To, code))
		}
	}
	if c.Left != nil && (c.Kind == diff.Moved || c.Kind == diff.Renamed) {
		parts = append(parts, "leaves "+code(name(c.Left.Name)))
	}
	return strings.Join(parts, ", ")
}

func typeText(t string, code func(string) string) string {
	if t == "" {
		return "no type"
	}
	return code(t)
}

func reachesText(c diff.Change, code func(string) string) string {
	var list []string
	for _, r := range c.Reaches {
		text := code(r.Node)
		if r.Owner != "" {
			text += " (" + code(r.Owner) + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

// dropLines are a script that drops what stays behind, as comments: whether anybody still reads it, no manifest knows.
func dropLines(adapter string, d diff.Deployment) []string {
	wh, ok := warehouse.For(adapter)
	if !ok {
		return nil
	}
	var lines []string
	for _, c := range d.Changes {
		if c.Left == nil {
			continue
		}
		if len(lines) == 0 {
			lines = append(lines, "-- Nothing refreshes these any more. Whether somebody reads them, ask the warehouse before you drop one.")
		}
		was := c.Node
		if c.Was != "" {
			was = c.Was
		}
		for line := range strings.SplitSeq(wh.Drop(c.Left.Type, c.Left.Name, false)+"; -- "+quote.Comment(was), "\n") {
			lines = append(lines, "-- "+line)
		}
	}
	return lines
}

// diffView is what DIFF.md prints. Strings are Markdown.
type diffView struct {
	Deployments []diffDeployment
}

type diffDeployment struct {
	Name     string
	Same     int
	Sections []diffSection
	Drops    []string // lines of SQL, all comments
}

type diffSection struct {
	Title string
	Rows  []diffRow
}

type diffRow struct{ Name, Node, What, Reaches string }

func newDiffView(d diff.Diff) diffView {
	var v diffView
	for _, deployment := range d.Deployments {
		out := diffDeployment{Name: deployment.Name, Same: deployment.Same, Drops: dropLines(d.Warehouse, deployment)}
		for _, c := range deployment.Changes {
			title := diffTexts[c.Kind]
			if n := len(out.Sections); n == 0 || out.Sections[n-1].Title != title {
				out.Sections = append(out.Sections, diffSection{Title: title})
			}
			last := &out.Sections[len(out.Sections)-1]
			last.Rows = append(last.Rows, diffRow{quote.Code(name(c.Name)), quote.Code(c.Node), changeText(c, quote.Code), reachesText(c, quote.Code)})
		}
		v.Deployments = append(v.Deployments, out)
	}
	return v
}

// DiffMarkdown prints a diff for a pull request.
func DiffMarkdown(d diff.Diff) (string, error) { return render("DIFF.md", newDiffView(d), &inlays{}) }
