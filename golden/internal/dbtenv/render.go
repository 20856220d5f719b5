package dbtenv

import "testing"

// A Macro is a question to dbt's Jinja: the text of a macro m(custom, node), and custom, which is a text or nil.
type Macro struct {
	Text   string `json:"macro"`
	Custom any    `json:"custom"`
}

// Rendered is the answer: what the macro prints or returns, or why it fails.
type Rendered struct {
	Text  string
	Error string
}

// Render asks what macros come to. names are their globals, JSON values; the members of an object are attributes.
func (d *Driver) Render(t testing.TB, names map[string]any, macros []Macro) []Rendered {
	t.Helper()
	var answer struct {
		Answers []Rendered
		Error   string
	}
	d.ask(t, map[string]any{"op": "render", "names": names, "cases": macros}, &answer)
	if answer.Error != "" || len(answer.Answers) != len(macros) {
		t.Fatalf("%d answers to %d macros\n%s", len(answer.Answers), len(macros), answer.Error)
	}
	return answer.Answers
}
