package warehouse

import "strings"

// The script form is the snow CLI's. It knows no environment, so the run's id is a line before the script; what it does not know
// either, conditions, is Snowflake Scripting in a body of its own.

func (snowflake) CommandLine(path string) string {
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

// body writes a block. Its text holds no `$$`: neither names nor literals do.
func body(b *strings.Builder, declare, begin string) {
	b.WriteString("execute immediate $$\ndeclare\n" + declare + "begin\n" + begin + "end;\n$$;")
}

const needed = "  needed boolean;\n"

// whether opens a condition, where there is one.
func whether(when, do string) string {
	if when == "" {
		return do
	}
	return "  select (" + when + ") into :needed;\n  if (needed) then\n" + do + "  end if;\n"
}

func (snowflake) WriteConditional(b *strings.Builder, sql, when string, each bool) {
	if !each {
		body(b, needed, whether(when, "    "+sql+";\n"))
		return
	}
	body(b, needed+"  steps cursor for select q.s as dbtwac_step from ("+sql+") q(s);\n", whether(when,
		"    for found in steps do\n      let step varchar := found.dbtwac_step;\n      execute immediate :step;\n    end for;\n"))
}

// WriteWarning: what a block returns is shown. No query of Snowflake's makes queries.
func (snowflake) WriteWarning(b *strings.Builder, query, when string, _ bool) {
	body(b, needed+"  warning varchar;\n", whether(when, "    select ("+query+") into :warning;\n    return 'dbtwac: warning: ' || warning;\n"))
}

func (s snowflake) ScriptSession(checksum string) []string {
	return []string{"set dbtwac_checksum = (select " + checksum + ");"}
}
