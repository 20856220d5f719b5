package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// sample is how many statements of an operation fail in turn, unless DBTWAC_FULL says all; where each has a copy of the site, half as
// many.
const sample = 2

// TestFailures breaks every way of publishing off before any of its statements and between any of its steps: either production
// is as it was, or rollback makes it so.
func TestFailures(t *testing.T) {
	t.Parallel()
	seed := newSeed(t)
	var all [4]failures
	t.Cleanup(func() {
		t.Log("how often an operation was broken off, in how many places, and what became of production:\n" + table(slices.Concat(all[0].rows, all[1].rows, all[2].rows, all[3].rows)))
	})
	for i, engine := range []string{"duckdb", "postgres", "snowflake", "bigquery"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			f := &all[i]
			f.random = rand.New(rand.NewPCG(seed, uint64(i)))
			built := newLab(t, engine)
			cells := []failureCell{
				{"write_audit_clone", "duckdb snowflake bigquery", cloned, nil, "models/marts/rpt_regions.sql"},
				{"production_rollback", "duckdb snowflake bigquery", "strategy: production_rollback, " + everything, nil, "models/marts/rpt_regions.sql"},
				{"write_audit_clone", "postgres", cloned, nil, ""},
				{"write_audit_clone, rebuild", "postgres", cloned + ", method: rebuild, views: rebuild", nil, "models/marts/rpt_regions.sql"},
				{"production_rollback", "postgres", "strategy: production_rollback, " + everything, nil, ""},
				{"write_audit_publish", "duckdb postgres snowflake bigquery", "strategy: write_audit_publish, " + everything, nil, "models/marts/fct_sales.sql"},
				{"write_audit_clone, transaction", "bigquery", cloned + ", method: transaction", nil, "models/marts/rpt_regions.sql"},
				{"blue_green", "postgres snowflake", "strategy: blue_green, full_refresh: true, leave_behind: [analytics_history.stores_history]", lab.withoutSnapshot, "models/marts/rpt_regions.sql"},
			}
			cells = slices.DeleteFunc(cells, func(c failureCell) bool { return !strings.Contains(c.engines, engine) })
			for _, tc := range drawn(f.random, cells, 1) { // each takes half a minute, and on an emulator several
				t.Run(tc.name, func(t *testing.T) {
					l := built.copy(t)
					if tc.change != nil {
						tc.change(l)
					}
					l.deploy(tc.keys)
					f.cell = engine + " " + tc.name
					f.publish(l, tc.broken)
				})
			}
		})
	}
}

// failureCell is a way of publishing that is broken off.
type failureCell struct {
	name    string // of the cell
	engines string
	keys    string
	change  func(lab) // the project, before it is compiled and built again
	broken  string    // a model that dbt makes in the middle of the publish
}

// withoutSnapshot takes out of the project what blue_green cannot have.
func (l lab) withoutSnapshot() {
	l.t.Helper()
	if err := os.Remove(filepath.Join(l.dir, "snapshots", "stores_history.yml")); err != nil {
		l.t.Fatal(err)
	}
	l.mustDBT("parse", "--target", "staging")
	l.mustDBT("compile", "--target", "prod", "--target-path", "target/prod")
}

// failures counts what was tried.
type failures struct {
	random *rand.Rand
	cell   string
	rows   []failureRow
}

type failureRow struct {
	cell, operation                           string
	statements, injected, unchanged, restored int
}

// newSeed is DBTWAC_SEED, or else the time.
func newSeed(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("DBTWAC_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("DBTWAC_SEED: %v", err)
		}
	}
	t.Logf("the same is drawn again with DBTWAC_SEED=%d, and all of it executed with DBTWAC_FULL=1", seed)
	return seed
}

// drawn are so many of a list, in an order that is drawn too; with DBTWAC_FULL=1 all of it, as it is.
func drawn[T any](random *rand.Rand, list []T, most int) []T {
	if os.Getenv("DBTWAC_FULL") != "" {
		return list
	}
	list = slices.Clone(list)
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:min(len(list), most)]
}

// newRandom draws by newSeed.
func newRandom(t *testing.T) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(newSeed(t), 0))
}

