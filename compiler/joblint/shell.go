package joblint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/source"
	"mvdan.cc/sh/v3/syntax"
)

// longest is how long a script may be. Its parser calls itself as deeply as a text nests, and no stack is endless.
const longest = 1 << 16

// list reads a list of commands, one a line, which is a shell script without anything else; or any other shell script.
func (r *reader) list() {
	job := Job{File: r.file, Name: r.file.Name, At: source.At(r.file, 0, 0), Platform: r.Platform}
	if r.Platform {
		start := 0
		for text := range strings.Lines(r.file.Text) {
			if step := strings.TrimSpace(text); step != "" && !strings.HasPrefix(step, "#") {
				at := start + strings.Index(text, step)
				job.Steps = append(job.Steps, platformStep(spelled(r.file, at, at+len(step))))
			}
			start += len(text)
		}
	} else {
		steps, fault := script(spelled(r.file, 0, len(r.file.Text)))
		if fault != nil {
			r.fail(fault.at, fault.message, fault.hint)
		}
		job.Steps = steps
	}
	r.other = strings.HasSuffix(r.file.Name, ".sh")
	if len(job.Steps) > 0 {
		r.jobs = append(r.jobs, job)
	}
}

// expression is one of GitHub's, which its runner replaces before a shell reads the script.
var expression = regexp.MustCompile(`(?s)\$\{\{.*?\}\}`)

// script returns the commands of a shell script that run dbt.
func script(t Text) ([]Step, *problem) {
	value := expression.ReplaceAllStringFunc(t.Value, func(e string) string { return "${" + strings.Repeat("x", len(e)-3) + "}" })
	file, fault := parseShell(t, value, syntax.LangBash)
	if fault != nil {
		return nil, fault
	}
	var steps []Step
	syntax.Walk(file, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok {
			words := wordsOf(t, call.Args)
			if words = dbt(words); len(words) > 0 {
				at := source.At(words[0].Span.File, words[0].Span.Start, words[len(words)-1].Span.End)
				start, end := int(call.Pos().Offset()), int(call.End().Offset())
				steps = append(steps, Step{Text: oneLine(t.Value[start:end]), Span: at, Words: words})
			}
		}
		return true
	})
	return steps, nil
}

// runners start a program in an environment: `poetry run dbt build`.
var runners = []string{"poetry", "uv", "pipenv", "pdm", "hatch", "rye"}

// prefixes start the program behind them.
var prefixes = []string{"exec", "command", "time", "nohup", "env"}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// dbt returns the words from dbt on, or none where the command is another one.
func dbt(words []Word) []Word {
	for len(words) > 0 {
		switch first := words[0].Text; {
		case first == "dbt":
			return words
		case slices.Contains(prefixes, first) || assignment.MatchString(first):
			words = words[1:]
		case slices.Contains(runners, first) && len(words) > 1 && words[1].Text == "run":
			i := slices.IndexFunc(words, func(w Word) bool { return w.Text == "dbt" })
			if i < 0 {
				return nil
			}
			return words[i:]
		default:
			return nil
		}
	}
	return nil
}

