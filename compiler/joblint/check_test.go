package joblint_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/joblint"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// small is a project of two models, a snapshot and a few macros.
var small = ruletest.Case{
	Config: ruletest.Deployment("write_audit_clone", "") + "jobs: {environment_ids: {prod: 102}}\n",
	Nodes: []ruletest.Node{
		{ID: "model.p.stg", Raw: "select 1", More: `"tags": ["a"]`},
		{ID: "model.p.fct", Raw: "select 1", Parents: []string{"model.p.stg"}, More: `"tags": ["b"]`},
		{ID: "snapshot.p.snap", Raw: "select 1"},
	},
	Macros: []ruletest.Macro{
		{ID: "macro.p.own", Text: "{% macro own(a, b=1) %}{% endmacro %}"},
		{ID: "macro.p.both", Text: "{% macro both(root=1) %}{% endmacro %}"},
		{ID: "macro.q.both", Text: "{% macro both(other=1) %}{% endmacro %}"},
		{ID: "macro.dbt.both", Text: "{% macro both(dbts=1) %}{% endmacro %}"},
		{ID: "macro.q.any", Text: "{% macro any() %}{{ kwargs }}{% endmacro %}"},
	},
}

func check(t *testing.T, c ruletest.Case, files ...*source.File) []string {
	t.Helper()
	p := ruletest.Pass(t, c)
	list := []string{}
	for _, d := range joblint.Check(joblint.Input{Project: p.Project, Config: p.Config, Plan: p.Plan, Names: p.Names, Ignored: p.Ignored, Fold: p.Fold}, files, joblint.Options{}).Sorted() {
		line, column := d.Span.Position()
		list = append(list, fmt.Sprintf("%d:%d %s %s", line, column, d.Severity, d.Code))
	}
	return list
}

func TestCheckCommands(t *testing.T) {
	for line, want := range map[string][]string{
		"dbt run -s fct":                                      {},
		"dbt run -s tag:a tag:c":                              {"1:18 warning DW122"},
		"dbt run -s tag:c":                                    {"1:12 error DW402"},
		"dbt run -s snap":                                     {"1:12 error DW402"},
		"dbt build -s snap":                                   {},
		"dbt build --exclude '*'":                             {"1:21 error DW402"},
		"dbt build --resource-type seed -s fct":               {"1:35 error DW402"},
		"dbt test -s fct":                                     {"1:13 error DW402"},
		"dbt test":                                            {},
		"dbt ls -m fct":                                       {},
		"dbt ls -s fct -m fct":                                {"1:18 error DW120"},
		"dbt run -s 'a b' fct tga:a":                          {"1:22 error DW120"},
		"dbt run -s tag:a, fct":                               {"1:12 warning DW122"},
		"dbt run --selector none":                             {"1:20 error DW120"},
		"dbt run -s state:modified":                           {},
		"dbt run -s result:error+ fct":                        {},
		"dbt build --indirect-selection sometimes -s fct":     {"1:1 error DW120"},
		"dbt build --exclude resource_type:seed tag:c":        {"1:40 warning DW122"},
		"dbt build --exclude 'a test_type:unit'":              {"1:22 warning DW122"},
		"dbt build --exclude resource_type:seed+":             {"1:21 warning DW122"},
		"dbt build -s fct resource_type:seed":                 {"1:18 warning DW122"},
		"dbt --warn-error build --exclude resource_type:seed": {"1:34 warning DW122"},
		"dbt run-operation own --args '{a: 1}'":               {},
		"dbt run-operation p.own --args '{a: 1, b: 2}'":       {},
		"dbt run-operation own":                               {"1:19 warning DW404"},
		"dbt run-operation own --args '{b: 1}'":               {"1:19 warning DW404"},
		"dbt run-operation own --args '{a: 1, c: 1}'":         {"1:30 error DW404"},
		"dbt run-operation own --args '{a: 1'":                {"1:30 error DW404"},
		"dbt run-operation own --args \"$ARGS\"":              {},
		"dbt run-operation own $ARGS":                         {},
		"dbt run-operation q.own":                             {"1:19 error DW404"},
		"dbt run-operation owns":                              {"1:19 error DW404"},
		"dbt run-operation both --args '{root: 1}'":           {},
		"dbt run-operation both --args '{other: 1}'":          {"1:31 error DW404"},
		"dbt run-operation q.both --args '{other: 1}'":        {},
		"dbt run-operation dbt.both --args '{dbts: 1}'":       {},
		"dbt run-operation any --args '{what: 1, ever: [2]}'": {},
		"dbt run-operation --sql 'select 1'":                  {},
		"dbt run-operation $MACRO":                            {},
	} {
		if d := cmp.Diff(want, check(t, small, &source.File{Name: "x.txt", Text: line + "\n"})); d != "" {
			t.Errorf("%s (-want +got):\n%s", line, d)
		}
	}
}

