package strategy

import (
	"cmp"
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// typeOf is what dbt makes of n in the warehouse. A custom materialization is what dbtwac.yml says it counts as.
func (p *planner) typeOf(n *manifest.Node) plan.Type {
	switch {
	case naming.ShapeOf(n, p.config.Materializations) != naming.View:
		return plan.Table
	case n.Config.Materialized == "materialized_view", n.Config.Materialized == "dynamic_table":
		return plan.MaterializedView
	}
	return plan.View
}

// wasType is what production has in n's place, as far as the previous manifest tells.
func (p *planner) wasType(n *manifest.Node) plan.Type {
	if p.previous != nil {
		if i, ok := p.previous.Index(n.ID); ok && naming.IsRelation(p.previous.Nodes[i]) {
			return p.typeOf(p.previous.Nodes[i])
		}
	}
	return p.typeOf(n)
}

// orphans are what production was last built from and the project has no more. Nothing publishes them, and nothing drops them.
func (p *planner) orphans() []string {
	if p.previous == nil {
		return nil
	}
	var list []string
	for _, n := range p.previous.Nodes {
		if naming.IsRelation(n) && p.project.Node(n.ID) == nil {
			list = append(list, n.ID)
		}
	}
	return list
}

// inOrder sorts relations so that each stands behind what it reads.
func (p *planner) inOrder(list []plan.Relation) []plan.Relation {
	if len(list) == 0 {
		return nil
	}
	if p.order == nil {
		p.order = depths(p.project.Graph)
	}
	depth := func(r plan.Relation) int {
		i, _ := p.project.Index(r.Node)
		return p.order[i]
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b plan.Relation) int { return cmp.Compare(depth(a), depth(b)) })
	return list
}

// depths are the lengths of the longest chains of parents above each node.
func depths(g manifest.Graph) []int {
	depth, waiting := make([]int, len(g.Parents)), make([]int, len(g.Parents))
	var ready []int32
	for i := range g.Parents {
		waiting[i] = len(g.Parents[i])
		if waiting[i] == 0 {
			ready = append(ready, int32(i))
		}
	}
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, child := range g.Children[i] {
			depth[child] = max(depth[child], depth[i]+1)
			if waiting[child]--; waiting[child] == 0 {
				ready = append(ready, child)
			}
		}
	}
	return depth
}

// made are the views of the scope, each behind what it reads.
func (p *planner) made() []plan.Relation {
	return p.inOrder(append(p.ofType(plan.View), p.ofType(plan.MaterializedView)...))
}

// hanging finds the views of the project that are gone, or cannot be read, behind a publish, and are none of the scope: those that hang
// on what is dropped, or the materialized ones that read a table which is replaced.
func (p *planner) hanging() []plan.Relation {
	switch {
	case p.wh.Can().ViewsHang && p.out.Rebuilt:
		return p.hangingOn(p.out.Scope)
	case p.wh.Can().ViewsHang:
		return p.hangingOn(p.dropping())
	case p.wh.Can().BreaksMaterialized && (p.method != warehouse.Transaction || p.out.Rebuilt):
		return slices.DeleteFunc(p.hangingOn(p.out.Scope), func(r plan.Relation) bool { return r.Type != plan.MaterializedView })
	}
	return nil
}

// dropMaterialized are statements that drop the materialized views of the build side that read relations which are copied there anew: they
// could not be read any more, and a build that holds them would fail.
func (p *planner) dropMaterialized(copied []string) []plan.Statement {
	if !p.wh.Can().BreaksMaterialized {
		return nil
	}
	views := slices.DeleteFunc(p.viewsOver(copied, nil), func(r plan.Relation) bool { return r.Type != plan.MaterializedView })
	list := p.schemas(names(views, built))
	for _, r := range slices.Backward(views) {
		list = append(list, plan.Statement{
			SQL: p.wh.Drop(r.Type, r.Build, false), Node: r.Node, Effect: plan.Drops, Comment: "drop " + shown(r.Build) + ", which reads what is copied, and could not be read any more", Undo: none("the build side is not what readers see"),
		})
	}
	return list
}

// hangingOn finds the views of the project that read relations, by way of other views too, and are none of the scope. They are in the
// publish environment only if somebody has built them there.
func (p *planner) hangingOn(replaced []plan.Relation) []plan.Relation {
	inScope := map[string]bool{}
	for _, r := range p.out.Scope {
		inScope[r.Node] = true
	}
	return p.viewsOver(nodes(replaced), inScope)
}

