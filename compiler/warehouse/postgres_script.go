package warehouse

import "strings"

// The script form is psql's. Run with -X, so that no psqlrc changes it, and with ON_ERROR_STOP, without which psql goes on.

func (postgres) CommandLine(path, _ string) string {
	return "psql -X -q -v ON_ERROR_STOP=1 -d DATABASE -f " + path
}

// ScriptHead stops at the first error however the script is run, and keeps the rows of assertions off the screen.
func (postgres) ScriptHead() []string {
	return []string{`\set ON_ERROR_STOP on`, `\set QUIET on`, `\pset format unaligned`, `\pset tuples_only on`, `\o /dev/null`}
}

func (postgres) ScriptTail(bool) []string { return []string{`\o`} }

// WriteProgress quotes as psql does the arguments of its own commands: in single quotes, with backslashes.
func (postgres) WriteProgress(b *strings.Builder, text string) {
	b.WriteString(`\echo '`)
	write(b, echoEscapes, text)
	b.WriteString("'")
}

var echoEscapes = strings.NewReplacer(`\`, `\\`, `'`, `''`, "\n", " ")

func (postgres) WriteConditional(b *strings.Builder, sql, when string, each bool) {
	if when != "" {
		b.WriteString("select (")
		b.WriteString(when)
		b.WriteString(`) as dbtwac_when \gset` + "\n" + `\if :dbtwac_when` + "\n")
	}
	b.WriteString(sql)
	if each {
		b.WriteString(` \gexec`)
	} else {
		b.WriteString(";")
	}
	if when != "" {
		b.WriteString("\n" + `\endif`)
	}
}

func (p postgres) WriteWarning(b *strings.Builder, query, when string, each bool) {
	const warned, shown = "select 'dbtwac: warning: ' || w from (", ") q(w) where w is not null"
	sql := warned + query + shown
	if each {
		sql = "select " + p.Literal(warned) + " || s || " + p.Literal(shown) + " from (" + query + ") y(s)"
	}
	b.WriteString(`\o` + "\n")
	p.WriteConditional(b, sql, when, each)
	b.WriteString("\n" + `\o /dev/null`)
}

func (p postgres) ScriptSession(checksum string) []string {
	return []string{
		"set client_min_messages = warning;", // what is there already is passed over without a word
		`\set dbtwac_run_id ''`, `\getenv dbtwac_run_id DBTWAC_RUN_ID`,
		"select set_config('dbtwac.run_id', :'dbtwac_run_id', false);",
		"select set_config('dbtwac.checksum', (" + checksum + "), false);",
	}
}
