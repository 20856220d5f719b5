package warehouse

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// The script form is for `bq query`, which sends all of it as one job: a script of GoogleSQL, with variables and conditions.

func (b bigQuery) CommandLine(path, location string) string {
	return b.QueryCommand(location) + " < " + path
}

func (bigQuery) QueryCommand(location string) string {
	if location != "" {
		location = " --location=" + location
	}
	return "bq query --use_legacy_sql=false" + location + ` --parameter="dbtwac_run_id::$DBTWAC_RUN_ID"`
}

func (bigQuery) ScriptHead() []string     { return nil }
func (bigQuery) ScriptTail(bool) []string { return nil }

// ScriptSession: variables are declared before anything else.
func (b bigQuery) ScriptSession(checksum string) []string {
	return []string{"declare dbtwac_run_id string default @dbtwac_run_id;", "declare dbtwac_checksum string default " + checksum + ";", "declare dbtwac_generation int64;"}
}

// WriteProgress: the CLI shows what each statement returns. A comment says why it is there.
func (bigQuery) WriteProgress(s *strings.Builder, text string) {
	s.WriteString("-- ")
	write(s, oneLine, text)
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

// CopyCommand: a copy job creates, or replaces, its destination as one atomic update. Of the statement COPY nobody says so.
func (bigQuery) CopyCommand(c plan.Copy, location string) []string {
	of := func(n plan.Name) string { return n.Database + ":" + n.Schema + "." + n.Identifier }
	words := []string{"bq"}
	if location != "" {
		words = append(words, "--location="+location)
	}
	return append(words, "cp", "-f", of(c.From), of(c.To))
}

func (b bigQuery) WriteKeep(s *strings.Builder, query string) {
	s.WriteString("set " + b.Generation() + " = (" + query + ");")
}

func (bigQuery) WriteConditional(s *strings.Builder, sql, when string, each bool) {
	do := sql + ";"
	if each {
		do = "for step in (" + sql + ") do\n  execute immediate step.dbtwac_step;\nend for;"
	}
	if when != "" {
		do = "if (" + when + ") then\n  " + do + "\nend if;"
	}
	s.WriteString(do)
}

// WriteWarning: no query of BigQuery's makes queries.
func (bigQuery) WriteWarning(s *strings.Builder, query, when string, _ bool) {
	warning := "select 'dbtwac: warning: ' || dbtwac_warning as dbtwac_warning from (" + query + ") where dbtwac_warning is not null;"
	if when != "" {
		warning = "if (" + when + ") then\n  " + warning + "\nend if;"
	}
	s.WriteString(warning)
}
