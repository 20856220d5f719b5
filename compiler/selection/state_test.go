package selection_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/results"
	"github.com/dbtwac/dbtwac/compiler/selection"
)

// yesterday is what the tables below change.
func yesterday() doc {
	written := fields{"materialized": "table", "tags": []string{"x"}, "alias": "n"}
	return doc{}.
		node("model.p.m", fields{"unrendered_config": written, "config": fields{"materialized": "table", "persist_docs": fields{"relation": true}}, "description": "d", "depends_on": fields{"nodes": []string{}, "macros": []string{"macro.p.outer"}}}).
		node("model.p.v.v1", fields{"name": "v", "version": 1, "latest_version": 1, "contract": fields{"enforced": true, "checksum": "1"}, "columns": fields{"id": fields{"data_type": "int"}}}).
		node("model.p.k", fields{"contract": fields{"enforced": true, "checksum": "1"}, "columns": fields{"id": fields{"data_type": "varchar(10)"}}}).
		node("seed.p.s", fields{"checksum": fields{"name": "sha256", "checksum": "1"}}).
		node("test.p.t", fields{"test_metadata": fields{"name": "not_null"}, "unrendered_config": fields{"severity": "warn"}}).
		node("source.p.src.t", fields{"unrendered_config": fields{"tags": []string{"a"}}, "freshness": fields{"warn_after": fields{"count": 1}}}).
		node("exposure.p.e", fields{"owner": fields{"name": "ann"}, "on": []string{"model.p.m"}}).
		node("saved_query.p.q", fields{"tags": []string{"a"}, "query_params": fields{"metrics": []string{"a"}}}).
		node("unit_test.p.u", fields{"checksum": "1", "on": []string{"model.p.m"}})
}

var macros = fields{"macros": fields{
	"macro.p.inner": fields{"name": "inner", "package_name": "p", "macro_sql": "1", "depends_on": fields{"macros": []string{}}},
	"macro.p.outer": fields{"name": "outer", "package_name": "p", "macro_sql": "1", "depends_on": fields{"macros": []string{"macro.p.inner"}}},
}}

