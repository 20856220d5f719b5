package strategy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// group is an operation on an environment's connection, as far as it is the same in all of them: one transaction, where statements
// that make and replace can be part of one. size is how many statements
// it will have, about.
func (p *planner) group(name, environment string, size int) plan.Group {
	g := plan.Group{Name: name, Environment: environment, Atomic: p.wh.Can().Transactions, Open: p.wh.Begin(), Close: p.wh.Commit(), Statements: make([]plan.Statement, 0, size+8)}
	if role := p.deployment.Role.Value; role != "" {
		g.Statements = append(g.Statements, reads(p.wh.SetRole(role), "run as "+role))
	}
	for _, s := range p.wh.Opening(p.lockTimeout()) {
		g.Statements = append(g.Statements, reads(s.SQL, s.Comment))
	}
	return g
}

// reads is a statement that changes nothing.
func reads(sql, comment string) plan.Statement {
	return plan.Statement{SQL: sql, Comment: comment, Effect: plan.Asserts, Undo: none("changes nothing")}
}

// lockLedger lets one operation of a deployment run at a time.
func (p *planner) lockLedger() []plan.Statement {
	return p.optional(p.wh.LockLedger(p.out.State), "one operation at a time")
}

// optional is a statement that changes nothing, or none where the warehouse needs none.
func (p *planner) optional(sql, comment string) []plan.Statement {
	if sql == "" {
		return nil
	}
	return []plan.Statement{reads(sql, comment)}
}

// assertNone is a statement that fails with message and what query finds, unless it finds nothing.
func (p *planner) assertNone(query, message, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.AssertNone(query, p.wh.Literal(message)), Comment: "check: " + comment, Effect: plan.Asserts, Undo: none("reads only"),
	}
}

// warnOf is a statement that says message and what query finds, and goes on; it says nothing if query is null.
func (p *planner) warnOf(query, message, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.Warning(query+" is not null", p.wh.Concat(p.wh.Literal(message), query)), Comment: comment, Effect: plan.Warns, Undo: none("reads only"),
	}
}

func none(why string) plan.Undo { return plan.Undo{None: why} }

func undo(statements ...plan.Statement) plan.Undo { return plan.Undo{Statements: statements} }

// assert is a statement that fails with message unless condition holds; both are SQL.
func (p *planner) assert(node, condition, message, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.Assert(condition, message), Comment: "check: " + comment, Node: node, Effect: plan.Asserts, Undo: none("reads only"),
	}
}

// several are the statements of one purpose; the last of them carries the undo.
func several(sqls []string, s plan.Statement) []plan.Statement {
	list := make([]plan.Statement, len(sqls))
	for i, sql := range sqls {
		list[i] = s
		list[i].SQL = sql
		if i < len(sqls)-1 {
			list[i].Undo = none("the next statement belongs to it")
		}
	}
	return list
}

// schemas makes the schemas of names, each once.
func (p *planner) schemas(names []plan.Name) []plan.Statement {
	var seen []plan.Schema
	var list []plan.Statement
	for _, n := range names {
		s := plan.SchemaOf(n)
		if !slices.Contains(seen, s) {
			seen = append(seen, s)
			list = append(list, p.createSchema(s, "make the schema "+s.Schema))
		}
	}
	return list
}

func (p *planner) createSchema(s plan.Schema, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.CreateSchema(s, p.out.Location), Comment: comment, Effect: plan.Creates,
		Undo: none("an empty schema does no harm, and others may have put something into it"),
	}
}

// backup is where a published relation is kept for rollback: one place a relation, replaced by each publish.
func (p *planner) backup(name plan.Name) plan.Name {
	parts := []string{p.out.Name, name.Schema, name.Identifier}
	if p.wh.Fold(name.Database) != p.wh.Fold(p.publish.Database.Value) { // which may have the same names
		parts = slices.Insert(parts, 1, name.Database)
	}
	joined := strings.Join(parts, "__")
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	hash := "__" + hex.EncodeToString(sum[:4])
	if kind := p.wh.BackupKind(p.method); kind != "" {
		joined = kind + "__" + joined
	}
	// Joining is unique unless a part has underscores where the joints are.
	for _, part := range parts {
		if strings.Contains(part, "__") || strings.HasPrefix(part, "_") || strings.HasSuffix(part, "_") {
			joined += hash
			break
		}
	}
	if most := p.wh.Can().MaxIdentifier; most > 0 && len(joined) > most {
		cut := joined[:most-len(hash)]
		joined = strings.ToValidUTF8(cut, "") + hash
	}
	of := plan.Name{Database: p.out.State.Database, Schema: p.out.State.Schema, Identifier: joined, Quoted: p.out.State.Quoted}
	if name.Quoted&(plan.QuotedSchema|plan.QuotedIdentifier) != 0 {
		of.Quoted |= plan.QuotedIdentifier
	}
	return of
}

