package strategy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/selection"
)

// scope fills in what is published: which nodes, from where to where and why, and what was selected and is left out.
func (p *planner) scope() {
	selected, why := p.selected()
	empty := p.allowed(p.deployment.AllowEmpty, "allow_empty")
	shrinking := p.allowed(p.deployment.AllowShrink, "allow_shrink")
	var views, others, unknown, stateful []string
	for _, i := range selected {
		n := p.project.Nodes[i]
		if !naming.IsRelation(n) {
			p.leaveOut(n, "is no relation: "+what(n))
			others = append(others, n.ID)
			continue
		}
		shape := naming.ShapeOf(n, p.config.Materializations)
		switch shape {
		case naming.View:
			p.leaveOut(n, "is a view, and views: skip leaves views where they are")
			views = append(views, n.ID)
			continue
		case naming.Unknown:
			unknown = append(unknown, n.ID+" ("+n.Config.Materialized+")")
			continue
		case naming.Incremental:
			stateful = append(stateful, n.ID)
		case naming.Table:
		}
		build, known := p.name(n, p.build, &p.buildNames)
		if !known {
			continue
		}
		r := plan.Relation{
			Node: n.ID, Kind: string(n.Kind), Materialized: materialized(n), Stateful: shape == naming.Incremental,
			Build:          build,
			CustomSchema:   plan.Custom{Name: n.Config.Schema, Set: n.Config.HasSchema},
			CustomDatabase: plan.Custom{Name: n.Config.Database, Set: n.Config.HasDatabase},
			MayBeEmpty:     empty[i], MayShrink: shrinking[i], MaxShrink: p.maxShrink(n), Blocking: p.blockingTests(i),
		}
		for _, to := range p.route(n, why) {
			r.Publish, r.Why = to.name, to.why
			p.out.Scope = append(p.out.Scope, r)
		}
	}
	slices.SortFunc(p.out.Scope, func(a, b plan.Relation) int {
		return cmp.Or(cmp.Compare(a.Publish.Schema, b.Publish.Schema), cmp.Compare(a.Publish.Identifier, b.Publish.Identifier), cmp.Compare(a.Node, b.Node))
	})
	p.tags()
	p.reportNames()
	p.reportScope(views, others, unknown, stateful)
}

func (p *planner) leaveOut(n *manifest.Node, why string) {
	p.out.LeftOut = append(p.out.LeftOut, plan.LeftOut{Node: n.ID, Why: why})
}

func (p *planner) reportScope(views, others, unknown, stateful []string) {
	at := p.deployment.Select
	if at.Value == "" { // then the publishing tags decide
		at = p.deployment.Name
	}
	views, others = p.ignored.Kept(ViewsLeftOut, views), p.ignored.Kept(NoRelation, others)
	stateful = p.ignored.Kept(Stateful, stateful)
	if len(views) > 0 {
		p.warnf(ViewsLeftOut, at, "materialize them as tables, or build them in "+p.publish.Name.Value+" with dbt run after each publish",
			"%s leaves out %s: %s", p.out.Name, count(len(views), "view"), diag.Shorten(views, ", "))
	}
	if len(others) > 0 {
		p.warnf(NoRelation, at, "exclude them, so that the selection says what is published",
			"%s selects %s that no relation is made of: %s", p.out.Name, count(len(others), "node"), diag.Shorten(others, ", "))
	}
	if len(unknown) > 0 {
		p.errorf(Stateful, at, "say in `materializations` what each counts as: table, incremental or view",
			"%s publishes %s of a custom materialization: %s", p.out.Name, count(len(unknown), "node"), diag.Shorten(unknown, ", "))
	}
	if len(stateful) > 0 && !p.prepared { // else the build goes on from production's rows
		p.warnf(Stateful, at, "before the first publish over an existing production, run the phase bootstrap: it copies them to "+p.build.Name.Value,
			"%s publishes %s that hold what earlier runs loaded: %s", p.out.Name, count(len(stateful), "relation"), diag.Shorten(stateful, ", "))
	}
	if len(p.out.Scope) == 0 && len(unknown) == 0 && !p.diags.HasErrors() {
		p.errorf(selection.SelectsNone, at, "try it with dbtwac ls --select", "%s publishes nothing: its selection holds no table, incremental model, seed or snapshot", p.out.Name)
	}
}