// §3 and §3.1: one change, and what is in state:modified and its parts. Tests that come along are left out.
func TestState(t *testing.T) {
	change := func(id string, f fields) func(doc) {
		return func(d doc) {
			n := maps.Clone(d[id])
			maps.Copy(n, f)
			d[id] = n
		}
	}
	add := func(id string, f fields) func(doc) { return func(d doc) { d.node(id, f) } }
	for _, c := range []struct {
		why    string
		change func(doc)
		want   map[string]string // value of state: -> names; a value that is not there selects nothing
	}{
		{"nothing", func(doc) {}, map[string]string{}},
		{"a model's code", change("model.p.m", fields{"raw_code": "select 2"}), map[string]string{"modified": "m", "modified.body": "m"}},
		{"a config as written", change("model.p.m", fields{"unrendered_config": fields{"materialized": "view", "alias": "n"}}), map[string]string{"modified": "m", "modified.configs": "m"}},
		{"a config that is only resolved otherwise", change("model.p.m", fields{"config": fields{"materialized": "view"}}), map[string]string{}},
		{"tags of a model do not count", change("model.p.m", fields{"unrendered_config": fields{"materialized": "table", "alias": "n"}}), map[string]string{}},
		{"an alias is the relation", change("model.p.m", fields{"unrendered_config": fields{"materialized": "table", "alias": "o"}}), map[string]string{"modified": "m", "modified.relation": "m"}},
		{"a persisted description", change("model.p.m", fields{"description": "e"}), map[string]string{"modified": "m", "modified.persisted_descriptions": "m"}},
		{"another description", change("model.p.k", fields{"description": "e"}), map[string]string{}},
		{"a moved model", change("model.p.m", fields{"fqn": []string{"p", "x", "m"}}), map[string]string{"modified": "m"}},
		{"access", change("model.p.m", fields{"access": "public"}), map[string]string{"modified": "m"}},
		{"the latest version", change("model.p.v.v1", fields{"latest_version": 2}), map[string]string{"modified": "v.v1"}},
		{"a deprecation date", change("model.p.m", fields{"deprecation_date": "2030-01-01T00:00:00+00:00"}), map[string]string{"modified": "m"}},
		{"a seed's hash", change("seed.p.s", fields{"checksum": fields{"name": "sha256", "checksum": "2"}}), map[string]string{"modified": "s", "modified.body": "s"}},
		{"a seed too large to hash", change("seed.p.s", fields{"checksum": fields{"name": "path", "checksum": "1"}}), map[string]string{"modified": "s", "modified.body": "s"}},
		{"§3.1.1 the code of a generic test does not count", change("test.p.t", fields{"raw_code": "x"}), map[string]string{"modified.body": "t"}},
		{"the severity of a test does", change("test.p.t", fields{"unrendered_config": fields{"severity": "error"}}), map[string]string{"modified": "t", "modified.configs": "t"}},
		{"other configs of a test do not", change("test.p.t", fields{"unrendered_config": fields{"severity": "warn", "meta": fields{"a": 1}}}), map[string]string{}},
		{"tags of a source do", change("source.p.src.t", fields{"unrendered_config": fields{"tags": []string{"b"}}}), map[string]string{"modified": "src.t", "modified.configs": "src.t"}},
		{"a source's schema as written", change("source.p.src.t", fields{"unrendered_schema": "x"}), map[string]string{"modified": "src.t", "modified.relation": "src.t"}},
		{"a source's schema as rendered", change("source.p.src.t", fields{"schema": "x"}), map[string]string{}},
		{"freshness", change("source.p.src.t", fields{"freshness": fields{"warn_after": fields{"count": 2}}}), map[string]string{"modified": "src.t"}},
		{"a key that is null and one that is not there are one", change("source.p.src.t", fields{"freshness": fields{"warn_after": fields{"count": 1, "period": nil}}}), map[string]string{}},
		{"an exposure's owner", change("exposure.p.e", fields{"owner": fields{"name": "bob"}}), map[string]string{"modified": "e"}},
		{"tags of a saved query", change("saved_query.p.q", fields{"tags": []string{"b"}}), map[string]string{"modified": "q"}},
		{"a unit test's checksum", change("unit_test.p.u", fields{"checksum": "2"}), map[string]string{"modified": "u"}},
		{"§3.1.4 a unit test's description", change("unit_test.p.u", fields{"description": "x"}), map[string]string{}},
		{"a new model is modified in all its parts", add("model.p.new", nil), map[string]string{
			"new": "new", "modified": "new", "modified.body": "new", "modified.configs": "new", "modified.relation": "new", "modified.persisted_descriptions": "new", "modified.contract": "new",
		}},
		{"§3.1.2 a new source is not modified, but its parts are", add("source.p.src.n", nil), map[string]string{"new": "src.n", "modified.configs": "src.n", "modified.relation": "src.n"}},
		{"§3.1.2 nor is a new exposure", add("exposure.p.n", nil), map[string]string{"new": "n", "modified.configs": "n"}},
		{"a new unit test is", add("unit_test.p.n", nil), map[string]string{"new": "n", "modified": "n"}},
		{"a contract that is now enforced", change("model.p.m", fields{"contract": fields{"enforced": true}}), map[string]string{"modified": "m", "modified.contract": "m"}},
		{"§3.1.6 a broken contract of an unversioned model is a warning", change("model.p.k", fields{"contract": fields{"enforced": true, "checksum": "2"}, "columns": fields{"id": fields{"data_type": "int"}}}), map[string]string{"modified": "k", "modified.contract": "k"}},
		{"a longer type breaks nothing", change("model.p.k", fields{"contract": fields{"enforced": true, "checksum": "2"}, "columns": fields{"id": fields{"data_type": "VARCHAR(20)"}}}), map[string]string{"modified": "k", "modified.contract": "k"}},
		{"§3.1.6 a broken contract of a versioned model is an error", change("model.p.v.v1", fields{"contract": fields{"enforced": true, "checksum": "2"}, "columns": fields{}}), map[string]string{
			"modified": "error: the contract of model.p.v.v1 (models/v.sql) is broken: column id is gone", "modified.contract": "error: ", "unmodified": "error: ",
		}},
		{"§3.1.6 so is a removed one", func(d doc) { delete(d, "model.p.v.v1") }, map[string]string{
			"modified": "error: the contract of model.p.v.v1 (models/v.sql) is broken: it was deleted or renamed", "modified.contract": "error: ", "unmodified": "error: ",
		}},
	} {
		t.Run(c.why, func(t *testing.T) {
			before := yesterday().project(t, macros)
			now := yesterday()
			c.change(now)
			p := now.project(t, macros)
			e := selection.New(p, selection.Previous(selection.State{Manifest: before.Manifest}))
			for _, value := range []string{"new", "modified", "modified.body", "modified.configs", "modified.relation", "modified.persisted_descriptions", "modified.contract", "modified.macros"} {
				got := ask(t, e, p, selection.Options{Indirect: selection.Empty}, "state:"+value)
				want := c.want[value]
				if strings.HasPrefix(want, "error: ") && strings.HasPrefix(got, want) {
					continue
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("state:%s (-dbt +ours):\n%s", value, d)
				}
			}
			if _, fails := c.want["unmodified"]; fails {
				return
			}
			all := ask(t, e, p, selection.Options{Indirect: selection.Empty}, "fqn:*", "source:*")
			if got := ask(t, e, p, selection.Options{Indirect: selection.Empty}, "state:modified", "state:unmodified"); got != all {
				t.Errorf("modified and unmodified together: %s, not %s", got, all)
			}
			if got := ask(t, e, p, selection.Options{Indirect: selection.Empty}, "state:new", "state:old"); got != all {
				t.Errorf("new and old together: %s, not %s", got, all)
			}
		})
	}
}

