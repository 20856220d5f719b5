package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/ignore"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/switching"
)

// StillRead is the code of what still reads a mirrored source.
const StillRead diag.Code = "DW301"

// Switched is one file of the project in which what read sources reads their copies.
type Switched struct {
	Path     string // relative to the project
	Old, New string // the whole text, byte for byte
	Calls    int    // how many were replaced
}

// Switch replaces source() by ref() in every file of the root package that reads a mirrored source. Which files these are comes from
// the graph, and their text from the tree, which may be newer than the manifest. What cannot be replaced safely is a DW301 at its
// line; so is what stands in the files of another package, which the next dbt deps would undo.
//
// What the user has accepted as a DW301 is neither asked to change nor named; a call in a file that others read for is replaced all
// the same.
func Switch(p *project.Project, mirrors []plan.Mirror, ignored *ignore.List, tree *source.Tree) ([]Switched, diag.List, error) {
	s := switcher{project: p, tree: tree, models: map[[2]string]string{}, macros: macrosByID(p), calls: map[string][]macroCall{}, named: map[place]*macroCall{}}
	readers := map[string][]Reader{} // by file
	var files []string
	for _, m := range mirrors {
		for _, c := range m.Models {
			s.models[c.Arguments] = c.Name
		}
		for _, r := range Readers(p, m) {
			file := path.Clean(r.Node.OriginalFilePath)
			if len(ignored.Kept(StillRead, []string{r.Node.ID})) == 0 {
				continue
			}
			if r.Node.Package != p.Name() {
				s.report(r.Node.Raw.Head().Span(), r.Node.Place(), fmt.Sprintf("%s is of the package %s, whose files are not ours to change", r.Node.ID, r.Node.Package),
					"turn it off in dbt_project.yml and have a model of your own in its place, tell the package where its sources are by its vars, or accept it with lint.ignore")
				continue
			}
			if readers[file] == nil {
				files = append(files, file)
			}
			readers[file] = append(readers[file], r)
		}
	}
	slices.Sort(files)
	var list []Switched
	for _, file := range files {
		switched, err := s.file(file, readers[file])
		if err != nil {
			return nil, nil, err
		}
		if switched.Calls > 0 {
			list = append(list, switched)
		}
	}
	for _, at := range s.places {
		by := s.named[at]
		s.report(by.span, "", "this call of source() stands in a macro, which is not changed, and by which these read mirrored sources: "+strings.Join(by.readers, ", "), "write ref() of the copy in its place by hand")
	}
	if len(s.older) > 0 {
		s.diags.Add(diag.Diagnostic{
			Code: StillRead, Severity: diag.Note, Span: source.At(p.Manifest.File, 0, 0),
			Message: "the manifest is older than files that name the copies already: " + diag.Shorten(s.older, ", "), Hint: "let dbt parse the project: dbt parse",
		})
	}
	return list, s.diags, nil
}

type switcher struct {
	project *project.Project
	tree    *source.Tree
	models  map[[2]string]string // arguments of source() -> name of the copy
	macros  map[string]*manifest.Macro
	calls   map[string][]macroCall // of a file of macros, once it was read
	named   map[place]*macroCall
	places  []place  // of these, in the order in which they were found
	older   []string // files that name copies, where the manifest says that they read the sources
	diags   diag.List
}

func (s *switcher) mirrored(name, table string) (string, bool) {
	model, ok := s.models[[2]string{name, table}]
	return model, ok
}

func (s *switcher) file(name string, readers []Reader) (Switched, error) {
	file, err := s.tree.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		s.report(readers[0].Node.Raw.Head().Span(), readers[0].Node.Place(), name+", which "+readers[0].Node.ID+" stands in, is not there", "let dbt parse the project again, or run it in the folder of dbt_project.yml")
		return Switched{}, nil
	}
	if err != nil {
		return Switched{}, err
	}
	result := s.switched(file, readers)
	found, dynamic := map[[2]string]bool{}, false
	for _, e := range result.Edits {
		found[[2]string{e.Source, e.Table}] = true
	}
	for _, left := range result.Left {
		found[[2]string{left.Source, left.Table}] = true
		dynamic = dynamic || left.Source == "" || left.Table == "" // it may be the call of any
		s.report(source.At(file, left.Start, left.End), "", "this call of source() is not replaced: "+left.Why, "write ref() of the copy in its place by hand")
	}
	for _, r := range readers {
		for _, id := range r.Sources {
			n := s.project.Node(id)
			key := [2]string{n.SourceName, n.Name}
			inMacro, err := s.inMacros(r.Node, key, !found[key])
			if err != nil {
				return Switched{}, err
			}
			if !found[key] && !dynamic && !inMacro {
				s.unfound(file, r.Node, id, s.models[key])
			}
		}
	}
	return Switched{Path: name, Old: file.Text, New: result.Text, Calls: len(result.Edits)}, nil
}