func (f *failures) row(operation string) *failureRow {
	f.rows = append(f.rows, failureRow{cell: f.cell, operation: operation})
	return &f.rows[len(f.rows)-1]
}

func table(rows []failureRow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-40s %-28s %10s %8s %9s %8s\n", "cell", "operation", "statements", "injected", "as it was", "restored")
	for _, r := range rows {
		fmt.Fprintf(&b, "%-40s %-28s %10d %8d %9d %8d\n", r.cell, r.operation, r.statements, r.injected, r.unchanged, r.restored)
	}
	return b.String()
}

// publish builds and publishes, and breaks off every part of the publish and of the rollback.
func (f *failures) publish(l lab, broken string) {
	l.t.Helper()
	for _, a := range l.actions(plan.Build) {
		if a.Step != nil && l.plan().Strategy != "production_rollback" { // which builds on copies of production
			continue // the lab has built it
		}
		l.act(a)
	}
	before := l.production()
	actions := l.actions(plan.Publish)
	for i, a := range actions {
		row := f.row(operationOf(a))
		if a.Step != nil {
			if slices.ContainsFunc(a.Step.Selected, func(id string) bool { return broken != "" && strings.HasSuffix(id, modelOf(broken)) }) {
				f.failingStep(l, *a.Step, broken, before, row)
			}
			l.act(a)
		} else {
			if a.Group.Atomic {
				f.everywhere(l, a.Group.Name, before, i > 0, row)
			} else {
				f.inPlaces(l, a.Group.Name, before, row)
			}
			l.act(a)
		}
		if i < len(actions)-1 { // whoever killed it here, rollback brings it back
			killed := l.copy(l.t)
			killed.do("rollback")
			killed.check(before, row, "rollback of a publish that ended with this", &row.restored)
		}
	}
	published := l.production()
	if cmp.Equal(before, published) {
		l.t.Fatal("the publish changes nothing: the test shows nothing")
	}
	row := f.row("rollback")
	if actions[0].Group.Atomic {
		f.everywhere(l, "rollback", published, false, row)
	} else {
		f.inPlaces(l, "rollback", before, row)
	}
	l.do("rollback")
	l.check(before, row, "rollback", &row.restored)
}

func operationOf(a plan.Action) string {
	if a.Group != nil {
		return a.Group.Name
	}
	return "dbt " + a.Step.Command
}

// modelOf is the end of the unique id of the model in a file.
func modelOf(file string) string { return "." + strings.TrimSuffix(filepath.Base(file), ".sql") }

// check compares production with what it has to be.
func (l lab) check(want map[string]string, row *failureRow, after string, counter *int) {
	l.t.Helper()
	if d := cmp.Diff(want, l.production()); d != "" {
		l.t.Errorf("%s, %s, %s: production is not as it was (-want +got):\n%s", row.cell, row.operation, after, d)
		return
	}
	*counter++
}

// failingStep has a model fail in production, and takes the publish back.
func (f *failures) failingStep(l lab, step plan.Step, file string, before map[string]string, row *failureRow) {
	l.t.Helper()
	failing := l.copy(l.t)
	failing.write(file, "{{ config(materialized='table', alias='nonesuch') }}\nselect * from nowhere")
	row.statements, row.injected = 1, 1
	if r := failing.dbt(stepArgs(step)...); r.OK {
		l.t.Fatalf("%s does not fail, and was made to\n%s", file, r.Log)
	}
	failing.do("rollback")
	failing.check(before, row, "rollback after a model that failed", &row.restored)
}

