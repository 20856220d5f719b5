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
		if fault := r.script(&job, spelled(r.file, 0, len(r.file.Text))); fault != nil {
			r.fail(fault.at, fault.message, fault.hint)
		}
	}
	r.other = strings.HasSuffix(r.file.Name, ".sh")
	r.add(job)
}

// add keeps a job that has something to do with dbt.
func (r *reader) add(job Job) {
	if len(job.Steps) > 0 || job.Open {
		r.jobs = append(r.jobs, job)
	}
}

// expression is one of GitHub's, which its runner replaces before a shell reads the script.
var expression = regexp.MustCompile(`(?s)\$\{\{.*?\}\}`)

// script adds the commands of a shell script that run dbt to a job, and notes those that may.
func (r *reader) script(job *Job, t Text) *problem {
	steps, unseen, fault := script(t)
	job.Steps = append(job.Steps, steps...)
	for _, p := range unseen {
		r.skip(p.at, p.message)
		job.Open = true
	}
	return fault
}

// script returns the commands of a shell script that run dbt, and where it may run it unseen: the first place for each reason.
func script(t Text) (steps []Step, unseen []problem, fault *problem) {
	value := expression.ReplaceAllStringFunc(t.Value, func(e string) string { return "${" + strings.Repeat("x", len(e)-3) + "}" })
	file, fault := parseShell(t, value, syntax.LangBash)
	if fault != nil {
		return nil, nil, fault
	}
	syntax.Walk(file, func(node syntax.Node) bool {
		call, ok := node.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		first := call.Args[0]
		start, end := int(first.Pos().Offset()), int(call.End().Offset())
		words := wordsOf(t, call.Args)
		if found := dbt(words); len(found) > 0 {
			at := source.At(found[0].Span.File, found[0].Span.Start, found[len(found)-1].Span.End)
			steps = append(steps, Step{Text: oneLine(t.Value[call.Pos().Offset():end]), Span: at, Words: found})
			return true
		}
		why := hidden(words, t.Value[start:first.End().Offset()])
		if why != "" && !slices.ContainsFunc(unseen, func(p problem) bool { return p.message == why }) {
			unseen = append(unseen, problem{at: t.at(start, end), message: why})
		}
		return true
	})
	return steps, unseen, nil
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
