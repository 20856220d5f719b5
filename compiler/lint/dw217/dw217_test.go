package dw217_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw217"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

const (
	packages = "the package in ref('package', 'model')"
	versions = "a version, which is called v or version"
	both     = packages + ", and for " + versions
	none     = "; the first ref that needs it fails"

	swap = "deployments:\n  x: {strategy: blue_green, swap: database, build: apart, publish: prod}\n"
)

func narrow(what, nodes string) []string {
	return []string{"warning: the macro ref of macros/own.sql has no room for " + what + nodes}
}

func TestNarrow(t *testing.T) {
	plain := ruletest.Node{ID: "model.p.a", More: `"refs": [{"name": "b", "package": null, "version": null}, {"name": "c"}]`}
	inPackage := ruletest.Node{ID: "model.p.a", More: `"refs": [{"name": "b", "package": "q", "version": null}]`}
	versioned := ruletest.Node{ID: "model.p.a", More: `"refs": [{"name": "b", "package": null, "version": 1}]`}
	hasVersion := ruletest.Node{ID: "model.p.a.v1", More: `"version": 1`}
	python := ruletest.Node{ID: "model.p.a", More: `"language": "python", "refs": [{"name": "b", "package": null, "version": null}]`}
	generic := ruletest.Node{ID: "test.p.a", More: `"test_metadata": {"name": "unique"}, "refs": [{"name": "b", "package": null, "version": 1}]`}
	lonely := ruletest.Node{ID: "model.p.a", More: `"language": "python", "refs": []`}
	old := ruletest.Node{ID: "model.p.a", More: `"refs": [["b"], ["q", "b"]]`}
	const named = ", and that concerns model.p.a"
	for _, tc := range []struct {
		name, macro string
		node        ruletest.Node
		want        []string
	}{
		{"one name", "(model_name)", plain, narrow(both, none)},
		{"one name with a default", "(model_name=none)", plain, narrow(both, none)},
		{"a package is asked for", "(model_name)", inPackage, narrow(both, named)},
		{"a package is asked for, long ago", "(model_name)", old, narrow(both, named)},
		{"a version is asked for", "(model_name)", versioned, narrow(both, named)},
		{"a version could be asked for", "(model_name)", hasVersion, narrow(both, named+".v1")},
		{"a version is asked for by dbt's own test", "(a, b=none, v=none)", generic, narrow(versions, strings.Replace(named, "model", "test", 1))},
		{"a version is asked for by dbt's own test, as it does", "(a, b=none, version=none)", generic, nil},
		{"a version that Python does not know", "(a, b=none, version=none)", python, narrow(versions, named)},
		{"a version that Python knows", "(a, b=none, v=none)", python, nil},
		{"a Python model", "(model_name)", python, narrow(both, named)},
		{"one name and a version", "(model_name, v=none)", plain, narrow(both, none)},
		{"one name and a version, and it is asked for", "(model_name, version=none)", versioned, narrow(both, none)},
		{"one name and anything named", "(model_name) | **kwargs", inPackage, narrow(packages, named)},
		{"two names", "(project_or_package, model_name)", plain, nil},
		{"two names, and a package is asked for", "(model_name, package=none)", inPackage, nil},
		{"two names, and a version is asked for", "(a, b=none)", versioned, narrow(versions, named)},
		{"two names, and a version could be", "(a, b=none)", hasVersion, narrow(versions, named+".v1")},
		{"two names, and Python", "(a, b=none)", python, narrow(versions, named)},
		{"two names, and Python that reads nothing", "(a, b=none)", lonely, nil},
		{"two names and a version", "(a, b=none, version=none)", versioned, nil},
		{"anything", "() | *varargs, **kwargs", versioned, nil},
		{"a name and anything", "(a) | *varargs, **kwargs", hasVersion, nil},
		{"what cannot be read", "(a, b=c if)", plain, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			params, arguments, _ := strings.Cut(tc.macro, " | ")
			c := ruletest.Case{
				Config: ruletest.Deployment("write_audit_clone", ""), Nodes: []ruletest.Node{tc.node},
				Macros: []ruletest.Macro{{ID: "macro.p.ref", Text: "{% macro ref" + params + " %}{{ x(" + arguments + ") }}{% endmacro %}"}},
			}
			if d := cmp.Diff(tc.want, ruletest.Findings(t, dw217.Rule, c)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			c.Macros[0].ID = "macro.q.ref"
			if got := ruletest.Findings(t, dw217.Rule, c); got != nil {
				t.Errorf("of a package: %s", got)
			}
			c.Macros[0].ID = "macro.p.prefer"
			if got := ruletest.Findings(t, dw217.Rule, c); got != nil {
				t.Errorf("by another name: %s", got)
			}
		})
	}
}

func TestBypassed(t *testing.T) {
	own := []ruletest.Macro{{ID: "macro.p.ref", Text: "{% macro ref() %}{{ builtins.ref(*varargs, **kwargs) }}{% endmacro %}"}}
	nodes := []ruletest.Node{
		{ID: "model.p.a", Config: `{"materialized": "table"}`},
		{ID: "model.p.v", Config: `{"materialized": "view"}`},
		{ID: "model.p.w", Config: `{"materialized": "view"}`},
	}
	const says, views = "warning: dbt v2 has written the manifest, and it never calls the macro ref of ", ": behind a swap these views read what their text names, database and all: "
	const ignore = "lint: {ignore: [{code: DW217, node: model.p.w, reason: x}, {code: DW217, node: model.p.v, reason: x}]}\n"
	for _, tc := range []struct {
		name, config, dbt string
		macros            []ruletest.Macro
		want              []string
	}{
		{"dbt 1", swap, "1.12.6", own, nil},
		{"dbt 2", swap, "2.0.1", own, []string{says + "macros/own.sql" + views + "model.p.v, model.p.w"}},
		{"dbt 2, dbtwac's", "macros: {ref: true}\n" + swap, "2.0.1", nil, []string{says + "macros/dbtwac/ref.sql" + views + "model.p.v, model.p.w"}},
		{"dbt 1, dbtwac's", "macros: {ref: true}\n" + swap, "1.12.6", nil, nil},
		{"dbt 2, no swap", ruletest.Deployment("write_audit_clone", ""), "2.0.1", own, []string{says + "macros/own.sql"}},
		{"dbt 2, no macro", swap, "2.0.1", nil, nil},
		{"accepted", ignore + swap, "2.0.1", own, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ruletest.Findings(t, dw217.Rule, ruletest.Case{Config: tc.config, DBT: tc.dbt, Nodes: nodes, Macros: tc.macros})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
