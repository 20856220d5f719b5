// Package lint runs the checks that look at the whole of Project, Config and Plan. One folder is one rule.
//
// What a strategy cannot plan without reports itself; a rule only looks at what was planned.
package lint

import (
	"slices"
	"sync"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint/dw109"
	"github.com/dbtwac/dbtwac/compiler/lint/dw201"
	"github.com/dbtwac/dbtwac/compiler/lint/dw202"
	"github.com/dbtwac/dbtwac/compiler/lint/dw203"
	"github.com/dbtwac/dbtwac/compiler/lint/dw204"
	"github.com/dbtwac/dbtwac/compiler/lint/dw205"
	"github.com/dbtwac/dbtwac/compiler/lint/dw206"
	"github.com/dbtwac/dbtwac/compiler/lint/dw207"
	"github.com/dbtwac/dbtwac/compiler/lint/dw209"
	"github.com/dbtwac/dbtwac/compiler/lint/dw210"
	"github.com/dbtwac/dbtwac/compiler/lint/dw211"
	"github.com/dbtwac/dbtwac/compiler/lint/dw216"
	"github.com/dbtwac/dbtwac/compiler/lint/dw217"
	"github.com/dbtwac/dbtwac/compiler/lint/dw218"
	"github.com/dbtwac/dbtwac/compiler/lint/dw219"
	"github.com/dbtwac/dbtwac/compiler/lint/dw221"
	"github.com/dbtwac/dbtwac/compiler/lint/dw222"
	"github.com/dbtwac/dbtwac/compiler/lint/dw223"
	"github.com/dbtwac/dbtwac/compiler/lint/dw224"
	"github.com/dbtwac/dbtwac/compiler/lint/dw225"
	"github.com/dbtwac/dbtwac/compiler/lint/dw227"
	"github.com/dbtwac/dbtwac/compiler/lint/dw228"
	"github.com/dbtwac/dbtwac/compiler/lint/dw232"
	"github.com/dbtwac/dbtwac/compiler/lint/dw301"
	"github.com/dbtwac/dbtwac/compiler/lint/dw305"
	"github.com/dbtwac/dbtwac/compiler/lint/dw306"
	"github.com/dbtwac/dbtwac/compiler/lint/dw307"
	"github.com/dbtwac/dbtwac/compiler/lint/dw308"
	"github.com/dbtwac/dbtwac/compiler/lint/dw309"
	"github.com/dbtwac/dbtwac/compiler/lint/dw401"
	"github.com/dbtwac/dbtwac/compiler/lint/dw402"
	"github.com/dbtwac/dbtwac/compiler/lint/dw403"
	"github.com/dbtwac/dbtwac/compiler/lint/dw406"
	"github.com/dbtwac/dbtwac/compiler/lint/dw407"
	"github.com/dbtwac/dbtwac/compiler/lint/dw408"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
)

// rules is the table of the checks, in the order of their codes.
var rules = []rule.Rule{
	dw109.Rule,
	dw201.Rule,
	dw202.Rule,
	dw203.Rule,
	dw204.Rule,
	dw205.Rule,
	dw206.Rule,
	dw207.Rule,
	dw209.Rule,
	dw210.Rule,
	dw211.Rule,
	dw216.Rule,
	dw217.Rule,
	dw218.Rule,
	dw219.Rule,
	dw221.Rule,
	dw222.Rule,
	dw223.Rule,
	dw224.Rule,
	dw225.Rule,
	dw227.Rule,
	dw228.Rule,
	dw232.Rule,
	dw301.Rule,
	dw305.Rule,
	dw306.Rule,
	dw307.Rule,
	dw308.Rule,
	dw309.Rule,
	dw401.Rule,
	dw402.Rule,
	dw403.Rule,
	dw406.Rule,
	dw407.Rule,
	dw408.Rule,
}

// Run runs every rule, side by side: none knows of another.
func Run(p *rule.Pass) diag.List {
	found := make([]diag.List, len(rules))
	var wait sync.WaitGroup
	for i, r := range rules {
		wait.Go(func() { found[i] = r.Run(p) })
	}
	wait.Wait()
	return slices.Concat(found...)
}

// Codes documents what the rules report.
func Codes() []diag.Doc {
	var docs []diag.Doc
	for _, r := range rules {
		docs = append(docs, r.Doc)
	}
	return docs
}
