package mirror

import (
	"path"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// folder is where the models of a mirror are written.
func (l *layers) folder(m config.Mirror) string {
	switch {
	case m.Path.Value != "":
		return m.Path.Value
	case len(l.roots) > 0 && !slices.Contains(l.roots, "models/"):
		return path.Join(l.roots[0], m.Name.Value)
	}
	return path.Join("models", m.Name.Value)
}

// checkPlace refuses a folder in which dbt looks for no models, and a database that some target cannot read.
func (l *layers) checkPlace(m config.Mirror, out plan.Mirror) {
	inRoot := func(root string) bool { return strings.HasPrefix(out.Folder+"/", root) }
	if len(l.roots) > 0 && !slices.ContainsFunc(l.roots, inRoot) {
		l.errorf(config.OutputPath, m, m.Path.Span, "choose a folder below "+strings.Join(l.roots, " or "), "the models of %s would be written to %s, and dbt finds the project's in %s", out.Name, out.Folder, strings.Join(l.roots, ", "))
	}
	if l.wh == nil || l.wh.Can().ReadsDatabases {
		return
	}
	for _, other := range l.config.Environments {
		if l.wh.Fold(other.Database.Value) != l.wh.Fold(out.Place.Database) {
			at := m.Database.Span
			if m.Database.Value == "" {
				at = m.Environment.Span
			}
			l.errorf(config.Unsupported, m, at, "keep the copies in the database that all environments share, or leave the other environment out",
				"the copies of %s are in the database %s, and a query of this warehouse reads one database: %s is in %s", out.Name, out.Place.Database, other.Name.Value, other.Database.Value)
			return
		}
	}
}

// quoted are the parts of names that dbt quotes, where that matters.
func (l *layers) quoted() plan.Parts {
	var parts plan.Parts
	for _, p := range []struct {
		key  string
		part plan.Parts
	}{{"database", plan.QuotedDatabase}, {"schema", plan.QuotedSchema}, {"identifier", plan.QuotedIdentifier}} {
		if l.wh != nil && l.wh.Can().KeepsQuoting && quotes(l.all.Manifest.Metadata, p.key) {
			parts |= p.part
		}
	}
	return parts
}

// clustered takes over how a copy is partitioned and clustered, where the warehouse has that.
func (l *layers) clustered(m config.Mirror, n *manifest.Node, t config.MirrorTable, out *plan.Copied) {
	partitions, clusters := false, false
	if l.wh != nil {
		partitions, clusters = l.wh.Can().Partitions, l.wh.Can().Clusters
	}
	if field := t.Partition.Field; field.Value != "" {
		if !partitions {
			l.errorf(config.Unsupported, m, field.Span, "remove it", "%s says partition_by, and this warehouse has no partitions that dbtwac knows", n.ID)
		}
		out.Partition = &plan.Partition{Field: field.Value, DataType: t.Partition.DataType, Granularity: t.Partition.Granularity, Range: t.Partition.Range}
	}
	for _, column := range t.Cluster {
		if !clusters {
			l.errorf(config.Unsupported, m, column.Span, "remove it", "%s says cluster_by, and this warehouse has no clusters that dbtwac knows", n.ID)
			return
		}
		out.Cluster = append(out.Cluster, column.Value)
	}
}

// modelRoots are the folders that the root package's models are in, with a slash at their end, as the manifest shows them.
func modelRoots(p *project.Project) []string {
	var roots []string
	for _, n := range p.Nodes {
		if n.Kind != manifest.Model || n.Package != p.Name() || n.Path == "" {
			continue
		}
		path := strings.ReplaceAll(n.Path, `\`, "/") // written on Windows
		if root, ok := strings.CutSuffix(n.OriginalFilePath, path); ok && !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	return roots
}