// §3: a macro that is called through another changes the node; one that is only added does not.
func TestStateMacros(t *testing.T) {
	for _, c := range []struct {
		why, id, sql, want string
	}{
		{"called", "macro.p.outer", "2", "m"},
		{"called by a called one", "macro.p.inner", "2", "m"},
		{"called by nobody", "macro.p.other", "2", ""},
	} {
		more := maps.Clone(macros["macros"].(fields))
		m := fields{"name": "x", "package_name": "p", "depends_on": fields{"macros": []string{}}}
		if old, ok := more[c.id].(fields); ok {
			m = maps.Clone(old)
		}
		m["macro_sql"] = c.sql
		more[c.id] = m
		p := yesterday().project(t, fields{"macros": more})
		e := selection.New(p, selection.Previous(selection.State{Manifest: yesterday().project(t, macros).Manifest}))
		for _, value := range []string{"state:modified", "state:modified.macros"} {
			if got := ask(t, e, p, selection.Options{Indirect: selection.Empty}, value); got != c.want {
				t.Errorf("%s: %s selects %q, dbt %q", c.why, value, got, c.want)
			}
		}
	}
}

// A test that stood in the earlier manifest disabled is neither new nor modified.
func TestDisabledBefore(t *testing.T) {
	before := yesterday()
	before["test.p.t"]["config"] = fields{"enabled": false}
	p := yesterday().project(t, macros)
	e := selection.New(p, selection.Previous(selection.State{Manifest: before.project(t, macros).Manifest}))
	for _, value := range []string{"state:new", "state:modified", "state:modified.body"} {
		if got := ask(t, e, p, selection.Options{Indirect: selection.Empty}, value); got != "" {
			t.Errorf("%s selects %s, dbt nothing", value, got)
		}
	}
}

// §3.1.6: a removed contract that was past its deprecation date breaks nothing.
func TestDeprecatedContract(t *testing.T) {
	before := yesterday()
	before["model.p.v.v1"]["deprecation_date"] = "2026-01-01T00:00:00+00:00"
	now := yesterday()
	delete(now, "model.p.v.v1")
	p := now.project(t, macros)
	state := selection.State{Manifest: before.project(t, macros).Manifest}
	if got := ask(t, selection.New(p, selection.Previous(state)), p, selection.Options{}, "state:modified"); !strings.HasPrefix(got, "error: ") {
		t.Errorf("without a time: %s, want an error", got)
	}
	state.Now, _ = results.ParseMoment("2026-06-01")
	if got := ask(t, selection.New(p, selection.Previous(state)), p, selection.Options{}, "state:modified"); got != "" {
		t.Errorf("past its date: %s, want nothing", got)
	}
}

