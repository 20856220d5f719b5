package joblint_test

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/joblint"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// show is what a test compares: a line a job, and below it its steps, each with the place of its last word.
func show(jobs []joblint.Job, diags diag.List) []string {
	lines := []string{}
	for _, j := range jobs {
		line := j.Name
		for _, more := range []struct {
			said  bool
			value string
		}{
			{j.Platform, "platform"}, {j.AsCode, "as code"}, {j.Account != "", "account " + j.Account}, {j.Target != "", "target " + j.Target}, {j.TargetOpen, "target ?"},
			{j.Environment != 0, fmt.Sprint("environment ", j.Environment)}, {j.Timeout != 0, fmt.Sprint("timeout ", j.Timeout)},
		} {
			if more.said {
				line += ", " + more.value
			}
		}
		for _, s := range j.Schedules {
			row, column := s.Span.Position()
			line += fmt.Sprintf(", at %s (%d:%d)", s.Value, row, column)
		}
		lines = append(lines, line)
		for _, s := range j.Steps {
			row, column := s.Span.Position()
			words := []string{}
			for _, w := range s.Words {
				words = append(words, strings.ReplaceAll(w.Text, "\x00", "?"))
			}
			line := fmt.Sprintf("  %d:%d %q", row, column, words)
			if n := len(s.Words); n > 0 {
				row, column = s.Words[n-1].Span.Position()
				line += fmt.Sprintf(" %d:%d", row, column)
			}
			lines = append(lines, line)
		}
	}
	for _, d := range diags {
		row, column := d.Span.Position()
		lines = append(lines, fmt.Sprintf("%d:%d %s %s", row, column, d.Severity, d.Code))
	}
	return lines
}

