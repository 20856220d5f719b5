package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// swapOf is a dbtwac.yml that swaps two databases, of which dbt builds in the first. It is only read: no warehouse that the
// driver has can swap them.
const swapOf = `version: 1
environments:
  stage: {database: "%s", schema: main, naming: custom}
  prod: {database: "it's {{ production }}", schema: main, naming: custom}
macros: {ref: true}
deployments:
  nightly: {strategy: blue_green, swap: database, build: stage, publish: prod}
`

// refs is a project with each kind of ref, but for its profile and what a test changes.
var refs = map[string]string{
	"dbt_project.yml": `name: refs
profile: refs
on-run-end: ["create or replace table dev.main.noted as select '{{ ref('base') }}' as seen"]
`,
	"packages.yml":            "packages: [{local: inner}]",
	"inner/dbt_project.yml":   "name: inner",
	"inner/models/thing.sql":  "select 1 as id",
	"inner/models/things.sql": "select * from {{ ref('thing') }}",

	"models/base.sql":     "{{ config(materialized='table') }} select 1 as id",
	"models/one.sql":      "select * from {{ ref('base') }}",
	"models/two.sql":      "select * from {{ ref('refs', 'base') }} join {{ ref('inner', 'thing') }} using (id)",
	"models/dim_v1.sql":   "select 1 as id",
	"models/dim_v2.sql":   "select 1 as id",
	"models/versions.sql": "select a.id from {{ ref('dim', v=1) }} as a join {{ ref('dim') }} as b using (id) join {{ ref('refs', 'dim', version=1) }} as c using (id)",
	"models/passing.sql":  "{{ config(materialized='ephemeral') }} select * from {{ ref('base') }}",
	"models/through.sql":  "select * from {{ ref('passing') }}",
	"models/there.sql":    "{{ config(materialized='table', database='other') }} select 1 as id",
	"models/to.sql":       "select * from {{ ref('there') }}",
	"models/beside.sql":   "{{ config(database='other') }} select * from {{ ref('there') }}",
	"models/from.sql":     "{{ config(materialized='table', database='other') }} select * from {{ ref('base') }}",
	"models/python.py": `def model(dbt, session):
    dbt.config(materialized="table", packages=[])
    return dbt.ref("dim", v=1).union(dbt.ref("refs", "base"))
`,
	"models/schema.yml": `models:
  - {name: one, columns: [{name: id, data_tests: [{relationships: {name: related, arguments: {to: ref('base'), field: id}}}]}]}
  - {name: dim, latest_version: 2, columns: [{name: id, data_tests: [unique]}], versions: [{v: 1}, {v: 2}]}
unit_tests:
  - {name: given, model: one, given: [{input: ref('base'), rows: [{id: 7}]}], expect: {rows: [{id: 7}]}}
`,
	"tests/single.sql": "select * from {{ ref('base') }} where id is null",
	"macros/show.sql":  "{% macro show() %}{{ log('shows ' ~ ref('base') ~ ' and ' ~ ref('dim', v=1), info=true) }}{% endmacro %}",
}

// leftOut are the relations that compiled code names where the database is left out of what stands in it; full are those where it
// never is. S. is the database and the schema of the target, O. those of another database, and M. is a schema alone.
var (
	leftOut = map[string]string{
		"model.refs.one": "M.base", "model.refs.two": "M.base M.thing", "model.inner.things": "M.thing", "model.refs.versions": "M.dim_v1 M.dim_v2 M.dim_v1",
		"model.refs.through": "__dbt__cte__passing M.base __dbt__cte__passing", "model.refs.to": "O.there", "model.refs.beside": "O.there", "model.refs.from": "S.base",
		"test.refs.single": "S.base", "test.refs.related": "S.one S.base",
	}
	full = map[string]string{
		"model.refs.one": "S.base", "model.refs.two": "S.base S.thing", "model.inner.things": "S.thing", "model.refs.versions": "S.dim_v1 S.dim_v2 S.dim_v1",
		"model.refs.through": "__dbt__cte__passing S.base __dbt__cte__passing", "model.refs.to": "O.there", "model.refs.beside": "O.there", "model.refs.from": "S.base",
		"test.refs.single": "S.base", "test.refs.related": "S.one S.base",
	}
)

