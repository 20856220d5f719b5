package mirror

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/selection"
)

// cautious takes the tests of the copies alone to the copies: one that reads anything else as well is run where that is built.
var cautious = []string{"--indirect-selection", string(selection.Cautious)}

// Steps returns mirrors with their steps, resolved on the Project that has their models, and the main job, or nil without mirrors. A
// refresh builds the models of one and their own tests; the main job builds everything but the models of all mirrors, the tests of
// those alone, and the tests of the sources, which need the sources and are restated on the copies.
func Steps(p *project.Project, c *config.Config, layers []plan.Mirror) (mirrors []plan.Mirror, main *plan.Step) {
	if len(layers) == 0 {
		return nil, nil
	}
	mirrors = slices.Clone(layers)
	s := stepper{project: p, selector: selection.New(p), ownWarnings: c.DBTProject.OwnWarnings}
	var exclude []string
	for i := range mirrors {
		m := &mirrors[i]
		m.Select = s.selectionOf(*m)
		if m.Select != "" {
			exclude = append(exclude, m.Select)
		}
	}
	exclude = append(exclude, s.sourcesOf(mirrors)...)
	// Cautious leaves those that read something else as well.
	mirrored := sourceSet(mirrors)
	for _, n := range testsOf(p, mirrors) {
		if name := strings.Join(n.FQN, "."); slices.ContainsFunc(n.Parents, func(id string) bool { return !mirrored[id] }) && plainTerm(name) {
			exclude = append(exclude, name)
		}
	}
	for i := range mirrors {
		m := &mirrors[i]
		e, _ := c.Environment(m.Environment.Name)
		m.Refresh = s.step(e, "build", m.Select, "")
		m.FullRefresh = m.Refresh
		m.FullRefresh.Args = append(slices.Clone(m.Refresh.Args), "--full-refresh")
		m.Check = s.step(e, "test", m.Select, "")
		if main == nil {
			step := s.step(e, "build", "", strings.Join(exclude, " "))
			main = &step
		}
	}
	return mirrors, main
}

type stepper struct {
	project     *project.Project
	selector    *selection.Evaluator
	ownWarnings bool // see config.DBTProject
}

func (s *stepper) step(e config.Environment, command, include, exclude string) plan.Step {
	step := plan.Step{Environment: e.Name.Value, Command: command, Select: include, Exclude: exclude, Args: slices.Clone(cautious), Selected: []string{}}
	for _, arg := range e.Args {
		step.Args = append(step.Args, arg.Value)
	}
	step.Selected = append(step.Selected, s.selects(command, include, exclude)...)
	if meta := s.project.Manifest.Metadata; include != "" && len(step.Selected) > 0 && !s.ownWarnings {
		step.Args = append(step.Args, meta.WarnErrorOptions(meta.FailsOnNothing(step.Args))...)
	}
	return step
}

// selects are the unique ids that a step would build and test.
func (s *stepper) selects(command, include, exclude string) []string {
	var request selection.Request
	if include != "" {
		request.Select = selection.Flag("select", include)
	}
	if exclude != "" {
		request.Exclude = selection.Flag("exclude", exclude)
	}
	spec, diags := selection.Parse(request)
	if diags.HasErrors() {
		return nil
	}
	set, _ := s.selector.Evaluate(spec, selection.Options{Command: command, Indirect: selection.Cautious})
	ids := make([]string, len(set.Nodes))
	for i, at := range set.Nodes {
		ids[i] = s.project.Nodes[at].ID
	}
	return ids
}

// selectionOf is the shortest selection that is exactly the models of m, with their own tests: a tag, the folder, or all of their
// names. What looks the same today need not: so it is found anew with each compile.
func (s *stepper) selectionOf(m plan.Mirror) string {
	want := s.expected(m)
	var candidates, names []string
	for _, tag := range m.Tags {
		if plainTerm(tag) {
			candidates = append(candidates, "tag:"+tag)
		}
	}
	for _, c := range m.Models {
		if n := s.project.Node(c.Node); n != nil {
			if folder := strings.Join(n.FQN[:len(n.FQN)-1], "."); len(n.FQN) > 2 && len(names) == 0 {
				candidates = append(candidates, folder)
			}
			names = append(names, c.Name)
		}
	}
	candidates = append(candidates, strings.Join(names, " "))
	for _, candidate := range candidates {
		if candidate != "" && slices.Equal(s.selects("build", candidate, ""), want) {
			return candidate
		}
	}
	return strings.Join(names, " ")
}