// platformStep reads a step of dbt's platform. How the platform takes a line apart is not documented, so a step is what a POSIX shell
// and Python's shlex agree on: one command, with quotes and nothing else.
func platformStep(t Text) Step {
	step := Step{Text: stand.ReplaceAllString(oneLine(t.Value), "…"), Span: t.Span}
	refuse := func(at source.Span, message, hint string) Step {
		step.refused = append(step.refused, problem{at, message, hint})
		return step
	}
	// The platform takes several lines for one.
	value := strings.NewReplacer("\r", " ", "\n", " ").Replace(t.Value)
	if strings.TrimSpace(value) == "" {
		return refuse(t.Span, "the step is empty", "remove it")
	}
	if strings.HasPrefix(strings.TrimSpace(value), hole) {
		return step
	}
	if !isDBT.MatchString(value) {
		first, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		return refuse(t.Span, "a step is a dbt command, and this begins with "+first+": the platform refuses the job", "write a dbt command; what is none can be a macro for dbt run-operation, or run elsewhere")
	}
	file, fault := parseShell(t, value, syntax.LangPOSIX)
	if fault != nil {
		return refuse(fault.at, fault.message, "close the quotes, and leave out what only a shell understands")
	}
	const noShell = "write one dbt command a step; the next step begins only if it succeeds"
	if len(file.Stmts) != 1 {
		return refuse(t.Span, "a step is one dbt command, and no shell takes it apart", noShell)
	}
	stmt := file.Stmts[0]
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(stmt.Redirs) > 0 || stmt.Negated || stmt.Background || stmt.Coprocess || stmt.Semicolon.IsValid() || len(call.Assigns) > 0 {
		return refuse(t.Span, "a step is one dbt command, and no shell runs it: operators such as &&, |, ; and > mean nothing to the platform", noShell)
	}
	words := wordsOf(t, call.Args)
	for _, w := range words {
		if !w.Known() {
			refuse(w.Span, "no shell runs a step: $ and ` are not expanded", "write the value, or have the project read it with env_var(); a $ that is meant stands in single quotes")
		}
	}
	step.Words = words
	for i, w := range words {
		if strings.Contains(w.Text, hole) {
			words[i].Text, words[i].Split = stand.ReplaceAllString(w.Text, unknown), true
		}
	}
	return step
}

var isDBT = regexp.MustCompile(`^\s*dbt(\s|$)`)

// parseShell parses value, which is as long as that of t.
func parseShell(t Text, value string, lang syntax.LangVariant) (*syntax.File, *problem) {
	if len(value) > longest {
		return nil, &problem{t.Span, "a script of more than 64 KiB is not read", "divide it"}
	}
	file, err := syntax.NewParser(syntax.Variant(lang)).Parse(strings.NewReader(value), "")
	if err == nil {
		return file, nil
	}
	at, message := t.Span, err.Error()
	switch e := err.(type) { //nolint:errorlint // the parser wraps nothing
	case syntax.ParseError:
		at, message = position(t, e.Pos), e.Text
	case syntax.LangError:
		at, message = position(t, e.Pos), strings.TrimPrefix(e.Error(), e.Pos.String()+": ")
	}
	return nil, &problem{at, "this is no shell command: " + message, "a list of commands has one a line, with comments behind #"}
}

func position(t Text, pos syntax.Pos) source.Span {
	at := min(int(pos.Offset()), len(t.Value))
	return t.at(at, at)
}

func wordsOf(t Text, args []*syntax.Word) []Word {
	words := make([]Word, len(args))
	for i, arg := range args {
		var b strings.Builder
		words[i].Split = spell(&b, arg.Parts, false)
		words[i].Text = b.String()
		words[i].Span = t.at(int(arg.Pos().Offset()), int(arg.End().Offset()))
	}
	return words
}

// spell writes what the parts of a word come to. It reports whether the shell may make several words of it.
func spell(b *strings.Builder, parts []syntax.WordPart, quoted bool) (split bool) {
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(p.Value, quoted))
		case *syntax.SglQuoted:
			if p.Dollar {
				b.WriteString(unknown)
			} else {
				b.WriteString(p.Value)
			}
		case *syntax.DblQuoted:
			spell(b, p.Parts, true)
			split = split || slices.ContainsFunc(p.Parts, isList)
		default:
			b.WriteString(unknown)
			split = split || !quoted
		}
	}
	return split
}

// isList reports whether a part is "$@" or an array, which is several words in spite of its quotes.
func isList(part syntax.WordPart) bool {
	e, ok := part.(*syntax.ParamExp)
	return ok && (e.Param != nil && e.Param.Value == "@" || e.Index != nil)
}

// unescape takes backslashes away as a POSIX shell does.
func unescape(text string, quoted bool) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) || quoted && !strings.ContainsRune("$`\"\\\n", rune(text[i+1])) {
			b.WriteByte(text[i])
			continue
		}
		i++
		if text[i] != '\n' {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}
