package joblint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// deepest is how deep a Terraform file may nest: its parser calls itself for each level.
const deepest = 500

// terraform reads the resources dbtcloud_job of one file, without evaluating what depends on anything else.
func (r *reader) terraform() {
	if at := tooDeep(r.file.Text, r.file.Name); at >= 0 {
		r.fail(source.At(r.file, at, at), r.file.Name+" nests too deep to be read", "write it flatter")
		return
	}
	parsed, faults := hclsyntax.ParseConfig([]byte(r.file.Text), r.file.Name, hcl.InitialPos)
	if faults.HasErrors() {
		for _, f := range faults {
			if f.Severity == hcl.DiagError {
				r.fail(r.span(f.Subject), r.file.Name+" is no Terraform: "+oneLine(f.Summary), oneLine(strings.TrimSuffix(f.Detail, ".")))
				return
			}
		}
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		return
	}
	r.other = len(body.Blocks) > 0
	for _, b := range body.Blocks {
		if b.Type == "resource" && len(b.Labels) == 2 && b.Labels[0] == "dbtcloud_job" {
			r.resource(b)
		}
	}
}

// tooDeep is where a text nests deeper than is read, or -1. What nests without brackets, such as one condition in another and signs in
// front of signs, is counted without being closed: no file that people write has so many.
func tooDeep(text, name string) int {
	tokens, _ := hclsyntax.LexConfig([]byte(text), name, hcl.InitialPos)
	depth, conditions, signs := 0, 0, 0
	for _, token := range tokens {
		sign := false
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			depth = max(0, depth-1)
		case hclsyntax.TokenQuestion, hclsyntax.TokenTemplateControl:
			conditions++
		case hclsyntax.TokenMinus, hclsyntax.TokenBang:
			sign = true
		}
		if signs++; !sign {
			signs = 0
		}
		if depth > deepest || signs > deepest || conditions > 10*deepest {
			return token.Range.Start.Byte
		}
	}
	return -1
}

func (r *reader) resource(b *hclsyntax.Block) {
	attributes := b.Body.Attributes
	expression := func(name string) hclsyntax.Expression {
		if a := attributes[name]; a != nil {
			return a.Expr
		}
		return nil
	}
	label := b.LabelRanges[1]
	job := Job{File: r.file, Name: b.Labels[1], At: r.span(&label), Platform: true}
	if name, ok := constant(expression("name")); ok {
		job.Name = name
	}
	if target := expression("target_name"); target != nil {
		name, ok := constant(target)
		job.Target, job.TargetOpen = name, !ok
	}
	job.Account, _ = constant(expression("account_id"))
	job.Project = count(expression("project_id"))
	job.Environment = count(expression("environment_id"))
	job.Timeout = max(count(expression("timeout_seconds")), count(member(expression("execution"), "timeout_seconds")))
	if on, _ := constant(member(expression("triggers"), "schedule")); on == "true" {
		job.Schedules = r.resourceSchedule(expression, job.At)
		for _, t := range job.Schedules {
			r.schedule(t, diag.Error)
		}
	}
	steps := expression("execute_steps")
	list, ok := steps.(*hclsyntax.TupleConsExpr)
	if !ok && steps != nil {
		at := steps.Range()
		r.skip(r.span(&at), "execute_steps is an expression, which Terraform evaluates")
		job.Open = true
	}
	if ok && len(list.Exprs) == 0 {
		at := list.Range()
		r.empty(r.span(&at), job.Name, true)
	}
	if ok {
		for _, e := range list.Exprs {
			at := e.Range()
			if _, ok := constant(e); !ok {
				r.skip(r.span(&at), "the step is an expression, which Terraform evaluates")
				job.Open = true
				continue
			}
			job.Steps = append(job.Steps, platformStep(r.spelled(e)))
		}
	}
	r.jobs = append(r.jobs, job)
}

// resourceSchedule is when a job starts, as a cron expression: where what says it stands, and else at the resource.
func (r *reader) resourceSchedule(expression func(name string) hclsyntax.Expression, at source.Span) []Text {
	kind, _ := constant(expression("schedule_type"))
	if cron := expression("schedule_cron"); cron != nil {
		if _, ok := constant(cron); !ok {
			return nil
		}
		return []Text{r.spelled(cron)}
	}
	hours, days := "*", "*"
	if interval := expression("schedule_interval"); interval != nil {
		span := interval.Range()
		at = r.span(&span)
		if n := count(interval); n > 1 {
			hours = fmt.Sprintf("*/%d", n)
		}
	}
	for _, f := range []struct {
		name string
		into *string
	}{{"schedule_hours", &hours}, {"schedule_days", &days}} {
		e, ok := expression(f.name).(*hclsyntax.TupleConsExpr)
		if !ok {
			continue
		}
		span := e.Range()
		at = r.span(&span)
		var list []string
		for _, one := range e.Exprs {
			text, ok := constant(one)
			if !ok {
				return nil
			}
			list = append(list, text)
		}
		if f.name == "schedule_hours" || kind == "days_of_week" {
			*f.into = strings.Join(list, ",")
		}
	}
	return []Text{{Value: "0 " + hours + " * * " + days, Span: at}}
}

// spelled is a constant with its place: between its quotes, where it stands there letter by letter.
func (r *reader) spelled(e hclsyntax.Expression) Text {
	value, _ := constant(e)
	at := e.Range()
	span := r.span(&at)
	if written := r.file.Text[span.Start:span.End]; len(written) >= 2 && written[0] == '"' && written[1:len(written)-1] == value {
		return spelled(r.file, span.Start+1, span.End-1)
	}
	return Text{Value: value, Span: span}
}

// constant is the value of an expression that depends on nothing, as a text.
func constant(e hclsyntax.Expression) (string, bool) {
	if e == nil || !literal(e) {
		return "", false
	}
	v, faults := e.Value(nil)
	if faults.HasErrors() || !v.IsKnown() || v.IsNull() {
		return "", false
	}
	switch v.Type() {
	case cty.String:
		return v.AsString(), true
	case cty.Bool:
		return strconv.FormatBool(v.True()), true
	case cty.Number:
		return v.AsBigFloat().Text('g', 20), true
	}
	return "", false
}

// literal reports whether an expression is a text or a number as it stands. Nothing else is evaluated: a file may ask for work without end.
func literal(e hclsyntax.Expression) bool {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return !slices.ContainsFunc(e.Parts, func(part hclsyntax.Expression) bool { _, ok := part.(*hclsyntax.LiteralValueExpr); return !ok })
	}
	return false
}

// count is a whole number that depends on nothing; 0 is none.
func count(e hclsyntax.Expression) int {
	text, _ := constant(e)
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// member is an object's value, or nil.
func member(e hclsyntax.Expression, name string) hclsyntax.Expression {
	object, ok := e.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil
	}
	for _, item := range object.Items {
		key := hcl.ExprAsKeyword(item.KeyExpr)
		if wrapped, ok := item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr); ok && key == "" {
			key, _ = constant(wrapped.Wrapped)
		}
		if key == name {
			return item.ValueExpr
		}
	}
	return nil
}

// span is a range of HCL, kept within the file.
func (r *reader) span(at *hcl.Range) source.Span {
	if at == nil {
		return source.At(r.file, 0, 0)
	}
	start := min(max(at.Start.Byte, 0), len(r.file.Text))
	return source.At(r.file, start, min(max(at.End.Byte, start), len(r.file.Text)))
}
