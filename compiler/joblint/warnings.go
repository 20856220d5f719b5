package joblint

import (
	"slices"

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
