package selection_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/selection"
)

// zoo has one of everything.
func zoo() doc {
	meta := fields{"owner": "ann", "n": 1, "on": true, "list": []any{"x", 1, true}, "deep": fields{"k": "v"}, "items": "x", "sub": fields{"get": "x"}}
	return doc{}.
		node("model.p.a", fields{"tags": []string{"daily", "x:y"}, "config": fields{"materialized": "table", "group": "fin", "meta": meta, "severity": "no", "freshness": fields{"build_after": fields{"count": 1}}, "post-hook": []any{fields{"sql": "x"}}}, "access": "public", "patch_path": "p://models/a.yml"}).
		node("model.q.b", fields{"original_file_path": "models/sub/b.v.sql", "config": fields{"materialized": "view", "enabled": true, "tags": []string{"t1"}}}).
		node("model.p.c.v1", fields{"name": "c", "version": 1, "latest_version": 2}).
		node("model.p.c.v2", fields{"name": "c", "version": 2.0, "latest_version": 2}).
		node("model.p.c.v3", fields{"name": "c", "version": "3", "latest_version": 2}).
		node("model.p.c.v0", fields{"name": "c", "version": 0, "latest_version": 2}).
		node("seed.p.s", fields{"original_file_path": "seeds/s.csv"}).
		node("snapshot.p.sn", nil).
		node("analysis.p.an", nil).
		node("operation.p.op", nil).
		node("source.p.src.t", fields{"tags": []string{"daily"}, "config": fields{"group": "fin"}}).
		node("source.q.src.u", nil).
		node("exposure.p.ex", fields{"tags": []string{"daily"}}).
		node("metric.p.me", fields{"config": fields{"group": "fin"}}).
		node("semantic_model.p.sm", fields{"tags": []string{"daily"}}).
		node("saved_query.p.sq", nil).
		node("function.p.fu", nil).
		node("unit_test.p.ut", fields{"config": fields{"tags": "daily"}}).
		node("test.p.gen", fields{"test_metadata": fields{"name": "not_null"}, "config": fields{"severity": "warn"}}).
		node("test.p.sing", nil)
}

