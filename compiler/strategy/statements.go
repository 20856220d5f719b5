package strategy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/plan"
)

// group is an empty group on the build environment's connection, as one transaction.
func (p *planner) group(name string) plan.Group {
	return plan.Group{Name: name, Environment: p.build.Name.Value, Atomic: true, Open: p.wh.Begin(), Close: p.wh.Commit()}
}

// assertNone is a statement that fails with message and what query finds, unless it finds nothing.
func (p *planner) assertNone(query, message, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.AssertNone(query, p.wh.Literal(message)), Comment: "check: " + comment, Effect: plan.Asserts, Undo: none("reads only"),
	}
}

func none(why string) plan.Undo { return plan.Undo{None: why} }

// assert is a statement that fails with message unless condition holds; both are SQL.
func (p *planner) assert(node, condition, message, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.Assert(condition, message), Comment: "check: " + comment, Node: node, Effect: plan.Asserts, Undo: none("reads only"),
	}
}

// schemas makes the schemas of names, each once.
func (p *planner) schemas(names []plan.Name) []plan.Statement {
	var seen []plan.Schema
	var list []plan.Statement
	for _, n := range names {
		s := plan.Schema{Database: n.Database, Schema: n.Schema}
		if !slices.Contains(seen, s) {
			seen = append(seen, s)
			list = append(list, p.createSchema(s, "make the schema "+s.Schema))
		}
	}
	return list
}

func (p *planner) createSchema(s plan.Schema, comment string) plan.Statement {
	return plan.Statement{
		SQL: p.wh.CreateSchema(s), Comment: comment, Effect: plan.Creates,
		Undo: none("an empty schema does no harm, and others may have put something into it"),
	}
}

// backup is where a published relation is kept for rollback: one place a relation, replaced by each publish.
func (p *planner) backup(name plan.Name) plan.Name {
	parts := []string{p.out.Name, name.Schema, name.Identifier}
	joined := strings.Join(parts, "__")
	// Joining is unique unless a part has underscores where the joints are.
	for _, part := range parts {
		if strings.Contains(part, "__") || strings.HasPrefix(part, "_") || strings.HasSuffix(part, "_") {
			sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
			joined += "__" + hex.EncodeToString(sum[:4])
			break
		}
	}
	return plan.Name{Database: p.out.State.Database, Schema: p.out.State.Schema, Identifier: joined}
}

// shown is a relation's name in comments and messages: the database is the same throughout.
func shown(n plan.Name) string { return n.Schema + "." + n.Identifier }