// plainTerm reports whether a value of a selector means itself alone.
func plainTerm(value string) bool {
	return value != "" && !strings.ContainsAny(value, " ,+@:*?[]") && !strings.HasPrefix(value, "-")
}

// expected are the models of m and the tests that read nothing else, by unique id.
func (s *stepper) expected(m plan.Mirror) []string {
	own := map[string]bool{}
	for _, c := range m.Models {
		own[c.Node] = true
	}
	return within(s.project, own)
}

// within are the nodes of a set, and the tests of which all parents are in it; sorted.
func within(p *project.Project, set map[string]bool) []string {
	ids := []string{}
	for _, n := range p.Nodes {
		isTest := n.Kind == manifest.Test && len(n.Parents) > 0 && !slices.ContainsFunc(n.Parents, func(id string) bool { return !set[id] })
		if isTest || set[n.ID] {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// sourcesOf are terms that select the mirrored sources: the whole source where all of its tables are mirrored, and no other source
// has its name.
func (s *stepper) sourcesOf(mirrors []plan.Mirror) []string {
	mirrored := sourceSet(mirrors)
	whole := map[string]bool{}
	for _, n := range s.project.Nodes {
		if n.Kind == manifest.Source {
			before, seen := whole[n.SourceName]
			whole[n.SourceName] = mirrored[n.ID] && (before || !seen)
		}
	}
	var terms []string
	for _, n := range s.project.Nodes {
		term := "source:" + n.SourceName
		switch {
		case n.Kind != manifest.Source || !mirrored[n.ID] || !plainTerm(n.SourceName) || strings.Contains(n.SourceName, "."):
			continue
		case !whole[n.SourceName]:
			if term += "." + n.Name; !plainTerm(n.Name) || strings.Contains(n.Name, ".") {
				continue
			}
		}
		if !slices.Contains(terms, term) {
			terms = append(terms, term)
		}
	}
	return terms
}

// sourceSet are the mirrored sources.
func sourceSet(mirrors []plan.Mirror) map[string]bool {
	set := map[string]bool{}
	for _, m := range mirrors {
		for _, c := range m.Models {
			set[c.Source] = true
		}
	}
	return set
}

// testsOf are the tests of the mirrored sources themselves, in the order of their unique ids.
func testsOf(p *project.Project, mirrors []plan.Mirror) []*manifest.Node {
	tests := testsOfSources(p)
	var list []*manifest.Node
	for _, m := range mirrors {
		for _, c := range m.Models {
			list = append(list, tests[c.Source]...)
		}
	}
	slices.SortFunc(list, func(a, b *manifest.Node) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Jobs says which jobs dbt build is shared out to.
type Jobs struct {
	Built    []string // unique ids of all that dbt build builds and tests, sorted
	Copies   []string // of these, the copies, and the tests that read nothing else
	Restated []string // the tests of mirrored sources: their copies have them, or the plan says why not
	Loose    []string // the other tests that read nothing but mirrored sources, or those and copies
}

// Share shares out what dbt build builds and tests.
func Share(p *project.Project, mirrors []plan.Mirror) Jobs {
	s := stepper{project: p, selector: selection.New(p)}
	j := Jobs{Built: s.selects("build", "", "")}
	set := sourceSet(mirrors)
	for _, m := range mirrors {
		own := map[string]bool{}
		for _, c := range m.Models {
			own[c.Node], set[c.Node] = true, true
		}
		j.Copies = append(j.Copies, within(p, own)...)
	}
	for _, n := range testsOf(p, mirrors) {
		j.Restated = append(j.Restated, n.ID)
	}
	slices.Sort(j.Copies)
	j.Loose = slices.DeleteFunc(within(p, set), func(id string) bool {
		return Has(j.Copies, id) || Has(j.Restated, id) || p.Node(id).Kind != manifest.Test
	})
	return j
}

// Main are the unique ids that are left to the main job, sorted.
func (j Jobs) Main() []string {
	return slices.DeleteFunc(slices.Clone(j.Built), func(id string) bool {
		return Has(j.Copies, id) || Has(j.Restated, id) || Has(j.Loose, id)
	})
}

// Has reports whether a sorted list holds an id.
func Has(list []string, id string) bool {
	_, found := slices.BinarySearch(list, id)
	return found
}