// §2.5 result and source_status, and §3.1.7.
func TestResults(t *testing.T) {
	p := yesterday().project(t, macros)
	run, diags := results.LoadRun(jsonFile(t, fields{"metadata": fields{"dbt_schema_version": "x/run-results/v6.json"}, "results": []fields{
		{"unique_id": "model.p.m", "status": "error"}, {"unique_id": "model.p.k", "status": "success"}, {"unique_id": "model.p.gone", "status": "error"},
	}}))
	if run == nil {
		t.Fatal(diags)
	}
	sources := func(status, at string) *results.Sources {
		s, diags := results.LoadSources(jsonFile(t, fields{"metadata": fields{"dbt_schema_version": "x/sources/v3.json"}, "results": []fields{
			{"unique_id": "source.p.src.t", "status": status, "max_loaded_at": at},
		}}))
		if s == nil {
			t.Fatal(diags)
		}
		return s
	}
	old, same, newer, broken := sources("pass", "2026-01-01T00:00:00Z"), sources("warn", "2026-01-01 00:00:00"), sources("pass", "2026-01-01T00:00:01Z"), sources("runtime error", "")
	for _, c := range []struct {
		why   string
		state selection.State
		ask   string
		want  string
	}{
		{"the status as it stands", selection.State{Run: run}, "result:error", "m"},
		{"no wildcards", selection.State{Run: run}, "result:*", ""},
		{"no results", selection.State{}, "result:error", "error: result: needs"},
		{"newer", selection.State{Sources: old, CurrentSources: newer}, "source_status:fresher", "src.t"},
		{"the same time", selection.State{Sources: old, CurrentSources: same}, "source_status:fresher", ""},
		{"older", selection.State{Sources: newer, CurrentSources: old}, "source_status:fresher", ""},
		{"§3.1.7 fresh after a runtime error", selection.State{Sources: broken, CurrentSources: old}, "source_status:fresher", "src.t"},
		{"a runtime error now", selection.State{Sources: old, CurrentSources: broken}, "source_status:fresher", ""},
		{"another value", selection.State{Sources: old, CurrentSources: newer}, "source_status:older", ""},
		{"no current file", selection.State{Sources: old}, "source_status:fresher", "error: source_status: needs the current"},
		{"no earlier file", selection.State{CurrentSources: old}, "source_status:fresher", "error: source_status: needs the sources.json of an earlier"},
		{"no manifest", selection.State{}, "state:modified", "error: state: needs"},
		{"an unknown value", selection.State{Manifest: p.Manifest}, "state:modified.nope", `error: "modified.nope" is no value of state`},
	} {
		e := selection.New(p, selection.Previous(c.state))
		got := ask(t, e, p, selection.Options{Indirect: selection.Empty}, c.ask)
		if got != c.want && (!strings.HasPrefix(c.want, "error: ") || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s: %s selects %q, dbt %q", c.why, c.ask, got, c.want)
		}
	}
	// On the command line the space of "partial success" separates two terms.
	if got := ask(t, selection.New(p, selection.Previous(selection.State{Run: run})), p, selection.Options{}, "result:partial success"); got != "" {
		t.Errorf("got %s", got)
	}
}

// Two dbts write configs and macros differently: once an evaluation the user is told.
func TestStateOfAnotherVersion(t *testing.T) {
	p := yesterday().project(t, macros)
	before := yesterday().project(t, fields{"metadata": fields{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0", "project_name": "p"}})
	spec, _ := selection.Parse(selection.Request{Select: selection.Flag("--select", "state:modified state:new")})
	_, diags := selection.New(p, selection.Previous(selection.State{Manifest: before.Manifest})).Evaluate(spec, selection.Options{})
	if n := strings.Count(text(t, diags), "dbt 1.10.0 and dbt 1.12.6"); n != 1 {
		t.Errorf("told %d times, want 1:\n%s", n, text(t, diags))
	}
}
