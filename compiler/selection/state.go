package selection

import (
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/results"
)

// State is what dbt finds in the folder that --state names, and the current sources.json beside the manifest. Each may be nil:
// then the method that needs it is an error.
type State struct {
	Manifest       *manifest.Manifest
	Run            *results.Run
	Sources        *results.Sources
	CurrentSources *results.Sources

	// Now decides whether a removed model with a contract was past its deprecation date. At the zero Moment none was.
	Now results.Moment
}

// Previous sets what state:, result: and source_status: compare with.
func Previous(s State) Option { return func(e *Evaluator) { e.state = s } }

const stateHint = "give the folder of an earlier run: --state DIR"

// matchResult finds what an earlier run ended with: the status is compared as it stands.
func matchResult(r *run, c *criterion) set {
	s := r.newSet()
	if r.state.Run == nil {
		r.problem(c.text.Span, "result: needs the run_results.json of an earlier run", stateHint)
		return s
	}
	for _, result := range r.state.Run.Results {
		if i, ok := r.project.Index(result.ID); ok && c.value.str && result.Status == c.value.text {
			s.add(int32(i))
		}
	}
	return s
}

// matchSourceStatus finds the sources that hold newer data than before, or had no known time then. Any other value than
// "fresher" finds nothing.
func matchSourceStatus(r *run, c *criterion) set {
	s := r.newSet()
	switch {
	case r.state.Sources == nil:
		r.problem(c.text.Span, "source_status: needs the sources.json of an earlier run", stateHint)
		return s
	case r.state.CurrentSources == nil:
		r.problem(c.text.Span, "source_status: needs the current sources.json", "run dbt source freshness; it writes the file beside the manifest")
		return s
	case c.value.text != "fresher":
		return s
	}
	before := map[string]results.Moment{}
	for _, f := range r.state.Sources.Results {
		if f.Loaded {
			before[f.ID] = f.MaxLoadedAt
		}
	}
	for _, f := range r.state.CurrentSources.Results {
		was, known := before[f.ID]
		if i, ok := r.project.Index(f.ID); ok && f.Loaded && (!known || was.Before(f.MaxLoadedAt)) {
			s.add(int32(i))
		}
	}
	return s
}

// matchState compares each node with the one that had its unique id before (StateSelectorMethod).
func matchState(r *run, c *criterion) set {
	if r.state.Manifest == nil {
		r.problem(c.text.Span, "state: needs the manifest of an earlier run", stateHint)
		return r.newSet()
	}
	if c.value.str {
		if s, ok := r.states[c.value.text]; ok {
			return s.clone()
		}
	}
	cmp := &comparison{run: r, at: c.text.Span, before: r.state.Manifest}
	differs := cmp.check(c.value.text)
	if !c.value.str || differs == nil {
		return r.expected(c, "use new, old, modified, unmodified, or modified. with body, configs, relation, persisted_descriptions, macros or contract")
	}
	r.warnOfVersions(c)
	s := r.newSet()
	for i, n := range r.nodes {
		if differs(cmp.old(n.ID), n) {
			s.add(int32(i))
		}
	}
	switch c.value.text {
	case "modified", "unmodified", "modified.contract":
		cmp.removedContracts()
	}
	if r.states == nil {
		r.states = map[string]set{}
	}
	r.states[c.value.text] = s
	return s.clone()
}

// warnOfVersions says, once an evaluation, that two manifests are not of one dbt.
func (r *run) warnOfVersions(c *criterion) {
	now, before := r.project.Manifest.Metadata.DBTVersion, r.state.Manifest.Metadata.DBTVersion
	if now == before || r.states != nil {
		return
	}
	r.diags.Add(diag.Diagnostic{
		Code: Syntax, Severity: diag.Warning, Span: c.text.Span,
		Message: "the manifests are of different versions, dbt " + before + " and dbt " + now + ": dbt's own macros and the way configs are recorded differ, so more may count as modified than was changed",
		Hint:    "parse both with one dbt",
	})
}
