package joblint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/cron"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// richer is what croniter, by which dbt-jobs-as-code judges, takes besides: names for whole schedules, seconds, last days and nth ones.
var richer = regexp.MustCompile(`^@[a-z]+$|^\S+( \S+){5,6}$|#|(^|[ ,])[Ll][0-7]?($|[ ,])`)

// schedule reports a cron expression that cannot be read. What is for the platform is refused by the tool that brings it there, or by
// the platform; a workflow is taken, and GitHub does not start it.
func (r *reader) schedule(t Text, severity diag.Severity) {
	value := oneLine(t.Value)
	_, err := cron.ParseLoosely(value)
	switch {
	case err == nil || templated(value):
	case severity == diag.Error && richer.MatchString(value):
		r.skip(t.Span, "the schedule "+value+" is more than five fields of numbers, and is compared with no other")
	default:
		r.diags.Add(diag.Diagnostic{
			Code: NotRead, Severity: severity, Span: t.Span,
			Message: "the schedule " + value + " is no cron expression: " + oneLine(err.Error()), Hint: `write it like "0 5 * * *"; it is in UTC`,
		})
	}
}

// empty reports a job without steps. refused says that the tool which reads the file does not take it.
func (r *reader) empty(at source.Span, name string, refused bool) {
	d := diag.Diagnostic{
		Code: Refused, Severity: diag.Warning, Span: at, Message: "the job " + name + " has no steps: it succeeds without doing anything",
		Hint: "write what it is to run, or remove the job",
	}
	if refused {
		d.Severity, d.Message = diag.Error, "the job "+name+" has no steps: Terraform's provider refuses it"
	}
	r.diags.Add(d)
}

// yes reports whether a scalar of YAML is true to a reader of YAML 1.1, or to what dbt-jobs-as-code makes a bool of a text with.
func yes(text string) bool {
	return slices.Contains([]string{"true", "yes", "on", "y", "t", "1"}, strings.ToLower(text))
}
