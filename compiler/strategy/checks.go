package strategy

import (
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// What is found out when a deployment is compiled, and what a publish asks the warehouse before it writes.

// canCopy reports what keeps the warehouse from publishing by copies, before anything is planned.
func (p *planner) canCopy() bool {
	if !p.wh.Can().TwoDatabases && p.wh.Fold(p.build.Database.Value) != p.wh.Fold(p.publish.Database.Value) {
		p.errorf(config.Unsupported, p.publish.Database, "publish to another schema of the same database",
			"%s builds in the database %s and publishes to %s, and this warehouse writes to one database in a transaction", p.out.Name, p.build.Database.Value, p.publish.Database.Value)
		return false
	}
	return true
}

// reportPlaces finds what is published to another database than the ledger's, and a ledger that is not in a schema of its own: a
// swap, or a build, would take it along.
func (p *planner) reportPlaces() {
	most, filled := p.wh.Can().TransactionTables, len(wereTables(p.ofType(plan.Table)))
	if p.method == warehouse.Transaction && !p.out.Rebuilt && filled > most {
		p.errorf(config.Unsupported, p.deployment.Method, "use method: copy, or several deployments",
			"%s publishes %s, and a transaction of this warehouse can fill %d", p.out.Name, count(filled, "table"), most)
	}
	for _, r := range p.out.Scope {
		for _, name := range []plan.Name{r.Build, r.Publish} {
			if p.wh.Fold(name.Schema) == p.wh.Fold(p.out.State.Schema) && p.wh.Fold(name.Database) == p.wh.Fold(p.out.State.Database) {
				p.errorf(config.WrongValue, p.deployment.StateSchema, "give the ledger a schema that nothing else is in: state: {schema: dbtwac_state}",
					"%s keeps its ledger and its backups in %s, where dbt builds %s", p.out.Name, p.out.State.Schema, r.Node)
				return
			}
		}
		if !p.wh.Can().TwoDatabases && p.wh.Fold(r.Publish.Database) != p.wh.Fold(p.out.State.Database) {
			p.errorf(config.Unsupported, p.deployment.Select, "exclude it, or take `database` out of its config",
				"%s has the database %s in its config, and this warehouse writes to one database in a transaction", r.Node, r.Publish.Database)
		}
	}
}

// stateful asserts that what no build can make again is not replaced by less. In a transaction it stands where production has every
// relation, if only an empty one that this publish has just made; elsewhere nothing is made before all checks have passed.
func (p *planner) stateful() []plan.Statement {
	list := p.unwritten()
	asked := len(list) > 0
	for _, r := range p.ofType(plan.Table) {
		for _, s := range p.unharmed(r, asked) {
			if !p.wh.Can().Transactions { // what is missing is made behind these
				s.When = p.wh.Is(plan.Table, r.Publish)
			}
			list = append(list, s)
		}
	}
	if p.method == warehouse.Insert || p.method == warehouse.Transaction {
		list = append(list, p.shapes()...)
	}
	return list
}

// unwritten asserts of all tables at once, where nothing has to be read for that, what unharmed does of each: the build began with
// production's rows, and production has to have them still.
func (p *planner) unwritten() []plan.Statement {
	there := wereTables(p.ofType(plan.Table))
	if !p.prepared || !p.out.Ledger || len(there) == 0 {
		return nil
	}
	written := p.wh.WrittenAmong(p.out.State, p.out.Name, wasSeen, names(there, production))
	if written == "" {
		return nil
	}
	return []plan.Statement{p.assertNone(written, "dbtwac: written since prepare copied it, build again: ", "production is as the build found it")}
}

// unharmed are the checks of one table.
func (p *planner) unharmed(r plan.Relation, unwritten bool) []plan.Statement {
	var list []plan.Statement
	if p.prepared && p.out.Ledger && r.Was == plan.Table && !unwritten { // the build began with production's rows, and production has to have them still
		list = append(list, p.assert(r.Node, "not "+p.wh.WrittenSince(p.out.State, p.out.Name, wasSeen, r.Publish),
			p.wh.Literal("dbtwac: "+shown(r.Publish)+" was written since prepare copied it: build again"), shown(r.Publish)+" is as the build found it"))
	}
	if !r.Stateful {
		return list
	}
	if !p.prepared && r.Was == plan.Table {
		list = append(list, p.assert(r.Node, p.wh.Known(p.out.State, p.out.Name, r.Publish, "created", wasBootstrapped, wasPublished),
			p.wh.Literal("dbtwac: production has "+shown(r.Publish)+", which "+p.out.Name+" has never published: "+shown(r.Build)+" may hold less; begin with "+p.macro("bootstrap")),
			shown(r.Publish)+" is new, or this deployment knows it"))
	}
	if !r.MayShrink && r.Was == plan.Table {
		list = append(list, p.assert(r.Node, "not ("+p.wh.Shrunk(r.Build, r.Publish, r.MaxShrink)+")",
			p.wh.Literal(fmt.Sprintf("dbtwac: %s has fewer rows than %s, by more than %d percent; if that is right, name it in allow_shrink", shown(r.Build), shown(r.Publish), r.MaxShrink)),
			"what "+shown(r.Publish)+" has loaded is in "+shown(r.Build)))
	}
	return list
}

// shapes asserts that what keeps its table, or is a view that is replaced, has the columns of the build, and warns of indexes that
// it has not.
func (p *planner) shapes() []plan.Statement {
	var list []plan.Statement
	for _, t := range []plan.Type{plan.Table, plan.View} {
		var same []plan.Relation
		for _, r := range p.ofType(t) {
			if r.Was == t && (t == plan.Table || p.views == config.ViewsRecreate && p.method == warehouse.Insert) {
				same = append(same, r)
			}
		}
		if len(same) > 0 {
			list = append(list, p.assertNone(p.wh.ColumnsDiffer(t, names(same, production), names(same, built)),
				"dbtwac: the columns are not those of the build, which method: "+string(p.remakes())+" would replace: ", "every "+string(t)+" has the columns that were built"))
		}
		if differing := p.wh.IndexesDiffer(names(same, production), names(same, built)); len(same) > 0 && t == plan.Table && differing != "" {
			list = append(list, p.warnOf(differing, "these keep their indexes, which are not those of the build; method: rebuild would replace them: ", "have the tables the indexes that were built?"))
		}
	}
	return list
}

// remakes is the method that gives a table other columns.
func (p *planner) remakes() warehouse.Method {
	if p.method == warehouse.Transaction {
		return warehouse.Copy
	}
	return warehouse.Rebuild
}

// preflight asserts what has to hold before anything is written.
func (p *planner) preflight(tables []plan.Relation) []plan.Statement {
	var list []plan.Statement
	for _, t := range []plan.Type{plan.Table, plan.View, plan.MaterializedView} {
		var of []plan.Name
		for _, r := range p.out.Scope {
			if r.Was == t {
				of = append(of, r.Publish)
			}
		}
		if len(of) > 0 {
			list = append(list, p.assertNone(p.wh.Others(t, of), "dbtwac: production has something that is not a "+string(t)+" (if that is what it was, name its manifest as previous_manifest) at: ",
				"where production has the relation, it is a "+string(t)))
		}
	}
	list = append(list, p.stored(tables)...)
	list = append(list, p.outsiders()...)
	if there := wereTables(tables); p.method == warehouse.Rebuild && !p.out.Rebuilt && len(there) > 0 && p.wh.Can().Roles {
		list = append(list, p.assertNone(p.wh.Guarded(names(there, production), nil),
			"dbtwac: production has row security, triggers or foreign keys on these, which a table that is made again has not; use method: insert: ", "nothing that belongs to a table would be lost"))
	}
	return append(list, p.testedAndFilled(tables)...)
}

// testedAndFilled asserts that tables are as they were tested, and not empty.
func (p *planner) testedAndFilled(tables []plan.Relation) []plan.Statement {
	list, filled := make([]plan.Statement, 0, len(tables)+1), make([]plan.Name, 0, len(tables))
	written := ""
	if p.out.Ledger && len(tables) > 0 {
		written = p.wh.Unrecorded(p.out.State, p.out.Name, wasAudited, names(tables, built))
	}
	if written != "" {
		list = append(list, p.assertNone(written, "dbtwac: written since it was tested, build again: ", "every table is as it was tested"))
	}
	for _, r := range tables {
		if p.out.Ledger && written == "" {
			list = append(list, p.assert(r.Node, p.wh.AsRecorded(p.out.State, p.out.Name, wasAudited, r.Build),
				p.wh.Literal("dbtwac: "+shown(r.Build)+" was written since it was tested: build again"), shown(r.Build)+" is as it was tested"))
		}
		if !r.MayBeEmpty {
			filled = append(filled, r.Build)
		}
	}
	if len(filled) > 0 {
		list = append(list, p.assertNone(p.wh.EmptyAmong(p.out.State, p.out.Name, wasAudited, filled),
			"dbtwac: empty, and if that is right, to be named in allow_empty: ", "no relation is empty"))
	}
	return list
}

// areThere asserts that every relation is on the side that name returns, and of its type. comment goes on behind "that".
func (p *planner) areThere(name func(plan.Relation) plan.Name, comment string) []plan.Statement {
	var list []plan.Statement
	for _, t := range []plan.Type{plan.Table, plan.View, plan.MaterializedView} {
		if of := p.ofType(t); len(of) > 0 {
			list = append(list, p.assertNone(p.wh.Not(t, names(of, name)), "dbtwac: not there, or not a "+string(t)+": ", "every "+string(t)+" that "+comment+", and is one"))
		}
	}
	return list
}

// outsiders asserts that dbt, which replaces a relation by dropping it with all that hangs on it, takes nothing along that it
// does not make again.
func (p *planner) outsiders() []plan.Statement {
	var replaced []plan.Relation
	switch {
	case !p.wh.Can().ViewsHang:
	case p.out.Rebuilt:
		replaced = p.out.Scope
	case p.views == config.ViewsRebuild:
		replaced = p.made()
	}
	if len(replaced) == 0 {
		return nil
	}
	known := append(names(p.out.Scope, production), names(p.out.Hanging, production)...)
	return []plan.Statement{p.assertNone(p.wh.HangingOn(names(replaced, production), append(known, p.leaveBehind()...)),
		"dbtwac: dbt would drop these together with what they read, and they are no part of what it makes again (leave_behind lets them go): ", "nothing else hangs on what dbt replaces")}
}
