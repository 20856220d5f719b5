package selection

import (
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// differences are the terms that dbt v2 reads otherwise than dbt 1.12, whose answer we give
// (crates/dbt-common/src/node_selector.rs and dbt-scheduler/src/node_selector.rs).
var differences = []struct {
	applies func(c *criterion) bool
	says    string // what dbt v2 does
}{
	{func(c *criterion) bool { return c.value.str && c.value.text == "" }, "refuses an empty value"},
	{func(c *criterion) bool {
		return c.method == "fqn" && wild(c) && !strings.Contains(c.value.text, ".") && strings.Trim(c.value.text, "*") != ""
	}, "compares a pattern without a dot with the last part of the name only, not with folders"},
	{func(c *criterion) bool { return c.method == "group" && wild(c) }, "takes no wildcard in a group"},
	{func(c *criterion) bool {
		return c.method == "config" && (wild(c) || !c.value.str || numeric(c.value.text))
	},
		"takes wildcards in a config and compares numbers as text"},
	{func(c *criterion) bool { return c.method == "config" && len(c.args) == 1 && c.args[0] == "severity" }, "minds the case of a severity"},
	{func(c *criterion) bool { return c.method == "test_name" }, "finds singular tests by their name too"},
	{func(c *criterion) bool {
		return c.method == "test_type" && c.value.text != "unit"
	}, "tells generic from singular tests by their generated file"},
	{func(c *criterion) bool { return c.method == "version" && c.value.text == "none" }, "goes by the file's name where a model has no version"},
	{func(c *criterion) bool { return c.method == "path" && wild(c) }, "compares a pattern with the path instead of looking for files"},
	{func(c *criterion) bool { return c.method != "path" && strings.Contains(c.value.text, "[") }, "reads brackets by other rules"},
	{func(c *criterion) bool { return c.method == "state" && strings.Contains(c.value.text, "modified") },
		"counts every new node as modified and looks only at the macros that a node calls itself"},
}

func wild(c *criterion) bool { return strings.ContainsAny(c.value.text, "*?[") }

func numeric(s string) bool { return s != "" && strings.Trim(s, "-.0123456789") == "" }

// warnV2 reports what the dbt that wrote the manifest would read differently.
func (r *run) warnV2(x *expr) {
	if !r.project.Manifest.Metadata.V2() {
		return
	}
	r.walk(x)
	if r.mode != Cautious && r.mode != Buildable {
		return
	}
	if x.op == difference && len(x.args) == 2 && x.args[0].flagMode {
		if len(x.args[1].args) > 0 {
			r.differs(x.args[1].args[0].text.Span, "--exclude", "drops every test of what is excluded, in all modes")
		}
		if len(x.args[0].args) > 1 {
			r.differs(x.args[0].args[1].text.Span, "a union with --indirect-selection "+string(r.mode), "decides about tests within each part of it")
		}
	}
}

// walk looks at each criterion.
func (r *run) walk(x *expr) {
	for _, arg := range x.args {
		r.walk(arg)
	}
	if x.criterion == nil {
		return
	}
	for _, d := range differences {
		if d.applies(x.criterion) {
			r.differs(x.criterion.text.Span, quote(x.criterion.text.Value), d.says)
		}
	}
}

func (r *run) differs(at source.Span, subject, says string) {
	r.diags.Add(diag.Diagnostic{
		Code: Syntax, Severity: diag.Warning, Span: at,
		Message: "dbt " + r.project.Manifest.Metadata.DBTVersion + " wrote the manifest and reads " + subject + " differently: it " + says,
		Hint:    "write it so that both agree, or compare with dbt ls",
	})
}
