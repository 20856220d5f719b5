package joblint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/selection"
	"go.yaml.in/yaml/v4"
)

// nothingToDo is the event by which dbt warns of a command that has no node to run, whatever was asked for.
const nothingToDo = "NothingToDo"

// failsOnNothing reports whether a command of an empty selection fails by its own options, where dbt else only warns. What the selection
// asked for in vain is a warning of its own.
func (c command) failsOnNothing(unmatched []selection.Text) bool {
	return c.fails(nothingToDo) || len(unmatched) > 0 && c.fails(manifest.NothingDone)
}

// fails reports whether a command takes an event for a failure of which dbt else warns.
func (c command) fails(event string) bool {
	if slices.ContainsFunc(slices.Concat(c.front, c.given), func(g given) bool { return g.name == "--warn-error" }) {
		return true
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(c.last("--warn-error-options").Text), &root); err != nil || len(root.Content) == 0 {
		return false
	}
	holds := func(key string, names ...string) bool {
		return slices.ContainsFunc(listed(get(root.Content[0], key)), func(one string) bool { return slices.Contains(names, one) })
	}
	return (holds("error", event, "all", "*") || holds("include", event, "all", "*")) && !holds("warn", event) && !holds("exclude", event) && !holds("silence", event)
}

// ofKind selects by what a node is. To exclude a kind that the project has none of is a habit and no mistake.
var ofKind = regexp.MustCompile(`^(resource_type|test_type):[a-z_]+$`)

// worthSaying leaves out what a selection says of kinds that are excluded in vain, unless dbt fails over it.
func worthSaying(cmd command, unmatched []selection.Text, diags diag.List) diag.List {
	if cmd.fails(manifest.NothingDone) {
		return diags
	}
	excluded := cmd.all("--exclude")
	return slices.DeleteFunc(slices.Clone(diags), func(d diag.Diagnostic) bool {
		return d.Code == selection.Unmatched && slices.ContainsFunc(unmatched, func(t selection.Text) bool {
			return t.Span == d.Span && ofKind.MatchString(t.Value) && strings.Contains(d.Message, t.Value) &&
				slices.ContainsFunc(excluded, func(w Word) bool { return w.Span.Start <= t.Span.Start && t.Span.End <= w.Span.End })
		})
	})
}
