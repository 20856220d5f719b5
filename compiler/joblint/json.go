package joblint

import (
	"strconv"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// json reads a body of the Admin API, several of them, an answer of the API that lists jobs, or a list of commands.
func (r *reader) json() {
	root, fault := jsondoc.Open(r.file)
	if fault == nil && !root.Valid() {
		fault = jsondoc.Diagnose(r.file)
	}
	if fault != nil {
		r.fail(fault.Span, r.file.Name+" "+fault.Message, "correct it, or take it from the Admin API again")
		return
	}
	if data := root.Get("data"); data.Kind() == jsondoc.Array || data.Kind() == jsondoc.Object {
		root = data
	}
	if root.Kind() == jsondoc.Object {
		r.body(root)
		return
	}
	commands := Job{File: r.file, Name: r.file.Name, At: source.At(r.file, 0, 0), Platform: r.Platform}
	for it := root.Items(); it.Next(); {
		switch v := it.Value(); v.Kind() {
		case jsondoc.Object:
			r.body(v)
			r.listed(v)
		case jsondoc.String:
			r.command(&commands, v)
		}
	}
	r.add(commands)
}

// command reads one step of a list that does not say where it runs.
func (r *reader) command(job *Job, v jsondoc.Value) {
	t := stringOf(v)
	if r.Platform {
		job.Steps = append(job.Steps, platformStep(t))
		return
	}
	if fault := r.script(job, t); fault != nil {
		r.fail(fault.at, fault.message, fault.hint)
	}
}

// listed reads a job of steps.json, which dbtwac writes for orchestrators: its steps are command lines for a shell.
func (r *reader) listed(v jsondoc.Value) {
	name := v.Get("job")
	if name.Kind() != jsondoc.String {
		return
	}
	job := Job{File: r.file, Name: name.Text(), At: stringOf(name).Span, Platform: r.Platform, Timeout: whole(v.Get("timeout_seconds"))}
	if schedule := v.Get("schedule"); schedule.Kind() == jsondoc.String {
		job.Schedules = append(job.Schedules, stringOf(schedule))
		r.schedule(stringOf(schedule), diag.Warning)
	}
	for it := v.Get("steps").Items(); it.Next(); {
		if command := it.Value().Get("command"); command.Kind() == jsondoc.String {
			r.command(&job, command)
		}
	}
	r.add(job)
}

// deleted is the state of a job that the Admin API still lists, and nothing starts any more.
const deleted = 2

// body reads a job of the Admin API.
func (r *reader) body(v jsondoc.Value) {
	steps := v.Get("execute_steps")
	if steps.Kind() != jsondoc.Array {
		return
	}
	if whole(v.Get("state")) == deleted {
		r.other = true
		return
	}
	name := v.Get("name")
	job := Job{
		File: r.file, Name: name.Text(), At: v.Head().Span(), Platform: true, Account: v.Get("account_id").Raw(),
		Target: v.Get("settings").Get("target_name").Text(), Project: whole(v.Get("project_id")), Environment: whole(v.Get("environment_id")), Timeout: whole(v.Get("execution").Get("timeout_seconds")),
	}
	if job.Name != "" {
		job.At = stringOf(name).Span
	}
	if on, _ := v.Get("triggers").Get("schedule").Bool(); on {
		cron := v.Get("schedule").Get("cron")
		if cron.Kind() != jsondoc.String {
			cron = v.Get("schedule").Get("date").Get("cron")
		}
		if cron.Kind() == jsondoc.String {
			job.Schedules = append(job.Schedules, stringOf(cron))
			r.schedule(stringOf(cron), diag.Error)
		}
	}
	if it := steps.Items(); !it.Next() {
		r.empty(steps.Span(), job.Name, false)
	}
	for it := steps.Items(); it.Next(); {
		if it.Kind() == jsondoc.String {
			job.Steps = append(job.Steps, platformStep(stringOf(it.Value())))
		}
	}
	r.jobs = append(r.jobs, job)
}

func stringOf(v jsondoc.Value) Text {
	span := v.Span()
	value := v.Text()
	if raw := v.Raw(); len(raw) >= 2 && raw[1:len(raw)-1] == value {
		return spelled(span.File, span.Start+1, span.End-1)
	}
	return Text{Value: value, Span: span}
}

// whole is a whole number, written as one or as a text; 0 is none.
func whole(v jsondoc.Value) int {
	text := v.Raw()
	if v.Kind() == jsondoc.String {
		text = v.Text()
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
