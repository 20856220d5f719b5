package joblint

import (
	"cmp"
	"slices"
	"strings"
)

// kind says what follows an option.
type kind uint8

const (
	flag    kind = iota // nothing
	value               // one word
	several             // every word up to the next option
)

// option is one of dbt's.
type option struct {
	names string // with blanks between them, the one that messages use first
	kind  kind
	of    string // subcommands that have it, with commas between them; empty: all, and dbt itself
}

// isOf reports whether a subcommand has the option; the empty one is dbt itself.
func (o option) isOf(name string) bool {
	switch {
	case o.of == "":
		return true
	case name == "":
		return o.of == itself
	}
	return slices.Contains(strings.Split(o.of, ","), name)
}

// itself stands for dbt without a subcommand.
const itself = "dbt"

// The subcommands that share options.
const (
	selecting = "build,clone,compile,docs generate,ls,run,seed,show,snapshot,source freshness,test"
	typed     = "build,clone,ls,test"
	running   = "build,clone,compile,docs generate,parse,retry,run,run-operation,seed,show,snapshot,source freshness,test"
	writing   = running + ",clean,docs serve,ls"
	projected = writing + ",debug,deps,init"
	parsing   = "build,compile,docs generate,run,seed,show,snapshot,source freshness,test"
)

// options are those of dbt Core 1.12 (core/dbt/cli/main.py and params.py); a test compares them with the real one.
var options = []option{
	{"--select -s", several, selecting},
	{"--models --model -m", several, selecting}, // to ls something else than --select
	{"--exclude", several, selecting},
	{"--selector", value, selecting},
	{"--resource-type --resource-types", several, typed},
	{"--exclude-resource-type --exclude-resource-types", several, typed},
	{"--indirect-selection", value, ""},
	{"--target -t", value, ""},
	{"--profile", value, ""},
	{"--profiles-dir", value, projected},
	{"--project-dir", value, projected},
	{"--vars", value, projected},
	{"--threads", value, running},
	{"--target-path", value, writing},
	{"--state", value, ""},
	{"--defer-state", value, ""},
	{"--defer --no-defer", flag, ""},
	{"--favor-state --no-favor-state", flag, ""},
	{"--full-refresh -f", flag, "build,clone,compile,retry,run,seed,show"},
	{"--empty --no-empty", flag, "build,compile,run,seed,snapshot"},
	{"--sample", value, "build,run"},
	{"--event-time-start", value, "build,run"},
	{"--event-time-end", value, "build,run"},
	{"--export-saved-queries --no-export-saved-queries", flag, "build"},
	{"--include-saved-query --no-include-saved-query", flag, "build"},
	{"--store-failures", flag, "build,test"},
	{"--show", flag, "build,seed"},
	{"--args", value, "run-operation"},
	{"--sql", value, "run-operation"},
	{"--sqlparse", value, parsing},
	{"--inline", value, "compile,show"},
	{"--inline-direct", value, "show"},
	{"--limit", value, "show"},
	{"--introspect --no-introspect", flag, "compile,show"},
	{"--inject-ephemeral-ctes --no-inject-ephemeral-ctes", flag, "compile"},
	{"--output", value, "compile,ls,show,source freshness"},
	{"-o", value, "source freshness"},
	{"--output-keys", several, "ls"},
	{"--compile --no-compile", flag, "docs generate"},
	{"--static", flag, "docs generate"},
	{"--empty-catalog", flag, "docs generate"},
	{"--host", value, "docs serve"},
	{"--port", value, "docs serve"},
	{"--browser --no-browser", flag, "docs serve"},
	{"--clean-project-files-only --no-clean-project-files-only", flag, "clean"},
	{"--config-dir", flag, "debug"},
	{"--connection", flag, "debug"},
	{"--lock", flag, "deps"},
	{"--upgrade", flag, "deps"},
	{"--add-package", value, "deps"},
	{"--source", value, "deps"},
	{"--skip-debug", flag, "init"},
	{"--skip-profile-setup -s", flag, "init"},
	{"--cache-selected-only --no-cache-selected-only", flag, ""},
	{"--debug --no-debug -d", flag, ""},
	{"--deprecated-defer", value, ""},
	{"--deprecated-favor-state", value, ""},
	{"--deprecated-print --deprecated-no-print", flag, ""},
	{"--deprecated-state", value, ""},
	{"--fail-fast --no-fail-fast -x", flag, ""},
	{"--hints-enabled --no-hints-enabled", flag, ""},
	{"--log-cache-events --no-log-cache-events", flag, ""},
	{"--log-file-max-bytes", value, ""},
	{"--log-format", value, ""},
	{"--log-format-file", value, ""},
	{"--log-level", value, ""},
	{"--log-level-file", value, ""},
	{"--log-path", value, ""},
	{"--macro-debugging --no-macro-debugging", flag, ""},
	{"--maximum-seed-size-mib", value, ""},
	{"--partial-parse --no-partial-parse", flag, ""},
	{"--partial-parse-file-diff --no-partial-parse-file-diff", flag, ""},
	{"--partial-parse-file-path", value, ""},
	{"--populate-cache --no-populate-cache", flag, ""},
	{"--print --no-print", flag, ""},
	{"--printer-width", value, ""},
	{"--quiet --no-quiet -q", flag, ""},
	{"--record-timing-info -r", value, ""},
	{"--send-anonymous-usage-stats --no-send-anonymous-usage-stats", flag, ""},
	{"--show-all-deprecations --no-show-all-deprecations", flag, ""},
	{"--show-resource-report --no-show-resource-report", flag, itself},
	{"--single-threaded --no-single-threaded", flag, ""},
	{"--snowflake-projects-otel --no-snowflake-projects-otel", flag, ""},
	{"--static-parser --no-static-parser", flag, ""},
	{"--upload-to-artifacts-ingest-api --no-upload-to-artifacts-ingest-api", flag, ""},
	{"--use-colors --no-use-colors", flag, ""},
	{"--use-colors-file --no-use-colors-file", flag, ""},
	{"--use-experimental-parser --no-use-experimental-parser", flag, ""},
	{"--use-fast-test-edges --no-use-fast-test-edges", flag, ""},
	{"--use-v2-parser --no-use-v2-parser", flag, ""},
	{"--v2-parser", value, ""},
	{"--version -v -V", flag, ""},
	{"--version-check --no-version-check", flag, ""},
	{"--warn-error", flag, ""},
	{"--warn-error-options", value, ""},
	{"--write-json --no-write-json", flag, ""},
	{"--help -h", flag, ""},
}