// §2.5, one method after another.
func TestMethods(t *testing.T) {
	check(t, zoo().project(t, nil), []question{
		{"tag: everything with tags but semantic models; of a unit test those of its config", args("tag:daily"), selection.Empty, "ex a src.t ut"},
		{"tag: a colon belongs to the value", args("tag:x:y"), selection.Empty, "a"},
		{"tag: wildcards", args("tag:d?ily,resource_type:model"), selection.Empty, "a"},
		{"group: nodes and metrics", args("group:fin"), selection.Empty, "me a"},
		{"group: wildcards", args("group:f*"), selection.Empty, "me a"},
		{"config.group: nodes and sources", args("config.group:fin"), selection.Empty, "a src.t"},
		{"access: exactly, protected without any", args("access:protected"), selection.Empty, "c.v0 c.v1 c.v2 c.v3 b"},
		{"access: no wildcards", args("access:pub*"), selection.Empty, ""},
		{"source: by source", args("source:src"), selection.Empty, "src.t src.u"},
		{"source: and table", args("source:src.u"), selection.Empty, "src.u"},
		{"source: and package", args("source:q.s*.*"), selection.Empty, "src.u"},
		{"source: four parts", args("source:a.b.c.d"), "", `error: "a.b.c.d" is no value of source`},
		{"exposure: by name", args("exposure:ex"), selection.Empty, "ex"},
		{"metric: by package", args("metric:p.*"), selection.Empty, "me"},
		{"semantic_model: three parts", args("semantic_model:a.b.c"), "", "error: "},
		{"saved_query", args("saved_query:sq"), selection.Empty, "sq"},
		{"unit_test", args("unit_test:u*"), selection.Empty, "ut"},
		{"file: the name", args("file:s.csv"), selection.Empty, "s"},
		{"file: the stem drops one extension", args("file:b.v"), selection.Empty, "b"},
		{"file: guessed from the extension in any case", args("S.CSV s.csv"), selection.Empty, "s"},
		{"package: wildcards", args("package:q*"), selection.Empty, "b src.u"},
		{"package: this", args("package:this,resource_type:seed"), selection.Empty, "s"},
		{"test_name: generic by macro", args("test_name:not_*"), selection.Empty, "gen"},
		{"test_name: unit tests by name, singular never", args("test_name:*"), selection.Empty, "gen ut"},
		{"test_type: generic", args("test_type:generic"), selection.Empty, "gen"},
		{"test_type: schema is generic", args("test_type:schema"), selection.Empty, "gen"},
		{"test_type: data is both", args("test_type:data"), selection.Empty, "gen sing"},
		{"test_type: any piece of the word", args("test_type:singul"), selection.Empty, "sing"},
		{"test_type: the empty word is a piece of data", args("test_type:"), selection.Empty, "gen sing"},
		{"test_type: unit", args("test_type:unit"), selection.Empty, "ut"},
		{"test_type: unknown", args("test_type:Generic"), "", `error: "Generic" is no value of test_type`},
		{"resource_type", args("resource_type:function"), selection.Empty, "fu"},
		{"resource_type: a type that no node has", args("resource_type:macro"), selection.Empty, ""},
		{"resource_type: no wildcards", args("resource_type:*"), "", "error: "},
		{"version: latest compares as numbers", args("version:latest"), selection.Empty, "c.v2"},
		{"version: old, but never version 0", args("version:old"), selection.Empty, "c.v1"},
		{"version: prerelease", args("version:prerelease"), selection.Empty, "c.v3"},
		{"version: none", args("version:none"), selection.Empty, "a b"},
		{"version: unknown", args("version:bogus"), "", "error: "},
		{"an unknown method", args("foo:x"), "", `error: "foo" is no selection method`},
		{"case counts", args("Tag:x"), "", `error: "Tag" is no selection method`},
		{"letters of any script are a method's name", args("método:x"), "", `error: "método"`},
		{"function: is no method", args("function:fu"), "", `error: "function"`},
		{"a function by its name", args("fu"), selection.Empty, "fu"},
		{"a method's error counts in an exclude too", args("a", "--exclude", "metric:a.b.c"), "", "error: "},
		{"an argument of another method is ignored", args("tag.any:daily,resource_type:model"), selection.Empty, "a"},
	})
}

// §2.5: version: with no model in the graph looks at nothing.
func TestVersionWithoutModels(t *testing.T) {
	check(t, doc{}.node("seed.p.s", nil).project(t, nil), []question{{"no model", args("version:bogus"), "", ""}})
}

