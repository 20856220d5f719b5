package joblint

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// shellOf is the shell that runs a step of a workflow; empty where GitHub takes a POSIX one.
func shellOf(root, job, step *yaml.Node) string {
	for _, shell := range []*yaml.Node{get(step, "shell"), get(job, "defaults", "run", "shell"), get(root, "defaults", "run", "shell")} {
		if shell != nil {
			return scalar(shell)
		}
	}
	on := slices.Concat(listed(get(job, "runs-on")), listed(get(job, "runs-on", "labels")))
	for _, label := range slices.Clone(on) {
		for _, m := range ofMatrix.FindAllStringSubmatch(label, -1) {
			on = append(on, listed(get(job, "strategy", "matrix", m[1]))...)
		}
	}
	if slices.ContainsFunc(on, func(label string) bool { return strings.Contains(strings.ToLower(label), "windows") }) {
		return "pwsh, the shell of a runner with Windows"
	}
	return ""
}

var ofMatrix = regexp.MustCompile(`\bmatrix\.([A-Za-z0-9_-]+)`)

// plain reports whether a shell, with or without options, is one whose scripts are read.
func plain(shell string) bool {
	name, _, _ := strings.Cut(strings.TrimSpace(shell), " ")
	return slices.Contains([]string{"", "sh", "bash"}, name[strings.LastIndexByte(name, '/')+1:])
}