// destination is one place that a node is published to.
type destination struct {
	name plan.Name
	why  string
}

// route returns where n goes: none when that was reported.
func (p *planner) route(n *manifest.Node, why string) []destination {
	if p.deployment.Route == config.RouteModel {
		name, known := p.name(n, p.publish, &p.publishNames)
		if !known {
			return nil
		}
		return []destination{{name, why}}
	}
	var tags []config.Text
	for _, tag := range p.deployment.Tags {
		if slices.Contains(n.Tags, tag.Value) {
			tags = append(tags, tag)
		}
	}
	switch {
	case len(tags) == 0:
		p.errorf(TwoTags, p.deployment.Select, "give it one of the tags, add its tag to `tags`, or exclude it",
			"%s has none of the publishing tags of %s, so it has no destination", n.ID, p.out.Name)
		return nil
	case len(tags) > 1 && p.deployment.MultiTag == config.MultiTagError:
		p.errorf(TwoTags, tags[1], "take one tag away, or say multi_tag: first or multi_tag: all",
			"%s has %d publishing tags of %s, so it has no one destination: %s", n.ID, len(tags), p.out.Name, values(tags))
		return nil
	case p.deployment.MultiTag == config.MultiTagFirst:
		tags = tags[:1]
	}
	var to []destination
	for _, tag := range tags {
		name := plan.Name{Database: p.publish.Database.Value, Schema: p.dataset(tag.Value), Identifier: n.Alias}
		to = append(to, destination{name, why + "; goes to the schema of tag " + tag.Value})
	}
	return to
}

func (p *planner) dataset(tag string) string {
	for _, d := range p.deployment.Datasets {
		if d.Tag == tag {
			return d.Schema.Value
		}
	}
	return tag
}

// tags fills in what the guard needs to notice a node that was tagged after compile.
func (p *planner) tags() {
	p.out.Tags = p.publishingTags()
	inScope := map[string]bool{}
	for _, r := range p.out.Scope {
		inScope[r.Node] = true
	}
	for _, n := range p.project.Nodes {
		if !inScope[n.ID] && naming.IsRelation(n) && hasAny(n.Tags, p.out.Tags) {
			p.out.Outside = append(p.out.Outside, n.ID)
		}
	}
}

// publishingTags are those of `tags`, and of a selection that is a plain union of tags.
func (p *planner) publishingTags() []string {
	tags := []string{}
	for _, tag := range p.deployment.Tags {
		tags = append(tags, tag.Value)
	}
	for token := range strings.FieldsSeq(p.deployment.Select.Value) {
		tag, ok := strings.CutPrefix(token, "tag:")
		if ok && !strings.ContainsAny(tag, "*?[],+@") && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// blockingTests are the data tests of severity error on the node at that position: dbt build fails when one does.
func (p *planner) blockingTests(i int) []string {
	var tests []string
	for _, child := range p.project.Graph.Children[i] {
		n := p.project.Nodes[child]
		if n.Kind != manifest.Test {
			continue
		}
		if severity, _ := n.Config.Raw.Get("severity").Str(); !strings.EqualFold(severity, "warn") {
			tests = append(tests, n.ID)
		}
	}
	return tests
}

// what a node is, where it is no relation.
func what(n *manifest.Node) string {
	if n.Kind == manifest.Model {
		return "an ephemeral model"
	}
	return "of the type " + string(n.Kind)
}

// materialized is the materialization under which dbt builds n; old manifests do not name that of a seed.
func materialized(n *manifest.Node) string {
	if n.Config.Materialized != "" {
		return n.Config.Materialized
	}
	return string(n.Kind)
}

func hasAny(tags, of []string) bool {
	return slices.ContainsFunc(tags, func(tag string) bool { return slices.Contains(of, tag) })
}

func values(texts []config.Text) string {
	var list []string
	for _, t := range texts {
		list = append(list, t.Value)
	}
	return strings.Join(list, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
