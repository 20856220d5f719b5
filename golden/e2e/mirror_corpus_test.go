package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/golden/corpus"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// mirrorOfAll copies every source of a project that around.py has made.
const mirrorOfAll = `version: 1
environments:
  prod: {database: memory, schema: dbtwac_prod, naming: custom, target: dev}
macros: {generate_schema_name: true}
mirrors:
  raw: {sources: "source:*", environment: prod, schema: copies, tags: [copied], database: memory}
`

// manifests is how many a normal run draws.
const manifests = 6

// TestMirrorCorpus lets real dbt parse projects around the sources of real manifests, with the models that mirror all of these, and
// once more after what reads them was switched. The graph has to be what dbtwac has said that it would be, down to the ids.
func TestMirrorCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpus.Dir(t, dbtenv.Root(t), "corpus"), "*.json.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	command := buildCommand(t)
	files = drawn(newRandom(t), files, manifests)
	var mu sync.Mutex
	var all mirrorCount
	t.Cleanup(func() { t.Logf("%+v", all) })
	next := make(chan string, len(files))
	for _, file := range files {
		next <- file
	}
	close(next)
	for worker := range 2 {
		t.Run(fmt.Sprint(worker+1), func(t *testing.T) {
			t.Parallel()
			driver := dbtenv.Start(t)
			for file := range next {
				name := strings.TrimSuffix(filepath.Base(file), ".json.gz")
				t.Run(name, func(t *testing.T) {
					a := newAround(t, file, driver, command)
					a.mirror()
					t.Logf("%+v", a.count)
					mu.Lock()
					all.add(a.count)
					mu.Unlock()
				})
			}
		})
	}
}

// mirrorCount says what was compared.
type mirrorCount struct{ Manifests, Sources, Models, Tests, Consumers, Switched, Left int }

func (c *mirrorCount) add(o mirrorCount) {
	c.Manifests, c.Sources, c.Models, c.Tests = c.Manifests+o.Manifests, c.Sources+o.Sources, c.Models+o.Models, c.Tests+o.Tests
	c.Consumers, c.Switched, c.Left = c.Consumers+o.Consumers, c.Switched+o.Switched, c.Left+o.Left
}

// around is a project that around.py has made.
type around struct {
	*shop
	t     *testing.T
	count mirrorCount
}

// newAround is the project around a manifest, whose own naming macros have given way, as DW218 asks them to.
func newAround(t *testing.T, file string, driver *dbtenv.Driver, command string) *around {
	t.Helper()
	document := corpus.Unzip(t, file)
	m, _ := manifest.Load(document)
	if m == nil || m.Metadata.Schema < 4 || !slices.ContainsFunc(m.Nodes, func(n *manifest.Node) bool { return n.Kind == manifest.Source }) {
		t.Skip("it does not load, or has no sources")
	}
	var whole, macros map[string]json.RawMessage
	if err := json.Unmarshal([]byte(document.Text), &whole); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(whole["macros"], &macros); err != nil {
		t.Fatal(err)
	}
	for _, macro := range []string{"generate_schema_name", "generate_alias_name", "generate_database_name"} {
		delete(macros, "macro."+m.Metadata.Project+"."+macro)
	}
	whole["macros"], _ = json.Marshal(macros)
	text, _ := json.Marshal(whole)
	dir := t.TempDir()
	given := filepath.Join(dir, "given.json")
	if err := os.WriteFile(given, text, 0o644); err != nil {
		t.Fatal(err)
	}
	a := &around{&shop{t, driver, command, filepath.Join(dir, "project")}, t, mirrorCount{Manifests: 1}}
	made := exec.CommandContext(t.Context(), dbtenv.Tool(t, "python"), filepath.Join(dbtenv.Root(t), "golden", "python", "around.py"), given, a.dir)
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return a
}

