package warehouse

import "strings"

// The script form is the snow CLI's. It knows no environment, so the run's id is a line before the script; what it does not know
// either, conditions, is Snowflake Scripting in a body of its own.

func (snowflake) CommandLine(path, _ string) string {
	return `printf "set dbtwac_run_id = '%s';\n" "$DBTWAC_RUN_ID" | cat - ` + path + " | snow sql --enable-templating NONE -i"
}

func (snowflake) ScriptHead() []string     { return nil }
func (snowflake) ScriptTail(bool) []string { return nil }

// WriteProgress: the CLI shows what each statement returns. A comment says why it is there.
func (snowflake) WriteProgress(b *strings.Builder, text string) {
	b.WriteString("-- ")
	write(b, commentEscapes, text)
}

// commentEscapes keep what the CLI takes for its own out of comments too.
var commentEscapes = strings.NewReplacer("\n", " ", "\r", " ", "&", "+", "<%", "< %", "{{", "{ {", "{%", "{ %", "$$", "$ $")

// block writes statements, run where the query when says so, if any. Its text holds no `$$`: neither names nor literals do.
func block(b *strings.Builder, declare, when, do string) {
	if when != "" {
		do = "  if (exists (select 1 from (" + when + ") q(needed) where q.needed)) then\n  " + strings.ReplaceAll(strings.TrimSuffix(do, "\n"), "\n  ", "\n    ") + "\n  end if;\n"
	}
	if declare != "" {
		declare = "declare\n" + declare
	}
	b.WriteString("execute immediate $$\n" + declare + "begin\n" + do + "end;\n$$;")
}

func (snowflake) WriteConditional(b *strings.Builder, sql, when string, each bool) {
	if !each {
		block(b, "", when, "  "+sql+";\n")
		return
	}
	block(b, "  steps cursor for select q.s as dbtwac_step from ("+sql+") q(s);\n", when,
		"  for found in steps do\n    let step varchar := found.dbtwac_step;\n    execute immediate :step;\n  end for;\n")
}

// WriteWarning: what a block returns is shown. No query of Snowflake's makes queries.
func (snowflake) WriteWarning(b *strings.Builder, query, when string, _ bool) {
	if when == "" {
		b.WriteString("select 'dbtwac: warning: ' || q.w as dbtwac_warning from (" + query + ") q(w) where q.w is not null;")
		return
	}
	block(b, "", when, "  let warning varchar := ("+query+");\n  return 'dbtwac: warning: ' || warning;\n")
}

func (s snowflake) ScriptSession(checksum string) []string {
	return []string{"set dbtwac_checksum = (select " + checksum + ");"}
}