// switched is the text of a file as its kind is switched.
func (s *switcher) switched(file *source.File, readers []Reader) switching.Result {
	switch {
	case readers[0].Node.Kind == manifest.Operation: // a hook, in dbt_project.yml
		r := switching.Template(file.Text, s.mirrored)
		for _, e := range r.Edits {
			r.Left = append(r.Left, switching.Left{Start: e.Start, End: e.End, Source: e.Source, Table: e.Table, Why: "it stands in a hook of the project"})
		}
		return switching.Result{Text: file.Text, Left: r.Left}
	case path.Ext(file.Name) == ".py":
		return switching.Python(file.Text, s.mirrored)
	case path.Ext(file.Name) == ".yml", path.Ext(file.Name) == ".yaml":
		return switching.Properties(file.Text, s.mirrored)
	}
	return switching.Template(file.Text, s.mirrored)
}

// unfound reports a source that a node reads and whose call its file does not have. Where the file has a ref() of the copy that the
// manifest does not know of, it was switched since.
func (s *switcher) unfound(file *source.File, n *manifest.Node, id, model string) {
	if !slices.Contains(n.Parents, "model."+s.project.Name()+"."+model) && refers(file.Text, model) {
		if !slices.Contains(s.older, n.OriginalFilePath) {
			s.older = append(s.older, n.OriginalFilePath)
		}
		return
	}
	s.report(source.At(file, 0, 0), "", fmt.Sprintf("%s reads %s, and no call of it stands here: it comes from a macro, a hook or a property", n.ID, id), "write ref('"+model+"') there by hand")
}

// refers reports whether a text has a ref() of a model, in whatever quotes.
func refers(text, model string) bool {
	return regexp.MustCompile(`\bref\s*\(\s*[^\w\s]{1,2}` + regexp.QuoteMeta(model) + `\W`).MatchString(text)
}

// place is where in which file a call begins.
type place struct {
	file  string
	start int
}

// macroCall is a call in a macro, with the nodes that may read mirrored sources by it.
type macroCall struct {
	span    source.Span
	key     [2]string // arguments of source(), empty where they are not known
	readers []string
}

// callsOf are the calls in a file of macros. Many nodes use one macro: each file is read and taken apart once.
func (s *switcher) callsOf(name string) ([]macroCall, error) {
	if calls, ok := s.calls[name]; ok {
		return calls, nil
	}
	file, err := s.tree.Read(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var calls []macroCall
	if err == nil {
		result := switching.Template(file.Text, s.mirrored)
		for _, l := range result.Left {
			calls = append(calls, macroCall{span: source.At(file, l.Start, l.End), key: [2]string{l.Source, l.Table}})
		}
		for _, e := range result.Edits {
			calls = append(calls, macroCall{span: source.At(file, e.Start, e.End), key: [2]string{e.Source, e.Table}})
		}
	}
	s.calls[name] = calls
	return calls, nil
}

// inMacros notes the calls of a source in the project's own macros that a node uses, and whether there are some. With doubtful, those
// that may be such calls too. Macros are not changed: other nodes use them, and other arguments may come to them.
func (s *switcher) inMacros(n *manifest.Node, key [2]string, doubtful bool) (some bool, err error) {
	for _, name := range s.macroFiles(n) {
		calls, err := s.callsOf(name)
		if err != nil {
			return false, err
		}
		for _, c := range calls {
			maybe := doubtful && (c.key[0] == "" || c.key[0] == key[0]) && (c.key[1] == "" || c.key[1] == key[1])
			if c.key != key && !maybe {
				continue
			}
			some = true
			at := place{name, c.span.Start}
			if s.named[at] == nil {
				s.named[at] = &c
				s.places = append(s.places, at)
			}
			if by := s.named[at]; !slices.Contains(by.readers, n.ID) {
				by.readers = append(by.readers, n.ID)
			}
		}
	}
	return some, nil
}

// macroFiles are the files of the project's own macros that a node uses, directly or by others.
func (s *switcher) macroFiles(n *manifest.Node) []string {
	var files []string
	seen := map[string]bool{}
	stack := slices.Clone(n.Macros)
	for len(stack) > 0 {
		id := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		m := s.macros[id]
		if m == nil || seen[id] {
			continue
		}
		seen[id] = true
		stack = append(stack, m.Macros...)
		if name := path.Clean(m.OriginalFilePath); m.Package == s.project.Name() && !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	return files
}

func macrosByID(p *project.Project) map[string]*manifest.Macro {
	macros := map[string]*manifest.Macro{}
	for _, m := range p.Macros {
		macros[m.ID] = m
	}
	return macros
}

func (s *switcher) report(at source.Span, path, message, hint string) {
	s.diags.Add(diag.Diagnostic{Code: StillRead, Severity: diag.Warning, Span: at, Path: path, Message: message, Hint: hint})
}

// callsIn are the arguments of the calls of source() in an expression, or in a template.
func callsIn(text string) [][2]string {
	if !strings.Contains(text, "{{") {
		text = "{{ " + text + " }}"
	}
	var calls [][2]string
	switching.Template(text, func(name, table string) (string, bool) {
		calls = append(calls, [2]string{name, table})
		return "", false
	})
	return calls
}
