package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// environments are one of each naming that the written macros know.
const environments = `version: 1
environments:
  by_default: {database: one, schema: first, naming: default}
  by_custom: {database: two, schema: second, naming: custom, databases: {vault: "vault's copy"}}
  by_single: {database: two, schema: third, naming: single}
  by_audit: {database: two, schema: fourth, naming: {audit: {dataset: "un'audited", keep: [mart]}}}
  by_other: {database: one, schema: fifth, naming: custom, target: prod}
macros: {generate_schema_name: true, generate_database_name: true}
`

// ownMacros are the same targets in a project that keeps its own macros.
const ownMacros = `version: 1
environments:
  by_default: {database: one, schema: first, naming: project}
  staging: {database: two, schema: second, naming: project}
  by_single: {database: two, schema: third, naming: project}
  by_audit: {database: two, schema: fourth, naming: project}
  by_other: {database: one, schema: fifth, naming: project, target: prod}
`

// TestNames lets real dbt parse projects under every environment, with the macros that dbtwac writes or with their own: each
// name is the one that was computed from the manifest of another target.
func TestNames(t *testing.T) {
	t.Parallel()
	driver := dbtenv.Start(t)
	command := buildCommand(t)
	cases := []struct {
		name, project, config string
		remove                string // a file of the project
	}{
		{"shop, written macros", "shop", environments, "macros/generate_schema_name.sql"},
		{"shop, own macro", "shop", ownMacros, ""},
		{"atelier, written macros", "atelier", environments, ""},
		{"atelier, dbt's macros", "atelier", ownMacros, ""},
		{"bazaar, written macros", "bazaar", environments, ""},
	}
	for _, tc := range drawn(newRandom(t), cases, 3) { // five targets each, and dbt parses the whole project for every one
		t.Run(tc.name, func(t *testing.T) {
			n := newNames(t, &shop{t, driver, command, dbtenv.CopyProject(t, tc.project)}, tc.config)
			if tc.remove != "" {
				if err := os.Remove(filepath.Join(n.dir, tc.remove)); err != nil {
					t.Fatal(err)
				}
			}
			n.parse("elsewhere")
			n.mustCompile()
			base := n.parse("elsewhere") // with the macros, and under a target that is no environment
			p := project.Build(base, func(path string) bool { return strings.HasPrefix(path, "macros/dbtwac/") }, nil, nil)
			namer := naming.New(p, n.config, nil)

			compared := 0
			for _, e := range n.config.Environments {
				compared += n.compare(p, n.parse(e.Target.Value), namer, e)
			}
			// dbt's own rule, or the project's, where dbtwac has no say.
			other := config.Environment{Target: config.Text{Value: "elsewhere"}, Database: config.Text{Value: "else"}, Schema: config.Text{Value: "where"}, Naming: config.NamingDefault}
			if tc.config == ownMacros {
				other.Naming = config.NamingProject
			}
			compared += n.compare(p, base, namer, other)
			t.Logf("%d names compared", compared)
		})
	}
}

// names is a project with a target for each of its environments.
type names struct {
	*shop
	config *config.Config
}

func newNames(t *testing.T, s *shop, text string) *names {
	t.Helper()
	c, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: text})
	if c == nil {
		t.Fatal(diags)
	}
	s.t = t
	s.write("dbtwac.yml", text)
	profile := fmt.Sprintf("%s:\n  target: elsewhere\n  outputs:\n    elsewhere: {type: duckdb, path: else.duckdb, schema: where}\n", filepath.Base(s.dir))
	for _, e := range c.Environments {
		profile += fmt.Sprintf("    %s: {type: duckdb, path: %s.duckdb, schema: %s}\n", e.Target.Value, e.Database.Value, e.Schema.Value)
	}
	s.write("profiles.yml", profile)
	if _, err := os.Stat(filepath.Join(s.dir, "packages.yml")); err == nil {
		s.mustDBT("deps")
	}
	return &names{s, c}
}