// subcommand is one of dbt's.
type subcommand struct {
	name     string
	takes    int  // how many words that are no options
	platform bool // a job on dbt's platform may run it
}

// subcommands: which the platform takes is what its Terraform provider checks before it sends a job.
var subcommands = []subcommand{
	{"build", 0, true}, {"clean", 0, false}, {"clone", 0, true}, {"compile", 0, true}, {"debug", 0, true}, {"deps", 0, false},
	{"docs generate", 0, true}, {"docs serve", 0, false}, {"init", 1, false}, {"ls", 0, true}, {"parse", 0, true}, {"retry", 0, true},
	{"run", 0, true}, {"run-operation", 1, true}, {"seed", 0, true}, {"show", 0, false}, {"snapshot", 0, true}, {"source freshness", 0, true},
	{"test", 0, true},
}

// groups are subcommands that have subcommands.
var groups = []string{"docs", "source"}

// onlyThere are subcommands that the platform has and dbt Core has not: their options are not known here.
var onlyThere = []string{"compare", "sl"}

// others are further names of subcommands.
var others = map[string]string{"list": "ls", "source snapshot-freshness": "source freshness"}

// inFront are the options that the platform takes in front of a subcommand.
var inFront = []string{"--warn-error", "--use-experimental-parser", "--no-partial-parse", "--fail-fast"}

func subcommandNamed(name string) (subcommand, bool) {
	i := slices.IndexFunc(subcommands, func(s subcommand) bool { return s.name == name })
	if i < 0 {
		return subcommand{}, false
	}
	return subcommands[i], true
}

// Table lists every option that is known, sorted, each as "<subcommand> <option> <kind>": what is compared with the real dbt. Those in
// front of a subcommand are dbt's.
func Table() []string {
	var list []string
	for _, o := range options {
		for _, name := range strings.Fields(o.names) {
			for _, s := range append(slices.Clone(subcommands), subcommand{}) {
				if o.isOf(s.name) {
					list = append(list, cmp.Or(s.name, itself)+" "+name+" "+o.kind.String())
				}
			}
		}
	}
	slices.Sort(list)
	return list
}

func (k kind) String() string {
	return [...]string{flag: "flag", value: "value", several: "several"}[k]
}