func TestRead(t *testing.T) {
	for _, tc := range []struct {
		name, file, text string
		want             []string
	}{
		{"a list", "jobs.txt", "# first\ndbt seed # and more\n\n  dbt run -s 'a b' \\\n    --full-refresh\n", []string{
			"jobs.txt", `  2:1 ["dbt" "seed"] 2:5`, `  4:3 ["dbt" "run" "-s" "a b" "--full-refresh"] 5:5`,
		}},
		{"a script", "x.sh", "if [ -n \"$CI\" ]; then DBT_X=1 dbt build -s \"$A\" $B tag:$C; fi\nn=$(dbt ls | wc -l)\ncd x && uv run --frozen dbt test; env A=1 exec dbt run; echo dbt\n", []string{
			"x.sh", `  1:31 ["dbt" "build" "-s" "?" "?" "tag:?"] 1:52`, `  2:5 ["dbt" "ls"] 2:9`, `  3:25 ["dbt" "test"] 3:29`, `  3:48 ["dbt" "run"] 3:52`,
		}},
		{"quotes", "x.sh", `dbt run -s a\ b "c'd"'e"f' "g\"\$h" $'i' j\*` + "\n", []string{
			"x.sh", `  1:1 ["dbt" "run" "-s" "a b" "c'de\"f" "g\"$h" "?" "j*"] 1:42`,
		}},
		{"not a script", "x.sh", "dbt run 'a\n", []string{"1:9 error DW411"}},
		{"a script without dbt", "x.sh", "echo\n", []string{"1:1 note DW411"}},
		{"Terraform without jobs", "x.tf", "variable \"a\" {}\n", []string{"1:1 note DW411"}},
		{"a workflow without dbt", "x.yml", "jobs: {a: {steps: [{run: make}]}}", []string{"1:1 note DW411"}},
		{"nothing", "x.txt", "", []string{"1:1 error DW411"}},
		{"jobs as code", "jobs.yml", `
account_id: "9"
base: &base {triggers: {schedule: true}, settings: &s {threads: 4, target_name: prod}, execution: {timeout_seconds: 60}}
steps: &steps [dbt seed, "dbt \x72un"]
jobs:
  a:
    <<: *base
    environment_id: "3"
    schedule: {cron: 0 5 * * *}
    execute_steps: *steps
  b:
    <<: [{name: B}, *base]
    triggers: {schedule: false}
    account_id: 1
    settings: {<<: *s, target_name: x}
    execute_steps:
      - 'dbt run -s "a"'
      - |
        dbt build
          --select b
      - >-
        dbt test
        -s c
      - dbt run -s {{ x }}
      - dbt run && dbt test
      - [dbt run]
`, []string{
			"a, platform, as code, account 9, target prod, environment 3, timeout 60, at 0 5 * * * (9:22)", `  4:16 ["dbt" "seed"] 4:20`, `  4:26 ["dbt" "run"] 4:26`,
			"B, platform, as code, account 1, target x, timeout 60", `  17:10 ["dbt" "run" "-s" "a"] 17:21`, `  19:9 ["dbt" "build" "--select" "b"] 20:20`,
			`  21:9 ["dbt" "test" "-s" "c"] 21:9`, `  25:9 []`, "24:20 error DW405",
		}},
		{"an anchor in itself", "jobs.yml", "jobs:\n  a: &a\n    <<: *a\n    execute_steps: &b [dbt run, *b]\n", []string{"a, platform, as code", `  4:24 ["dbt" "run"] 4:28`}},
		{"null steps", "jobs.yml", "jobs: {a: {execute_steps: ~}}", []string{"1:1 error DW411"}},
		{"jobs without steps", "jobs.yml", "jobs: {a: {execute_steps: []}, b: 1, c: ~}", []string{"a, platform, as code", "b, platform, as code", "c, platform, as code", "1:27 warning DW401"}},
		{"not YAML", "jobs.yml", "a: [\n{{ execute_steps }}", []string{"2:1 error DW405", "2:20 error DW411"}},
		{"a workflow", "ci.yml", `
on:
  schedule: [{cron: "0 5 * * *"}, {cron: 0 6 * * *}]
jobs:
  a:
    name: Nightly
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
      - run: |
          cd dbt

          poetry run dbt build --target ${{ vars.T }} -s "tag:${{ inputs.tag || 'x' }}"
      - {run: dbt test, shell: pwsh}
      - {run: 'dbt run "'}
      - shell: bash
        run: dbt docs generate
  b: {steps: [{run: make}]}
`, []string{
			"Nightly, timeout 1200, at 0 5 * * * (3:22), at 0 6 * * * (3:42)", `  13:22 ["dbt" "build" "--target" "?" "-s" "tag:?"] 13:58`, `  17:14 ["dbt" "docs" "generate"] 17:23`, "14:15 note DW411", "15:24 note DW411",
		}},
		{"Terraform", "main.tf", `
resource "dbtcloud_job" "a" {
  name             = "A ${1 + 1}"
  target_name      = var.target
  environment_id   = 3
  execution        = { "timeout_seconds" = 90 }
  triggers         = { schedule = true }
  schedule_type    = "days_of_week"
  schedule_days    = [1, 2]
  schedule_hours   = [5]
  execute_steps    = ["dbt run -s a", "dbt run -s \"b\"", "dbt run ${var.x}", <<-X
    dbt build
    X
  ]
}
resource "dbtcloud_job" "b" {
  triggers          = { schedule = true }
  schedule_interval = 4
  execute_steps     = concat(["dbt run"], var.more)
}
resource "dbtcloud_job" "c" {
  target_name   = "prod"
  timeout_seconds = 7
  triggers      = { schedule = true }
  schedule_cron = "0 5 * * 1"
  execute_steps = []
}
resource "other" "c" {}
`, []string{
			"a, platform, target ?, environment 3, timeout 90, at 0 5 * * 1,2 (9:22)", `  11:24 ["dbt" "run" "-s" "a"] 11:35`, `  11:39 ["dbt" "run" "-s" "b"] 11:39`, `  11:79 ["dbt" "build"] 11:79`,
			"b, platform, at 0 */4 * * * (18:23)", "c, platform, target prod, timeout 7, at 0 5 * * 1 (25:20)", "11:59 note DW411", "19:23 note DW411", "26:19 error DW401",
		}},
		{"not Terraform", "main.tf", "resource {\n", []string{"1:10 error DW411"}},
		{"the Admin API", "a.json", `{"name": "A", "account_id": 1, "environment_id": 3, "settings": {"target_name": "prod"}, "execution": {"timeout_seconds": 5},
 "triggers": {"schedule": true}, "schedule": {"date": {"cron": "0 5 * * *"}},
 "execute_steps": ["dbt run -s a", "dbt run -s \"b\"", 1]}`, []string{
			"A, platform, account 1, target prod, environment 3, timeout 5, at 0 5 * * * (2:65)", `  3:21 ["dbt" "run" "-s" "a"] 3:32`, `  3:36 ["dbt" "run" "-s" "b"] 3:36`,
		}},
		{"a deleted job of the Admin API", "a.json", `[{"name": "A", "state": 2, "execute_steps": ["dbt run"]}, {"name": "B", "state": 1, "execute_steps": ["dbt run"]}]`, []string{
			"B, platform", `  1:104 ["dbt" "run"] 1:108`,
		}},
		{"nothing but deleted jobs", "a.json", `{"data": [{"state": 2, "execute_steps": ["dbt run"]}]}`, []string{"1:1 note DW411"}},
		{"a job without steps", "a.json", `{"name": "A", "execute_steps": []}`, []string{"A, platform", "1:32 warning DW401"}},
		{"schedules", "jobs.yml", `
jobs:
  yes: {triggers: {schedule: yes}, schedule: {cron: 0 5 * * 7}, execute_steps: [dbt run]}
  true: {triggers: {schedule: True}, schedule: {cron: "0 5  * * 5-7"}, execute_steps: [dbt run]}
  on: {triggers: {schedule: 'on'}, schedule: {cron: 99 * * * *}, execute_steps: [dbt run]}
  no: {triggers: {schedule: No}, schedule: {cron: 0 5 * *}, execute_steps: [dbt run]}
  more: {triggers: {schedule: off}, schedule: {cron: 0 5 * * 5#2}, execute_steps: [dbt run]}
  none: {triggers: {schedule: false}, schedule: {}, execute_steps: [dbt run]}
`, []string{
			"yes, platform, as code, at 0 5 * * 7 (3:53)", `  3:81 ["dbt" "run"] 3:85`, "true, platform, as code, at 0 5  * * 5-7 (4:56)", `  4:88 ["dbt" "run"] 4:92`,
			"on, platform, as code, at 99 * * * * (5:53)", `  5:82 ["dbt" "run"] 5:86`, "no, platform, as code", `  6:77 ["dbt" "run"] 6:81`,
			"more, platform, as code", `  7:84 ["dbt" "run"] 7:88`, "none, platform, as code", `  8:69 ["dbt" "run"] 8:73`,
			"5:53 error DW411", "6:51 error DW411", "7:54 note DW411", "8:49 error DW411",
		}},
		{"shells of a workflow", "ci.yml", `
defaults: {run: {shell: "bash -e {0}"}}
jobs:
  a: {runs-on: windows-latest, steps: [{run: dbt build}]}
  b: {defaults: {run: {shell: pwsh}}, steps: [{run: dbt build}, {run: dbt test, shell: /bin/sh}]}
`, []string{"a", `  4:46 ["dbt" "build"] 4:50`, "b", `  5:71 ["dbt" "test"] 5:75`, "5:53 note DW411"}},
		{"runners with Windows", "ci.yml", `
jobs:
  a: {runs-on: windows-latest, steps: [{run: dbt build}, {run: dbt test, shell: bash}]}
  b: {runs-on: [self-hosted, Windows], steps: [{run: dbt build}]}
  c: {runs-on: {group: x, labels: windows-8}, steps: [{run: dbt build}]}
  d: {runs-on: "${{ matrix.os }}", strategy: {matrix: {os: [ubuntu-latest, windows-latest]}}, steps: [{run: dbt build}]}
  e: {runs-on: "${{ matrix.os }}", strategy: {matrix: {os: [ubuntu-latest]}}, steps: [{run: dbt build}]}
`, []string{
			"a", `  3:64 ["dbt" "test"] 3:68`, "b", "c", "d", "e", `  7:93 ["dbt" "build"] 7:97`, "3:46 note DW411", "4:54 note DW411", "5:61 note DW411", "6:109 note DW411",
		}},
		{"what is not looked at", "x.sh", "$DBT build\n$DBT test\ndocker run dbt build\ndbt ls\n", []string{"x.sh", `  4:1 ["dbt" "ls"] 4:5`, "1:1 note DW411", "3:1 note DW411"}},
		{"nothing looked at", "x.txt", "$DBT build\n", []string{"x.txt", "1:1 note DW411"}},
		{"dbtwac's list of steps", "steps.json", `[{"job": "a", "schedule": "0 5 * * *", "timeout_seconds": 60, "steps": [{"command": "dbt build -s 'a b'", "words": ["dbt"]}]}, {"job": "b", "steps": []}]`, []string{
			"a, timeout 60, at 0 5 * * * (1:28)", `  1:86 ["dbt" "build" "-s" "a b"] 1:99`,
		}},
		{"a schedule of another workflow", "ci.yml", "on: {schedule: [{cron: x}]}\njobs: {a: {steps: [{run: make}]}}\n", []string{"1:1 note DW411"}},
		{"a workflow's schedules", "ci.yml", "on: {schedule: [{cron: 0 5 * * 7}, {cron: \"@daily\"}]}\njobs: {a: {steps: [{run: dbt run}]}, b: {steps: [{run: dbt run}]}}\n", []string{
			"a, at 0 5 * * 7 (1:24), at @daily (1:44)", `  2:26 ["dbt" "run"] 2:30`, "b, at 0 5 * * 7 (1:24), at @daily (1:44)", `  2:56 ["dbt" "run"] 2:60`, "1:44 warning DW411",
		}},
		{"Terraform's schedules", "main.tf", `
resource "dbtcloud_job" "a" {
  triggers      = { schedule = true }
  execute_steps = ["dbt run"]
}
resource "dbtcloud_job" "b" {
  triggers       = { schedule = true }
  schedule_hours = [24]
  execute_steps  = ["dbt run"]
}
`, []string{
			"a, platform, at 0 * * * * (2:25)", `  4:21 ["dbt" "run"] 4:25`, "b, platform, at 0 24 * * * (8:20)", `  9:22 ["dbt" "run"] 9:26`, "8:20 error DW411",
		}},
		{"an answer of the Admin API", "a.json", `{"data": [{"execute_steps": ["dbt run"]}, {}, 1]}`, []string{", platform", `  1:31 ["dbt" "run"] 1:35`}},
		{"a list of commands", "steps", `["dbt run", "echo"]`, []string{"steps", `  1:3 ["dbt" "run"] 1:7`}},
		{"not JSON", "a.json", `{"a": `, []string{"1:6 error DW411"}},
		{"other JSON", "a.json", `{"a": 1}`, []string{"1:1 error DW411"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := show(joblint.Read(&source.File{Name: tc.file, Text: tc.text}, joblint.Options{}))
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestReadForThePlatform(t *testing.T) {
	got := show(joblint.Read(&source.File{Name: "list.txt", Text: "# first\ndbt run -s a\r\n  dbt test && echo\n"}, joblint.Options{Platform: true}))
	if d := cmp.Diff([]string{"list.txt, platform", `  2:1 ["dbt" "run" "-s" "a"] 2:12`, `  3:3 []`}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestReadDeep: no nesting exhausts a stack. Both are a part of what they may be, since some parsers take the square of a depth.
func TestReadDeep(t *testing.T) {
	const part, stack = 32, 1_000_000_000 // what Go gives a goroutine on 64 bits
	defer debug.SetMaxStack(debug.SetMaxStack(stack / part))
	for _, tc := range []struct {
		ending string
		size   int // of the longest file: what the reader of scripts takes, and for others a MiB, which nothing but their depth limits
		opens  []string
	}{
		{".sh", joblint.Longest, []string{"(", "$(", "`", "\"$(", "! ", "if ", "a|", "a&&", "{ ", "((", "$((", "((!", "x=(", "f()", "[[ !", "[[ (", "while ", "case x in x)", "${x:-", "<(", "@("}},
		{".tf", 1 << 20, []string{"a {\n", "a=[", "a=(", "a=-", "a=!", "a={b=", "a=\"${", "a=x?y:", "a=\"%{if x}", "a=f(", "a=x[", "a=[for x in "}},
		{".yml", 1 << 20, []string{"[", "{a: ", "- ", "? ", "<<: &a [*a, ", "&a "}},
		{".json", 1 << 20, []string{"[", `{"a":`}},
	} {
		for _, open := range tc.opens {
			head, again := "", open
			if before, behind, found := strings.Cut(open, "="); found && tc.ending == ".tf" {
				head, again = before+"=", behind
			}
			joblint.Read(&source.File{Name: "x" + tc.ending, Text: head + strings.Repeat(again, (tc.size/part-len(head))/len(again))}, joblint.Options{})
		}
	}
}

// TestReadTemplated: Jinja that is meant leaves what it stands in open.
func TestReadTemplated(t *testing.T) {
	got := show(joblint.Read(&source.File{Name: "jobs.yml", Text: `
jobs:
  {% for é in tenants %}
  a_{{ é }}:
    name: "A {{ tenant }}"
    environment_id: {{ environment }}
    settings: {target_name: "{{ target }}"}
    execute_steps: ["dbt build -s tag:{{ tag }} b", dbt run -s c, "dbt test {{ flags }}"] {# all #}
  {% endfor %}
`}, joblint.Options{Templated: true}))
	want := []string{
		"A …, platform, as code, target \ue000_________, target ?", `  8:22 ["dbt" "build" "-s" "tag:?" "b"] 8:49`, `  8:53 ["dbt" "run" "-s" "c"] 8:64`, `  8:68 ["dbt" "test" "?"] 8:77`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []struct{ name, text string }{
		{"a.txt", "dbt build -s 'a b' # c\n"},
		{"a.sh", "if x; then poetry run dbt build -s \"$A\" tag:${B:-c}; fi <<E\nx\nE\n"},
		{"a.yml", "a: &a {name: x}\njobs:\n  b: {<<: [*a, *a], execute_steps: [dbt run, \"dbt \\x72un\", &c dbt test, *c]}\n"},
		{"a.yml", "jobs:\n  b:\n    execute_steps:\n      - |2-\n        dbt run\r\n      - >\n        dbt\n        test {{ x }}\n"},
		{"a.yml", "on: {schedule: [{cron: 0 5 * * *}]}\njobs:\n  a:\n    timeout-minutes: 9\n    steps:\n      - run: |\n          dbt build --target ${{ x }}\n"},
		{"a.tf", "resource \"dbtcloud_job\" \"a\" {\n  triggers = { schedule = true }\n  schedule_days = [1]\n  execute_steps = [\"dbt run -s \\\"a\\\"\", <<-X\n  dbt x\n  X\n  , var.a]\n}\n"},
		{"a.json", `{"data": [{"execute_steps": ["dbt run -s \"a\""], "triggers": {"schedule": true}, "schedule": {"cron": "0 5 * * *"}}]}`},
		{"a.yml", "concurrency: x\njobs:\n  a: {needs: [a, b], if: always(), runs-on: '${{ matrix.a }}', strategy: {matrix: {a: [x]}}, concurrency: {group: x}, steps: [{run: $DBT x; sudo -u x dbt y}]}\n"},
		{"a.json", `[{"job": "a", "schedule": "0 5 * * 7", "steps": [{"command": "python -m dbt run"}]}]`},
		{"a.json", `["dbt run \u0000", "x"]`},
	} {
		f.Add(seed.name, seed.text)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		file := &source.File{Name: name, Text: text}
		for _, set := range []bool{false, true} {
			jobs, diags := joblint.Read(file, joblint.Options{Platform: set, Templated: set})
			spans := []source.Span{}
			for _, d := range diags {
				spans = append(spans, d.Span)
			}
			for _, j := range jobs {
				spans = append(spans, j.At)
				for _, s := range j.Schedules {
					spans = append(spans, s.Span)
				}
				for _, s := range j.Steps {
					spans = append(spans, s.Span)
					for _, w := range s.Words {
						spans = append(spans, w.Span)
					}
					if len(s.Words) > 0 {
						joblint.Parse(s.Words)
					}
				}
			}
			for _, s := range spans {
				if s.File != file || s.Start < 0 || s.End < s.Start || s.End > len(text) {
					t.Errorf("a place that is none: %d to %d of %d bytes", s.Start, s.End, len(text))
				}
			}
		}
	})
}