// parse is the manifest of a target.
func (n *names) parse(target string) *manifest.Manifest {
	n.t.Helper()
	n.mustDBT("parse", "--target", target, "--no-partial-parse")
	m, diags := manifest.Load(readFile(n.t, filepath.Join(n.dir, "target", "manifest.json")))
	if m == nil {
		n.t.Fatal(diags)
	}
	return m
}

// compare compares dbt's names with those that were computed from another target's manifest, and counts them.
func (n *names) compare(p *project.Project, dbt *manifest.Manifest, namer *naming.Namer, e config.Environment) int {
	n.t.Helper()
	want, got := map[string]naming.Name{}, map[string]naming.Name{}
	for _, node := range dbt.Nodes {
		if naming.IsWritten(node) {
			want[node.ID] = naming.Name{Database: node.Database, Schema: node.Schema, Identifier: node.Alias}
		}
	}
	for _, node := range p.Nodes {
		if naming.IsWritten(node) {
			name, err := namer.Of(node, e)
			if err != nil {
				n.t.Errorf("%s under %s: %v", node.ID, e.Target.Value, err)
			}
			got[node.ID] = name
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		n.t.Errorf("names under %s (-dbt +computed):\n%s", e.Target.Value, d)
	}
	return len(want)
}

func readFile(t testing.TB, path string) *source.File {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return &source.File{Name: path, Text: string(text)}
}

// TestFixedPoint changes what dbtwac writes, step by step, with dbt's own parse in the middle: after each step a compile finds
// nothing to change.
func TestFixedPoint(t *testing.T) {
	t.Parallel()
	driver := dbtenv.Start(t)
	command := buildCommand(t)
	for _, name := range []string{"shop", "atelier", "bazaar"} {
		t.Run(name, func(t *testing.T) {
			s := &shop{t, driver, command, dbtenv.CopyProject(t, name)}
			if _, err := os.Stat(filepath.Join(s.dir, "packages.yml")); err == nil {
				s.mustDBT("deps")
			}
			if name == "shop" { // let dbtwac own it
				if err := os.Remove(filepath.Join(s.dir, "macros", "generate_schema_name.sql")); err != nil {
					t.Fatal(err)
				}
				s.edit("dbtwac.yml", "deployments:", "macros: {generate_schema_name: true}\n\ndeployments:")
			}
			s.mustDBT("parse")
			for _, step := range []struct{ name, old, new string }{
				{"first compile", "", ""},
				{"another naming", "naming: custom", "naming: {audit: {dataset: all_of_it}}"},
				{"another folder", "deployments:", "output: {macros: macros/deploy, sql: sql}\ndeployments:"},
				{"another deployment", "  nightly:", "  weekly:"},
				{"back again", "output: {macros: macros/deploy, sql: sql}\n", ""},
				{"no macros", "macros: {generate_schema_name: true", "macros: {generate_schema_name: false"},
			} {
				if step.old != "" {
					s.edit("dbtwac.yml", step.old, step.new)
				}
				if step.name == "no macros" { // what dbt does without them
					s.edit("dbtwac.yml", "naming: {audit: {dataset: all_of_it}}", "naming: default")
					if name == "shop" {
						s.edit("dbtwac.yml", "naming: single", "naming: default")
					}
				}
				s.mustCompile()
				s.mustDBT("parse")
				if output, code := s.compile("--check"); code != 0 {
					t.Fatalf("%s: compile --check after dbt has parsed: exit %d\n%s", step.name, code, output)
				}
			}
			left, _ := exec.CommandContext(t.Context(), "find", filepath.Join(s.dir, "macros"), filepath.Join(s.dir, "sql"), "-name", "*.sql").Output()
			if strings.Contains(string(left), "generate_schema_name") || strings.Contains(string(left), "macros/deploy") {
				t.Errorf("files of earlier steps are left:\n%s", left)
			}
		})
	}
}