// viewsOver are the views of the project that read nodes, by way of other views too, but for those in except, each behind what it reads.
func (p *planner) viewsOver(nodes []string, except map[string]bool) []plan.Relation {
	var stack []int32
	for _, id := range nodes {
		i, _ := p.project.Index(id)
		stack = append(stack, p.project.Graph.Children[i]...)
	}
	seen := map[int32]bool{}
	var list []plan.Relation
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		n := p.project.Nodes[i]
		ephemeral := n.Kind == manifest.Model && !naming.IsRelation(n)
		if !ephemeral && (n.Kind != manifest.Model || p.typeOf(n) == plan.Table) {
			continue
		}
		stack = append(stack, p.project.Graph.Children[i]...)
		if ephemeral || except[n.ID] {
			continue
		}
		if name, ok := p.name(n, p.publish, &p.publishNames); ok {
			build, _ := p.name(n, p.build, &p.buildNames)
			list = append(list, plan.Relation{
				Node: n.ID, Kind: string(n.Kind), Materialized: materialized(n), Type: p.typeOf(n), Was: p.typeOf(n),
				Build: build, Publish: name, Ref: name,
				Why: "a view that reads what is replaced", Blocking: []string{},
			})
		}
	}
	slices.SortFunc(list, func(a, b plan.Relation) int { return cmp.Compare(a.Node, b.Node) })
	return p.inOrder(list)
}

// keep saves what makes relations again as they are. Its undo makes each of them behind what it reads.
func (p *planner) keep(list []plan.Relation) []plan.Statement {
	var kept []plan.Relation
	var back []plan.Statement
	for _, r := range list {
		again := p.again(r, "restore the definition of "+shown(r.Publish))
		if r.Was == plan.Table { // which has privileges alone to be kept, where there are any
			if again = again[1:]; len(again) == 0 {
				continue
			}
		}
		kept, back = append(kept, r), append(back, again...)
	}
	if len(kept) == 0 {
		return nil
	}
	var out []plan.Statement
	for _, c := range p.wh.SaveDefinitions(p.out.State, p.out.Name, kept) {
		out = append(out, plan.Statement{
			SQL: c.SQL, When: c.When, Effect: plan.Records, Comment: "keep the definitions of views, and who may read what is made again", Undo: none("what was kept is what rollback reads"),
		})
	}
	out[len(out)-1].Undo = undo(back...)
	return out
}

// again makes a relation as its definition was kept, and gives back the privileges on it.
func (p *planner) again(r plan.Relation, comment string) []plan.Statement {
	sql, each := p.wh.RestoreDefinition(p.out.State, p.out.Name, r.Publish)
	list := []plan.Statement{{SQL: sql, Each: each, Node: r.Node, Effect: plan.Replaces, Comment: comment, Undo: none("publish again")}}
	return append(list, p.regrant([]plan.Relation{r})...)
}

// restore makes relations again as they were kept, each behind what it reads, and as an undo drops them.
func (p *planner) restore(list []plan.Relation) []plan.Statement {
	var out []plan.Statement
	for _, r := range list {
		forth := p.again(r, "make "+shown(r.Publish)+" again, which reads what was replaced")
		forth[0].Undo = p.dropped(r, "")
		out = append(out, forth...)
	}
	return out
}

// restoreMissing is restore behind dbt, which has dropped the views that hang on a table together with it, and has left those that
// hang on an incremental model where they were: a materialized view among them shows what it did before.
func (p *planner) restoreMissing(list []plan.Relation) []plan.Statement {
	var out []plan.Statement
	for _, r := range list {
		forth := p.restore([]plan.Relation{r})
		if r.Type == plan.MaterializedView && !p.wh.Can().BreaksMaterialized {
			out = append(out, p.refreshed([]plan.Relation{r})...)
			forth[0].When = not(p.wh.Is(plan.MaterializedView, r.Publish))
		}
		out = append(out, forth...)
	}
	return out
}

// dropped is an undo that drops a relation, where the query when says so. A rollback that is run again may find something else there.
func (p *planner) dropped(r plan.Relation, when string) plan.Undo {
	if when == "" && !p.wh.Can().Transactions {
		when = p.wh.Is(r.Type, r.Publish)
	}
	return undo(plan.Statement{
		SQL: p.wh.Drop(r.Type, r.Publish, false), When: when, Node: r.Node, Effect: plan.Drops, Comment: "drop " + shown(r.Publish), Undo: none("publish again"),
	})
}

// dbtCannot reports whether dbt would not make r anew in the place of what production has: it refreshes a materialized view, also over a
// table that was replaced, and refuses to replace what is of another type.
func (p *planner) dbtCannot(r plan.Relation) bool {
	can := p.wh.Can()
	return can.KeepsTypes && r.Was != r.Type || can.BreaksMaterialized && r.Type == plan.MaterializedView && (p.method != warehouse.Transaction || p.out.Rebuilt)
}

