package dw223_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/lint/dw222"
	"github.com/dbtwac/dbtwac/compiler/lint/dw223"
	"github.com/dbtwac/dbtwac/compiler/lint/ruletest"
)

func TestRule(t *testing.T) {
	const (
		moved = "warning: these are built once more after the audit, and what their sources have taken in since then is published without a test: "
		kept  = "warning: naming: audit keeps the schemas of these, so the audit run overwrites production before any test has run: "
		stale = "error: what is built in prod would read parents there that nobody has built again, so audited code meets rows of an earlier run: "
	)
	const deployment = "deployments:\n  x: {strategy: write_audit_publish, build: audit, publish: prod, select: '*'}\n"
	stg := ruletest.Node{ID: "model.p.stg", Config: `{"schema": "stg"}`, Parents: []string{"source.p.raw"}}
	raw := ruletest.Node{ID: "source.p.raw", More: `"schema": "raw"`}
	mart := func(parents ...string) ruletest.Node {
		return ruletest.Node{ID: "model.p.mart", Config: `{"schema": "mart"}`, Parents: parents}
	}
	ephemeral := ruletest.Node{ID: "model.p.eph", Config: `{"materialized": "ephemeral"}`, Parents: []string{"source.p.raw", "model.p.int"}}
	between := ruletest.Node{ID: "model.p.int", Config: `{"schema": "int"}`}
	for _, tc := range []struct {
		name, more string
		nodes      []ruletest.Node
		scope      []string
		want       []string
	}{
		{name: "a source", nodes: []ruletest.Node{raw, mart("source.p.raw")}, want: []string{moved + "model.p.mart"}},
		{name: "through an ephemeral model", nodes: []ruletest.Node{raw, between, ephemeral, mart("model.p.eph")}, want: []string{moved + "model.p.mart"}},
		{name: "a kept parent holds the source still", nodes: []ruletest.Node{raw, stg, mart("model.p.stg")}, scope: []string{"model.p.mart"}, want: []string{kept + "model.p.stg"}},
		{name: "seeds do not move", nodes: []ruletest.Node{{ID: "seed.p.s", Config: `{"schema": "mart"}`}, mart("seed.p.s")}},
		{name: "a parent that is left out", nodes: []ruletest.Node{between, mart("model.p.int")}, scope: []string{"model.p.mart"}, want: []string{stale + "model.p.int (read by model.p.mart)"}},
		{name: "left out behind an ephemeral model", nodes: []ruletest.Node{raw, between, ephemeral, mart("model.p.eph")}, scope: []string{"model.p.mart"}, want: []string{moved + "model.p.mart", stale + "model.p.int (read by model.p.mart)"}},
		{name: "another project's model", nodes: []ruletest.Node{{ID: "model.q.far", More: `"path": "", "original_file_path": ""`}, mart("model.q.far")}, scope: []string{"model.p.mart"}},
		{name: "accepted", more: "lint: {ignore: [{code: DW223, node: model.p.mart, reason: frozen}]}", nodes: []ruletest.Node{raw, mart("source.p.raw")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := ruletest.Case{Config: deployment + tc.more, Nodes: tc.nodes, Scope: tc.scope}
			if d := cmp.Diff(tc.want, ruletest.Findings(t, dw223.Rule, c)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if got := ruletest.Findings(t, dw222.Rule, c); len(got) > 0 {
				t.Errorf("DW222 says it too: %s", got)
			}
		})
	}
}

func TestOtherStrategies(t *testing.T) {
	c := ruletest.Case{
		Config: ruletest.Deployment("write_audit_clone", ""),
		Nodes:  []ruletest.Node{{ID: "source.p.raw"}, {ID: "model.p.m", Parents: []string{"source.p.raw"}}},
	}
	if got := ruletest.Findings(t, dw223.Rule, c); len(got) > 0 {
		t.Errorf("write_audit_clone publishes what was audited: %s", got)
	}
}
