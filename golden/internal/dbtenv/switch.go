package dbtenv

import "testing"

// A Switch is a template, before and after it was switched from sources to models.
type Switch struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// Switched is what dbt's Jinja says to a Switch.
type Switched struct {
	Calls      int    // how many calls of source() in the first template read a table that a model mirrors
	Difference string // between the first template with those calls replaced and the second, as Jinja parses them
	Error      string // why it refuses the first template
}

// Switch has templates parsed. models are the names of the models that mirror a table, by "source.table".
func (d *Driver) Switch(t testing.TB, models map[string]string, cases []Switch) []Switched {
	t.Helper()
	var answer struct {
		Answers []Switched
		Error   string
	}
	d.ask(t, map[string]any{"op": "switch", "models": models, "cases": cases}, &answer)
	if answer.Error != "" || len(answer.Answers) != len(cases) {
		t.Fatalf("%d answers to %d templates\n%s", len(answer.Answers), len(cases), answer.Error)
	}
	return answer.Answers
}
