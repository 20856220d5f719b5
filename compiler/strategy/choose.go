package strategy

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/selection"
)

// selected are the positions of the nodes that the deployment selects, and why.
func (p *planner) selected() (nodes []int, why string) {
	d := p.deployment
	if d.Select.Value == "" {
		// The tags themselves, compared letter by letter: a tag may hold what selection syntax cannot write.
		var tags []string
		for _, tag := range d.Tags {
			tags = append(tags, tag.Value)
		}
		for i, n := range p.project.Nodes {
			if naming.IsRelation(n) && hasAny(n.Tags, tags) {
				nodes = append(nodes, i)
			}
		}
		why = "has a publishing tag"
	} else {
		nodes = p.choose(d.Select, "select")
		why = "selected by " + d.Select.Value
	}
	if d.Exclude.Value != "" {
		out := p.choose(d.Exclude, "exclude")
		nodes = slices.DeleteFunc(nodes, func(i int) bool { _, found := slices.BinarySearch(out, i); return found })
	}
	return nodes, why
}

// choose evaluates a selection of relations: tests come with a build, they are not published.
func (p *planner) choose(text config.Text, key string) []int {
	request := selection.Request{Select: []selection.Text{{Value: text.Value, Span: text.Span}}}
	before := len(p.diags)
	nodes := p.evaluate(request, selection.Options{Command: "clone", Indirect: selection.Empty})
	if len(nodes) == 0 && len(p.diags) == before {
		d := selection.Nothing(text.Span, "deployments."+p.out.Name+"."+key)
		if key != "select" { // nothing more is published because of it, but somebody meant something
			d.Code, d.Severity = selection.Unmatched, diag.Warning
		}
		p.diags.Add(d)
	}
	return nodes
}

// everything are the unique ids that a command runs without a selection.
func (p *planner) everything(command string) []string {
	ids := []string{}
	for _, i := range p.evaluate(selection.Request{}, selection.Options{Command: command}) {
		ids = append(ids, p.project.Nodes[i].ID)
	}
	return ids
}

func (p *planner) evaluate(request selection.Request, options selection.Options) []int {
	spec, diags := selection.Parse(request)
	p.diags.Add(diags...)
	if diags.HasErrors() {
		return nil
	}
	set, diags := p.selector.Evaluate(spec, options)
	p.diags.Add(diags...)
	return set.Nodes
}

// allowedEmpty are the positions of the nodes that may be published empty.
func (p *planner) allowedEmpty() map[int]bool {
	allowed := map[int]bool{}
	if p.deployment.AllowEmpty.Value != "" {
		for _, i := range p.choose(p.deployment.AllowEmpty, "allow_empty") {
			allowed[i] = true
		}
	}
	return allowed
}
