package strategy

import (
	"slices"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// copying are the phases of a strategy that copies what was built: publish and what comes behind it.
func (p *planner) copying() []plan.Phase {
	publish := p.copyPublish()
	p.out.Limits = p.copyLimits()
	return []plan.Phase{
		{Name: plan.Publish, Actions: publish},
		{Name: plan.Rollback, Actions: []plan.Action{{Group: p.rollbackGroup(publish)}}},
		{Name: plan.Reset, Actions: []plan.Action{{Group: p.resetGroup()}}},
		{Name: plan.Cleanup, Actions: []plan.Action{{Group: p.cleanupGroup()}}},
	}
}

// dropping are the relations of the scope that are dropped and made again, and not filled or replaced as they are.
func (p *planner) dropping() []plan.Relation {
	var list []plan.Relation
	for _, r := range p.out.Scope {
		if r.Type == plan.Table && (p.method == warehouse.Rebuild || r.Was != plan.Table) || r.Type != plan.Table && (p.views == config.ViewsRebuild || p.dropsFirst(r)) {
			list = append(list, r)
		}
	}
	return list
}

// copyPublish copies what was built to its place in one transaction. Where dbt makes the views, it does so behind that, and a
// second transaction closes the publish.
func (p *planner) copyPublish() []plan.Action {
	name := plan.Publish
	if p.rebuildsViews() {
		name = first(name)
	}
	g := p.group(name, p.connection, 6*len(p.out.Scope)+20)
	g.Statements = p.copies(g.Statements)
	if !p.rebuildsViews() {
		g.Statements = append(g.Statements, p.done())
		return []plan.Action{{Group: &g}}
	}
	step := p.stepOf("run", p.made())
	return []plan.Action{{Group: &g}, {Step: &step}, {Group: p.closingGroup(p.made(), nil)}}
}

// closingGroup ends a publish that had dbt in its middle, which has made these relations. Taken back, its first check drops the
// views among them: their definitions were kept.
func (p *planner) closingGroup(made []plan.Relation, more []plan.Statement) *plan.Group {
	g := p.group(second(plan.Publish), p.connection, 2*len(p.out.Scope)+8)
	g.Statements = append(g.Statements, p.lockLedger()...)
	if p.out.Ledger {
		g.Statements = append(g.Statements, p.hasRunID(), p.stateIs(publishing, "this publish has begun"), p.sameRun())
	}
	g.Statements = append(g.Statements, p.generation(warehouse.Current))
	g.Statements = append(g.Statements, p.areThere(production, "was to be published is there")...)
	var back []plan.Statement
	for _, r := range slices.Backward(p.inOrder(made)) {
		if r.Type == plan.Table && r.Was == plan.Table {
			continue
		}
		back = append(back, p.dropped(r, p.wh.Is(r.Type, r.Publish)).Statements...)
		if r.Was == plan.Table && !p.out.Rebuilt { // else the first group takes it back
			back = append(back, p.rebuiltTable(r)...)
		}
	}
	if len(back) > 0 && len(p.out.Swaps) == 0 { // swapped back, they are out of readers' sight, and those that were there are back
		g.Statements[len(g.Statements)-1].Undo = undo(back...)
	}
	g.Statements = append(g.Statements, p.regrant(made)...)
	g.Statements = append(g.Statements, p.restoreMissing(p.out.Hanging)...)
	g.Statements = append(g.Statements, p.grants(made)...)
	g.Statements = append(g.Statements, p.granteesRead(made)...)
	g.Statements = append(g.Statements, more...)
	g.Statements = append(g.Statements, p.done())
	return &g
}

// regrant gives back the privileges that relations had before they were made again.
func (p *planner) regrant(list []plan.Relation) []plan.Statement {
	if !p.wh.Can().Roles || !p.restoresGrants() {
		return nil
	}
	var out []plan.Statement
	for _, r := range list {
		sql, each := p.wh.RestoreGrants(p.out.State, p.out.Name, r.Publish)
		out = append(out, plan.Statement{
			SQL: sql, Each: each, Node: r.Node, Effect: plan.Grants, Comment: "give back the privileges on " + shown(r.Publish), Undo: none("they go with the relation"),
		})
	}
	return out
}

// begins is the entry of the ledger from which on there is something to take back, with what is done before it. Its undo is the end
// of a rollback: the undos of what was done before, what the rollback has to do besides, and its own entry.
func (p *planner) begins(before, besides []plan.Statement) []plan.Statement {
	event := p.event(publishing, warehouse.Current, "ledger: publishing")
	var back []plan.Statement
	for i := len(before) - 1; i >= 0; i-- {
		if undos := before[i].Undo.Statements; len(undos) > 0 {
			back = append(back, undos...)
			before[i].Undo = none("the entry of the ledger behind it takes it back")
		}
	}
	back = append(append(back, besides...), p.grantedAgain()...)
	event.Undo = undo(append(back, p.event(rolledBack, warehouse.Published, "ledger: rolled back"))...)
	list := append(slices.Clip(before), event)
	if !p.wh.Can().Transactions && p.out.Ledger { // nothing else keeps two sessions from publishing at the same time
		list = append(list, p.assert("", p.wh.Once(p.out.State, p.out.Name, publishing),
			p.wh.Literal("dbtwac: "+p.out.Name+" is being published by another session too"), "no other session publishes"))
	}
	return list
}

// done is the entry of the ledger that ends a publish.
func (p *planner) done() plan.Statement {
	return p.event(published, warehouse.Current, "ledger: published")
}

// copies adds to a list the statements that put what was built in the place of production. They come in an order in which each
// can be taken back behind those that follow it.
func (p *planner) copies(list []plan.Statement) []plan.Statement {
	tables, views := p.ofType(plan.Table), p.made()
	recreated := views
	if p.views == config.ViewsRebuild {
		recreated = nil
	}
	var refresh []plan.Statement
	if p.method == warehouse.Insert {
		refresh = p.refreshed(p.hangingOn(tables))
	}

	list = append(list, p.passed()...)
	list = append(list, p.preflight(tables)...)

	// What is dropped, or made by dbt, is kept, and in the order in which it hangs together.
	dropping := p.dropping()
	kept := p.inOrder(append(append(slices.Clip(dropping), p.out.Hanging...), without(recreated, dropping)...))
	before := append([]plan.Statement{p.noteCreated()}, p.keep(p.inOrder(append(slices.Clip(kept), without(p.granted(tables), dropping)...)))...)

	there := wereTables(tables)
	if p.wh.Can().Transactions {
		list = append(list, p.begins(nil, refresh)...)
		list = append(list, p.schemas(names(p.out.Scope, production))...)
		list = append(list, before...)
		list = append(list, p.makeRoom(there)...)
		list = append(list, p.optional(p.lockWrites(there), "nobody writes these until this is done")...)
		list = append(list, p.stateful()...)
		list = append(list, p.backups(there, false)...)
		list = append(list, p.backups(wereTables(views), true)...) // which production may never have had
	} else {
		list = append(list, p.stateful()...)
		before = slices.Concat(p.forget(append(slices.Clip(there), wereTables(views)...)), before, p.backups(there, true), p.backups(wereTables(views), true))
		list = append(list, p.begins(before, refresh)...)
		list = append(list, p.schemas(names(p.out.Scope, production))...)
		list = append(list, p.makeRoom(there)...)
	}
	list = append(list, p.optional(p.lockAll(there, append(slices.Clip(kept), without(recreated, kept)...)), "nobody reads these until all of them are replaced")...)
	list = append(list, p.drops(dropping)...)
	list = append(list, p.refill(tables)...)
	list = append(list, p.recreate(recreated)...)
	if p.method == warehouse.Rebuild {
		list = append(list, p.regrant(there)...)
	}
	if !p.rebuildsViews() {
		list = append(list, p.restore(p.out.Hanging)...)
	}
	list = append(list, refresh...)
	here := append(slices.Clip(tables), recreated...)
	list = append(list, p.grants(here)...)
	list = append(list, p.granteesRead(here)...)
	return append(list, p.verified(tables)...)
}

// without are those of list that are not among others.
func without(list, others []plan.Relation) []plan.Relation {
	return slices.DeleteFunc(slices.Clone(list), func(r plan.Relation) bool {
		return slices.ContainsFunc(others, func(o plan.Relation) bool { return o.Publish == r.Publish })
	})
}

// wereTables are those of list that production has as tables, as far as is known.
func wereTables(list []plan.Relation) []plan.Relation {
	if !slices.ContainsFunc(list, func(r plan.Relation) bool { return r.Was != plan.Table }) { // as nearly always
		return slices.Clip(list)
	}
	return slices.DeleteFunc(slices.Clone(list), func(r plan.Relation) bool { return r.Was != plan.Table })
}

// noteCreated notes what this publish is about to create.
func (p *planner) noteCreated() plan.Statement {
	return plan.Statement{
		SQL:     p.wh.RecordCreated(p.out.State, p.out.Name, names(p.out.Scope, production)),
		Comment: "note which relations production does not have yet: rollback drops exactly those",
		Effect:  plan.Records, Undo: none("the note is what rollback reads"),
	}
}

func (p *planner) lockWrites(tables []plan.Relation) string {
	if len(tables) == 0 {
		return ""
	}
	return p.wh.LockWrites(names(tables, production))
}

func (p *planner) lockAll(tables, views []plan.Relation) string {
	if len(tables)+len(views) == 0 {
		return ""
	}
	return p.wh.LockAll(names(tables, production), names(views, production), p.lockTimeout())
}

// makeRoom makes what production does not have yet, where the statement that fills it does not.
func (p *planner) makeRoom(tables []plan.Relation) []plan.Statement {
	list := make([]plan.Statement, 0, len(tables))
	for _, r := range tables {
		sql := p.wh.CreateLike(r.Publish, r.Build, p.method, r.Storage)
		if sql == "" {
			continue
		}
		list = append(list, plan.Statement{
			SQL: sql, Node: r.Node, Effect: plan.Creates, Comment: "make room for " + shown(r.Publish) + " where it is new",
			Undo: p.dropped(r, p.wh.WasCreated(p.out.State, p.out.Name, r.Publish)),
		})
	}
	return list
}

// forget takes the notes of an earlier attempt back, and notes which tables get another backup from now on: those of the publish
// before are gone with it.
func (p *planner) forget(tables []plan.Relation) []plan.Statement {
	list := []plan.Statement{{SQL: p.wh.Forget(p.out.State, p.out.Name), Comment: "an earlier attempt has left no notes", Effect: plan.Records, Undo: none("the notes are made anew")}}
	if len(tables) > 0 {
		list = append(list, plan.Statement{
			SQL: p.wh.RecordBackups(p.out.State, p.out.Name, names(tables, production)), Comment: "note which tables are backed up: the publish before cannot be taken back from here on",
			Effect: plan.Records, Undo: none("the note is what rollback reads"),
		})
	}
	return list
}

// backups keep tables for rollback, some of which production may not have.
func (p *planner) backups(tables []plan.Relation, some bool) []plan.Statement {
	list := make([]plan.Statement, 0, len(tables))
	for _, r := range tables {
		when := ""
		if some {
			when = p.wh.Is(plan.Table, r.Publish)
		}
		list = append(list, several(p.wh.Backup(p.backup(r.Publish), r.Publish, p.method, r.Storage), plan.Statement{
			When: when, Node: r.Node, Effect: plan.Replaces, Comment: "back up " + shown(r.Publish), Undo: none("the backup stays until cleanup"),
		})...)
	}
	return list
}

// refill gives each table of production the rows that were built. A table in the place of a view is made, for that was dropped.
func (p *planner) refill(tables []plan.Relation) []plan.Statement {
	list := make([]plan.Statement, 0, len(tables))
	if p.method == warehouse.Transaction {
		list = append(list, p.refillAll(wereTables(tables))...)
		tables = slices.DeleteFunc(slices.Clone(tables), func(r plan.Relation) bool { return r.Was == plan.Table })
	}
	for _, r := range tables {
		forth := plan.Statement{Node: r.Node, Effect: plan.Replaces, Comment: "publish " + shown(r.Publish) + " from " + shown(r.Build)}
		if r.Was != plan.Table {
			forth.Undo = p.dropped(r, "")
			list = append(list, several(p.wh.CopyTable(r.Publish, r.Build, p.method, r.Storage), forth)...)
			continue
		}
		created := p.wh.WasCreated(p.out.State, p.out.Name, r.Publish)
		makes := p.wh.CreateLike(r.Publish, r.Build, p.method, r.Storage) == ""
		if r.Respecified {
			forth.Undo = undo(append(p.fromBackup(r, not(created)), p.dropped(r, created).Statements...)...)
			list = append(list, several(append([]string{p.wh.Drop(plan.Table, r.Publish, false)}, p.wh.CopyTable(r.Publish, r.Build, p.method, r.Storage)...), forth)...)
			continue
		}
		var back []plan.Statement
		if p.method == warehouse.Insert {
			back = append(back, plan.Statement{
				SQL: p.wh.CreateLike(r.Publish, p.backup(r.Publish), p.method, r.Storage), Node: r.Node, Effect: plan.Creates, Comment: "make " + shown(r.Publish) + " again, where somebody has dropped it", Undo: none("publish again"),
			})
		}
		restore := plan.Statement{Node: r.Node, Effect: plan.Replaces, Comment: "restore " + shown(r.Publish) + " from its backup", Undo: none("publish again")}
		if !p.wh.Can().Transactions { // what was made for this publish has no backup
			restore.When = not(created)
		}
		back = append(back, several(p.wh.Restore(r.Publish, p.backup(r.Publish), p.method, r.Storage), restore)...)
		for _, s := range p.recluster(r) {
			s.When = restore.When
			back = append(back, s)
		}
		if makes { // nothing else has an undo that drops it
			back = append(back, p.dropped(r, created).Statements...)
		}
		forth.Undo = undo(back...)
		if p.method == warehouse.Copy && p.wh.Can().CopyJobs {
			forth.Copy = &plan.Copy{From: r.Build, To: r.Publish}
		}
		list = append(list, several(p.wh.Refill(r.Publish, r.Build, p.method, r.Storage), forth)...)
		list = append(list, p.recluster(r)...)
	}
	return list
}

// refillAll gives all tables their rows in one transaction, and takes that back in one.
func (p *planner) refillAll(tables []plan.Relation) []plan.Statement {
	if len(tables) == 0 {
		return nil
	}
	var backups []plan.Name
	var created []string
	for _, r := range tables {
		backups = append(backups, p.backup(r.Publish))
		created = append(created, p.wh.WasCreated(p.out.State, p.out.Name, r.Publish))
	}
	return []plan.Statement{{
		SQL: p.wh.RefillAll(names(tables, production), names(tables, built), nil), Effect: plan.Replaces, Comment: "publish " + count(len(tables), "table") + ", all or none",
		Undo: undo(plan.Statement{
			SQL: p.wh.RefillAll(names(tables, production), backups, created), Effect: plan.Replaces, Comment: "restore " + count(len(tables), "table") + " from the backups, all or none", Undo: none("publish again"),
		}),
	}}
}

// verified notes what readers have now, and compares it with what was tested.
func (p *planner) verified(tables []plan.Relation) []plan.Statement {
	list := p.records(tables, production, wasPublished, "that readers have now", false)
	if len(tables) > 0 {
		list = append(list, p.assertNone(p.wh.Differing(p.out.State, p.out.Name, wasPublished, names(tables, production), wasAudited, names(tables, built)),
			"dbtwac: published is something else than what was tested: ", "verify that every table has the rows that were tested"))
	}
	return list
}
