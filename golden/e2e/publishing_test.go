package e2e

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

// A rule is a sentence of the publishing protocol, and what makes it true or breaks it. It works on a copy of a lab: production
// is of the first day, with five sales, and staging of the second, with eight.
type rule struct {
	what, why string
	on        string // the only engine that has it; empty: all
	with      string // keys of the deployment; empty: copied
	more      string // more of dbtwac.yml
	setup     func(lab)
	// do are the steps, in a run with the id test-1. Each has to go well, but for those behind "fails ", and but for the last, where
	// the rule has a refusal.
	//
	//	publish          the operation's script
	//	phase publish    all of the phase, with dbt
	//	macro publish    the operation's macro, under the target staging, or under one that stands behind it
	//	dry publish      the macro's dry run
	//	dbt ARGS         dbt
	//	sql TEXT         statements in the warehouse
	//	write FILE TEXT  one of the project's files
	//	deploy KEYS      the deployment, compiled anew with other keys
	//	hold N TEXT      a statement of another session, which keeps its locks for so many seconds
	//	as ID: publish   the operation's script in a run with another id, or with none
	do      []string
	refused string // what the last step says when it fails; production has to be what it was before
	warns   string // what the last step says when it goes well
	show    string // a query of one row, and what it has to show in the end, or before the last step where that goes back
	want    string
	back    bool // in the end production is what it was in the beginning
}

// copied is the deployment that most rules are shown with: one operation is the whole publish, on every engine.
const copied = cloned + ", views: skip"

// night is a build that has passed: the lab has it built already.
var night = []string{"begin", "audited"}

// after are steps behind a night's build.
func after(steps ...string) []string { return append(append([]string{}, night...), steps...) }

// TestPublishing shows what the publishing protocol promises, sentence by sentence.
func TestPublishing(t *testing.T) {
	t.Parallel()
	seed := newSeed(t)
	for e, engine := range []string{"duckdb", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0)) // the same for both: a rule of both is shown on the one that is drawn for it
			built := newLab(t, engine)
			built.deploy(copied)
			var swapped *lab // the same without what a swap cannot have
			for _, section := range []struct {
				name  string
				rules []rule
			}{
				{"the ledger", ledgerRules}, {"guards", guardRules}, {"what is new, and what is gone", firstRules}, {"strategies", strategyRules},
				{"types, columns and emptiness", columnRules}, {"views", viewRules}, {"privileges and locks", privilegeRules},
			} {
				t.Run(section.name, func(t *testing.T) {
					for _, r := range section.rules {
						here := random.IntN(2) == e || os.Getenv("DBTWAC_FULL") != ""
						if r.on != "" && r.on != engine || r.on == "" && !here {
							continue
						}
						from := built
						if strings.Contains(r.with, "blue_green") {
							if swapped == nil {
								l := built.copy(built.t)
								l.withoutSnapshot()
								swapped = &l
							}
							from = *swapped
						}
						t.Run(r.what, func(t *testing.T) { r.check(from.copy(t)) })
					}
				})
			}
		})
	}
}

func (r rule) check(l lab) {
	t := l.t
	t.Helper()
	if r.setup != nil {
		r.setup(l)
	}
	if r.with != "" || r.setup != nil { // else the lab is as it has to be
		l.deploy(cmp.Or(r.with, copied), r.more)
	}
	var start map[string]string
	if r.back {
		start = l.production()
	}
	for i, step := range r.do {
		if r.back && i == len(r.do)-1 {
			r.look(l)
		}
		if i < len(r.do)-1 || r.refused == "" {
			step, fails := strings.CutPrefix(step, "fails ")
			output, ok := l.step(step)
			if ok == fails {
				t.Fatalf("%s: %s\ngoes well: %v\n%s", r.why, step, ok, output)
			}
			if i == len(r.do)-1 && !strings.Contains(output, r.warns) {
				t.Errorf("%s: %s does not say %q\n%s", r.why, step, r.warns, output)
			}
			continue
		}
		before := l.production()
		if output, ok := l.step(step); ok || !strings.Contains(strings.Join(strings.Fields(output), " "), r.refused) {
			t.Errorf("%s: %s has to be refused with %q\ngoes well: %v\n%s", r.why, step, r.refused, ok, output)
		}
		if d := diff.Diff(before, l.production()); d != "" {
			t.Errorf("%s: what was refused changed production (-before +after):\n%s", r.why, d)
		}
	}
	if !r.back {
		r.look(l)
	} else if d := diff.Diff(start, l.production()); d != "" {
		t.Errorf("%s: production is not what it was in the beginning (-want +got):\n%s", r.why, d)
	}
}

// look compares what the rule shows.
func (r rule) look(l lab) {
	l.t.Helper()
	if r.show == "" {
		return
	}
	if got := strings.Trim(fmt.Sprint(l.sql(r.show)[0]), "[]"); got != r.want {
		l.t.Errorf("%s: %s\nwant %s, got %s", r.why, r.show, r.want, got)
	}
}

// step runs one step of a rule.
func (l lab) step(text string) (output string, ok bool) {
	l.t.Helper()
	env := run
	if rest, found := strings.CutPrefix(text, "as "); found {
		id, operation, _ := strings.Cut(rest, ": ")
		env, text = map[string]string{"DBTWAC_RUN_ID": id}, operation
	}
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "sql":
		l.sql(rest)
		return "", true
	case "write":
		name, text, _ := strings.Cut(rest, " ")
		l.write(name, text)
		return "", true
	case "deploy":
		l.deploy(rest)
		return "", true
	case "hold":
		seconds, statement, _ := strings.Cut(rest, " ")
		l.hold(seconds, statement)
		return "", true
	case "phase":
		l.phase(rest)
		return "", true
	case "dbt":
		r := l.dbt(strings.Fields(rest)...)
		return r.Log, r.OK
	case "macro":
		operation, target, found := strings.Cut(rest, " ")
		if !found {
			target = "staging"
		}
		r := l.macro(operation, target)
		return r.Log, r.OK
	case "dry":
		r := l.macro(rest, "staging", "--args", "{dry_run: true}")
		return r.Log, r.OK
	}
	output, code := l.engine.script(filepath.Join(l.dir, l.scriptOf(text)), env)
	return output, code == 0
}
