package naming

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
)

// Compare replays the parse: it compares the names of the manifest with those that the rules give under the environment that it
// was parsed for, and reports DW106. fold is how the warehouse compares identifiers.
//
// A difference is an error, except where the manifest was parsed without the macros that dbtwac writes, or with others: then it
// is a note of what will move. strict makes that an error too.
func (n *Namer) Compare(p *project.Project, fold func(string) string, strict bool) diag.List {
	at := n.config.ManifestEnvironment
	e, ok := n.config.Environment(at.Value)
	if !ok || e.Naming == config.NamingManifest && e.Manifest.Value == "" {
		return nil
	}
	moved := n.Misfits(p, e, fold)
	stale := n.stale(p.Manifest, strict && len(moved) == 0)
	d := diag.Diagnostic{Code: Replay, Severity: diag.Error, Span: at.Span, Path: "manifest_environment"}
	switch {
	case len(moved) == 0 && (stale == "" || !strict):
		return nil
	case stale != "":
		if !strict {
			d.Severity = diag.Note
		}
		d.Message = fmt.Sprintf("the manifest was parsed %s: %s", stale, will(moved))
		d.Hint = "let dbt parse the project with the macro in it, then compile again: dbt parse --target " + e.Target.Value
	default:
		d.Message = fmt.Sprintf("under %s the names of %d relations are not those of the manifest: %s", e.Name.Value, len(moved), diag.Shorten(moved, "; "))
		d.Hint = n.fitting(p, e, fold)
	}
	return diag.List{d}
}

// OwnSchemaMacro is where the project's own generate_schema_name stands, by name and file, or "" where dbt's decides.
func (n *Namer) OwnSchemaMacro() string {
	if n.macros.schema == nil {
		return ""
	}
	return n.macros.schema.name + " of " + n.macros.schema.path
}

// Misfits lists the relations that the manifest names otherwise than Of does under e, each as a sentence.
func (n *Namer) Misfits(p *project.Project, e config.Environment, fold func(string) string) []string {
	var list []string
	for _, node := range p.Nodes {
		if !IsWritten(node) {
			continue
		}
		name, err := n.Of(node, e)
		if err != nil {
			list = append(list, node.ID+", whose name is not known, because "+err.Error())
			continue
		}
		was := Name{node.Database, node.Schema, node.Alias}
		if fold(name.Database) != fold(was.Database) || fold(name.Schema) != fold(was.Schema) || fold(name.Identifier) != fold(was.Identifier) {
			list = append(list, fmt.Sprintf("%s, %s in the manifest and %s by the rules", node.ID, was.shown(name), name.shown(was)))
		}
	}
	return list
}

// shown is the part of a name in which it differs from another.
func (name Name) shown(other Name) string {
	s := name.Schema + "." + name.Identifier
	if name.Database != other.Database {
		s = name.Database + "." + s
	}
	return s
}

// stale says how the manifest's macros differ from those that are written, or "". Those that name nothing, such as ref, explain
// no difference of names, and are looked at only if all is asked for.
func (n *Namer) stale(m *manifest.Manifest, all bool) string {
	for _, macro := range Written(n.config) {
		if !all && !slices.Contains(kinds, macro.Name) {
			continue
		}
		found := ""
		for _, there := range m.Macros {
			if there.Package == m.Metadata.Project && there.Name == macro.Name && there.Raw.Kind() != jsondoc.Missing {
				found, _ = there.Raw.Get("macro_sql").Str()
			}
		}
		switch {
		case found == "":
			return "without the macro " + macro.Name + " that dbtwac writes"
		case strings.TrimSpace(strings.ReplaceAll(found, "\r\n", "\n")) != macro.Text:
			return "with another macro " + macro.Name + " than the one that dbtwac writes now"
		}
	}
	return ""
}

// fitting names the rules under which nothing would differ.
func (n *Namer) fitting(p *project.Project, e config.Environment, fold func(string) string) string {
	var fit []string
	for _, rule := range Rules {
		if rule == e.Naming {
			continue
		}
		other := e
		other.Naming = rule
		if len(n.Misfits(p, other, fold)) == 0 {
			fit = append(fit, "naming: "+string(rule))
		}
	}
	if len(fit) > 0 {
		return strings.Join(fit, " or ") + " fits the manifest"
	}
	return "was the manifest parsed for the target " + e.Target.Value + ", with this database and schema? no other naming fits it; naming: manifest takes its names as they are"
}

// Rules are the namings that can be compared with a manifest, the plainest first.
var Rules = []config.Naming{config.NamingDefault, config.NamingCustom, config.NamingSingle, config.NamingProject}

func will(moved []string) string {
	if len(moved) == 0 {
		return "its names are the same"
	}
	return fmt.Sprintf("%d relations will move: %s", len(moved), diag.Shorten(moved, "; "))
}
