package joblint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// taken is a command as a test compares it.
func taken(t *testing.T, line string, v2 bool) []string {
	t.Helper()
	steps, _, fault := script(spelled(&source.File{Text: line}, 0, len(line)))
	if fault != nil || len(steps) != 1 {
		t.Fatalf("%q: %d commands, %v", line, len(steps), fault)
	}
	c := parse(steps[0].Words, v2)
	list := []string{c.name}
	for i, options := range [][]given{c.front, c.given} {
		for _, g := range options {
			text := g.name
			for _, w := range g.values {
				text += " " + printed(w) + fmt.Sprintf("@%d", w.Span.Start)
			}
			list = append(list, []string{"in front: ", ""}[i]+text)
		}
	}
	for _, w := range c.words {
		list = append(list, "word: "+printed(w))
	}
	if c.open {
		list = append(list, "open")
	}
	for _, p := range c.problems {
		message, _, _ := strings.Cut(p.message, ": dbt refuses")
		list = append(list, fmt.Sprintf("%d: %s", p.at.Start, message))
	}
	return list
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		line string
		want []string
	}{
		{"dbt build", []string{"build"}},
		{"dbt list", []string{"ls"}},
		{"dbt docs generate --static", []string{"docs generate", "--static"}},
		{"dbt source snapshot-freshness -o x", []string{"source freshness", "-o x@33"}},
		{"dbt run -s a b -x --exclude c", []string{"run", "--select a@11 b@13", "--fail-fast", "--exclude c@28"}},
		{"dbt run -m a", []string{"run", "--models a@11"}},
		{"dbt run --select=a b", []string{"run", "--select a@17 b@19"}},
		{"dbt run --select 'a b' -sc", []string{"run", "--select a b@17", "--select c@25"}},
		{"dbt run -xqs tag:a", []string{"run", "--fail-fast", "--quiet", "--select tag:a@13"}},
		{"dbt run -tprod --target-path x", []string{"run", "--target prod@10", "--target-path x@29"}},
		{"dbt --no-partial-parse --warn-error run", []string{"run", "in front: --no-partial-parse", "in front: --warn-error"}},
		{"dbt --target prod run", []string{"run", "in front: --target prod@13"}},
		{"dbt --threads 4 run", []string{"run", "open", "4: dbt takes --threads behind a command, and not in front of it"}},
		{"dbt run-operation m --args '{a: 1}'", []string{"run-operation", "--args {a: 1}@27", "word: m"}},
		{"dbt run-operation --args x m n", []string{"run-operation", "--args x@25", "word: m", "word: n", "29: dbt run-operation takes no argument n"}},
		{"dbt run -- -s", []string{"run", "word: -s", "11: dbt run takes no argument -s"}},
		{"dbt build staging.*+ b", []string{"build", "word: staging.*+", "word: b", "10: dbt build takes no argument staging.*+"}},
		{"dbt parse a", []string{"parse", "word: a", "10: dbt parse takes no argument a"}},
		{"dbt build --full-refersh x", []string{"build", "word: x", "open", "10: dbt build has no option --full-refersh"}},
		{"dbt run --resource-type model", []string{"run", "word: model", "open", "8: dbt run has no option --resource-type"}},
		{"dbt build --full-refresh=true", []string{"build", "--full-refresh", "10: --full-refresh takes no value"}},
		{"dbt build -s", []string{"build", "--select", "10: -s needs a value"}},
		{"dbt tset", []string{"tset", "4: dbt has no command tset"}},
		{"dbt docs", []string{"", "4: dbt docs needs another word"}},
		{"dbt docs make", []string{"docs make", "4: dbt has no command docs make"}},
		{"dbt --version", []string{"", "in front: --version"}},
		{"dbt", []string{""}},
		{"dbt compare -s a", []string{"compare"}},
		{"dbt $CMD", []string{"", "open"}},
		{"dbt run $FLAGS", []string{"run", "open"}},
		{`dbt run "$MODEL"`, []string{"run", "word: …", "open"}},
		{"dbt run -s $MODELS", []string{"run", "--select …@11", "open"}},
		{`dbt run -s "$MODEL" tag:$TAG`, []string{"run", "--select …@11 tag:…@20", "open"}},
		{"dbt run --target $T --select=$X", []string{"run", "--target …@17", "--select …@20", "open"}},
		{`dbt run "$@"`, []string{"run", "open"}},
	} {
		t.Run(tc.line, func(t *testing.T) {
			if d := cmp.Diff(tc.want, taken(t, tc.line, false)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestParseV2: what dbt v2 has and this table has not is no finding.
func TestParseV2(t *testing.T) {
	for line, want := range map[string][]string{
		"dbt build --static-analysis off": {"build", "word: off", "open"},
		"dbt lint":                        {"lint"},
		"dbt build a":                     {"build", "word: a", "10: dbt build takes no argument a"},
	} {
		if d := cmp.Diff(want, taken(t, line, true)); d != "" {
			t.Errorf("%s (-want +got):\n%s", line, d)
		}
	}
}

func TestPlatformStep(t *testing.T) {
	for _, tc := range []struct{ line, want string }{
		{"dbt build", ""},
		{"  dbt run\n  --select 'a b'\r\n", ""},
		{`dbt run --vars '{a: $b, c: "` + "`d`" + `"}'`, ""},
		{`dbt run --vars "{a: \$b}"`, ""},
		{"dbt build -s a+ b*", ""},
		{"", "the step is empty"},
		{"dbtx", "a step is a dbt command"},
		{"DBT_X=1 dbt run", "a step is a dbt command"},
		{"dbt run; dbt test", "a step is one dbt command"},
		{"dbt run;", "a step is one dbt command"},
		{"dbt run && dbt test", "a step is one dbt command"},
		{"dbt run | cat", "a step is one dbt command"},
		{"dbt run > x", "a step is one dbt command"},
		{"dbt run &", "a step is one dbt command"},
		{"dbt run -s $A", "no shell runs a step"},
		{`dbt run -s "$(x)"`, "no shell runs a step"},
		{"dbt run -s `x`", "no shell runs a step"},
		{"dbt run -s 'a", "this is no shell command"},
		{"dbt run -s (a)", "this is no shell command"},
	} {
		s := platformStep(spelled(&source.File{Text: tc.line}, 0, len(tc.line)))
		got := ""
		if len(s.refused) > 0 {
			got = s.refused[0].message
		}
		if (tc.want == "") != (got == "") || !strings.HasPrefix(got, tc.want) {
			t.Errorf("%q: %q, want %q", tc.line, got, tc.want)
		}
	}
}
