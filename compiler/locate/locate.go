// Package locate finds in the project's files the places that a finding is about: the config of a model, the properties of a source.
//
// It reads no more than it shows, and understands neither Jinja nor YAML: it looks for the line that a person would look for. Where
// it finds none, the place is the beginning of the file.
package locate

import (
	"path"
	"regexp"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// most is how many places of a finding are shown; the nodes behind them are named in its message, or in PLAN.md.
const most = 5

// Findings returns l with a Related place for each node that a finding names in Nodes, where the tree has its file. A nil tree has none.
func Findings(l diag.List, p *project.Project, tree *source.Tree) diag.List {
	if tree == nil || p == nil {
		return l
	}
	out := make(diag.List, len(l))
	files := map[string]*source.File{}
	for i, d := range l {
		out[i] = d
		for _, id := range d.Nodes[:min(len(d.Nodes), most)] {
			id, _, _ = strings.Cut(id, " ")
			n := p.Node(id)
			if n == nil {
				continue
			}
			if at, ok := place(n, d.Word, p, tree, files); ok {
				out[i].Related = append(out[i].Related[:len(out[i].Related):len(out[i].Related)], diag.Related{Span: at, Message: id})
			}
		}
	}
	return out
}

// place is where somebody would edit a node: at a word of its own file, or at its name in its properties.
func place(n *manifest.Node, word string, p *project.Project, tree *source.Tree, files map[string]*source.File) (source.Span, bool) {
	if n.Package != p.Name() || n.OriginalFilePath == "" { // a package's files are not the user's to edit
		return source.Span{}, false
	}
	read := func(name string) *source.File {
		if f, known := files[name]; known {
			return f
		}
		f, _ := tree.Read(path.Clean(name)) // what cannot be read is not shown
		files[name] = f
		return f
	}
	own := read(n.OriginalFilePath)
	if own == nil {
		return source.Span{}, false
	}
	if n.Kind == manifest.Operation { // of on-run-start or on-run-end, in dbt_project.yml
		at, _ := find(own, "on_run_"+map[bool]string{true: "start", false: "end"}[strings.Contains(n.Name, "-on-run-start-")])
		return at, at.File != nil
	}
	if isYAML(n.OriginalFilePath) { // a source; a generic test, which stands below what it tests
		name := n.Name
		if attached, _ := n.Raw.Get("attached_node").Str(); attached != "" {
			if tested := p.Node(attached); tested != nil {
				name = tested.Name
			}
		}
		return named(own, name), true
	}
	if at, ok := find(own, word); ok {
		return at, true
	}
	if _, properties, ok := strings.Cut(n.PatchPath, "://"); ok && word != "" {
		if f := read(properties); f != nil {
			if at := named(f, n.Name); at.Start > 0 {
				return at, true
			}
		}
	}
	return source.At(own, 0, 0), true
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml")
}

// find is the first place of a word in a file; a hyphen and an underscore are one.
func find(f *source.File, word string) (source.Span, bool) {
	if word == "" {
		return source.Span{}, false
	}
	pattern := regexp.MustCompile(`\b` + strings.ReplaceAll(regexp.QuoteMeta(word), "_", "[_-]") + `\b`)
	at := pattern.FindStringIndex(f.Text)
	if at == nil {
		return source.Span{}, false
	}
	return source.At(f, at[0], at[1]), true
}

// named is the first line of properties that gives a name to something, or the file's beginning.
func named(f *source.File, name string) source.Span {
	pattern := regexp.MustCompile(`(?m)^[ \t-]*name:[ \t]*["']?(` + regexp.QuoteMeta(name) + `)["']?[ \t]*(?:#.*)?$`)
	if at := pattern.FindStringSubmatchIndex(f.Text); at != nil {
		return source.At(f, at[2], at[3])
	}
	return source.At(f, 0, 0)
}
