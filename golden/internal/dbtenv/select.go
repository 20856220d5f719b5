package dbtenv

import (
	"encoding/json"
	"testing"
)

// A Selection is a question to dbt: a command that selects, with its arguments.
type Selection struct {
	Command   string          `json:"command"`
	Args      []string        `json:"args"`
	Selectors json.RawMessage `json:"selectors,omitempty"` // the list under `selectors:`, instead of the project's own
}

// Selected is dbt's answer: the unique ids, sorted, and the criteria of which it warns that they match nothing; or why it fails.
type Selected struct {
	IDs     []string
	NoMatch []string `json:"no_match"`
	Error   string
}

// Select asks what each of the selections selects in the project in dir, which dbt parses at the first request; its manifest
// is then in the folder target.
func (d *Driver) Select(t testing.TB, dir string, selections []Selection) []Selected {
	t.Helper()
	var answer struct {
		Answers []Selected
		Error   string
	}
	d.ask(t, map[string]any{"op": "select", "cwd": dir, "cases": append([]Selection{}, selections...)}, &answer)
	if answer.Error != "" || len(answer.Answers) != len(selections) {
		t.Fatalf("%d answers to %d selections\n%s", len(answer.Answers), len(selections), answer.Error)
	}
	return answer.Answers
}
