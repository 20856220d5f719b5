package joblint

import (
	"regexp"
	"slices"
	"strings"
)

// prefixes start the program behind them. Each has the options that take a word.
var prefixes = map[string]string{
	"exec": "-a", "command": "", "time": "-f -o", "nohup": "", "env": "-u --unset -C --chdir", "setsid": "", "nice": "-n --adjustment",
	"sudo": "-u --user -g --group -h --host -p --prompt -C -D --chdir -R --chroot -r -t -T -U", "doas": "-u -C", "stdbuf": "-i -o -e", "timeout": "-s --signal -k --kill-after",
}

// runners start a program in an environment: `poetry run dbt build`, `uvx --from dbt-core dbt build`.
var runners = []string{"poetry", "uv", "pipenv", "pdm", "hatch", "rye", "pixi", "pipx", "conda", "mamba", "micromamba"}

// ofRunners are their options that take a word.
var ofRunners = "--from --with --with-requirements --with-editable --spec --package --project --directory --group --only-group --no-group --extra --no-extra " +
	"--python -p --env-file --index --index-url --default-index --pip-args -w -n --name --prefix -C -e --env --manifest-path --config-file --cache-dir"

// ofPython are options of Python that take a word.
const ofPython = "-W -X --check-hash-based-pycs"

var (
	assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	python     = regexp.MustCompile(`^(python[0-9.]*|py)(\.exe)?$`)
	modules    = []string{"dbt", "dbt.cli.main"}
)

// dbt returns the words from dbt on, or none where the command is another one, or it is not known to be dbt's.
func dbt(words []Word) []Word {
	for len(words) > 0 {
		switch first := base(words[0]); {
		case first == "dbt":
			return words
		case assignment.MatchString(words[0].Text):
			words = words[1:]
		case first == "command" && len(words) > 1 && slices.Contains([]string{"-v", "-V"}, words[1].Text):
			return nil // it asks where a program is
		case first == "timeout":
			if words = unoptioned(words[1:], prefixes[first]); len(words) > 0 {
				words = words[1:] // how long
			}
		case python.MatchString(first):
			return module(words[1:])
		case first == "uvx":
			return started(words[1:])
		case slices.Contains(runners, first):
			i := slices.IndexFunc(words, func(w Word) bool { return w.Text == "run" })
			if i < 0 {
				return nil
			}
			return started(words[i+1:])
		default:
			options, found := prefixes[first]
			if !found {
				return afterDashes(words)
			}
			words = unoptioned(words[1:], options)
		}
	}
	return nil
}

// started is the command that a runner starts.
func started(words []Word) []Word {
	for i, w := range words {
		if w.Text == "-m" || w.Text == "--module" {
			return module(words[i:])
		}
		if !strings.HasPrefix(w.Text, "-") {
			break
		}
	}
	return dbt(unoptioned(words, ofRunners))
}

// module is the command that Python runs as a module, from its name on.
func module(words []Word) []Word {
	for len(words) > 1 && strings.HasPrefix(words[0].Text, "-") {
		switch w := words[0].Text; {
		case w != "-m" && w != "--module":
			if words = words[1:]; slices.Contains(strings.Fields(ofPython), w) {
				words = words[1:]
			}
		case slices.Contains(modules, words[1].Text):
			return words[1:]
		default:
			return nil
		}
	}
	return nil
}

// unoptioned is what stands behind options, of which those that are listed take a word.
func unoptioned(words []Word, valued string) []Word {
	for len(words) > 0 && strings.HasPrefix(words[0].Text, "-") {
		w := words[0].Text
		words = words[1:]
		if w == "--" {
			break
		}
		if len(words) > 0 && slices.Contains(strings.Fields(valued), w) {
			words = words[1:]
		}
	}
	return words
}

// afterDashes is what stands behind --, by which `aws-vault exec prod -- dbt build` and the like part their own words from a command.
func afterDashes(words []Word) []Word {
	i := slices.IndexFunc(words, func(w Word) bool { return w.Text == "--" })
	if i < 0 || i+1 == len(words) || base(words[i+1]) != "dbt" || slices.Contains(talking, base(words[0])) {
		return nil
	}
	return words[i+1:]
}

// base is the name of a program without its folder.
func base(w Word) string {
	name := w.Text[strings.LastIndexAny(w.Text, `/\`)+1:]
	return strings.TrimSuffix(name, ".exe")
}