// dbtwac runs it in the project.
func (a *around) dbtwac(args ...string) (stdout, stderr string, code int) {
	a.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(a.t.Context(), a.command, append([]string{"-C", a.dir}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		a.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// mustDBTWAC runs it, and gives back what it prints.
func (a *around) mustDBTWAC(args ...string) (stdout, stderr string) {
	a.t.Helper()
	stdout, stderr, code := a.dbtwac(args...)
	if code != 0 {
		a.t.Fatalf("dbtwac %s: exit %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout, stderr
}

// parse is the manifest that dbt makes of the project.
func (a *around) parse() *manifest.Manifest {
	a.t.Helper()
	a.mustDBT("parse", "--no-partial-parse")
	m, diags := manifest.Load(readFile(a.t, filepath.Join(a.dir, "target", "manifest.json")))
	if m == nil {
		a.t.Fatal(diags)
	}
	return m
}

// mirror goes all the way: the models, the switch, and what is left.
func (a *around) mirror() {
	t := a.t
	before := a.parse()
	a.write("dbtwac.yml", mirrorOfAll)
	a.mustDBTWAC("compile")
	p := a.plan()
	out, err := compiler.Compile(compiler.Input{Config: readFile(t, filepath.Join(a.dir, "dbtwac.yml")), Manifest: before.File})
	if err != nil {
		t.Fatal(err)
	}

	with := a.parse()
	a.asPlanned(before, with, p, out)
	a.mustDBTWAC("compile", "--check")

	patch, named := a.mustDBTWAC("mirror")
	if patch != "" {
		check := exec.CommandContext(t.Context(), "git", "apply", "--check", "-")
		check.Dir, check.Stdin = a.dir, strings.NewReader(patch)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("git apply --check: %v\n%s", err, out)
		}
	}
	a.mustDBTWAC("mirror", "--apply")
	switched := a.parse()
	a.asSwitched(with, switched, p, patch, named)

	a.mustDBTWAC("compile", "--check")
	if again, _ := a.mustDBTWAC("mirror"); again != "" {
		t.Errorf("a second patch:\n%s", again)
	}
}

// plan is what dbtwac prints of it.
func (a *around) plan() plan.Mirror {
	a.t.Helper()
	text, _ := a.mustDBTWAC("plan", "--format", "json")
	var p plan.Plan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		a.t.Fatal(err)
	}
	return p.Mirrors[0]
}

// asPlanned compares what dbt has found with what was planned.
func (a *around) asPlanned(before, with *manifest.Manifest, p plan.Mirror, out compiler.Output) {
	t := a.t
	t.Helper()
	old, now := byID(before), byID(with)
	copied, parents := map[string]bool{}, map[string][]string{}
	for _, c := range p.Models {
		copied[c.Source], parents[c.Node] = true, []string{c.Source}
		a.count.Models++
		for _, test := range c.AllTests() {
			parents[test.Node] = append([]string{c.Node}, test.Reads...)
			a.count.Tests++
		}
		n := now[c.Node]
		if n == nil {
			continue // which the comparison of ids says
		}
		want := []string{"memory", p.Place.Schema, c.Name, "table", p.Place.Schema, "memory"}
		if d := cmp.Diff(want, []string{n.Database, n.Schema, n.Alias, n.Config.Materialized, n.Config.Schema, n.Config.Database}); d != "" {
			t.Errorf("%s (-want +dbt):\n%s", c.Node, d)
		}
	}
	for id, n := range old {
		if n.Kind == manifest.Source {
			a.count.Sources++
			if !copied[id] {
				t.Errorf("%s is not copied", id)
			}
		}
		if now[id] == nil {
			t.Errorf("%s is no more", id)
		}
	}
	found := map[string][]string{}
	for id, n := range now {
		if old[id] == nil {
			found[id] = n.Parents
		}
	}
	for _, lists := range []map[string][]string{parents, found} {
		for _, list := range lists {
			slices.Sort(list)
		}
	}
	if d := cmp.Diff(parents, found); d != "" {
		t.Errorf("ids of models and tests, with their parents (-planned +dbt):\n%s", d)
	}
	for id := range parents {
		made, n := out.Project.Node(id), now[id]
		if made == nil {
			t.Errorf("%s is not in the graph that steps are resolved on", id)
		} else if n != nil {
			if d := cmp.Diff(factsOf(made), factsOf(n)); d != "" {
				t.Errorf("%s (-computed +dbt):\n%s", id, d)
			}
		}
	}
}

// factsOf are what dbtwac says of a node before dbt has read it.
func factsOf(n *manifest.Node) map[string]any {
	facts := map[string]any{
		"name": n.Name, "kind": n.Kind, "package": n.Package, "file": n.OriginalFilePath, "fqn": n.FQN, "tags": n.Tags,
		"column": n.Raw.Get("column_name").Text(), "attached": n.Raw.Get("attached_node").Text(), "language": n.Language,
		"kwargs": n.Raw.Get("test_metadata").Get("kwargs").Get("column_name").Text(), "of": n.Raw.Get("test_metadata").Get("name").Text(),
		"namespace": n.Raw.Get("test_metadata").Get("namespace").Text(), "severity": strings.ToUpper(n.Config.Raw.Get("severity").Text()),
		"stores": n.Config.StoresFailures(), "where": n.Config.Raw.Get("where").Text(), "materialized": n.Config.Materialized,
	}
	if n.Kind == manifest.Model {
		maps.Copy(facts, map[string]any{"path": n.Path, "patch": n.PatchPath, "relation": n.RelationName, "names": []string{n.Database, n.Schema, n.Alias}, "description": n.Raw.Get("description").Text()})
	}
	return facts
}

func byID(m *manifest.Manifest) map[string]*manifest.Node {
	nodes := map[string]*manifest.Node{}
	for _, n := range m.Nodes {
		nodes[n.ID] = n
	}
	return nodes
}

var changed = regexp.MustCompile(`(?m)^\+\+\+ b/(.*)$`)

// asSwitched compares what dbt has found after the switch with what it was before.
func (a *around) asSwitched(before, after *manifest.Manifest, p plan.Mirror, patch, named string) {
	t := a.t
	t.Helper()
	copies, made := map[string]string{}, map[string]bool{}
	for _, c := range p.Models {
		copies[c.Source], made[c.Node] = c.Node, true
	}
	patched := map[string]bool{}
	for _, found := range changed.FindAllStringSubmatch(patch, -1) {
		patched[found[1]] = true
	}
	var left []*manifest.Node
	now := byID(after)
	if d := cmp.Diff(slices.Sorted(maps.Keys(byID(before))), slices.Sorted(maps.Keys(now))); d != "" {
		t.Errorf("nodes (-before +after the switch):\n%s", d)
	}
	for _, n := range before.Nodes {
		got := now[n.ID]
		reads := slices.ContainsFunc(n.Parents, func(id string) bool { return copies[id] != "" })
		ofSource := n.Raw.Get("test_metadata").Get("name").Text() != "" && reads
		switch {
		case got == nil:
			continue
		case made[n.ID] || ofSource || !reads:
			if d := cmp.Diff(sortedIDs(n.Parents), sortedIDs(got.Parents)); d != "" {
				t.Errorf("%s reads something else now (-before +after):\n%s", n.ID, d)
			}
			continue
		}
		a.count.Consumers++
		isPatched := n.Package == before.Metadata.Project && patched[n.OriginalFilePath]
		var want []string
		for _, id := range n.Parents {
			if copy := copies[id]; copy != "" && isPatched {
				id = copy
			}
			want = append(want, id)
		}
		if d := cmp.Diff(sortedIDs(want), sortedIDs(got.Parents)); d != "" {
			t.Errorf("%s (-want +dbt), patched: %t\n%s", n.ID, isPatched, d)
		}
		if slices.ContainsFunc(got.Parents, func(id string) bool { return copies[id] != "" }) {
			left = append(left, n)
			continue
		}
		a.count.Switched++
	}
	a.count.Left += len(left)

	// What is left is what was named, and no more.
	warnings := slices.DeleteFunc(strings.SplitAfter(named, "see:  dbtwac explain DW301\n"), func(text string) bool { return !strings.Contains(text, "warning DW301") })
	names := func(text string, n *manifest.Node) bool {
		file, _, _ := strings.Cut(text, ":")
		readers, inMacro := strings.CutPrefix(regexp.MustCompile(`by which these read mirrored sources: .*`).FindString(text), "by which these read mirrored sources: ")
		return file == n.OriginalFilePath || inMacro && slices.Contains(strings.Split(readers, ", "), n.ID) || strings.Contains(text, n.ID+" is of the package ")
	}
	for _, n := range left {
		if !slices.ContainsFunc(warnings, func(text string) bool { return names(text, n) }) {
			t.Errorf("%s is left, and not named:\n%s", n.ID, named)
		}
	}
	for _, text := range warnings {
		if !slices.ContainsFunc(left, func(n *manifest.Node) bool { return names(text, n) }) {
			t.Errorf("this is named, and nothing is left there: %s", text)
		}
	}
}

func sortedIDs(ids []string) []string { return slices.Sorted(slices.Values(ids)) }
