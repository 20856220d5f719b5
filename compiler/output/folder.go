package output

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// folder is the folder that paths are relative to. It is opened through the one that nothing may leave, which is the folder itself or
// one above it.
type folder struct {
	root *os.Root
	base string // of the folder, below root
}

// open opens the Target's folder.
func (t Target) open() (folder, error) {
	if t.Up == "" || t.Up == "." {
		root, err := os.OpenRoot(t.Root)
		return folder{root: root}, err
	}
	real, err := filepath.EvalSymlinks(t.Root)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return folder{}, err
	}
	base, err := filepath.Rel(filepath.Join(real, t.Up), real)
	if err != nil {
		return folder{}, err
	}
	root, err := os.OpenRoot(filepath.Join(real, t.Up))
	return folder{root, filepath.ToSlash(base)}, err
}

// outside reports whether a path of the folder leaves what nothing may leave.
func (t Target) outside(p string) bool { return climbs(p) > climbs(path.Clean(t.Up)+"/") }

// climbs counts the folders that a path in its shortest form goes up.
func climbs(p string) int {
	n := 0
	for ; strings.HasPrefix(p, "../"); p = p[len("../"):] {
		n++
	}
	return n
}

// at is a path of the folder as the root knows it.
func (f folder) at(p string) string { return path.Join(f.base, p) }

func (f folder) Close() error                           { return f.root.Close() }
func (f folder) Lstat(p string) (fs.FileInfo, error)    { return f.root.Lstat(f.at(p)) }
func (f folder) Stat(p string) (fs.FileInfo, error)     { return f.root.Stat(f.at(p)) }
func (f folder) Open(p string) (*os.File, error)        { return f.root.Open(f.at(p)) }
func (f folder) ReadFile(p string) ([]byte, error)      { return f.root.ReadFile(f.at(p)) }
func (f folder) Remove(p string) error                  { return f.root.Remove(f.at(p)) }
func (f folder) Rename(from, to string) error           { return f.root.Rename(f.at(from), f.at(to)) }
func (f folder) MkdirAll(p string, m fs.FileMode) error { return f.root.MkdirAll(f.at(p), m) }
func (f folder) Chmod(p string, m fs.FileMode) error    { return f.root.Chmod(f.at(p), m) }
func (f folder) OpenFile(p string, flag int, m fs.FileMode) (*os.File, error) {
	return f.root.OpenFile(f.at(p), flag, m)
}