// shown is a relation's name in comments and messages: the database is the same throughout.
func shown(n plan.Name) string { return n.Schema + "." + n.Identifier }

// not is the opposite of a query of one boolean.
func not(query string) string { return "select not (" + query + ")" }

// record notes the rows of a relation.
func (p *planner) record(r plan.Relation, name plan.Name, what, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.Record(p.out.State, p.out.Name, what, name, what == wasSeen || what == wasBootstrapped), Node: r.Node, Effect: plan.Records, Comment: comment, Undo: none("the note is what later operations read"),
	}
}

// records notes the rows of relations, on the side that name returns, each by itself or all at once; with some those that are there. why
// goes on behind "the rows of …".
func (p *planner) records(list []plan.Relation, name func(plan.Relation) plan.Name, what, why string, some bool) []plan.Statement {
	if len(list) == 0 {
		return nil
	}
	if sql := p.wh.RecordAll(p.out.State, p.out.Name, what, names(list, name)); sql != "" {
		return []plan.Statement{{SQL: sql, Effect: plan.Records, Comment: "note the rows of " + count(len(list), "table") + " " + why, Undo: none("the note is what later operations read")}}
	}
	out := make([]plan.Statement, 0, len(list))
	for _, r := range list {
		s := p.record(r, name(r), what, "note the rows of "+shown(name(r))+" "+why)
		if some {
			s.When = p.wh.Exists(name(r))
		}
		out = append(out, s)
	}
	return out
}

// backupsBy is the method that backups depend on, where they do.
func (p *planner) backupsBy() string {
	if can := p.wh.Can(); can.Transactions || len(can.Methods) == 1 {
		return ""
	}
	return string(p.method)
}

// sameMethod asserts that the publish was by the method whose backups this looks for.
func (p *planner) sameMethod() []plan.Statement {
	by := p.backupsBy()
	if by == "" {
		return nil
	}
	return []plan.Statement{p.assert("", p.wh.HadDetail(p.out.State, p.out.Name, publishing, by),
		p.wh.Literal("dbtwac: "+p.out.Name+" was not published by method: "+by+", and its backups are others: use the files that it was published with"), "the publish was by this method")}
}

// event is an entry of the ledger.
func (p *planner) event(state string, g warehouse.Generation, comment string) plan.Statement {
	detail := ""
	if state == publishing {
		detail = p.backupsBy()
	}
	return plan.Statement{
		SQL: p.wh.Event(p.out.State, p.out.Name, state, detail, g), Comment: comment, Effect: plan.Records, Undo: none("the ledger keeps what happened"),
	}
}

// names are those of relations, on the side that side returns.
func names(list []plan.Relation, side func(plan.Relation) plan.Name) []plan.Name {
	out := make([]plan.Name, len(list))
	for i, r := range list {
		out[i] = side(r)
	}
	return out
}

// nodes are the unique ids of relations.
func nodes(list []plan.Relation) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Node
	}
	return out
}

func built(r plan.Relation) plan.Name      { return r.Build }
func production(r plan.Relation) plan.Name { return r.Publish }

// ofType are the relations of the scope that are of one type. They are asked for often, and found once.
func (p *planner) ofType(t plan.Type) []plan.Relation {
	if p.types == nil {
		counts := map[plan.Type]int{}
		for i := range p.out.Scope {
			counts[p.out.Scope[i].Type]++
		}
		p.types = map[plan.Type][]plan.Relation{}
		for _, t := range []plan.Type{plan.Table, plan.View, plan.MaterializedView} {
			p.types[t] = make([]plan.Relation, 0, counts[t])
		}
		for _, r := range p.out.Scope {
			p.types[r.Type] = append(p.types[r.Type], r)
		}
	}
	return slices.Clip(p.types[t])
}
