package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// jobsConfig are two deployments of the market: nightly, whose publish builds under a second target, and stores, which is copied all at
// once. Neither publishes much: what a script or a runner does with failures is asked here, and publishing elsewhere.
const jobsConfig = `version: 1
environments:
  staging: {database: market, schema: staging}
  prod: {database: market, schema: analytics}
deployments:
  nightly: {strategy: write_audit_publish, build: staging, publish: prod, select: fct_sales dim_items, build_select: +fct_sales dim_items}
  stores: {strategy: write_audit_clone, build: staging, publish: prod, select: dim_stores, build_select: +dim_stores}
jobs:
  formats: [terraform, api, github_actions, steps]
  account_id: 1
  project_id: 2
  environment_ids: {staging: 101, prod: 102}
  deployments: {nightly: {schedule: "0 5 * * *"}}
  github_actions: {secrets: [MARKET_PASSWORD]}
`

// TestJobsRun executes what jobs are written as: the runbooks by a shell, the workflow's steps as GitHub runs them, and the jobs of dbt's
// platform as it runs those. In each of them a night publishes, a failing test stops before the publish, and a publish that is broken
// off is taken back by what the job itself says. The first night is one of each engine; the others draw one.
func TestJobsRun(t *testing.T) {
	t.Parallel()
	random, driver, sites := newRandom(t), dbtenv.Start(t), map[string]*site{} // one dbt for all: it takes longer to start than for a night
	command, manifests := buildCommand(t), map[string]string{"duckdb": "manifest_duckdb.json", "postgres": "manifest.json"}
	names := []string{"duckdb", "postgres"}
	for _, engine := range names {
		dir := dbtenv.CopyProject(t, "market")
		s := &site{engines[engine](t, driver, "market", dir), t, driver, command, dir}
		s.mustScript("sources.sql")
		s.write("target/manifest.json", s.text(manifests[engine]))
		s.write("dbtwac.yml", jobsConfig)
		s.mustCompile()
		s.firstNight()
		s.mustScript("day2.sql")
		sites[engine] = s
	}
	for _, tc := range []struct {
		name string
		run  func(nightlies)
	}{
		{"runbook", nightlies.runbook},
		{"atomic runbook", nightlies.atomicRunbook},
		{"workflow", nightlies.workflow},
		{"platform", nightlies.platform},
		{"an empty selection", nightlies.emptySelection},
	} {
		for _, engine := range drawn(random, names, 1) {
			t.Run(tc.name+" on "+engine, func(t *testing.T) { tc.run(nightlies{sites[engine].copy(t)}) })
		}
	}
}

// runbook is the command line of a deployment's runbook, with no dbtwac that would judge the build, or with one.
func (r *relay) runbook(deployment string, args ...string) (output string, code int) {
	r.site.t.Helper()
	return r.run(nil, "sh", append([]string{filepath.Join("deploy", "jobs", deployment+".sh")}, args...)...)
}

// firstNight publishes both deployments by their runbooks, on a machine without dbtwac.
func (s *site) firstNight() {
	s.t.Helper()
	r := newRelay(s, false)
	for _, deployment := range []string{"nightly", "stores"} {
		output, code := r.runbook(deployment)
		if says := deployment + ": dbtwac is not on this machine; dbt's exit code and the ledger stand between this build and its publish"; code != 0 || !strings.Contains(output, says) {
			s.t.Fatalf("the runbook of %s: exit %d, and it should say %q\n%s", deployment, code, says, output)
		}
	}
	want := []string{
		"nightly_begin --target staging", "build --target staging", "nightly_audited --target staging",
		"nightly_publish_1 --target prod", "run --target prod", "nightly_publish_2 --target prod",
		"stores_begin --target staging", "build --target staging", "stores_audited --target staging", "stores_publish --target staging",
	}
	if d := cmp.Diff(want, r.heard); d != "" {
		s.t.Errorf("what a whole night does (-want +got):\n%s", d)
	}
	nightlies{s}.published("sales", `"Item List"`, "dim_stores_v2")
}

// nightlies is a site on the second evening, whose jobs are to run.
type nightlies struct{ *site }

// published: production is what the build has.
func (n nightlies) published(relations ...string) {
	n.t.Helper()
	for _, relation := range relations {
		built, production := n.rows("staging_mart."+relation), n.rows("analytics_mart."+relation)
		if d := cmp.Diff(built, production); d != "" || len(built) == 0 {
			n.t.Errorf("%s is not what was built (-built +production):\n%s", relation, d)
		}
	}
}

