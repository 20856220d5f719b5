package differential

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// Environment variables that steer the test.
const (
	count = "DBTWAC_SELECTIONS"     // how many questions
	seed  = "DBTWAC_SELECTION_SEED" // which
	only  = "DBTWAC_SELECTION"      // one question, as JSON, instead
)

const (
	enough = 300 // questions without another count
	batch  = 250 // questions in a request to dbt
	most   = 20  // differences that are shown
)

func TestSelection(t *testing.T) {
	driver := dbtenv.Start(t)
	dir := dbtenv.CopyProject(t, "bazaar")
	if deps := driver.DBT(t, dir, nil, "deps"); !deps.OK {
		t.Fatalf("dbt deps: exit %d\n%s", deps.Exit, deps.Log)
	}
	driver.Select(t, dir, nil) // which parses
	ours, vocabulary := load(t, dir)

	if text := os.Getenv(only); text != "" {
		var q question
		if err := json.Unmarshal([]byte(text), &q); err != nil {
			t.Fatalf("%s: %v", only, err)
		}
		dbt := driver.Select(t, dir, []dbtenv.Selection{q.forDBT()})[0]
		mine := ours.answer(t, q)
		compare(t, q, answer(dbt), mine)
		t.Logf("dbt: %q\nours: %q", dbt, mine)
		return
	}

	total, from := int(number(t, count, enough)), number(t, seed, 1)
	var failed, selected, different int
	for start := 0; start < total; start += batch {
		var questions []question
		var asked []dbtenv.Selection
		for i := start; i < min(start+batch, total); i++ {
			q := newQuestion(vocabulary, from, uint64(i))
			questions, asked = append(questions, q), append(asked, q.forDBT())
		}
		for i, dbt := range driver.Select(t, dir, asked) {
			mine := ours.answer(t, questions[i])
			switch {
			case !compare(t, questions[i], answer(dbt), mine):
				different++
			case mine.Error != "":
				failed++
			case len(mine.IDs) > 0:
				selected++
			}
			if different == most {
				t.Fatalf("stopped at difference %d, question %d of %d", most, start+i+1, total)
			}
		}
	}
	t.Logf("seed %d: %d questions, %d of them errors of both, %d select something, %d answers differ", from, total, failed, selected, different)
	if total >= enough && selected*20 < total*9 { // it is a good half, and what is beside it is chance
		t.Errorf("no more than %d of %d questions select something: make generator_test.go miss less", selected, total)
	}
}

// compare reports what differs. An error is an error, whatever it says: the messages are our own.
func compare(t *testing.T, q question, dbt, ours answer) bool {
	t.Helper()
	difference := ""
	switch {
	case dbt.Error != "" && ours.Error != "":
	case dbt.Error != "" || ours.Error != "":
		difference = cmp.Diff(dbt.Error, ours.Error)
	default:
		difference = cmp.Diff(dbt, ours, cmpopts.EquateEmpty())
	}
	if difference != "" {
		t.Errorf("-dbt +ours:\n%s\nquestion: %s\nask it alone:\n%s\nthen make a row of it for a table test in compiler/selection; dbt is right", difference, q, q.rerun())
	}
	return difference == ""
}

// load reads the manifest that dbt wrote, for us and for the generator, and the files that path: looks at.
func load(t *testing.T, dir string) (*ours, *vocabulary) {
	t.Helper()
	tree, err := source.Dir(dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := tree.Read("target/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	m, diags := manifest.Load(file)
	if m == nil {
		t.Fatalf("%s: %s", filepath.Join(dir, "target", "manifest.json"), text(t, diags))
	}
	files, err := tree.Files()
	if err != nil {
		t.Fatal(err)
	}
	p := project.Build(m, func(string) bool { return false }, nil, nil)
	return newOurs(p, files), readVocabulary(t, []byte(file.Text))
}

// number reads an environment variable.
func number(t *testing.T, name string, standard uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return standard
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatalf("%s=%s: set it to a number", name, text)
	}
	return n
}
