package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A form is one of those that a deployment's operations are written in.
type form string

const (
	byScript form = "by script" // with the warehouse's own command line
	byMacro  form = "by macro"  // with dbt run-operation
)

// phase does what the runbook of the deployment nightly does, in its order, with the same words. Its commands run in the test's
// own dbt, since a process for each would cost more than all of them do. It returns what they say.
func (s *site) phase(by form, name string) (output string) {
	s.t.Helper()
	return s.do(by, s.commands(name))
}

// audit is the phase build without its build: what was built before is still there.
func (s *site) audit(by form) {
	s.t.Helper()
	s.do(by, slices.DeleteFunc(s.commands("build"), func(args []string) bool { return args[0] != "run-operation" }))
}

func (s *site) do(by form, commands [][]string) (output string) {
	s.t.Helper()
	for _, args := range commands {
		if operation := strings.TrimPrefix(args[1], "dbtwac_nightly_"); by == byScript && args[0] == "run-operation" {
			said, code := s.script(s.scriptOf(operation))
			if code != 0 {
				s.t.Fatalf("%s: exit %d\n%s", operation, code, said)
			}
			output += said
			continue
		}
		r := s.dbt(args...)
		if !r.OK {
			s.t.Fatalf("dbt %s: exit %d\n%s", strings.Join(args, " "), r.Exit, r.Log)
		}
		output += r.Log
	}
	return output
}

// night builds, tests and publishes.
func (s *site) night(by form) {
	s.t.Helper()
	s.phase(by, "build")
	s.phase(by, "publish")
}

// commands are those that a phase of the runbook gives to dbt, in whose place a program answers that repeats its arguments.
func (s *site) commands(phase string) [][]string {
	s.t.Helper()
	return s.commandsOf("nightly.sh", phase)
}

// commandsOf are likewise those of any script of the jobs' folder.
func (s *site) commandsOf(script, phase string) [][]string {
	s.t.Helper()
	repeater := filepath.Join(s.dir, "repeater")
	if err := os.WriteFile(repeater, []byte("#!/bin/sh\nprintf '%s\\n' $# \"$@\"\n"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), "sh", filepath.Join(s.dir, "deploy", "jobs", script), phase)
	cmd.Env = append(os.Environ(), "DBT="+repeater, "DBTWAC=/no/dbtwac")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("the runbook's phase %s: %v\n%s%s", phase, err, out, said.String())
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	var commands [][]string
	for len(lines) > 0 {
		n, err := strconv.Atoi(lines[0])
		if err != nil || n >= len(lines) || n < 2 {
			s.t.Fatalf("the runbook's phase %s says something else than commands:\n%s", phase, out)
		}
		commands, lines = append(commands, lines[1:1+n]), lines[1+n:]
	}
	return commands
}