// unchanged: production is what it was.
func (n nightlies) unchanged(what string, before map[string]content) {
	n.t.Helper()
	if d := cmp.Diff(before, n.contents("analytics_")); d != "" {
		n.t.Errorf("%s changed production (-before +after):\n%s", what, d)
	}
}

// breakTest gives the items a duplicate, which a test of them finds, and mend takes it away again.
func (n nightlies) breakTest() {
	n.sql("insert into raw_market.items values ('A-1', 'Again', 'fruit')")
}
func (n nightlies) mend() { n.sql("delete from raw_market.items where name = 'Again'") }

// checkout leaves nothing of what dbt has written, but for what spares it to parse each target again.
func (n nightlies) checkout() {
	n.t.Helper()
	kept := map[string][]byte{}
	for _, folder := range []string{"target", "target/dbtwac_prod"} {
		path := filepath.Join(n.dir, folder, "partial_parse.msgpack")
		text, err := os.ReadFile(path)
		if err != nil {
			n.t.Fatal(err)
		}
		kept[path] = text
	}
	if err := os.RemoveAll(filepath.Join(n.dir, "target")); err != nil {
		n.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(n.dir, "target/dbtwac_prod"), 0o755); err != nil {
		n.t.Fatal(err)
	}
	for path, text := range kept {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			n.t.Fatal(err)
		}
	}
}

// failing lets the command fail that publishes under the second target.
func failing(args []string) []string {
	if args[0] == "run" {
		return nil
	}
	return args
}

func (n nightlies) runbook() {
	n.t.Helper()
	before := n.contents("analytics_")
	r := newRelay(n.site, true)

	n.breakTest()
	if output, code := r.runbook("nightly"); code == 0 || !strings.Contains(output, "unique_dim_items_sku") {
		n.t.Errorf("a failing test: exit %d\n%s", code, output)
	}
	if d := cmp.Diff([]string{"nightly_begin --target staging", "build --target staging"}, r.heard); d != "" {
		n.t.Errorf("what runs until a test fails (-want +got):\n%s", d)
	}
	n.unchanged("a failing test", before)
	n.mend()

	r.heard, r.before = nil, func(args []string) []string {
		if args[0] == "build" { // somebody builds a part
			return []string{"build", "--target", "staging", "--select", "dim_items"}
		}
		return args
	}
	if output, code := r.runbook("nightly"); code == 0 || !strings.Contains(output, "nightly publishes what the build has not built: ") || len(r.heard) != 2 {
		n.t.Errorf("a build of a part goes on to %v: exit %d\n%s", r.heard, code, output)
	}
	n.unchanged("a build of a part", before)

	r.heard, r.before = nil, failing
	output, code := r.runbook("nightly")
	_, hint, ok := strings.Cut(output, "nightly: the publish was broken off in the middle; take it back: ")
	if code != 1 || !ok || r.heard[len(r.heard)-1] != "run --target prod" {
		n.t.Fatalf("a publish that is broken off, behind %v: exit %d\n%s", r.heard, code, output)
	}
	if output, code := r.run(nil, "sh", "-c", hint); code != 0 {
		n.t.Errorf("%s: exit %d\n%s", hint, code, output)
	}
	n.unchanged("a publish that was broken off and taken back", before)
}

func (n nightlies) atomicRunbook() {
	n.t.Helper()
	before := n.contents("analytics_")
	r := newRelay(n.site, true)
	r.before = func(args []string) []string {
		if args[0] == "run-operation" && args[1] == "dbtwac_stores_publish" {
			n.sql("delete from staging_mart.dim_stores_v2") // behind the audit
		}
		return args
	}
	if output, code := r.runbook("stores"); code == 0 || !strings.Contains(output, "staging_mart.dim_stores_v2 was written since it was tested") {
		n.t.Errorf("a publish whose check fails: exit %d\n%s", code, output)
	}
	n.unchanged("a publish whose check fails", before)
}

// emptySelection: a step whose tag nobody has any more fails. Without what its words say of that, it would be a success.
func (n nightlies) emptySelection() {
	n.t.Helper()
	words := n.commands("build")[1]
	for i, word := range words {
		if word == "--select" {
			words[i+1] = "tag:gone"
		}
	}
	if r := n.dbt(words...); r.OK || !strings.Contains(r.Log, "The selection criterion 'tag:gone' does not match any") {
		n.t.Errorf("dbt %s: exit %d\n%s", strings.Join(words, " "), r.Exit, r.Log)
	}
	if r := n.dbt("build", "--target", "staging", "--select", "tag:gone"); !r.OK {
		n.t.Errorf("dbt takes an empty selection for a failure by itself now: the step's words need no --warn-error-options: exit %d\n%s", r.Exit, r.Log)
	}
}
