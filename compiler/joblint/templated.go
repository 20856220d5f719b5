package joblint

import (
	"regexp"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

var (
	delimiter = regexp.MustCompile(`\{\{|\{%|\{#`)
	printing  = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	silent    = regexp.MustCompile(`(?s)\{%.*?%\}|\{#.*?#\}`)
	stand     = regexp.MustCompile(hole + "_*")
)

// hole begins what stands for a tag of Jinja: a character that no file has, since nobody has given it a meaning.
const hole = "\ue000"

func templated(text string) bool { return delimiter.MatchString(text) || strings.Contains(text, hole) }

// filled is a file of dbt-jobs-as-code as YAML can be read before its Jinja is rendered: as long as it was, so that places stay.
func filled(file *source.File) *source.File {
	text := printing.ReplaceAllStringFunc(file.Text, func(tag string) string { return hole + strings.Repeat("_", len(tag)-len(hole)) })
	text = silent.ReplaceAllStringFunc(text, func(tag string) string {
		return strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, tag) + strings.Repeat(" ", len(tag)-len([]rune(tag)))
	})
	return &source.File{Name: file.Name, Text: text}
}

// delimiters reports Jinja anywhere in the file, once a line: dbt-jobs-as-code renders all of it, comments too.
func (r *reader) delimiters() {
	start := 0
	for text := range strings.Lines(r.file.Text) {
		if at := delimiter.FindStringIndex(text); at != nil {
			r.diags.Add(diag.Diagnostic{
				Code: Templated, Severity: diag.Error, Span: source.At(r.file, start+at[0], start+at[1]),
				Message: "dbt-jobs-as-code renders the whole file with Jinja before it reads it, and this begins a tag: " + text[at[0]:at[1]],
				Hint:    "one brace is enough for --args and --vars, and words are for a comment; SQL with Jinja belongs into a macro; say --templated for files that are rendered with --vars-yml",
			})
		}
		start += len(text)
	}
}

// back puts the places of what was read into the file as it is.
func (r *reader) back(file *source.File) {
	put := func(s *source.Span) {
		if s.File == r.file {
			s.File = file
		}
	}
	for i := range r.diags {
		put(&r.diags[i].Span)
	}
	for i := range r.jobs {
		j := &r.jobs[i]
		put(&j.At)
		j.File = file
		for k := range j.Schedules {
			put(&j.Schedules[k].Span)
		}
		for k := range j.Steps {
			s := &j.Steps[k]
			put(&s.Span)
			for n := range s.Words {
				put(&s.Words[n].Span)
			}
			for n := range s.refused {
				put(&s.refused[n].at)
			}
		}
	}
	r.file = file
}
