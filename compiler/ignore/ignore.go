// Package ignore knows which findings the user has looked at and accepted: lint.ignore of dbtwac.yml.
//
// A check asks it which of the nodes that it is about to name are still worth a finding. Errors of severity error are not asked
// about: what would be written then would be wrong, whatever the reason.
package ignore

import (
	"embed"
	"fmt"
	"sync/atomic"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
)

// Useless is DW007: an entry that silences nothing.
const Useless diag.Code = "DW007"

//go:embed DW007.md
var docs embed.FS

// Codes documents it.
var Codes = diag.Docs(docs)

// List is the entries of lint.ignore. It remembers which of them were of use, so it serves one compile. Several goroutines may
// use it.
type List struct{ entries []*entry }

type entry struct {
	config.Ignore
	nodes map[string]bool // unique ids
	used  atomic.Bool
}

// New resolves the entries against a project. It reports DW120 and the like for a selection.
func New(c *config.Config, p *project.Project) (*List, diag.List) {
	l := &List{}
	var diags diag.List
	for _, i := range c.Lint.Ignore {
		e := &entry{Ignore: i, nodes: map[string]bool{}}
		if i.Node.Value != "" {
			e.nodes[i.Node.Value] = true
		}
		if i.Select.Value != "" {
			spec, more := selection.Parse(selection.Request{Select: []selection.Text{{Value: i.Select.Value, Span: i.Select.Span}}})
			diags.Add(more...)
			if more.HasErrors() {
				continue
			}
			set, more := selection.New(p).Evaluate(spec, selection.Options{Command: "ls", Indirect: selection.Empty})
			diags.Add(more...)
			for _, at := range set.Nodes {
				e.nodes[p.Nodes[at].ID] = true
			}
		}
		l.entries = append(l.entries, e)
	}
	return l, diags
}

// Kept returns those of the nodes, unique ids, for which nothing silences code. A nil List silences nothing.
func (l *List) Kept(code diag.Code, nodes []string) []string {
	if l == nil {
		return nodes
	}
	var kept []string
	for _, id := range nodes {
		silent := false
		for _, e := range l.entries {
			if e.Code.Value == string(code) && e.nodes[id] {
				silent = true
				e.used.Store(true)
			}
		}
		if !silent {
			kept = append(kept, id)
		}
	}
	return kept
}

// Unused reports DW007 for each entry that silenced nothing. Call it when every check has run.
func (l *List) Unused() diag.List {
	var diags diag.List
	for _, e := range l.entries {
		if !e.used.Load() {
			diags.Add(diag.Diagnostic{
				Code: Useless, Severity: diag.Warning, Span: e.Code.Span, Path: "lint.ignore",
				Message: fmt.Sprintf("nothing reports %s for it: the entry silences nothing", e.Code.Value),
				Hint:    "remove it, or correct its node or selection; an error cannot be ignored",
			})
		}
	}
	return diags
}