// TestRef lets real dbt build with the ref that dbtwac writes: every form of it, in models, tests, unit tests, hooks and
// operations, with names that are quoted and names that are not.
func TestRef(t *testing.T) {
	t.Parallel()
	driver := dbtenv.Start(t)
	for _, tc := range []struct {
		name, swapped, target string
		unquoted              bool
		want                  map[string]string
	}{
		{"in the swapped database", "stage", "stage", false, leftOut},
		{"in other letters", "STAGE", "stage", true, leftOut},
		{"in other letters, quoted", "STAGE", "stage", false, full},
		{"under a target of another database", "stage", "dev", true, full},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newRefs(t, driver, tc.swapped, `
  outputs:
    stage: &duckdb {type: duckdb, path: stage.duckdb, schema: main, attach: [{path: other.duckdb}, {path: dev.duckdb}]}
    dev: {type: duckdb, path: dev.duckdb, schema: main, attach: [{path: other.duckdb}]}
`)
			if tc.unquoted {
				s.edit("dbt_project.yml", "profile: refs", "profile: refs\nquoting: {database: false}")
			}
			s.mustDBT("build", "--target", tc.target)
			quoted := `"` + tc.target + `"`
			other := `"other"`
			if tc.unquoted {
				quoted, other = tc.target, "other"
			}
			s.compare(tc.want, `"main".`, quoted, other)

			for what, seen := range map[string]string{
				"an operation": s.mustShow(tc.target),
				"a hook":       s.driver.SQL(t, filepath.Join(s.dir, "dev.duckdb"), "select seen from noted")[0][0].(string),
			} {
				if !strings.Contains(seen, quoted+`."main"."base"`) {
					t.Errorf("%s sees %s", what, seen)
				}
			}
		})
	}
}

// TestRefOnSnowflake is the same with the adapter for Snowflake, whose databases are not quoted.
func TestRefOnSnowflake(t *testing.T) {
	t.Parallel()
	driver, account := dbtenv.StartSnowflakeDriver(t), dbtenv.StartSnowflake(t).NewAccount(t)
	account.SQL(t, "create database stage", "create database other")
	s := newRefs(t, driver, "STAGE", `
  outputs:
    stage: {type: snowflake, account: emulator, host: 127.0.0.1, port: "{{ env_var('SNOWDUCK_PORT', '80') | as_number }}", protocol: http, connect_retries: 0, user: u, password: p, database: stage, schema: main}
`)
	account.Use(t)
	if r := driver.DBT(t, s.dir, account.Env(), "compile", "--target", "stage"); !r.OK {
		t.Fatalf("dbt compile: exit %d\n%s", r.Exit, r.Log)
	}
	s.compare(leftOut, "main.", "stage", "other")
}

// newRefs is the project with the macro that dbtwac writes for two databases, and a profile.
func newRefs(t *testing.T, driver *dbtenv.Driver, swapped, profile string) *shop {
	t.Helper()
	c, diags := config.Load(&source.File{Name: "dbtwac.yml", Text: strings.Replace(swapOf, "%s", swapped, 1)})
	if c == nil {
		t.Fatal(diags)
	}
	s := &shop{t: t, driver: driver, dir: t.TempDir()}
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(s.dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		s.write(name, text)
	}
	for name, text := range refs {
		write(name, text)
	}
	for _, m := range naming.Written(c) {
		write("macros/dbtwac/"+m.Name+".sql", m.Text)
	}
	write("profiles.yml", "refs:\n  target: stage"+profile)
	s.mustDBT("deps")
	return s
}

// mustShow is what an operation prints.
func (s *shop) mustShow(target string) string {
	s.t.Helper()
	r := s.driver.DBT(s.t, s.dir, nil, "run-operation", "show", "--target", target)
	if !r.OK {
		s.t.Fatalf("show: exit %d\n%s", r.Exit, r.Log)
	}
	return r.Log
}

// compare compares the relations in what dbt has compiled. schema, stage and other are as dbt quotes them.
func (s *shop) compare(want map[string]string, schema, stage, other string) {
	s.t.Helper()
	m, diags := manifest.Load(readFile(s.t, filepath.Join(s.dir, "target", "manifest.json")))
	if m == nil {
		s.t.Fatal(diags)
	}
	short := strings.NewReplacer(stage+"."+schema, "S.", other+"."+schema, "O.", schema, "M.")
	got := map[string]string{}
	for _, n := range m.Nodes {
		// A test of a property has a hash behind its name.
		if parts := strings.Split(n.ID, "."); n.Kind == manifest.Test {
			n.ID = strings.Join(parts[:3], ".")
		}
		if want[n.ID] == "" {
			continue
		}
		var names []string
		words := strings.Fields(short.Replace(n.CompiledCode()))
		for _, word := range words {
			if word = strings.NewReplacer(`"`, "", ")", "", ",", "").Replace(word); strings.Contains(word, "M.") || strings.Contains(word, "S.") || strings.Contains(word, "O.") || strings.Contains(word, "cte") {
				names = append(names, word)
			}
		}
		got[n.ID] = strings.Join(names, " ")
	}
	if d := cmp.Diff(want, got); d != "" {
		s.t.Errorf("(-want +got):\n%s", d)
	}
}
