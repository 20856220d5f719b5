package joblint

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// as is which command's resource types count, where selection has another name for it.
var as = map[string]string{"docs generate": "docs", "show": "compile"}

// compared are the methods that need what an earlier run has left, which is not at hand.
var compared = []string{"state", "result", "source_status"}

// selection resolves what a step selects, and reports a selection that matches nothing (DW402), besides what dbt refuses in it (DW120)
// and parts that match nothing (DW122). known is false for a command that selects nothing by itself, and where only a run knows.
func (c *checker) selection(d done) (selected []*manifest.Node, known bool) {
	cmd := d.command
	name := cmd.name
	if other := as[name]; other != "" {
		name = other
	}
	if !slices.Contains(selection.Commands(), name) || cmd.open || len(cmd.problems) > 0 {
		return nil, false
	}
	request, options, ok := c.request(cmd, name)
	if !ok {
		return nil, false
	}
	spec, diags := selection.Parse(request)
	if diags.HasErrors() {
		c.add(d, diags)
		return nil, false
	}
	set, more := c.evaluator.Evaluate(spec, options)
	diags = append(diags, more...)
	if diags.HasErrors() {
		c.add(d, diags)
		return nil, false
	}
	for _, i := range set.Nodes {
		selected = append(selected, c.Project.Nodes[i])
	}
	if asked := cmd.all("--select", "--models", "--exclude", "--selector"); len(asked) > 0 && len(selected) == 0 {
		at := source.At(asked[0].Span.File, asked[0].Span.Start, asked[0].Span.End)
		message := "this selects nothing: dbt " + cmd.name + " will succeed without doing anything, and the job goes on: "
		if cmd.failsOnNothing(set.Unmatched) {
			message = "this selects nothing, and dbt " + cmd.name + " takes the warning of it for an error: the job fails here: "
		}
		c.report(Nothing, diag.Error, at, message+d.step.Text, "correct it; dbtwac ls --command "+name+" lists what a selection matches")
		return nil, true
	}
	c.add(d, worthSaying(cmd, set.Unmatched, diags))
	return selected, true
}

// request is what a command asks for; ok is false where only a run knows.
func (c *checker) request(cmd command, name string) (selection.Request, selection.Options, bool) {
	o := selection.Options{Command: name}
	var r selection.Request
	include := []string{"--select", "--models"} // to every command but ls they are one
	if name == "ls" {
		include = include[:1]
		r.Models = texts(cmd.all("--models"))
	}
	r.Select, r.Exclude = texts(cmd.all(include...)), texts(cmd.all("--exclude"))
	if w := cmd.last("--selector"); w.Text != "" {
		r.Selector = selection.Text{Value: w.Text, Span: w.Span}
	}
	for _, w := range slices.Concat(cmd.all("--resource-type"), cmd.all("--exclude-resource-type"), cmd.all("--indirect-selection")) {
		if !w.Known() {
			return r, o, false
		}
	}
	for _, t := range slices.Concat(r.Select, r.Models, r.Exclude, []selection.Text{r.Selector}) {
		if strings.Contains(t.Value, unknown) || c.compares(t.Value, r.Selector.Value != "") {
			return r, o, false
		}
	}
	o.ResourceTypes, o.ExcludeResourceTypes = fields(cmd.all("--resource-type")), fields(cmd.all("--exclude-resource-type"))
	o.Indirect = selection.Mode(cmd.last("--indirect-selection").Text)
	return r, o, true
}

// compares reports whether a selection needs an earlier run. Of a named selector it is enough that one of them does.
func (c *checker) compares(text string, named bool) bool {
	for _, method := range compared {
		if strings.Contains(text, method+":") || strings.Contains(text, method+".") {
			return true
		}
		for _, s := range c.Project.Manifest.Selectors {
			if raw := s.Raw.Raw(); named && (strings.Contains(raw, method+":") || strings.Contains(raw, `"`+method+`"`)) {
				return true
			}
		}
	}
	return false
}

// add reports what selection says, at the step where it has no place of its own in the file.
func (c *checker) add(d done, diags diag.List) {
	for _, found := range diags {
		if found.Span.File != d.job.File {
			found.Span = d.step.Span
		}
		c.diags.Add(found)
	}
}

func texts(words []Word) []selection.Text {
	var list []selection.Text
	for _, w := range words {
		list = append(list, selection.Text{Value: w.Text, Span: w.Span})
	}
	return list
}

func fields(words []Word) []string {
	var list []string
	for _, w := range words {
		list = append(list, strings.Fields(w.Text)...)
	}
	return list
}
