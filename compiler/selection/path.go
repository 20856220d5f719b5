package selection

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// Files sets the files of the root project that path: looks at, slash-separated and relative to its root. Without them they are
// those that the manifest names: a folder that holds nothing of dbt is then unknown.
func Files(paths []string) Option {
	return func(e *Evaluator) { e.files, e.hasFiles = paths, true }
}

// matchPath globs the project's files, as pathlib does, and finds the nodes whose file, patch or folder is among them. The paths
// of a package's nodes are relative to the package and still compared with those of the root project.
func matchPath(r *run, c *criterion) set {
	if !c.value.str {
		r.notText(c)
		return r.newSet()
	}
	parts, message := globParts(c.value.text)
	if message != "" {
		r.problem(c.text.Span, "path:"+c.value.text+" "+message, "write a path relative to the project, such as path:models/staging")
		return r.newSet()
	}
	found := r.tree().glob(parts)
	if len(found) == 0 {
		return r.newSet()
	}
	return r.where(r.everyKind(), func(n *manifest.Node) bool {
		if _, patch, ok := strings.Cut(n.PatchPath, "://"); ok && found[normal(patch)] {
			return true
		}
		for path := normal(n.OriginalFilePath); ; {
			if found[path] {
				return true
			}
			if path == "." {
				return false
			}
			path = folder(path)
		}
	})
}

// globParts takes a pattern apart as pathlib.Path.glob does; a message says why it refuses.
func globParts(pattern string) (parts []string, message string) {
	switch {
	case pattern == "":
		return nil, "is empty"
	case strings.HasPrefix(pattern, "/"):
		return nil, "is absolute"
	}
	for part := range strings.SplitSeq(pattern, "/") {
		switch {
		case part == "" || part == ".":
			continue
		case part != "**" && strings.Contains(part, "**"):
			return nil, "has ** beside other characters"
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return nil, "is a path that dbt fails on"
	}
	if strings.HasSuffix(pattern, "/") {
		parts = append(parts, "") // folders only
	}
	return parts, ""
}

// entry is a file or a folder of the project.
type treeEntry struct {
	path     string // "." is the root
	name     string
	folder   bool
	children []*treeEntry // sorted by name
}

// newTree builds the folders that a list of files implies.
func newTree(files []string) *treeEntry {
	top := &treeEntry{path: ".", folder: true}
	known := map[string]*treeEntry{".": top}
	var enter func(path string, isFolder bool) *treeEntry
	enter = func(path string, isFolder bool) *treeEntry {
		if t := known[path]; t != nil {
			t.folder = t.folder || isFolder
			return t
		}
		parent := enter(folder(path), true)
		t := &treeEntry{path: path, name: path[strings.LastIndexByte(path, '/')+1:], folder: isFolder}
		parent.children = append(parent.children, t)
		known[path] = t
		return t
	}
	for _, f := range files {
		enter(normal(f), false)
	}
	for _, t := range known {
		slices.SortFunc(t.children, func(a, b *treeEntry) int { return cmp.Compare(a.name, b.name) })
	}
	return top
}

// glob returns the paths that match. It goes part by part over sets of entries, so that a row of ** costs no more than its length.
func (t *treeEntry) glob(parts []string) map[string]bool {
	at := []*treeEntry{t}
	for i, part := range parts {
		if part == "" {
			break
		}
		dirOnly := i < len(parts)-1
		seen := map[*treeEntry]bool{}
		var next []*treeEntry
		add := func(t *treeEntry) {
			if !seen[t] && (t.folder || !dirOnly) {
				seen[t] = true
				next = append(next, t)
			}
		}
		p := compile(part)
		for _, t := range at {
			switch {
			case part == "**":
				t.folders(add, seen)
			case part == "..":
				// pathlib goes up and comes back by another name, which equals no node's path.
			default:
				for _, child := range t.children {
					if p.match(child.name) {
						add(child)
					}
				}
			}
		}
		at = next
	}
	found := map[string]bool{}
	for _, t := range at {
		found[t.path] = true
	}
	return found
}

// folders adds t and all folders below it. Where t is seen, those below are too.
func (t *treeEntry) folders(add func(*treeEntry), seen map[*treeEntry]bool) {
	if !t.folder || seen[t] {
		return
	}
	add(t)
	for _, child := range t.children {
		child.folders(add, seen)
	}
}

// normal is what pathlib makes of a path: no empty parts, no ".".
func normal(path string) string {
	if path != "" && !strings.Contains(path, "//") && !strings.Contains("/"+path+"/", "/./") && !strings.HasSuffix(path, "/") {
		return path
	}
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if part != "" && part != "." {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return "."
	}
	return strings.Join(parts, "/")
}

// folder returns the folder that holds path.
func folder(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "."
}

// tree returns the project's files.
func (e *Evaluator) tree() *treeEntry {
	e.treeOnce.Do(func() {
		files := e.files
		if !e.hasFiles {
			files = e.manifestFiles()
		}
		e.files, e.root = nil, newTree(files)
	})
	return e.root
}

// manifestFiles are the files of the root package that the manifest names, and the two that every project has.
func (e *Evaluator) manifestFiles() []string {
	files := []string{"dbt_project.yml", "profiles.yml"}
	name := e.project.Name()
	add := func(pkg, file string) {
		if pkg == name && file != "" {
			files = append(files, file)
		}
	}
	for _, n := range e.nodes {
		add(n.Package, n.OriginalFilePath)
		if pkg, patch, ok := strings.Cut(n.PatchPath, "://"); ok {
			add(pkg, patch)
		}
	}
	for _, m := range e.project.Macros {
		add(m.Package, m.OriginalFilePath)
	}
	for _, list := range e.project.Manifest.Disabled {
		for it := list.Items(); it.Next(); {
			n := it.Value()
			add(n.Get("package_name").Text(), n.Get("original_file_path").Text())
			if pkg, patch, ok := strings.Cut(n.Get("patch_path").Text(), "://"); ok {
				add(pkg, patch)
			}
		}
	}
	return files
}
