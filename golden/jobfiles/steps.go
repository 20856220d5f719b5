package jobfiles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"mvdan.cc/sh/v3/syntax"
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
	file, err := parse(text)
	if err != nil {
		return nil, err
	}
	phases := map[string][][]string{}
	for _, s := range file.Stmts {
		function, ok := s.Cmd.(*syntax.FuncDecl)
		if !ok {
			continue
		}
		body, _ := function.Body.Cmd.(*syntax.Block)
		var commands [][]string
		for _, command := range body.Stmts {
			if or, ok := command.Cmd.(*syntax.BinaryCmd); ok && or.Op == syntax.OrStmt {
				command = or.X
			}
			call, ok := command.Cmd.(*syntax.CallExpr)
			if !ok || len(call.Args) == 0 || !slices.Contains([]string{"step", "operation", "gate"}, call.Args[0].Lit()) {
				commands = nil // a function that the phases call
				break
			}
			if call.Args[0].Lit() == "gate" {
				continue
			}
			words, err := wordsOf(command)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", function.Name.Value, err)
			}
			if words[0] == "operation" {
				commands = append(commands, append([]string{"run-operation"}, words[1:]...))
			} else {
				commands = append(commands, words[1:])
			}
		}
		if len(commands) > 0 {
			phases[function.Name.Value] = commands
		}
	}
	return phases, nil
}
