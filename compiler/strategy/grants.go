package strategy

import (
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// grant is a privilege and the roles that have it.
type grant struct {
	privilege string
	roles     []string
}

// grants gives readers, and whom the nodes' own config names, their privileges on relations, and the use of their schemas.
func (p *planner) grants(list []plan.Relation) []plan.Statement {
	if !p.wh.Can().Roles {
		return nil
	}
	var out []plan.Statement
	var seen []plan.Schema
	for _, r := range list {
		for _, g := range p.privileges(r) {
			roles := strings.Join(g.roles, ", ")
			s := p.grantStatement(r.Node, "grant "+g.privilege+" on "+shown(r.Publish)+" to "+roles)
			if p.restoresGrants() { // else what was there keeps them, or gets them again, and what was not is dropped
				s.Undo = undo(several(p.wh.Revoke(g.privilege, r.Type, r.Publish, g.roles), plan.Statement{ // who had it before gets it back with what was kept
					When: p.wh.Exists(r.Publish), Node: r.Node, Effect: plan.Grants,
					Comment: "revoke " + g.privilege + " on " + shown(r.Publish) + " from " + roles, Undo: none("publish again"),
				})...)
			}
			out = append(out, several(p.wh.Grant(g.privilege, r.Type, r.Publish, g.roles), s)...)
		}
		if s := plan.SchemaOf(r.Publish); len(p.out.Readers) > 0 && !slices.Contains(seen, s) {
			seen = append(seen, s)
			out = append(out, several(p.wh.GrantUsage(s, p.out.Readers), p.grantStatement("", "let readers use the schema "+s.Schema))...)
		}
	}
	return out
}

// granteesRead asserts that everybody has what readers and config.grants promise, where the warehouse can be asked. A role may have lost
// the schema, or belong to somebody else by now; nothing but a query shows that.
func (p *planner) granteesRead(list []plan.Relation) []plan.Statement {
	var promised []warehouse.Privilege
	var schemas []plan.Schema
	for _, r := range list {
		for _, g := range p.privileges(r) {
			promised = append(promised, warehouse.Privilege{Privilege: g.privilege, Name: r.Publish, Roles: g.roles})
		}
		if s := plan.SchemaOf(r.Publish); !slices.Contains(schemas, s) {
			schemas = append(schemas, s)
		}
	}
	query := p.wh.Lacking(promised, schemas, p.out.Readers)
	if !p.wh.Can().Roles || query == "" {
		return nil
	}
	return []plan.Statement{p.assertNone(query, "dbtwac: somebody does not have what readers and config.grants promise: ", "everybody has what readers and config.grants promise")}
}

// restoresGrants reports whether the privileges on what is made again were kept.
func (p *planner) restoresGrants() bool {
	sql, _ := p.wh.RestoreGrants(p.out.State, p.out.Name, plan.Name{})
	return sql != ""
}

// grantedAgain gives, at the end of a rollback, the privileges that are known to what it has made anew, where none were kept.
func (p *planner) grantedAgain() []plan.Statement {
	if !p.wh.Can().Roles || p.restoresGrants() {
		return nil
	}
	var out []plan.Statement
	for _, r := range p.out.Scope {
		for _, g := range p.privileges(r) {
			s := p.grantStatement(r.Node, "grant "+g.privilege+" on "+shown(r.Publish)+" to "+strings.Join(g.roles, ", ")+" again")
			s.When, s.Undo = p.wh.Is(r.Was, r.Publish), none("publish again")
			out = append(out, several(p.wh.Grant(g.privilege, r.Was, r.Publish, g.roles), s)...)
		}
	}
	return out
}

// grantStatement is one that gives a privilege, as far as it is the same for all.
func (p *planner) grantStatement(node, comment string) plan.Statement {
	return plan.Statement{Node: node, Effect: plan.Grants, Comment: comment, Undo: none("who may use the schema may go on using it")}
}

// privileges are what a relation's readers need, and what its config grants, as far as that is the same under every target.
func (p *planner) privileges(r plan.Relation) []grant {
	var list []grant
	if len(p.out.Readers) > 0 {
		list = append(list, grant{p.wh.ReadPrivilege(), p.out.Readers})
	}
	n := p.project.Node(r.Node)
	if n == nil || !n.Config.HasGrants || naming.GrantsMove(n) {
		return list
	}
	for it := n.Config.Raw.Get("grants").Entries(); it.Next(); {
		roles, ok := it.Value().Strings()
		if !ok {
			roles = []string{it.Value().Text()}
		}
		roles = slices.DeleteFunc(roles, func(role string) bool { return role == "" })
		for _, role := range roles {
			if err := p.wh.CarriesRole(role); err != nil {
				p.errorf(config.WrongValue, p.deployment.Name, "grant it to another role", "config.grants of %s names the role %q: %v", n.ID, role, err)
			}
		}
		if len(roles) > 0 && p.wh.IsPrivilege(it.Key()) {
			list = append(list, grant{it.Key(), roles})
		}
	}
	return list
}

// granted are those of list on which somebody gets a privilege.
func (p *planner) granted(list []plan.Relation) []plan.Relation {
	if !p.wh.Can().Roles {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(r plan.Relation) bool { return len(p.privileges(r)) == 0 })
}
