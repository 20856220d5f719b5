package strategy

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
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

// buildStep is the dbt build that makes and tests what is published.
func (p *planner) buildStep() plan.Step {
	step := p.step(p.build, "build")
	step.Select = p.deployment.BuildSelect.Value
	if step.Select == "" && p.main != nil {
		main := *p.main
		step.Exclude, step.Args = main.Exclude, append(step.Args, "--indirect-selection", string(selection.Cautious))
		step.Selected = main.Selected
		return step
	}
	return p.resolve(step, p.deployment.BuildSelect, config.Text{})
}

// strict has dbt take for failures what it only warns of: a selection that is empty at run time, and where that is asked for the
// warning of a test.
func (p *planner) strict() {
	meta := p.project.Manifest.Metadata
	for _, phase := range p.out.Phases {
		for _, a := range phase.Actions {
			if a.Step == nil {
				continue
			}
			var events []string
			if a.Step.Select != "" && !p.config.DBTProject.OwnWarnings {
				events = meta.FailsOnNothing(a.Step.Args)
			}
			if phase.Name == plan.Build && p.deployment.WarnTests == config.WarnTestsBlock {
				events = append(events, manifest.TestWarning)
			}
			a.Step.Args = append(a.Step.Args, meta.WarnErrorOptions(events)...)
		}
	}
}

// step is a dbt invocation in an environment.
func (p *planner) step(e config.Environment, command string) plan.Step {
	step := plan.Step{Environment: e.Name.Value, Command: command, Selected: []string{}}
	if p.deployment.FullRefresh && command == "build" {
		step.Args = append(step.Args, "--full-refresh")
	}
	for _, arg := range e.Args {
		step.Args = append(step.Args, arg.Value)
	}
	return step
}

// stepOf is a dbt invocation in the publish environment that makes exactly these relations.
func (p *planner) stepOf(command string, list []plan.Relation) plan.Step {
	step := p.step(p.publish, command)
	var terms, want []string
	for _, r := range list {
		if n := p.project.Node(r.Node); !slices.Contains(want, n.ID) {
			terms, want = append(terms, "fqn:"+strings.Join(n.FQN, ".")), append(want, n.ID)
		}
	}
	step.Select = strings.Join(terms, " ")
	step = p.resolve(step, config.Text{Value: step.Select, Span: p.deployment.Name.Span}, config.Text{})
	slices.Sort(want)
	if !slices.Equal(want, step.Selected) && !p.diags.HasErrors() {
		p.errorf(config.Unsupported, p.deployment.Name, "rename them, so that no name holds what selection syntax means something by, and no folder has the name of a model in it",
			"dbt %s --select cannot name exactly what %s makes in %s: %s", command, p.out.Name, p.publish.Name.Value, diag.Shorten(want, ", "))
	}
	return step
}

// resolve fills in the nodes that a step selects; empty texts select everything.
func (p *planner) resolve(step plan.Step, include, exclude config.Text) plan.Step {
	request := selection.Request{}
	if include.Value != "" {
		request.Select = []selection.Text{{Value: include.Value, Span: include.Span}}
	}
	if exclude.Value != "" {
		request.Exclude = []selection.Text{{Value: exclude.Value, Span: exclude.Span}}
	}
	for _, i := range p.evaluate(request, selection.Options{Command: step.Command, Indirect: indirect(step.Args)}) {
		step.Selected = append(step.Selected, p.project.Nodes[i].ID)
	}
	if include.Value != "" && len(step.Selected) == 0 && !p.diags.HasErrors() {
		p.diags.Add(selection.Nothing(include.Span, "deployments."+p.out.Name+".build_select"))
	}
	return step
}

// indirect is what a step's arguments say of tests that read something else as well; the last one counts, as with dbt.
func indirect(args []string) selection.Mode {
	mode := selection.Eager
	for i, arg := range args {
		value, joined := strings.CutPrefix(arg, "--indirect-selection=")
		if !joined && arg == "--indirect-selection" && i+1 < len(args) {
			value = args[i+1]
		}
		if value != "" && value != arg {
			mode = selection.Mode(value)
		}
	}
	return mode
}

// reportUnbuilt finds what would be published without having been built and tested.
func (p *planner) reportUnbuilt(step plan.Step) {
	var unbuilt []string
	for _, r := range p.out.Scope {
		if _, built := slices.BinarySearch(step.Selected, r.Node); !built {
			unbuilt = append(unbuilt, r.Node)
		}
	}
	if len(unbuilt) > 0 && len(step.Selected) > 0 {
		p.errorf(Unbuilt, p.deployment.BuildSelect, "widen build_select, or exclude them from what is published",
			"%s publishes %s that its build leaves out: %s", p.out.Name, count(len(unbuilt), "relation"), diag.Shorten(unbuilt, ", "))
	}
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

// allowed are the positions of the nodes that a selection lets do something.
func (p *planner) allowed(text config.Text, key string) map[int]bool {
	allowed := map[int]bool{}
	if text.Value != "" {
		for _, i := range p.choose(text, key) {
			allowed[i] = true
		}
	}
	return allowed
}

func (p *planner) maxShrink(n *manifest.Node) int {
	if n.Kind == manifest.Snapshot {
		return p.deployment.MaxShrink.Snapshot
	}
	return p.deployment.MaxShrink.Default
}