// TestCheckNothing: whether an empty selection fails or succeeds depends on the options beside it.
func TestCheckNothing(t *testing.T) {
	for line, fails := range map[string]bool{
		"dbt run -s tag:c":              false,
		"dbt run -s tag:c --warn-error": true,
		"dbt --warn-error run -s snap":  true,
		`dbt run -s tag:c --warn-error-options '{"error": ["NoNodesForSelectionCriteria"]}'`:                     true,
		`dbt run -s tag:c --warn-error-options '{"include": ["NoNodesForSelectionCriteria"]}'`:                   true,
		`dbt run -s snap --warn-error-options '{"error": ["NoNodesForSelectionCriteria"]}'`:                      false,
		`dbt run -s snap --warn-error-options '{"error": ["NothingToDo"]}'`:                                      true,
		"dbt run -s tag:c --warn-error-options '{error: all}'":                                                   true,
		"dbt run -s tag:c --warn-error-options '{error: \"*\"}'":                                                 true,
		"dbt run -s tag:c --warn-error-options '{error: all, warn: [NoNodesForSelectionCriteria, NothingToDo]}'": false,
		"dbt run -s tag:c --warn-error-options '{error: [LogTestResult]}'":                                       false,
		"dbt run -s tag:c --warn-error-options x":                                                                false,
	} {
		p := ruletest.Pass(t, small)
		found := joblint.Check(joblint.Input{Project: p.Project, Config: p.Config, Plan: p.Plan, Names: p.Names, Ignored: p.Ignored, Fold: p.Fold}, []*source.File{{Name: "x.txt", Text: line}}, joblint.Options{}).Sorted()
		if len(found) != 1 || found[0].Code != joblint.Nothing || strings.Contains(found[0].Message, "the job fails here") != fails {
			t.Errorf("%s: %v; want that it fails: %v", line, found, fails)
		}
	}
}