// drops are the statements that drop relations which are made again, with all that hangs on them, the last first. Whoever has kept their definitions
// brings them back; a table that becomes a view comes back from its backup.
func (p *planner) drops(dropping []plan.Relation) []plan.Statement {
	byDBT := func(r plan.Relation) bool { // which replaces a view when it makes it, and not before
		if p.dbtCannot(r) {
			return false
		}
		return r.Type != plan.Table && p.views == config.ViewsRebuild && p.method != warehouse.Rebuild
	}
	dropping = slices.DeleteFunc(slices.Clone(dropping), byDBT)
	if len(dropping) == 0 {
		return nil
	}
	var out []plan.Statement
	for _, r := range slices.Backward(p.inOrder(append(dropping, p.out.Hanging...))) {
		s := plan.Statement{
			SQL: p.wh.Drop(r.Was, r.Publish, false), Node: r.Node, Effect: plan.Drops, Comment: "drop " + shown(r.Publish) + ", which is made again", Undo: none("its definition was kept"),
		}
		if r.Was == plan.Table {
			if r.Type == plan.Table || p.views == config.ViewsRebuild && !p.dbtCannot(r) { // its method drops it, or dbt
				continue
			}
			s.Undo = none("the end of the publish takes it back")
			if p.views != config.ViewsRebuild {
				s.Undo = undo(p.fromBackup(r, not(p.wh.WasCreated(p.out.State, p.out.Name, r.Publish)))...)
			}
		}
		out = append(out, s)
	}
	return out
}

// fromBackup makes a table again from its backup, where the query when says so.
func (p *planner) fromBackup(r plan.Relation, when string) []plan.Statement {
	return several(p.wh.Remake(r.Publish, p.backup(r.Publish), p.method, r.Storage), plan.Statement{
		When: when, Node: r.Node, Effect: plan.Creates, Comment: "restore " + shown(r.Publish) + " from its backup", Undo: none("publish again"),
	})
}

// recreate makes the views of the scope from compiled SQL.
func (p *planner) recreate(list []plan.Relation) []plan.Statement {
	var out []plan.Statement
	for _, r := range list {
		sql, _ := p.names.Compiled(p.project.Node(r.Node), p.publish)
		back := p.dropped(r, "")
		if !p.dropsFirst(r) {
			back = p.dropped(r, p.wh.WasCreated(p.out.State, p.out.Name, r.Publish))
			if sql := p.wh.MakeWay(p.out.State, p.out.Name, r.Publish); sql != "" {
				back.Statements = append(back.Statements, plan.Statement{
					SQL: sql, Node: r.Node, Effect: plan.Drops, Comment: "drop " + shown(r.Publish) + ", where views that are restored lose columns", Undo: none("its definition was kept"),
				})
			}
		}
		out = append(out, plan.Statement{
			SQL: p.wh.CreateView(r.Type, r.Publish, sql), Node: r.Node, Effect: plan.Replaces, Comment: "make the " + string(r.Type) + " " + shown(r.Publish), Undo: back,
		})
		if r.Type == plan.MaterializedView {
			if indexes := p.wh.CopyIndexes(r.Publish, r.Build); indexes != "" {
				out = append(out, plan.Statement{SQL: indexes, Node: r.Node, Effect: plan.Creates, Comment: "give " + shown(r.Publish) + " the indexes of " + shown(r.Build), Undo: none("they go with it")})
			}
		}
		if p.dropsFirst(r) {
			out = append(out, p.regrant([]plan.Relation{r})...)
		}
	}
	return out
}

// dropsFirst reports whether a view of the scope is dropped before it is made again, and not replaced.
func (p *planner) dropsFirst(r plan.Relation) bool {
	return r.Type == plan.MaterializedView || r.Was != r.Type || p.method == warehouse.Rebuild
}

// refreshed are the materialized views outside of the scope that read what gets new rows.
func (p *planner) refreshed(list []plan.Relation) []plan.Statement {
	var out []plan.Statement
	for _, r := range list {
		if sql := p.wh.Refresh(r.Publish); sql != "" && r.Type == plan.MaterializedView {
			out = append(out, plan.Statement{
				SQL: sql, When: p.wh.Is(plan.MaterializedView, r.Publish), Node: r.Node, Effect: plan.Replaces, Comment: "refresh " + shown(r.Publish) + ", which reads what was replaced",
				Undo: none("the undo of the first event of the publish refreshes it once more"),
			})
		}
	}
	return out
}

// rebuildsViews reports whether dbt makes views behind the copies.
func (p *planner) rebuildsViews() bool {
	return p.views == config.ViewsRebuild && len(p.made()) > 0
}
