package strategy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// settings resolves what the deployment leaves to the warehouse, and refuses what the warehouse does not have. It reports whether
// there is something to plan.
func (p *planner) settings() bool {
	can, d := p.wh.Can(), p.deployment
	before := len(p.diags)

	p.method = can.Methods[0]
	switch {
	case d.Method.Value != "":
		p.method = warehouse.Method(d.Method.Value)
	case d.Strategy != config.WriteAuditClone && slices.Contains(can.Methods, warehouse.Copy): // where clones go out, or none are made
		p.method = warehouse.Copy
	}
	if !slices.Contains(can.Methods, p.method) {
		var methods []string
		for _, m := range can.Methods {
			methods = append(methods, string(m))
		}
		p.errorf(config.Unsupported, d.Method, "use "+strings.Join(methods, " or "), "this warehouse does not publish by the method %s", p.method)
	}

	if d.Strategy != config.BlueGreen {
		p.out.Method = string(p.method)
	}

	p.views = config.ViewsRebuild
	if can.RecreateViews {
		p.views = config.ViewsRecreate
	}
	p.views = cmp.Or(d.Views, p.views)

	p.connection = d.Build.Value
	if d.PublishAs.Value == "publish" || d.PublishAs.Value == "" && d.Strategy == config.WriteAuditPublish {
		p.connection = d.Publish.Value
	}

	for _, reader := range d.Readers {
		p.out.Readers = append(p.out.Readers, reader.Value)
	}
	cannotBe := "whoever runs a statement cannot be someone else for it"
	if !can.Roles {
		cannotBe = "whoever can open the database can do everything in it"
	}
	for _, needs := range []struct {
		has       bool
		key       config.Text
		name, why string
	}{
		{can.Roles, config.Text{Value: strings.Join(p.out.Readers, ", "), Span: d.Name.Span}, "readers", "whoever can open the database can do everything in it"},
		{can.SetsRole, d.Role, "role", cannotBe},
		{can.LockTimeout, d.LockTimeout, "lock_timeout", "no statement of a publish waits for a lock"},
	} {
		if needs.key.Value != "" && !needs.has {
			p.errorf(config.Unsupported, needs.key, "remove "+needs.name, "this warehouse has nothing that %s could mean: %s", needs.name, needs.why)
		}
	}
	for _, name := range []plan.Name{{Database: d.StateDatabase.Value, Quoted: quotedWhole}, {Schema: d.StateSchema.Value, Quoted: quotedWhole}} {
		if err := p.wh.Carries(name); err != nil {
			p.errorf(config.WrongValue, d.StateSchema, "use another name", "%s has the name %q: %v", p.out.Name, name.Database+name.Schema, err)
		}
	}
	for _, role := range append([]config.Text{d.Role}, d.Readers...) {
		if role.Value == "" {
			continue
		}
		if err := p.wh.CarriesRole(role.Value); err != nil {
			p.errorf(config.WrongValue, role, "use another name", "%s has the name %q: %v", p.out.Name, role.Value, err)
		}
	}
	p.locations()
	if !can.TwoDatabases && p.wh.Fold(p.out.State.Database) != p.wh.Fold(p.publish.Database.Value) {
		p.errorf(config.Unsupported, d.StateDatabase, "remove state.database", "this warehouse writes to one database in a transaction, and the ledger is part of it")
	}
	if d.StateDir.Value != "" && d.Strategy != config.ProductionRollback {
		p.errorf(config.Unsupported, d.StateDir, "remove it, or use production_rollback", "state_dir says where production_rollback defers to, and %s builds what it reads", p.out.Strategy)
	}
	return len(p.diags) == before
}

// quotedWhole is a name in quotes: what does not need any is not refused for the want of them.
const quotedWhole = plan.QuotedDatabase | plan.QuotedSchema | plan.QuotedIdentifier

// locations refuses what a location cannot mean, and two of them: nothing is copied from one to another.
func (p *planner) locations() {
	p.out.Location = p.publish.Location.Value
	for _, e := range []config.Environment{p.build, p.publish} {
		if e.Location.Value != "" && !p.wh.Can().Located {
			p.errorf(config.Unsupported, e.Location, "remove location", "this warehouse has nothing that location could mean")
			return
		}
	}
	if !strings.EqualFold(p.build.Location.Value, p.publish.Location.Value) {
		p.errorf(config.Unsupported, p.publish.Location, "build in the location of what readers use, and say it in both environments",
			"%s is in the location %q and %s in %q, and no statement copies from one to the other", p.build.Name.Value, p.build.Location.Value, p.publish.Name.Value, p.publish.Location.Value)
	}
}

// leaveBehind are the relations of production that a publish may take away.
func (p *planner) leaveBehind() []plan.Name {
	var names []plan.Name
	for _, text := range p.deployment.LeaveBehind {
		schema, identifier, ok := strings.Cut(text.Value, ".")
		if !ok || schema == "" || identifier == "" {
			p.errorf(config.WrongValue, text, "write schema.name", "leave_behind has %q, which is no relation", text.Value)
			continue
		}
		names = append(names, plan.Name{Database: p.publish.Database.Value, Schema: schema, Identifier: identifier})
	}
	return names
}

func (p *planner) lockTimeout() string { return cmp.Or(p.deployment.LockTimeout.Value, "5s") }