func TestCheckOverlap(t *testing.T) {
	const form = "jobs: {%s: {environment_id: %d, settings: {target_name: %s}, triggers: {schedule: true}, schedule: {cron: %q}, execution: {timeout_seconds: %d}, execute_steps: [%s]}}\n"
	job := func(name string, environment int, target, cron string, timeout int, step string) *source.File {
		return &source.File{Name: name + ".yml", Text: fmt.Sprintf(form, name, environment, target, cron, timeout, step)}
	}
	for _, tc := range []struct {
		name string
		a, b *source.File
		meet bool
	}{
		{"one target", job("a", 102, "prod", "0 5 * * *", 0, "dbt run"), job("b", 102, "prod", "30 5 * * *", 0, "dbt build -s fct"), true},
		{"an hour later", job("a", 102, "prod", "0 5 * * *", 0, "dbt run"), job("b", 102, "prod", "0 6 * * *", 0, "dbt build -s fct"), false},
		{"a long timeout", job("a", 102, "prod", "0 5 * * *", 7200, "dbt run"), job("b", 102, "prod", "0 6 * * *", 0, "dbt build -s fct"), true},
		{"a short timeout", job("a", 102, "prod", "0 5 * * *", 60, "dbt run"), job("b", 102, "prod", "30 5 * * *", 0, "dbt build -s fct"), false},
		{"other nodes", job("a", 102, "prod", "0 5 * * *", 0, "dbt run -s stg"), job("b", 102, "prod", "0 5 * * *", 0, "dbt build -s fct"), false},
		{"only tests", job("a", 102, "prod", "0 5 * * *", 0, "dbt run"), job("b", 102, "prod", "0 5 * * *", 0, "dbt test"), false},
		{"one target name in two environments", job("a", 102, "prod", "0 5 * * *", 0, "dbt run"), job("b", 2, "prod", "0 5 * * *", 0, "dbt run"), false},
		{"the environment by its number", job("a", 102, "default", "0 5 * * *", 0, "dbt run"), job("b", 102, "prod", "0 5 * * *", 0, "dbt run"), true},
		{"an unknown environment", job("a", 1, "x", "0 5 * * *", 0, "dbt run"), job("b", 1, "y", "0 5 * * *", 0, "dbt run"), true},
		{"two unknown environments", job("a", 1, "default", "0 5 * * *", 0, "dbt run"), job("b", 2, "default", "0 5 * * *", 0, "dbt run"), false},
		{"a target that has no number", job("a", 1, "stage", "0 5 * * *", 0, "dbt run"), job("b", 2, "stage", "0 5 * * *", 0, "dbt run"), true},
		{"no number, and the platform's own target", job("a", 0, "default", "0 5 * * *", 0, "dbt run"), job("b", 0, "default", "0 5 * * *", 0, "dbt run"), false},
		{"no number, and an unknown target", job("a", 0, "x", "0 5 * * *", 0, "dbt run"), job("b", 0, "x", "0 5 * * *", 0, "dbt run"), true},
		{"no cron", job("a", 1, "x", "@daily", 0, "dbt run"), job("b", 2, "x", "@daily", 0, "dbt run"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := []string{"1:8 warning DW408"} // of a.yml
			if strings.Contains(tc.a.Text, "@daily") {
				want = append(want, fmt.Sprintf("1:%d note DW411", 1+cronAt(tc.a.Text)), fmt.Sprintf("1:%d note DW411", 1+cronAt(tc.b.Text)))
			}
			if tc.meet {
				want = append(want, fmt.Sprintf("1:%d warning DW406", 1+len(tc.b.Text[:cronAt(tc.b.Text)])))
			}
			if d := cmp.Diff(want, check(t, small, tc.a, tc.b)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestCheckOverlapInWorkflows: what a workflow says about its jobs keeps them apart.
func TestCheckOverlapInWorkflows(t *testing.T) {
	const run = "steps: [{run: dbt run --target prod}]"
	workflow := func(name, top, a, b string) *source.File {
		return &source.File{Name: name, Text: fmt.Sprintf("on: {schedule: [{cron: 0 5 * * *}]}\n%s\njobs:\n  a: {%s%s}\n  b: {%s%s}\n", top, a, run, b, run)}
	}
	const day = "concurrency: day, "
	for _, tc := range []struct {
		name  string
		files []*source.File
		meet  int
	}{
		{"two jobs", []*source.File{workflow("a.yml", "", "", "")}, 1},
		{"one needs the other", []*source.File{workflow("a.yml", "", "", "needs: a, ")}, 0},
		{"the first needs the second", []*source.File{workflow("a.yml", "", "needs: [b, c], ", "")}, 0},
		{"one needs a third", []*source.File{workflow("a.yml", "", "", "needs: [c], ")}, 1},
		{"by hand", []*source.File{workflow("a.yml", "", "", "if: inputs.phase == 'x', ")}, 0},
		{"behind what a person starts", []*source.File{{Name: "a.yml", Text: "on: {schedule: [{cron: 0 5 * * *}]}\njobs: {a: {" + run + "}, b: {if: inputs.x, " + run + "}, c: {needs: b, " + run + "}}"}}, 0},
		{"transitively", []*source.File{{Name: "a.yml", Text: "on: {schedule: [{cron: 0 5 * * *}]}\njobs: {a: {" + run + "}, b: {needs: a, steps: []}, c: {needs: [b], " + run + "}}"}}, 0},
		{"by the schedule or by hand", []*source.File{workflow("a.yml", "", "", "if: github.event_name == 'schedule' || inputs.phase == 'x', ")}, 1},
		{"always", []*source.File{workflow("a.yml", "", "", "if: '${{ always() }}', ")}, 1},
		{"one group", []*source.File{workflow("a.yml", "", day, "concurrency: {group: Day}, ")}, 0},
		{"two groups", []*source.File{workflow("a.yml", "", day, "concurrency: night, ")}, 1},
		{"the same expression", []*source.File{workflow("a.yml", "", "concurrency: '${{ github.workflow }}', ", "concurrency: '${{ github.workflow }}', ")}, 0},
		{"an expression of a run", []*source.File{workflow("a.yml", "", "concurrency: '${{ github.run_id }}', ", "concurrency: '${{ github.run_id }}', ")}, 1},
		{"a group of the workflow", []*source.File{workflow("a.yml", "concurrency: {group: day}", "", "")}, 1},
		{"a group of two workflows", []*source.File{workflow("a.yml", "concurrency: day", "", "needs: a, "), workflow("b.yml", "concurrency: day", "", "needs: a, ")}, 0},
		{"a group of a workflow and of a job", []*source.File{workflow("a.yml", "concurrency: day", "", "needs: a, "), workflow("b.yml", "", day, "needs: a, "+day)}, 0},
		{"two workflows", []*source.File{workflow("a.yml", "", "", "needs: a, "), workflow("b.yml", "concurrency: '${{ github.workflow }}'", "", "needs: a, ")}, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			meet := 0
			for _, found := range check(t, small, tc.files...) {
				if strings.HasSuffix(found, "warning DW406") {
					meet++
				}
			}
			if meet != tc.meet {
				t.Errorf("%d findings, want %d", meet, tc.meet)
			}
		})
	}
}

// TestCheckManyJobs: a file may hold hundreds of jobs, of which each two are compared.
func TestCheckManyJobs(t *testing.T) {
	const n = 500
	text := "jobs:\n"
	for i := range n {
		text += fmt.Sprintf("  a%d: {environment_id: 102, triggers: {schedule: true}, schedule: {cron: \"%d */2 1,2,3 * *\"}, execute_steps: [dbt run]}\n", i, i%60)
	}
	begun := time.Now()
	found := check(t, small, &source.File{Name: "a.yml", Text: text})
	if took := time.Since(begun); took > 5*time.Second { // it is a tenth of a second; a machine may be busy
		t.Errorf("%d jobs took %v", n, took)
	}
	if len(found) != 1+n-1 { // DW408, and all but the first job
		t.Errorf("%d findings", len(found))
	}
}

func cronAt(text string) int {
	const key = `cron: "`
	for i := range text {
		if len(text) > i+len(key) && text[i:i+len(key)] == key {
			return i + len(key)
		}
	}
	return 0
}
