package jobfiles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Steps reads steps.json. A command for a shell has to be its words.
func Steps(text string) ([]Job, error) {
	var list []struct {
		Job, Description, After, Schedule string
		Timeout                           int `json:"timeout_seconds"`
		Steps                             []struct {
			Command string
			Words   []string
		}
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return nil, err
	}
	var jobs []Job
	for _, l := range list {
		j := Job{Name: l.Job, Description: l.Description, After: l.After, Schedule: l.Schedule, Timeout: l.Timeout}
		for _, s := range l.Steps {
			words, err := Words(s.Command)
			if err != nil {
				return nil, err
			}
			if !slices.Equal(words, s.Words) || len(words) < 2 || words[0] != "dbt" {
				return nil, fmt.Errorf("%s: the command is read as %q, and its words are %q", l.Job, words, s.Words)
			}
			j.Steps = append(j.Steps, words[1:])
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// Runbook reads what each phase of a runbook gives to dbt.
func Runbook(text string) (map[string][][]string, error) {
	phases := map[string][][]string{}
	for _, m := range function.FindAllStringSubmatch(text, -1) {
		for line := range strings.SplitSeq(strings.TrimSpace(m[2]), "\n") {
			line, _, _ = strings.Cut(line, " || ")
			kind, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			if kind == "gate" {
				continue
			}
			words, err := Words(line)
			switch {
			case err != nil:
				return nil, err
			case kind == "operation":
				words[0] = "run-operation"
			case kind == "step":
				words = words[1:]
			default:
				return nil, fmt.Errorf("%s does something else than steps, operations and a gate: %q", m[1], line)
			}
			phases[m[1]] = append(phases[m[1]], words)
		}
	}
	return phases, nil
}

// function is one of a phase; those that a runbook calls begin otherwise.
var function = regexp.MustCompile(`(?m)^([a-z_]+)\(\) \{\n((?:  (?:step|operation|gate) .*\n)+)\}$`)
