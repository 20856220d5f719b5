package strategy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/modeltext"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// scope fills in what is published: which nodes, from where to where and why, and what was selected and is left out.
func (p *planner) scope() {
	selected, why := p.selected()
	p.out.Views = string(p.views)
	var views, others []string
	empty := p.allowed(p.deployment.AllowEmpty, "allow_empty")
	shrinking := p.allowed(p.deployment.AllowShrink, "allow_shrink")
	p.out.Scope = make([]plan.Relation, 0, len(selected))
	for _, i := range selected {
		n := p.project.Nodes[i]
		if p.project.IsMade(n) {
			if naming.IsRelation(n) {
				p.leaveOut(n, "is of a mirror, which lives in one place for everybody")
			}
			continue
		}
		if !naming.IsRelation(n) {
			p.leaveOut(n, "is no relation: "+what(n))
			others = append(others, n.ID)
			continue
		}
		if naming.ShapeOf(n, p.config.Materializations) == naming.View {
			views = append(views, n.ID)
			if p.views == config.ViewsSkip {
				p.leaveOut(n, "is a view, and views: skip leaves views where they are")
				continue
			}
		}
		r, known := p.relation(i, empty, shrinking)
		if !known {
			continue
		}
		for _, to := range p.route(n, why) {
			r.Publish, r.Ref, r.Why = to.name, to.ref, to.why
			p.out.Scope = append(p.out.Scope, r)
		}
	}
	p.sortScope()
	p.tags()
	p.reportNames()
	p.reportElsewhere()
	p.reportScope(views, others)
}

// relation is what is known of the node at a position, but where it is published; ok is false where that was reported.
func (p *planner) relation(i int, empty, shrinking map[int]bool) (r plan.Relation, ok bool) {
	n := p.project.Nodes[i]
	shape := naming.ShapeOf(n, p.config.Materializations)
	if shape == naming.Unknown {
		p.unknown = append(p.unknown, n.ID+" ("+n.Config.Materialized+")")
		return r, false
	}
	build, known := p.name(n, p.build, &p.buildNames)
	r = plan.Relation{
		Node: n.ID, Kind: string(n.Kind), Materialized: materialized(n), Type: p.typeOf(n), Was: p.wasType(n), Stateful: p.isStateful(n, shape),
		Build:          build,
		CustomSchema:   plan.Custom{Name: n.Config.Schema, Set: n.Config.HasSchema},
		CustomDatabase: plan.Custom{Name: n.Config.Database, Set: n.Config.HasDatabase},
		MayBeEmpty:     empty[i], MayShrink: shrinking[i], MaxShrink: p.maxShrink(n), Blocking: []string{},
	}
	if r.Type == plan.Table && p.wh.Can().Storages && p.deployment.Strategy != config.BlueGreen { // a swap copies nothing
		r.Storage = p.storage(n)
	}
	if r.Type == plan.Table && p.wh.Can().Partitions && !p.out.Rebuilt {
		p.partitions(n, &r)
	}
	if r.Type == plan.MaterializedView && !p.wh.Can().MaterializedViews {
		p.errorf(config.Unsupported, p.deployment.Name, "exclude it, or materialize it as a table", "%s is a materialized view, and this warehouse has none", n.ID)
		return r, false
	}
	return r, known
}

// isStateful reports whether a full build cannot make n again: it holds what earlier runs loaded.
func (p *planner) isStateful(n *manifest.Node, shape naming.Shape) bool {
	if shape == naming.View || n.Kind == manifest.Seed {
		return false
	}
	keeps := n.Config.Raw.Get("full_refresh").Raw() == "false"
	if n.Kind == manifest.Snapshot || keeps {
		return true
	}
	if shape == naming.Incremental {
		return !p.deployment.FullRefresh
	}
	// Nearly all end at the word, before their code is decoded.
	return n.Kind == manifest.Model && modeltext.MayRead(n.Code().Raw(), "this") && modeltext.ReadsItself(n.RawCode(), p.wh.Can().Lexis)
}

func (p *planner) sortScope() {
	p.types = nil
	slices.SortFunc(p.out.Scope, func(a, b plan.Relation) int {
		return cmp.Or(cmp.Compare(a.Publish.Schema, b.Publish.Schema), cmp.Compare(a.Publish.Identifier, b.Publish.Identifier), cmp.Compare(a.Node, b.Node))
	})
}

func (p *planner) leaveOut(n *manifest.Node, why string) {
	p.out.LeftOut = append(p.out.LeftOut, plan.LeftOut{Node: n.ID, Why: why})
}

// key is a name under which the warehouse finds one relation.
func (p *planner) key(n plan.Name) plan.Name {
	return plan.Name{Database: p.wh.Fold(n.Database), Schema: p.wh.Fold(n.Schema), Identifier: p.wh.Fold(n.Identifier)}
}

// destination is one place that a node is published to.
type destination struct {
	name plan.Name
	ref  plan.Name // what dbt calls it under the publish target
	why  string
}

// route returns where n goes: none when that was reported.
func (p *planner) route(n *manifest.Node, why string) []destination {
	if p.deployment.Route == config.RouteModel {
		name, known := p.name(n, p.publish, &p.publishNames)
		if !known {
			return nil
		}
		return []destination{{name, name, why}}
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
		name := plan.Name{Database: p.publish.Database.Value, Identifier: n.Alias, Quoted: p.quoted(n, p.publish)}
		ref := name
		if of, err := p.names.Of(n, p.publish); err == nil {
			ref = plan.Name{Database: of.Database, Schema: of.Schema, Identifier: of.Identifier, Quoted: name.Quoted}
			name.Database = of.Database
		}
		if database, schema := p.dataset(tag.Value); database != "" {
			name.Database, name.Schema = database, schema
		} else {
			name.Schema = schema
		}
		if err := p.wh.Carries(name); err != nil {
			p.publishNames.add(n, err)
		}
		to = append(to, destination{name, ref, why + "; goes to the schema of tag " + tag.Value})
	}
	return to
}

// dataset is where the relations of a tag go. Without a database they stay in theirs.
func (p *planner) dataset(tag string) (database, schema string) {
	for _, d := range p.deployment.Datasets {
		if d.Tag != tag {
			continue
		}
		if database, schema, two := strings.Cut(d.Schema.Value, "."); two && p.wh.Can().TwoDatabases {
			return database, schema
		}
		return "", d.Schema.Value
	}
	return "", tag
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
