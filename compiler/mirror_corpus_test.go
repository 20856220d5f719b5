package compiler_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/switching"
	"github.com/dbtwac/dbtwac/golden/corpus"
)

// fullMirror copies every source of a manifest, of whatever warehouse.
const fullMirror = `version: 1
environments:
  prod: {database: DATABASE, schema: dbtwac_prod, naming: custom}
macros: {generate_schema_name: true}
mirrors:
  raw: {sources: "source:*", environment: prod}
`

// refused are the sources that DW303 refuses, in selection syntax, with how many there are and why.
var refused = map[string]struct {
	exclude string
	sources int
	reason  string
}{
	"bigquery_student_engagement_v10": {"source:staging", 24, "it is an external table"},
	"snowflake_ethereum_v6":           {"source:algorand_db_external.algorand_indexer_tx", 1, "it is an external table"},
}

// ownMacros are the manifests whose project names schemas by a macro of its own, which the mirror has to do without, and the errors
// of a mirror that leaves it in place: none where it keeps the copies in one place, and else for the reason that is given.
var ownMacros = map[string]struct{ errors, reason string }{
	"clickhouse_cerebro":           {},
	"postgres_sagerx":              {},
	"snowflake_shopverse":          {},
	"duckdb_bouncer_v2engine":      {"DW307", "env_var is not known without running dbt"},
	"duckdb_jaffle_shop_112":       {"DW307", "dbtwac_prod_raw.raw_ecom__raw_customers"},
	"snowflake_ddrc":               {"DW307", "dbtwac_prod_raw.raw_AIRTABLE__METRICS"}, // it is by the name of the target: prd
	"snowflake_engaged_california": {"DW307", "dbtwac_prod_raw.raw_BITLY_CALINNOVATE__BITLINK"},
	"snowflake_web_analytics":      {"DW307", "dbtwac_prod_raw.raw_CA_GOOGLE_ANALYTICS__ANALYTICS_314711183__VIEW"},
	"snowflake_model_contract":     {"DW307", "dbtwac_prod_raw.raw_ecom__raw_customers"},
	"snowflake_ethereum_v6":        {"DW307", "raw_algorand.ACCOUNT"}, // it takes names of models apart, and so does its generate_alias_name
	"snowflake_solana_v6":          {"DW307", "raw_bronze_streamline.block_rewards_api"},
}

// notSwitched says how many consumers of a manifest read sources that their text does not name, and what stands there instead.
var notSwitched = map[string]struct {
	consumers int
	instead   []string
	why       string
}{
	"duckdb_bouncer_v2engine":      {9, []string{"fivetran_utils.union_data("}, "a macro of a package calls source()"},
	"postgres_ad_reporting_v7":     {78, []string{"from {{ var('"}, "a variable of a package is the call"},
	"postgres_hubspot":             {56, []string{"fivetran_utils.union_connections("}, "a macro of a package calls source()"},
	"postgres_quefairedemesobjets": {5, []string{"{{ acteur(", "{{ acteur_epci("}, "a macro of the project calls source()"},
	"redshift_re_data_v11":         {1, []string{"source(target.schema + '_sources', "}, "the name of the source is an expression"},
}

// TestMirrorCorpus mirrors every source of every real manifest, and switches the text of whatever reads one.
func TestMirrorCorpus(t *testing.T) {
	manifests, models, tests, consumers, calls, left := 0, 0, 0, 0, 0, 0
	corpus.Each(t, "..", func(t *testing.T, name string, document *source.File) {
		m, _ := manifest.Load(document)
		sources := sourcesOf(m)
		if len(sources) == 0 {
			t.Skip("it does not load, or has no sources")
		}
		text := strings.Replace(fullMirror, "DATABASE", databaseOf(m), 1)
		compile := func(text string, document, sum *source.File) compiler.Output {
			t.Helper()
			out, err := compiler.Compile(compiler.Input{Config: &source.File{Name: "dbtwac.yml", Text: text}, Manifest: document, Sum: sum})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}

		bare, kept := withoutNamingMacros(t, m, document)
		if own, has := ownMacros[name]; has != (kept > 0) {
			t.Errorf("%d macros of its own name schemas or tables: change the table in this test", kept)
		} else if has {
			project := strings.NewReplacer("naming: custom", "naming: project", "macros: {generate_schema_name: true}\n", "").Replace(text)
			out := compile(excluding(project, refused[name].exclude), document, nil)
			if got := codes(out.Diags, diag.Error); got != own.errors || !strings.Contains(messages(out.Diags), own.reason) {
				t.Errorf("with its own macros: errors %q, want %q because of %q:\n%s", got, own.errors, own.reason, messages(out.Diags))
			}
		}

		all := compile(text, bare, nil)
		if want := refused[name]; want.sources > 0 {
			if got := codes(all.Diags, diag.Error); got != "DW303" || !strings.Contains(messages(all.Diags), want.reason) {
				t.Errorf("errors %q, want DW303 because %s:\n%s", got, want.reason, messages(all.Diags))
			}
			text = excluding(text, want.exclude)
		}
		if name == "duckdb_jaffle_shop_112" { // whose seeds are in the schema raw
			text = strings.Replace(text, "environment: prod", "environment: prod, schema: copies", 1)
		}
		out := compile(text, bare, nil)
		if refused[name].sources == len(sources) {
			if got := codes(out.Diags, diag.Error); got != "DW121" {
				t.Errorf("nothing is left: errors %q, want DW121", got)
			}
			return
		}
		if len(out.Files) == 0 || out.Diags.HasErrors() {
			t.Fatalf("%d files, errors:\n%s", len(out.Files), messages(out.Diags))
		}
		copies := out.Plan.Mirrors[0].Models
		if len(copies) != len(sources)-refused[name].sources {
			t.Errorf("%d models of %d sources", len(copies), len(sources))
		}
		mirrored := map[[2]string]string{}
		for _, c := range copies {
			if sources[c.Source] != c.Arguments {
				t.Errorf("%s copies %s, which is %q", c.Node, c.Source, c.Arguments)
			}
			mirrored[c.Arguments] = c.Name
			tests += testsOf(c)
		}
		again := compile(text, bare, sumOf(out))
		if d := cmp.Diff(out.Files, again.Files); d != "" {
			t.Errorf("compiled again, with the sum (-first +again):\n%s", d)
		}

		read, others := 0, 0
		for _, n := range m.Nodes {
			want := readBy(n, mirrored)
			if len(want) == 0 {
				continue
			}
			switched := switchedIn(t, n, mirrored)
			calls, read = calls+len(switched), read+1
			if d := cmp.Diff(want, sorted(switched)); d != "" {
				others++
				if !slices.ContainsFunc(notSwitched[name].instead, func(text string) bool { return strings.Contains(n.RawCode(), text) }) {
					t.Errorf("%s reads, and is switched (-reads +switched):\n%s\n%s", n.ID, d, n.RawCode())
				}
			}
		}
		if others != notSwitched[name].consumers {
			t.Errorf("%d consumers are not switched, want %d: read them, and if that is right, change the table in this test", others, notSwitched[name].consumers)
		}
		if others > 0 {
			t.Logf("%d of %d consumers are not switched: %s", others, read, notSwitched[name].why)
		}
		consumers, left = consumers+read, left+others
		manifests, models = manifests+1, models+len(copies)
	})
	t.Logf("%d manifests with sources: %d models with %d tests; %d consumers with %d calls that are switched, %d without", manifests, models, tests, consumers, calls, left)
}

