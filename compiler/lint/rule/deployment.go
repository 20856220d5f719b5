package rule

import (
	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/warehouse"
)

// Finding is the beginning of a diagnostic about a deployment as a whole.
func (p *Pass) Finding(code diag.Code, severity diag.Severity, d plan.Deployment) diag.Diagnostic {
	return diag.Diagnostic{Code: code, Severity: severity, Span: p.Deployment(d.Name).Span, Path: "deployments." + d.Name}
}

// MirrorFinding is likewise the beginning of one about a mirror.
func (p *Pass) MirrorFinding(code diag.Code, severity diag.Severity, m plan.Mirror) diag.Diagnostic {
	d := diag.Diagnostic{Code: code, Severity: severity, Path: "mirrors." + m.Name}
	for _, asked := range p.Config.Mirrors {
		if asked.Name.Value == m.Name {
			d.Span = asked.Name.Span
		}
	}
	return d
}

// Asked is the deployment as dbtwac.yml asks for it.
func (p *Pass) Asked(d plan.Deployment) config.Deployment {
	for _, asked := range p.Config.Deployments {
		if asked.Name.Value == d.Name {
			return asked
		}
	}
	return config.Deployment{}
}

// Sides are the environments of a deployment.
func (p *Pass) Sides(d plan.Deployment) (build, publish config.Environment) {
	build, _ = p.Config.Environment(d.Build.Name)
	publish, _ = p.Config.Environment(d.Publish.Name)
	return build, publish
}

// InScope lists the unique ids of the published nodes that keep holds for, each once, in the order of the scope.
func (p *Pass) InScope(d plan.Deployment, keep func(r plan.Relation, n *manifest.Node) bool) []string {
	seen := map[string]bool{}
	var ids []string
	for i := range d.Scope {
		r := &d.Scope[i]
		if n := p.Project.Node(r.Node); n != nil && !seen[r.Node] && keep(*r, n) {
			seen[r.Node] = true
			ids = append(ids, r.Node)
		}
	}
	return ids
}

// IsView reports whether a relation holds a query, and no rows that a copy could take.
func IsView(r plan.Relation) bool { return r.Type == plan.View || r.Type == plan.MaterializedView }

// IsSwap reports whether the deployment exchanges whole schemas.
func IsSwap(d plan.Deployment) bool { return d.Strategy == string(config.BlueGreen) }

// SameName reports whether n is called the same on both sides of a deployment.
func (p *Pass) SameName(d plan.Deployment, n *manifest.Node) bool {
	build, publish := p.Sides(d)
	here, known := p.KeyOf(n, build)
	there, alsoKnown := p.KeyOf(n, publish)
	return known && alsoKnown && here == there
}

// TakesAll reports whether what is published is a clone or a copy of the whole table that was built, and not of its rows alone.
func TakesAll(d plan.Deployment) bool {
	return d.Method == string(warehouse.Clone) || d.Method == string(warehouse.Copy)
}

// IsKept reports whether n is called the same on both sides because naming: audit keeps its custom schema (DW223, and not DW222).
func (p *Pass) IsKept(d plan.Deployment, n *manifest.Node) bool {
	build, _ := p.Sides(d)
	if d.Strategy != string(config.WriteAuditPublish) || build.Naming != config.NamingAudit || !n.Config.HasSchema {
		return false
	}
	for _, keep := range build.Audit.Keep {
		if keep == n.Config.Schema {
			return p.SameName(d, n)
		}
	}
	return false
}

var snapshotTarget = naming.NewKeys("target_schema", "target_database", "target_dataset", "target_project")

// IsFixed reports whether n is a snapshot whose own config nails it to one place under every target (DW216, and not DW222).
func (p *Pass) IsFixed(d plan.Deployment, n *manifest.Node) bool {
	if n.Kind != manifest.Snapshot || d.Build.Name == d.Publish.Name {
		return false
	}
	schema, _ := n.Config.Raw.Get("target_schema").Str()
	database, _ := n.Config.Raw.Get("target_database").Str()
	if schema == "" && database == "" || snapshotTarget.Unrendered(n) != "" || snapshotTarget.InFile(n) != "" {
		return false
	}
	return p.SameName(d, n)
}

// Hooks lists the texts of a node's hooks under key, pre-hook or post-hook.
func Hooks(n *manifest.Node, key string) []string {
	if !n.Config.HasHooks {
		return nil
	}
	var list []string
	for it := n.Config.Raw.Get(key).Items(); it.Next(); {
		v := it.Value()
		if v.Kind() == jsondoc.Object {
			v = v.Get("sql")
		}
		if text := v.Text(); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// IsSQL reports whether n's code is SQL. Old manifests name no language.
func IsSQL(n *manifest.Node) bool { return n.Language == "" || n.Language == "sql" }
