package source

import (
	"io/fs"
	"os"
	"path"
)

// Tree is the project's files, read-only: positions in models and patches come from it. A nil *Tree holds no file.
// Paths in a Tree are slash-separated and relative to its root, as dbt's original_file_path is.
type Tree struct {
	fsys fs.FS
	root string // what messages put before a path
}

// Dir returns the tree below dir, which messages call shown: the folder as the user typed it. Links that lead out of it are not
// followed.
func Dir(dir, shown string) (*Tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Tree{root.FS(), shown}, nil
}

// Memory returns a tree over fsys, for tests.
func Memory(fsys fs.FS) *Tree { return &Tree{fsys, ""} }

// Read returns the file at name. A tree that lacks it answers with an error that wraps fs.ErrNotExist.
func (t *Tree) Read(name string) (*File, error) {
	if t == nil {
		return nil, fs.ErrNotExist
	}
	text, err := fs.ReadFile(t.fsys, name)
	if err != nil {
		return nil, err
	}
	shown := name
	if t.root != "" && t.root != "." {
		shown = path.Join(t.root, name)
	}
	return &File{Name: shown, Text: string(text)}, nil
}

// Files lists the tree's files, sorted. Links count as files and are not followed; what version control keeps is left out.
func (t *Tree) Files() ([]string, error) {
	var files []string
	err := fs.WalkDir(t.fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case !entry.IsDir():
			files = append(files, name)
		}
		return nil
	})
	return files, err
}
