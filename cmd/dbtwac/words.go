package main

import (
	"slices"
	"strings"
)

// many are the flags of ls that take every word up to the next flag, as dbt's do.
var many = []string{
	"-s", "--select", "-m", "--models", "--model", "--exclude", "--resource-type", "--resource-types",
	"--exclude-resource-type", "--exclude-resource-types", "--output-keys",
}

// spread repeats a flag for each of its words: `ls --select a b` becomes `ls --select a --select b`, which kong understands.
func spread(args []string) []string {
	i := slices.Index(args, "ls")
	if i < 0 {
		return args
	}
	out := slices.Clone(args[:i+1])
	flag := ""
	for _, arg := range args[i+1:] {
		switch {
		case strings.HasPrefix(arg, "-"):
			name, _, _ := strings.Cut(arg, "=")
			flag = ""
			if slices.Contains(many, name) {
				flag = name
			}
			// Its first word follows it, or stands behind the equals sign already.
		case flag != "" && out[len(out)-1] != flag:
			out = append(out, flag)
		}
		out = append(out, arg)
	}
	return out
}

// words takes apart values that hold several words: dbt splits them at spaces.
func words(values []string) []string {
	var list []string
	for _, v := range values {
		list = append(list, strings.Fields(v)...)
	}
	return list
}