// everywhere runs an operation's script again and again, each time with a statement that fails before another one of it, and
// last before its commit. Production has to be as it was before the script; where the publish had begun before that, rollback
// has to bring it back to what it was before the publish.
func (f *failures) everywhere(l lab, operation string, before map[string]string, begun bool, row *failureRow) {
	l.t.Helper()
	script := l.text(l.scriptOf(operation))
	mark, fails := "\n.print ", "\nselect error('injected');"
	if l.name() == "postgres" {
		mark, fails = "\n\\echo ", "\nselect 1/0 as injected;"
	}
	commit := strings.LastIndex(script, "\ncommit;")
	parts := strings.Split(script[:commit], mark)
	row.statements = len(parts) - 1

	full := os.Getenv("DBTWAC_FULL") != ""
	places := f.places(len(parts)-1, sample)
	now := l.production()
	for _, at := range append(places, len(parts)) {
		broken := strings.Join(parts[:at], mark) + fails
		if at < len(parts) {
			broken += mark + strings.Join(parts[at:], mark)
		}
		l.write("broken.sql", broken+script[commit:])
		if output, code := l.script("broken.sql"); code == 0 || !strings.Contains(output, "injected") && !strings.Contains(output, "division by zero") {
			l.t.Fatalf("%s: the failure before statement %d of %d does not show: exit %d\n%s", operation, at, len(parts)-1, code, output)
		}
		row.injected++
		l.check(now, row, fmt.Sprintf("a failure before statement %d", at), &row.unchanged)
		if begun && (full || at >= places[len(places)-1]) { // a copy of a server's database takes half a second
			restored := l.copy(l.t)
			restored.do("rollback")
			restored.check(before, row, fmt.Sprintf("rollback after a failure before statement %d", at), &row.restored)
		}
	}
}

// places are the statements, of so many, before which one fails: a sample, or all.
func (f *failures) places(statements, most int) []int {
	var places []int
	for i := range statements {
		places = append(places, i+1)
	}
	places = drawn(f.random, places, most)
	slices.Sort(places)
	return places
}

// statement begins a statement in the scripts of engines that commit each by itself, or a command between them.
var statement = regexp.MustCompile(`\n\n(?:--|#) `)

// inPlaces is everywhere for an engine that commits each statement by itself. Each failure has a copy of its own. As long as the
// publish has not begun, production has to be as it was, and a rollback is refused; from then on the rollback has to bring back
// what was before the publish, and one that was broken off does so when it is run again.
func (f *failures) inPlaces(l lab, operation string, before map[string]string, row *failureRow) {
	l.t.Helper()
	fails := "\n\nselect to_number('injected');"
	if l.name() == "bigquery" {
		fails = "\n\nselect error('injected');"
	}
	script := l.text(l.scriptOf(operation))
	marks := statement.FindAllStringIndex(script, -1)
	row.statements = len(marks)
	for _, at := range append(f.places(row.statements, sample/2), len(marks)+1) {
		broken := script
		switch here := fails; {
		case at > len(marks) && strings.HasSuffix(script, "\nSQL\n"):
			broken = strings.TrimSuffix(script, "\nSQL\n") + here + "\nSQL\n"
		case at > len(marks):
			broken += here
		default:
			if script[marks[at-1][0]+2] == '#' { // between the parts of a shell script
				here = "\n\necho injected; exit 1"
			}
			broken = script[:marks[at-1][0]] + here + script[marks[at-1][0]:]
		}
		copied := l.copy(l.t)
		now := copied.production()
		name := "broken" + filepath.Ext(l.scriptOf(operation))
		copied.write(name, broken)
		if output, code := copied.script(name); code == 0 || !strings.Contains(output, "injected") {
			l.t.Fatalf("%s: the failure before statement %d of %d does not show: exit %d\n%s", operation, at, row.statements, code, output)
		}
		row.injected++
		after := fmt.Sprintf("a failure before statement %d", at)
		if state := copied.sql("select state from " + copied.schema("dbtwac_state") + ".dbtwac_ledger order by event desc limit 1")[0][0]; state != "publishing" && operation != "rollback" && at <= len(marks) {
			copied.check(now, row, after, &row.unchanged)
			if output, code := copied.script(copied.scriptOf("rollback")); code == 0 || !strings.Contains(output, "to take back, it is: ") {
				l.t.Errorf("%s, %s: there is nothing to take back: exit %d\n%s", operation, after, code, output)
			}
			continue
		}
		if operation != "rollback" || at <= len(marks) {
			copied.do("rollback")
		}
		copied.check(before, row, "rollback after "+after, &row.restored)
	}
}