// §2.5 config, and §2.11.8.
func TestConfig(t *testing.T) {
	p := zoo().project(t, nil)
	list := document(t, []byte(`[
		{"name": "one", "definition": {"method": "config.meta.n", "value": 1}},
		{"name": "yes", "definition": {"method": "config.meta.n", "value": true}},
		{"name": "on", "definition": {"method": "config.meta.on", "value": 1}},
		{"name": "dict", "definition": {"method": "config.meta.deep", "value": {"k": "v"}}},
		{"name": "object", "definition": {"method": "config.freshness", "value": {"build_after": {"count": 1}}}},
		{"name": "deeper", "definition": {"method": "config.freshness.build_after", "value": {"count": 1}}},
		{"name": "member", "definition": {"method": "config.freshness.build_after.count", "value": 1}},
		{"name": "no_hooks", "definition": {"method": "config.post-hook", "value": null}},
		{"name": "hooks", "definition": {"method": "config.post-hook", "value": {"sql": "x"}}},
		{"name": "null", "definition": {"method": "config.nothing", "value": null}},
		{"name": "hook", "definition": {"method": "config.pre-hook", "value": "x"}}]`))
	check(t, p, []question{
		{"a setting", args("config.materialized:table"), selection.Empty, "a"},
		{"no wildcards", args("config.materialized:t*"), selection.Empty, ""},
		{"a default", args("config.materialized:snapshot"), selection.Empty, "sn"},
		{"nested", args("config.meta.owner:ann"), selection.Empty, "a"},
		{"deeper", args("config.meta.deep.k:v"), selection.Empty, "a"},
		{"a key is no member of a dict", args("config.meta.deep:k"), selection.Empty, ""},
		{"a missing nested key", args("config.meta.gone:x"), selection.Empty, ""},
		{"a key that Python's dicts have a method for", args("config.meta.items:x config.meta.sub.get:x"), selection.Empty, ""},
		{"text is no number", args("config.meta.n:1"), selection.Empty, ""},
		{"true in any case", args("config.meta.on:TRUE"), selection.Empty, "a"},
		{"a member of a list", args("config.meta.list:x"), selection.Empty, "a"},
		{"a list that holds true", args("config.meta.list:true"), selection.Empty, "a"},
		{"a nested default", args("config.contract.enforced:false,a"), selection.Empty, "a"},
		{"severity in any case", args("config.severity:WARN"), selection.Empty, "gen"},
		{"the default severity", args("config.severity:error"), selection.Empty, "sing"},
		{"config.tags, but not of unit tests", args("config.tags:t1 config.tags:daily"), selection.Empty, "b"},
		{"without a key", args("config:x"), selection.Empty, ""},
		{"a hyphen is in no method's name: an fqn", args("config.pre-hook:x"), selection.Empty, ""},
		{"YAML: 1 is 1", args("--selector=one"), selection.Empty, "a"},
		{"YAML: true is 1", args("--selector=yes"), selection.Empty, "a"},
		{"YAML: 1 is true", args("--selector=on"), selection.Empty, "a"},
		{"YAML: a dict", args("--selector=dict"), selection.Empty, "a"},
		{"YAML: an object of dbt's own is no dict", args("--selector=object"), selection.Empty, ""},
		{"YAML: nor is one in it", args("--selector=deeper"), selection.Empty, ""},
		{"YAML: a hook has another name in dbt", args("--selector=hooks"), selection.Empty, ""},
		{"YAML: so that nobody set it", args("--selector=no_hooks"), selection.Empty, "a c.v0 c.v1 c.v2 c.v3 b s sn src.t src.u gen sing"},
		{"YAML: its members are compared", args("--selector=member"), selection.Empty, "a"},
		{"YAML: a hyphen is allowed there", args("--selector=hook"), selection.Empty, ""},
		{"YAML: null is a setting that nobody made", args("--selector=null"), selection.Empty, "a c.v0 c.v1 c.v2 c.v3 b s sn src.t src.u gen sing"},
	}, selection.WithSelectors(list))
}

