package manifest

import (
	"encoding/json"
	"slices"
	"strings"
)

// The events of dbt that a step takes for failures.
const (
	TestWarning = "LogTestResult"               // a test of severity warn has failed
	NothingDone = "NoNodesForSelectionCriteria" // a selection is empty, of which dbt else only warns
)

// FailsOnNothing lists NothingDone where this dbt has the event, and a step's own arguments say nothing of warnings. dbt Core v2 has
// it not.
func (m Metadata) FailsOnNothing(args []string) []string {
	says := func(arg string) bool {
		return strings.HasPrefix(arg, "--warn-error") || strings.HasPrefix(arg, "--no-warn-error")
	}
	if m.V2() || !m.AtLeast(1, 4, 0) || slices.ContainsFunc(args, says) {
		return nil
	}
	return []string{NothingDone}
}

// WarnErrorOptions are the arguments by which dbt takes events for failures; none without events. dbt 1.8 has renamed the key.
func (m Metadata) WarnErrorOptions(events []string) []string {
	if len(events) == 0 {
		return nil
	}
	key := "include"
	if m.V2() || m.AtLeast(1, 8, 0) {
		key = "error"
	}
	text, err := json.Marshal(events)
	if err != nil {
		panic(err) // they are strings
	}
	return []string{"--warn-error-options", `{"` + key + `": ` + strings.ReplaceAll(string(text), `","`, `", "`) + `}`}
}
