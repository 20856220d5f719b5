package joblint

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
	"go.yaml.in/yaml/v4"
)

// yaml reads a file of dbt-jobs-as-code, or a workflow of GitHub Actions. Both have jobs; what a job has tells them apart.
func (r *reader) yaml() {
	if r.Templated && strings.Contains(r.file.Text, "execute_steps") {
		defer r.back(r.file)
		r.file = filled(r.file)
	}
	d := document{file: r.file}
	start := 0
	for text := range strings.Lines(r.file.Text) {
		d.lines = append(d.lines, start)
		start += len(text)
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(r.file.Text), &root); err != nil {
		if strings.Contains(r.file.Text, "execute_steps") { // it may be Jinja that is in the way
			r.delimiters()
		}
		at, message := d.fault(err)
		r.fail(at, r.file.Name+" is no YAML: "+message, "correct the line")
		return
	}
	if len(root.Content) == 0 {
		return
	}
	jobs := entries(get(root.Content[0], "jobs"))
	for _, e := range jobs {
		if get(e.value, "execute_steps") != nil {
			r.delimiters()
			r.jobsAsCode(d, root.Content[0], jobs)
			return
		}
	}
	r.workflow(d, root.Content[0], jobs)
}

// jobsAsCode reads jobs as dbt-jobs-as-code does.
func (r *reader) jobsAsCode(d document, root *yaml.Node, jobs []entry) {
	for _, e := range jobs {
		name := scalar(get(e.value, "name"))
		if name == "" {
			name = e.key.Value
		}
		job := Job{
			File: r.file, Name: stand.ReplaceAllString(name, "…"), At: d.text(e.key).Span, Platform: true, AsCode: true,
			Account: scalar(get(e.value, "account_id")), Target: scalar(get(e.value, "settings", "target_name")),
			Project: number(get(e.value, "project_id")), Environment: number(get(e.value, "environment_id")), Timeout: number(get(e.value, "execution", "timeout_seconds")),
		}
		if job.Account == "" {
			job.Account = scalar(get(root, "account_id"))
		}
		job.TargetOpen = templated(job.Target)
		r.start(d, e, &job)
		steps := get(e.value, "execute_steps")
		if steps != nil && steps.Kind == yaml.SequenceNode && len(steps.Content) == 0 {
			r.empty(d.text(steps).Span, job.Name, false)
		}
		for _, step := range items(steps) {
			t := d.text(step)
			if step.Kind != yaml.ScalarNode || delimiter.MatchString(t.Value) { // what is templated has been told
				job.Open = true
				continue
			}
			job.Steps = append(job.Steps, platformStep(t))
		}
		r.jobs = append(r.jobs, job)
	}
}

// start reads when a job starts. Its schedule is judged though none may start it: so does dbt-jobs-as-code.
func (r *reader) start(d document, e entry, job *Job) {
	schedule := get(e.value, "schedule")
	cron := get(schedule, "cron")
	switch {
	case cron != nil:
		t := d.text(cron)
		r.schedule(t, diag.Error)
		if yes(scalar(get(e.value, "triggers", "schedule"))) {
			job.Schedules = append(job.Schedules, t)
		}
	case schedule != nil && schedule.Kind == yaml.MappingNode:
		r.fail(d.text(schedule).Span, "the schedule of "+job.Name+" has no cron, without which dbt-jobs-as-code breaks off", `write cron: "0 0 1 1 *" where triggers.schedule is false`)
	}
}

// document finds the places of a YAML file's nodes.
type document struct {
	file  *source.File
	lines []int // where each line begins
}

// text is what a scalar says. Its columns are characters.
func (d document) text(n *yaml.Node) Text {
	start := d.place(n.Line)
	for column := n.Column; column > 1 && start < len(d.file.Text) && d.file.Text[start] != '\n'; column-- {
		_, size := utf8.DecodeRuneInString(d.file.Text[start:])
		start += size
	}
	t := Text{Value: n.Value, Span: source.At(d.file, start, start)}
	switch {
	case n.Kind != yaml.ScalarNode || n.Value == "":
	case n.Style&yaml.LiteralStyle != 0:
		if t.lines = unfolded(d.file, d.place(n.Line+1), n.Value); len(t.lines) > 0 {
			t.Span = t.at(0, len(strings.TrimRight(n.Value, "\n")))
		}
	default:
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && start < len(d.file.Text) {
			start++
		}
		if strings.HasPrefix(d.file.Text[start:], n.Value) {
			return spelled(d.file, start, start+len(n.Value))
		}
	}
	return t
}

// place is where a line begins.
func (d document) place(line int) int {
	if line < 1 || line > len(d.lines) {
		return len(d.file.Text)
	}
	return d.lines[line-1]
}

// fault is where the YAML reader gave up, and what it says.
func (d document) fault(err error) (at source.Span, message string) {
	start, message := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	var load *yaml.LoadError
	if errors.As(err, &load) {
		start, message = d.place(load.Mark.Line), load.Message
	}
	return source.At(d.file, start, start), oneLine(message)
}

// entry is a key of a mapping with its value.
type entry struct{ key, value *yaml.Node }

// entries are those of a mapping, and behind them those of the mappings that `<<` merges into it, unless a key was there before.
func entries(n *yaml.Node) []entry {
	var list []entry
	seen := map[string]bool{}
	visit(n, map[*yaml.Node]bool{}, func(e entry) bool {
		if !seen[e.key.Value] {
			seen[e.key.Value] = true
			list = append(list, e)
		}
		return true
	})
	return list
}

// get is the value at the end of a path of keys, or nil; a null is none.
func get(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		var found *yaml.Node
		visit(n, map[*yaml.Node]bool{}, func(e entry) bool {
			if e.key.Value == name {
				found = e.value
			}
			return found == nil
		})
		n = found
	}
	if n != nil && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return nil
	}
	return n
}

// visit calls f for each entry of a mapping, and then for those of what it merges, until f returns false. A mapping that merges itself,
// which an anchor allows, is visited once.
func visit(n *yaml.Node, seen map[*yaml.Node]bool, f func(entry) bool) bool {
	n = behind(n)
	if n == nil || seen[n] {
		return true
	}
	seen[n] = true
	if n.Kind == yaml.SequenceNode { // of `<<`
		for _, one := range n.Content {
			if one = behind(one); one != nil && one.Kind == yaml.MappingNode && !visit(one, seen, f) {
				return false
			}
		}
		return true
	}
	if n.Kind != yaml.MappingNode {
		return true
	}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := behind(n.Content[i])
		switch {
		case key == nil || key.Kind != yaml.ScalarNode:
		case key.Value == "<<":
			merged = append(merged, n.Content[i+1])
		case !f(entry{key, behind(n.Content[i+1])}):
			return false
		}
	}
	for _, m := range merged {
		if !visit(m, seen, f) {
			return false
		}
	}
	return true
}

// behind is what an alias stands for.
func behind(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// items are the values of a list.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	var list []*yaml.Node
	for _, one := range n.Content {
		if one = behind(one); one != nil {
			list = append(list, one)
		}
	}
	return list
}

func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// number is a whole number, written as one or as a text; 0 is none.
func number(n *yaml.Node) int {
	i, err := strconv.Atoi(scalar(n))
	if err != nil || i < 0 {
		return 0
	}
	return i
}
