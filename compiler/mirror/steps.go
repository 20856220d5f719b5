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

// Steps resolves the steps of mirrors on the Project that has their models. A refresh builds the models of one and their own tests;
// the main job builds everything but the models of all mirrors, the tests of those alone, and the tests of the sources, which need
// the sources and are restated on the copies.
func Steps(p *project.Project, c *config.Config, mirrors []plan.Mirror) {
	if len(mirrors) == 0 {
		return
	}
	s := stepper{project: p, selector: selection.New(p)}
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
	for _, n := range testsOf(p, mirrors) {
		if slices.ContainsFunc(n.Parents, func(id string) bool { return p.Node(id) == nil || p.Node(id).Kind != manifest.Source }) {
			exclude = append(exclude, n.Name)
		}
	}
	for i := range mirrors {
		m := &mirrors[i]
		e, _ := c.Environment(m.Environment.Name)
		m.Refresh = s.step(e, "build", m.Select, "")
		m.Check = s.step(e, "test", m.Select, "")
		m.Main = s.step(e, "build", "", strings.Join(exclude, " "))
	}
}

type stepper struct {
	project  *project.Project
	selector *selection.Evaluator
}

func (s *stepper) step(e config.Environment, command, include, exclude string) plan.Step {
	step := plan.Step{Environment: e.Name.Value, Command: command, Select: include, Exclude: exclude, Args: slices.Clone(cautious), Selected: []string{}}
	for _, arg := range e.Args {
		step.Args = append(step.Args, arg.Value)
	}
	step.Selected = append(step.Selected, s.selects(command, include, exclude)...)
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
	return within(s.project, own, true)
}

// within are the nodes of a set, if these are built, and the tests of which all parents are in it; sorted.
func within(p *project.Project, set map[string]bool, built bool) []string {
	ids := []string{}
	for _, n := range p.Nodes {
		isTest := n.Kind == manifest.Test && len(n.Parents) > 0 && !slices.ContainsFunc(n.Parents, func(id string) bool { return !set[id] })
		if isTest || built && set[n.ID] {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// sourcesOf are terms that select the mirrored sources: the whole source where all of its tables are mirrored, and no other source
// has its name.
func (s *stepper) sourcesOf(mirrors []plan.Mirror) []string {
	mirrored := map[string]bool{}
	for _, m := range mirrors {
		for _, c := range m.Models {
			mirrored[c.Source] = true
		}
	}
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

// LeftToMain are the unique ids that the main job has to build and test, sorted: all that dbt build does, but not what is of the
// mirrors alone, and no test of a mirrored source.
func LeftToMain(p *project.Project, mirrors []plan.Mirror) []string {
	set := map[string]bool{}
	for _, m := range mirrors {
		for _, c := range m.Models {
			set[c.Node], set[c.Source] = true, true
		}
	}
	out := within(p, set, true)
	for _, n := range testsOf(p, mirrors) {
		out = append(out, n.ID)
	}
	slices.Sort(out)
	s := stepper{project: p, selector: selection.New(p)}
	return slices.DeleteFunc(s.selects("build", "", ""), func(id string) bool { _, found := slices.BinarySearch(out, id); return found })
}
