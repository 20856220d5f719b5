package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Rewrite is a change to a file that is the user's: the sum does not list it.
type Rewrite struct {
	Path     string // slash-separated, relative to the folder
	Old, New string // the whole text, byte for byte
}

// Patch is what rewrites do, as a unified diff of the very bytes, line ends too: git apply takes it in the folder.
func Patch(list []Rewrite) string {
	var b strings.Builder
	for _, r := range list {
		b.WriteString(udiff.Unified("a/"+r.Path, "b/"+r.Path, r.Old, r.New))
	}
	return b.String()
}

// Apply carries rewrites out below dir. Every file is written beside its place and synced before the first is put there, so that an
// error leaves everything as it was, and a kill each file whole. A file that is another one by now than the text it was made of,
// or a link, is an error that names it. Modes stay.
func Apply(dir string, list []Rewrite) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return inRoot(dir, rewrite(&writer{root: folder{root: root}}, list))
}

func rewrite(w *writer, list []Rewrite) error {
	var files []Change
	modes := map[string]fs.FileMode{}
	for _, r := range list {
		if why := badPath(r.Path); why != "" {
			return &fs.PathError{Op: "write", Path: r.Path, Err: errors.New("the path " + why)}
		}
		info, err := w.root.Lstat(r.Path)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return &fs.PathError{Op: "write", Path: r.Path, Err: errors.New("it is no file of its own, but a link: change what it leads to")}
		}
		now, err := w.root.ReadFile(r.Path)
		if err != nil {
			return err
		}
		if string(now) != r.Old {
			return &fs.PathError{Op: "write", Path: r.Path, Err: errors.New("it has changed while this ran; run it again")}
		}
		modes[r.Path] = info.Mode().Perm()
		files = append(files, Change{Path: r.Path, Kind: Update, Old: r.Old, New: r.New})
	}
	temps, err := w.stage(files)
	if err != nil {
		return err
	}
	for i, temp := range temps {
		if err := w.do("chmod", files[i].Path, func() error { return w.root.Chmod(temp, modes[files[i].Path]) }); err != nil {
			for _, t := range temps {
				_ = w.remove(t)
			}
			return fmt.Errorf("%s: %w", path.Clean(files[i].Path), err)
		}
	}
	return w.commit(batch{files: files}, temps)
}