// §2.11.13: what an old manifest lacks has dbt's defaults.
func TestOldManifest(t *testing.T) {
	p := doc{}.node("model.p.a", fields{"config": fields{"enabled": true}}).project(t, fields{
		"metadata": fields{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v6.json", "dbt_version": "1.2.0", "project_id": "x"},
	})
	check(t, p, []question{
		{"access", args("access:protected"), "", "a"},
		{"contract", args("config.contract.enforced:false"), "", "a"},
		{"docs", args("config.docs.show:true"), "", "a"},
	})
}

// §2.4: what each command may select, and blank nodes.
func TestCommands(t *testing.T) {
	p := zoo().node("model.p.blank", fields{"raw_code": " \n\t "}).project(t, nil)
	e := selection.New(p)
	for _, c := range []struct {
		options selection.Options
		want    string
	}{
		{selection.Options{}, "ex fu me a blank c.v0 c.v1 c.v2 c.v3 b sq s sm sn src.t src.u gen sing ut"},
		{selection.Options{Command: "build"}, "ex fu a c.v0 c.v1 c.v2 c.v3 b sq s sn gen sing ut"},
		{selection.Options{Command: "run"}, "a c.v0 c.v1 c.v2 c.v3 b"},
		{selection.Options{Command: "test"}, "gen sing ut"},
		{selection.Options{Command: "seed"}, "s"},
		{selection.Options{Command: "snapshot"}, "sn"},
		{selection.Options{Command: "clone"}, "a c.v0 c.v1 c.v2 c.v3 b s sn"},
		{selection.Options{Command: "compile"}, "an fu a c.v0 c.v1 c.v2 c.v3 b op s sn gen sing"},
		{selection.Options{Command: "docs"}, "an fu a blank c.v0 c.v1 c.v2 c.v3 b op s sn gen sing"},
		{selection.Options{ResourceTypes: args("analysis", "seed")}, "an s"},
		{selection.Options{ResourceTypes: args("all"), ExcludeResourceTypes: args("model", "test", "source", "unit_test")}, "an ex fu me sq s sm sn"},
		{selection.Options{ResourceTypes: args("default"), ExcludeResourceTypes: args("model", "test", "source", "unit_test")}, "ex fu me sq s sm sn"},
		{selection.Options{Command: "test", ResourceTypes: args("model", "unit_test")}, "ut"},
		{selection.Options{Command: "build", ResourceTypes: args("source")}, "src.t src.u"},
		{selection.Options{ResourceTypes: args("ALL")}, `error: --resource-type "ALL" is no resource type of dbt`},
		{selection.Options{ExcludeResourceTypes: args("all")}, `error: --exclude-resource-type "all" is no resource type of dbt`},
		{selection.Options{Command: "run", ResourceTypes: args("model")}, "error: dbt run has no --resource-type"},
		{selection.Options{Command: "frob"}, `error: "frob" is no dbt command that selects`},
		{selection.Options{Indirect: "greedy"}, `error: "greedy" is no mode of indirect selection`},
	} {
		if got := ask(t, e, p, c.options, "*", "source:*"); got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", c.options, got, c.want)
		}
	}
}

// --models selects models only; what else --exclude-resource-type says is then looked at by dbt's command line alone.
func TestModels(t *testing.T) {
	p := zoo().project(t, nil)
	for _, c := range []struct{ exclude, want string }{
		{"model", "a c.v0 c.v1 c.v2 c.v3 b"},
		{"MODEL", "a c.v0 c.v1 c.v2 c.v3 b"},
		{"Default", "a c.v0 c.v1 c.v2 c.v3 b"},
		{"all", `error: --exclude-resource-type "all" is no resource type of dbt`},
		{"mod*", `error: --exclude-resource-type "mod*" is no resource type of dbt`},
	} {
		if got := ask(t, selection.New(p), p, selection.Options{ExcludeResourceTypes: args(c.exclude)}, "--models", "*"); got != c.want {
			t.Errorf("--exclude-resource-type %s:\n got %s\nwant %s", c.exclude, got, c.want)
		}
	}
}

// A value that is no text is an error for the methods that look into it.
func TestValuesThatAreNoText(t *testing.T) {
	p := zoo().project(t, nil)
	for _, c := range []struct{ definition, want string }{
		{`{"fqn": 5}`, "error: the value of fqn has to be text"},
		{`{"tag": true}`, "error: the value of tag has to be text"},
		{`{"source": null}`, "error: the value of source has to be text"},
		{`{"path": 1}`, "error: the value of path has to be text"},
		{`{"test_type": 1}`, "error: the value of test_type has to be text"},
		{`{"resource_type": 1}`, `error: "1" is no value of resource_type`},
		{`{"version": 1}`, `error: "1" is no value of version`},
		{`{"selector": 1}`, "error: the value of selector has to be text"},
		{`{"access": 1}`, ""},
	} {
		list := document(t, []byte(`[{"name": "s", "definition": `+c.definition+`}]`))
		if got := ask(t, selection.New(p, selection.WithSelectors(list)), p, selection.Options{}, "--selector=s"); got != c.want && (c.want == "" || len(got) < len(c.want) || got[:len(c.want)] != c.want) {
			t.Errorf("%s: got %q, want %q", c.definition, got, c.want)
		}
	}
}