func excluding(text, exclude string) string {
	if exclude == "" {
		return text
	}
	return strings.Replace(text, "environment: prod}", `environment: prod, exclude: "`+exclude+`"}`, 1)
}

// sourcesOf are the arguments of source() by unique id.
func sourcesOf(m *manifest.Manifest) map[string][2]string {
	sources := map[string][2]string{}
	if m == nil {
		return nil
	}
	for _, n := range m.Nodes {
		if n.Kind == manifest.Source {
			sources[n.ID] = [2]string{n.SourceName, n.Name}
		}
	}
	return sources
}

// withoutNamingMacros is the manifest of a project that has given up its own naming macros, as DW218 asks it to, and how many it had.
func withoutNamingMacros(t *testing.T, m *manifest.Manifest, document *source.File) (*source.File, int) {
	t.Helper()
	var whole, macros map[string]json.RawMessage
	if err := json.Unmarshal([]byte(document.Text), &whole); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(whole["macros"], &macros); err != nil {
		t.Fatal(err)
	}
	before := len(macros)
	for _, macro := range []string{"generate_schema_name", "generate_alias_name"} {
		delete(macros, "macro."+m.Metadata.Project+"."+macro)
	}
	if len(macros) == before {
		return document, 0
	}
	whole["macros"], _ = json.Marshal(macros)
	text, _ := json.Marshal(whole)
	return &source.File{Name: document.Name, Text: string(text)}, before - len(macros)
}

func testsOf(c plan.Copied) int {
	tests := len(c.Tests)
	for _, column := range c.Columns {
		tests += len(column.Tests)
	}
	return tests
}

// sumOf is the sum once the files are written.
func sumOf(out compiler.Output) *source.File {
	var b strings.Builder
	for _, f := range out.Files {
		fmt.Fprintf(&b, "%s h1:%x\n", f.Path, sha256.Sum256([]byte(f.Text)))
	}
	return &source.File{Name: "dbtwac.sum", Text: b.String()}
}

// readBy are the mirrored sources that a consumer in SQL reads, as source() calls them, sorted.
func readBy(n *manifest.Node, mirrored map[[2]string]string) [][2]string {
	generic := n.Raw.Get("test_metadata").Get("name").Text() != ""
	if generic || n.Language != "sql" || !slices.Contains([]manifest.Kind{manifest.Model, manifest.Snapshot, manifest.Test, manifest.Analysis}, n.Kind) {
		return nil
	}
	var read [][2]string
	for it := n.Raw.Get("sources").Items(); it.Next(); {
		names, _ := it.Value().Strings()
		if key := [2]string(names); mirrored[key] != "" {
			read = append(read, key)
		}
	}
	return sorted(read)
}

// switchedIn are the sources whose calls are replaced in a consumer's text, of which nothing else changes.
func switchedIn(t *testing.T, n *manifest.Node, mirrored map[[2]string]string) (list [][2]string) {
	t.Helper()
	old := n.RawCode()
	result := switching.Template(old, func(name, table string) (string, bool) {
		model, ok := mirrored[[2]string{name, table}]
		return model, ok
	})
	rest := result.Text
	at := 0
	for _, e := range result.Edits {
		list = append(list, [2]string{e.Source, e.Table})
		after, ok := strings.CutPrefix(rest, old[at:e.Start]+e.New)
		if want := "ref('" + mirrored[[2]string{e.Source, e.Table}] + "')"; !ok || strings.ReplaceAll(strings.Join(strings.Fields(e.New), ""), `"`, "'") != want {
			t.Errorf("%s: %s became %s", n.ID, old[e.Start:e.End], e.New)
		}
		rest, at = after, e.End
	}
	if rest != old[at:] {
		t.Errorf("%s: what is between the calls has changed too:\n%s", n.ID, result.Text)
	}
	return list
}

// sorted are the same, each once.
func sorted(list [][2]string) [][2]string {
	slices.SortFunc(list, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(list)
}
