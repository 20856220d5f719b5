package strategy

import (
	"fmt"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/selection"
)

// reportScope says what of the selection is not published as it stands.
func (p *planner) reportScope(views, others []string) {
	at := p.deployment.Select
	if at.Value == "" { // then the publishing tags decide
		at = p.deployment.Name
	}
	var stateful []string
	for _, r := range p.out.Scope {
		if r.Stateful && !slices.Contains(stateful, r.Node) {
			stateful = append(stateful, r.Node)
		}
	}
	slices.Sort(stateful)
	views, others = p.ignored.Kept(ViewsLeftOut, views), p.ignored.Kept(NoRelation, others)
	stateful = p.ignored.Kept(Stateful, stateful)
	if len(views) > 0 && !p.out.Rebuilt { // dbt builds everything then, views too
		p.reportViews(at, views)
	}
	if len(others) > 0 {
		p.warnf(NoRelation, at, "exclude them, so that the selection says what is published",
			"%s selects %s that no relation is made of: %s", p.out.Name, count(len(others), "node"), diag.Shorten(others, ", "))
	}
	p.reportUnknown(at)
	p.reportPartitions(at)
	if len(stateful) > 0 && !p.prepared && !p.out.Rebuilt { // else the build goes on from production's rows
		p.warnf(Stateful, at, "before the first publish over an existing production, run the phase bootstrap: it copies them to "+p.build.Name.Value,
			"%s publishes %s that hold what earlier runs loaded: %s", p.out.Name, count(len(stateful), "relation"), diag.Shorten(stateful, ", "))
	}
	if len(p.out.Scope) == 0 && len(p.unknown) == 0 && !p.diags.HasErrors() {
		p.errorf(selection.SelectsNone, at, "try it with dbtwac ls --select", "%s publishes nothing: its selection holds no table, incremental model, seed or snapshot", p.out.Name)
	}
}

func (p *planner) reportUnknown(at config.Text) {
	if len(p.unknown) > 0 {
		p.errorf(Stateful, at, "say in `materializations` what each counts as: table, incremental or view",
			"%s publishes %s of a custom materialization: %s", p.out.Name, count(len(p.unknown), "node"), diag.Shorten(p.unknown, ", "))
	}
}

// reportViews says what becomes of views.
func (p *planner) reportViews(at config.Text, views []string) {
	list := diag.Shorten(views, ", ")
	switch p.views {
	case config.ViewsSkip:
		p.warnf(ViewsLeftOut, at, "say views: rebuild or views: recreate, or materialize them as tables",
			"%s leaves out %s: %s", p.out.Name, count(len(views), "view"), list)
	case config.ViewsRebuild:
		p.report(ViewsLeftOut, diag.Note, at, "until then a reader may see a view as it was before", fmt.Sprintf("%s has dbt make %s in %s, behind the copies: %s", p.out.Name, count(len(views), "view"), p.publish.Name.Value, list))
	case config.ViewsRecreate:
		p.report(ViewsLeftOut, diag.Note, at, "they are what the manifest holds, not what dbt would render tonight", fmt.Sprintf("%s makes %s from compiled SQL, together with the copies: %s", p.out.Name, count(len(views), "view"), list))
	}
}

// reportElsewhere finds what is published where dbt does not look for it under the publish target.
func (p *planner) reportElsewhere() {
	moved := map[string]plan.Relation{}
	var list []string
	for _, r := range p.out.Scope {
		if p.key(r.Publish) != p.key(r.Ref) {
			moved[r.Node] = r
			there, published := shown(r.Ref), shown(r.Publish)
			if there == published {
				there, published = r.Ref.Database+"."+there, r.Publish.Database+"."+published
			}
			list = append(list, r.Node+" (there "+there+", published as "+published+")")
		}
	}
	if len(list) == 0 {
		return
	}
	var readers []string
	for _, r := range p.out.Scope {
		i, _ := p.project.Index(r.Node)
		for _, at := range p.project.Graph.Parents[i] {
			if m, ok := moved[p.project.Nodes[at].ID]; ok && r.Type != plan.Table {
				readers = append(readers, r.Node+" (reads "+shown(m.Ref)+")")
			}
		}
	}
	if len(readers) > 0 {
		p.errorf(TwoTags, p.deployment.Name, "use route: model, give the tag the schema of the models, or exclude the views",
			"%s publishes tables where the views that it makes in %s do not look for them: %s", p.out.Name, p.publish.Name.Value, diag.Shorten(readers, ", "))
		return
	}
	var nodes []string
	for _, r := range p.out.Scope {
		if _, ok := moved[r.Node]; ok {
			nodes = append(nodes, r.Node)
		}
	}
	if len(p.ignored.Kept(TwoTags, nodes)) > 0 {
		p.warnf(TwoTags, p.deployment.Name, "nothing is wrong while no dbt command runs under that target; else use route: model",
			"ref() under the target %s does not find what %s publishes: %s", p.publish.Target.Value, p.out.Name, diag.Shorten(list, ", "))
	}
}
