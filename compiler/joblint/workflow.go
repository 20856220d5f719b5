package joblint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"go.yaml.in/yaml/v4"
)

// workflowJob is what a workflow says about when a job runs beside others.
type workflowJob struct {
	key    string   // its key in the workflow
	behind []string // the keys of the jobs that it waits for, and of those for which they do
	group  string   // of its own, in which one job runs at a time; or empty
	run    string   // of the whole workflow, in which one run of it, or of another one, goes on at a time; or empty
}

// apart reports whether two jobs never run at the same time, whatever their schedules are.
func (j *Job) apart(other *Job) bool {
	a, b := j.workflow, other.workflow
	if a.group != "" && a.group == b.group {
		return true
	}
	if j.File != other.File {
		return a.run != "" && (a.run == b.run || a.run == b.group) || b.run != "" && b.run == a.group
	}
	return slices.Contains(a.behind, b.key) || slices.Contains(b.behind, a.key)
}

// workflow reads the commands of a workflow's jobs that run dbt.
func (r *reader) workflow(d document, root *yaml.Node, jobs []entry) {
	var schedules []Text
	for _, s := range items(get(root, "on", "schedule")) {
		if cron := get(s, "cron"); cron != nil {
			schedules = append(schedules, d.text(cron))
		}
	}
	needs, unsure := map[string][]string{}, map[string]bool{}
	for _, e := range jobs {
		needs[e.key.Value] = listed(get(e.value, "needs"))
		unsure[e.key.Value] = sometimes(scalar(get(e.value, "if")))
	}
	for _, e := range jobs {
		name := scalar(get(e.value, "name"))
		if name == "" {
			name = e.key.Value
		}
		job := Job{File: r.file, Name: name, At: d.text(e.key).Span, Schedules: schedules, Sometimes: unsure[e.key.Value]}
		job.workflow = workflowJob{behind: behindOf(needs, e.key.Value), key: e.key.Value, group: r.group(get(e.value, "concurrency")), run: r.group(get(root, "concurrency"))}
		job.Sometimes = job.Sometimes || slices.ContainsFunc(job.workflow.behind, func(key string) bool { return unsure[key] }) // one that is skipped takes along those that need it
		if minutes := number(get(e.value, "timeout-minutes")); minutes < 1<<40 {
			job.Timeout = 60 * minutes
		}
		for _, step := range items(get(e.value, "steps")) {
			r.other = true
			run := get(step, "run")
			if run == nil || run.Kind != yaml.ScalarNode || !strings.Contains(strings.ToLower(run.Value), "dbt") {
				continue
			}
			t := d.text(run)
			if shell := shellOf(root, e.value, step); !plain(shell) {
				r.skip(t.Span, "it is written for "+oneLine(shell))
				job.Open = true
				continue
			}
			if fault := r.script(&job, t); fault != nil {
				r.skip(fault.at, fault.message)
				job.Open = true
			}
		}
		r.add(job)
	}
	for _, t := range schedules {
		if len(r.jobs) > 0 { // else the workflow is about something else
			r.schedule(t, diag.Warning)
		}
	}
}

// behindOf are the jobs that one waits for, and those for which they do.
func behindOf(needs map[string][]string, key string) []string {
	var list []string
	next := needs[key]
	for len(next) > 0 {
		one := next[0]
		next = next[1:]
		if !slices.Contains(list, one) {
			list = append(list, one)
			next = append(slices.Clone(next), needs[one]...)
		}
	}
	return list
}

// always are the conditions under which a job runs whenever its workflow does. One that asks whether a schedule has started it says yes.
var always = []string{"", "true", "always()", "success()", "!cancelled()", "!failure()", "github.event_name == 'schedule'"}

// sometimes reports whether a condition depends on more than a schedule. Of several that are joined by or, one that holds is enough.
func sometimes(condition string) bool {
	condition = strings.TrimSpace(condition)
	if inner, found := strings.CutPrefix(condition, "${{"); found && strings.Count(condition, "${{") == 1 {
		condition = strings.TrimSuffix(inner, "}}")
	}
	if strings.Contains(condition, "(") && strings.Contains(condition, "||") { // what the brackets hold together is not taken apart
		return true
	}
	return !slices.ContainsFunc(strings.Split(condition, "||"), func(one string) bool { return slices.Contains(always, oneLine(one)) })
}

// ofEach are the expressions that every run by a schedule has the same value for, in one workflow or in all of a repository.
var (
	ofEach     = regexp.MustCompile(`\$\{\{\s*github\.(ref|ref_name|repository|event_name)\s*\}\}`)
	ofWorkflow = regexp.MustCompile(`\$\{\{\s*github\.workflow\s*\}\}`)
)

// group is what a concurrency group is called, or empty where that depends on the run.
func (r *reader) group(n *yaml.Node) string {
	name := scalar(n)
	if name == "" {
		name = scalar(get(n, "group"))
	}
	name = ofWorkflow.ReplaceAllLiteralString(name, r.file.Name)
	name = ofEach.ReplaceAllString(name, "$1")
	if strings.Contains(name, "${{") {
		return ""
	}
	return strings.ToLower(name)
}

// listed are the texts of a list, or the one text that stands in its place.
func listed(n *yaml.Node) []string {
	if one := scalar(n); one != "" {
		return []string{one}
	}
	var list []string
	for _, one := range items(n) {
		list = append(list, scalar(one))
	}
	return list
}
