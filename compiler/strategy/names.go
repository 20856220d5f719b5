package strategy

import (
	"errors"
	"fmt"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
)

// doubts are the relations of one environment whose names are not as they have to be, and why the first of them is not.
type doubts struct {
	nodes []string
	first error
}

func (d *doubts) add(n *manifest.Node, err error) {
	if d.first == nil {
		d.first = err
	}
	d.nodes = append(d.nodes, n.ID)
}

// name is n's name under e; ok is false where it cannot be known. Where readers are, dbt has to be proven to use the name; where
// it is built, the guard proves that at run time, and only a name that is known to be another one is a doubt.
func (p *planner) name(n *manifest.Node, e config.Environment, d *doubts) (name plan.Name, ok bool) {
	of, err := p.names.Of(n, e)
	if err != nil {
		d.add(n, err)
		return plan.Name{}, false
	}
	name = plan.Name{Database: of.Database, Schema: of.Schema, Identifier: of.Identifier}
	if p.wh.Can().KeepsQuoting {
		name.Quoted = p.quoted(n, e)
	}
	if err := p.wh.Carries(name); err != nil {
		d.add(n, err)
	}
	if most := p.wh.Can().MaxIdentifier; most > 0 && max(len(of.Schema), len(of.Identifier)) > most {
		d.add(n, fmt.Errorf("a name there has at most %d bytes, and what is longer is cut", most))
	}
	if p.wh.Can().LowersUnquoted && movesUnquoted(n.RelationName) {
		d.add(n, errUnquoted)
	}
	err = p.names.Proven(n, e)
	if err != nil && (naming.IsWrong(err) || e.Name.Value == p.publish.Name.Value) {
		d.add(n, err)
	}
	return name, true
}

// quoted are the parts of n's name that dbt quotes under e, where that matters.
func (p *planner) quoted(n *manifest.Node, e config.Environment) plan.Parts {
	if !p.wh.Can().KeepsQuoting {
		return 0
	}
	return quotedParts(p.names.In(n, e).RelationName)
}

// quotedParts are the parts of a relation_name that dbt has quoted; of two parts the first is the schema.
func quotedParts(relation string) plan.Parts {
	var quoted []bool
	inside, begins := false, true
	for _, c := range relation {
		if begins {
			quoted = append(quoted, c == '"')
		}
		if c == '"' {
			inside = !inside
		}
		begins = c == '.' && !inside
	}
	var parts plan.Parts
	for i, part := range []plan.Parts{plan.QuotedIdentifier, plan.QuotedSchema, plan.QuotedDatabase} {
		if at := len(quoted) - 1 - i; at >= 0 && quoted[at] {
			parts |= part
		}
	}
	return parts
}

var errUnquoted = errors.New("dbt does not quote it, and the warehouse takes an unquoted name for one in lower case; say quoting: true for it, or write it in lower case")

// movesUnquoted reports whether a relation_name has an unquoted part that is another name in lower case.
func movesUnquoted(relation string) bool {
	quoted := false
	for _, c := range relation {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && 'A' <= c && c <= 'Z' {
			return true
		}
	}
	return false
}

func (p *planner) reportNames() {
	for _, side := range []struct {
		at config.Text
		d  doubts
	}{{p.deployment.Build, p.buildNames}, {p.deployment.Publish, p.publishNames}} {
		if len(side.d.nodes) > 0 {
			hint := "let dbtwac write the macro, with macros: {generate_schema_name: true}; or say naming: project, if the project's own macro is right; or give " + side.at.Value + " a manifest of its own"
			if e, _ := p.config.Environment(side.at.Value); e.Naming == config.NamingManifest {
				hint = "let dbt parse the same project for " + side.at.Value + " again, or exclude them"
			}
			p.errorf(naming.Unproven, side.at, hint,
				"the names of %s in %s are not proven: %s; %s", count(len(side.d.nodes), "relation"), side.at.Value, diag.Shorten(side.d.nodes, ", "), side.d.first)
		}
	}
}
