package naming

import (
	"fmt"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// CompareManifests reports in what an environment's own manifest is another project than the one that is planned with, as
// warnings of DW231: relations that only one of them has, and those that are materialized in two ways.
func (n *Namer) CompareManifests(p *project.Project) diag.List {
	var diags diag.List
	for _, e := range n.config.Environments {
		m := n.own[e.Name.Value]
		if m == nil || m == p.Manifest {
			continue
		}
		if differences := differences(p, m); len(differences) > 0 {
			diags.Add(diag.Diagnostic{
				Code: Unproven, Severity: diag.Warning, Span: e.Manifest.Span, Path: "environments." + e.Name.Value,
				Message: fmt.Sprintf("%s and %s do not hold the same project: %s", p.Manifest.File.Name, m.File.Name, strings.Join(differences, "; ")),
				Hint:    "parse both from one checkout; what is enabled or materialized by target cannot be published as it was built",
			})
		}
	}
	return diags
}

func differences(p *project.Project, m *manifest.Manifest) []string {
	var here, there, otherwise []string
	for _, n := range p.Nodes {
		if !IsWritten(n) {
			continue
		}
		i, ok := m.IndexMap()[n.ID]
		switch {
		case !ok:
			here = append(here, n.ID)
		case n.Config.Materialized != m.Nodes[i].Config.Materialized:
			otherwise = append(otherwise, fmt.Sprintf("%s (%s and %s)", n.ID, n.Config.Materialized, m.Nodes[i].Config.Materialized))
		}
	}
	for _, n := range m.Nodes {
		if IsWritten(n) && p.Node(n.ID) == nil {
			there = append(there, n.ID)
		}
	}
	var list []string
	for _, part := range []struct {
		says  string
		nodes []string
	}{{"only in the first are ", here}, {"only in the second are ", there}, {"materialized otherwise are ", otherwise}} {
		if len(part.nodes) > 0 {
			list = append(list, part.says+diag.Shorten(part.nodes, ", "))
		}
	}
	return list
}
