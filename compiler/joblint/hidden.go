package joblint

import (
	"regexp"
	"slices"
	"strings"
)

var (
	containers = []string{"docker", "docker-compose", "podman", "nerdctl", "kubectl"}
	executing  = []string{"run", "exec"}
	shells     = []string{"sh", "bash", "zsh", "dash", "ksh", "ash", "su", "eval", "ssh"}
	talking    = []string{"echo", "printf", "grep", "test", "[", ":", "pip", "pip3", "which", "type"} // about dbt, without running it

	inImage  = regexp.MustCompile(`(^|[^A-Za-z0-9_])dbt([^A-Za-z0-9_]|$)`)
	inScript = regexp.MustCompile(`(^|[\s;&|(/])dbt(\s|$)`)
	inName   = regexp.MustCompile(`(?i)^"?\$(.*[^a-z])?dbt([^a-z]|$)`)
)

// hidden says why a command may run dbt without being looked at, or nothing. spelled is its first word as the script has it.
func hidden(words []Word, spelled string) string {
	first := base(words[0])
	matches := func(pattern *regexp.Regexp) bool {
		return slices.ContainsFunc(words[1:], func(w Word) bool { return pattern.MatchString(w.Text) })
	}
	switch {
	case inName.MatchString(spelled):
		return "a variable names the program"
	case slices.Contains(containers, first):
		if matches(inImage) && slices.ContainsFunc(words[1:], func(w Word) bool { return slices.Contains(executing, w.Text) }) {
			return "dbt may run in a container"
		}
	case slices.Contains(shells, first):
		if matches(inScript) {
			return "another shell runs dbt"
		}
	case slices.Contains(talking, first):
	default:
		for i, w := range words[1:] {
			if base(w) == "dbt" && i+2 < len(words) && mayFollow(words[i+2]) {
				return "another program may run dbt"
			}
		}
	}
	return ""
}

// mayFollow reports whether a word may stand behind dbt.
func mayFollow(w Word) bool {
	_, known := subcommandNamed(w.Text)
	return known || others[w.Text] != "" || slices.Contains(groups, w.Text) || strings.HasPrefix(w.Text, unknown) || strings.HasPrefix(w.Text, "-")
}
