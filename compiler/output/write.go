package output

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// tempPrefix begins the name of every file that a killed run may leave half-written. The next write removes them.
const tempPrefix = ".dbtwac-tmp-"

// syncers is how many files are written and synced at a time: a disk joins syncs that wait together.
const syncers = 16

// Write carries out what Compare found with the same old sum. When nothing has to change, nothing is written.
//
// First the sum is written with the old and the new hash of each path; then every file is written beside its place and synced;
// then each is renamed into its place, what is no longer generated is removed, and the final sum is renamed over the first.
// So a killed run leaves whole files, all of them listed, and the next compile goes on from there. An error before the first
// rename leaves everything as it was. Errors name the path.
func (t Target) Write(changes []Change, old Sum) error {
	root, err := t.open()
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	w := writer{root: root, step: t.step}
	if err := w.write(t.Sum, changes, old); err != nil {
		return t.name(err)
	}
	return nil
}

// WriteNew writes a file that is the user's from then on: the sum does not list it. The file is whole or not there, and one that
// is there already is fs.ErrExist. Errors name the path.
func WriteNew(dir, name, text string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if _, err := root.Lstat(name); err == nil {
		return &fs.PathError{Op: "create", Path: path.Join(dir, name), Err: fs.ErrExist}
	}
	w := writer{root: folder{root: root}}
	if err := w.put(Change{Path: name, New: text}); err != nil {
		return inRoot(dir, err)
	}
	return nil
}

type writer struct {
	root folder
	step func(op, path string) error
}

func (w *writer) write(sumPath string, changes []Change, old Sum) error {
	if err := w.sweep(sumPath, changes, old); err != nil {
		return err
	}
	var sum Change
	var b batch
	for _, c := range changes {
		switch {
		case c.Path == sumPath:
			sum = c
		case c.Kind == Remove:
			b.gone = append(b.gone, c.Path)
		case c.Kind != Same:
			b.files = append(b.files, c)
		}
	}
	if sum.Kind == Same && len(b.files)+len(b.gone) == 0 {
		return nil
	}
	next, _ := ParseSum(&source.File{Text: sum.New}) // it holds the hashes that Compare has made
	during := old.clone()
	for _, p := range next.Paths() {
		during.add(p, next.hashes[p]...)
	}
	for _, p := range old.Paths() {
		if !next.Owns(p) { // also where the file is gone already: its folder may have been left by a killed run
			b.emptied = append(b.emptied, path.Dir(p))
		}
	}
	b.emptied = slices.Compact(b.emptied)

	// Without files to write there is nothing that the sum must know before its time.
	first := lf(sum.Old)
	if len(b.files) > 0 && during.Text() != first {
		first = during.Text()
		if err := w.put(Change{Path: sumPath, New: first}); err != nil {
			return err
		}
	}
	if sum.Kind == Remove {
		b.lastGone = sumPath
	} else if sum.New != first {
		b.last = []Change{sum}
	}
	temps, err := w.stage(slices.Concat(b.files, b.last))
	if err != nil {
		return errors.Join(err, w.restore(sum, first))
	}
	return w.commit(b, temps)
}

// batch is what one write does, in the order of its fields.
type batch struct {
	files    []Change // put in place
	gone     []string // removed
	emptied  []string // folders, removed if nothing is in them
	last     []Change // put in place: the sum
	lastGone string   // or removed, when nothing is generated any more
}

// commit carries out a batch; temps are its staged files and last files.
func (w *writer) commit(b batch, temps []string) (err error) {
	defer func() {
		for _, temp := range temps { // those that an error left
			_ = w.remove(temp)
		}
	}()
	place := func(changes []Change) error {
		for _, c := range changes {
			if err := w.rename(temps[0], c.Path); err != nil {
				return err
			}
			temps = temps[1:]
		}
		return nil
	}
	if err := place(b.files); err != nil {
		return err
	}
	for _, p := range b.gone {
		if err := w.remove(p); err != nil {
			return err
		}
	}
	for _, dir := range b.emptied {
		w.prune(dir)
	}
	if b.lastGone != "" {
		return w.remove(b.lastGone)
	}
	return place(b.last)
}

// stage writes every file beside its place and syncs it. On an error nothing stays.
func (w *writer) stage(files []Change) ([]string, error) {
	temps := make([]string, 0, len(files))
	errs := make([]error, len(files))
	var wg sync.WaitGroup
	slots := make(chan struct{}, syncers)
	for i, c := range files {
		// One after the other, because two files may need the same folder made.
		if errs[i] = w.mkdir(path.Dir(c.Path)); errs[i] != nil {
			break
		}
		temp := path.Join(path.Dir(c.Path), fmt.Sprintf("%s%016x", tempPrefix, rand.Uint64())) //nolint:gosec // it has to be new, not secret
		temps = append(temps, temp)
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = w.create(temp, c.Path, c.New)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err == nil {
			continue
		}
		for _, temp := range temps {
			_ = w.remove(temp)
		}
		for _, c := range files {
			w.prune(path.Dir(c.Path))
		}
		return nil, err
	}
	return temps, nil
}

// put writes one file whole.
func (w *writer) put(c Change) error {
	temps, err := w.stage([]Change{c})
	if err != nil {
		return err
	}
	return w.commit(batch{files: []Change{c}}, temps)
}

// restore brings back the sum that stood on disk before a failed write, which has changed nothing else.
func (w *writer) restore(sum Change, now string) error {
	switch {
	case now == lf(sum.Old):
		return nil
	case sum.Kind == Create:
		return w.remove(sum.Path)
	}
	return w.put(Change{Path: sum.Path, New: sum.Old})
}

// sweep removes what a killed run left, from every folder that a listed or emitted file stands in.
func (w *writer) sweep(sumPath string, changes []Change, old Sum) error {
	dirs := []string{path.Dir(sumPath)}
	for _, p := range old.Paths() {
		dirs = append(dirs, path.Dir(p))
	}
	for _, c := range changes {
		dirs = append(dirs, path.Dir(c.Path))
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		f, err := w.root.Open(dir)
		if err != nil {
			continue // nothing there; where it matters, writing will say so
		}
		names, _ := f.Readdirnames(-1)
		_ = f.Close()
		for _, name := range names {
			if strings.HasPrefix(name, tempPrefix) {
				if err := w.remove(path.Join(dir, name)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// prune removes dir and the folders above it as far as they are empty. A link to a folder is none.
func (w *writer) prune(dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		info, err := w.root.Lstat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !info.IsDir() || w.do("rmdir", dir, func() error { return w.root.Remove(dir) }) != nil {
			return
		}
	}
}

// do is the one door to the disk.
func (w *writer) do(op, p string, f func() error) error {
	if w.step != nil {
		if err := w.step(op, p); err != nil {
			return &fs.PathError{Op: op, Path: p, Err: err}
		}
	}
	return f()
}

func (w *writer) mkdir(dir string) error {
	if info, err := w.root.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	return w.do("mkdir", dir, func() error { return w.root.MkdirAll(dir, 0o755) })
}

func (w *writer) remove(p string) error {
	return w.do("remove", p, func() error {
		if err := w.root.Remove(p); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func (w *writer) rename(from, to string) error {
	return w.do("rename", to, func() error {
		err := w.root.Rename(from, to)
		var link *os.LinkError
		if errors.As(err, &link) {
			return &fs.PathError{Op: "write", Path: to, Err: link.Err} // the name of a temporary file tells nobody anything
		}
		return err
	})
}

// create writes text to the temporary file that will become p.
func (w *writer) create(temp, p, text string) error {
	mode := fs.FileMode(0o644)
	if strings.HasPrefix(text, "#!") {
		mode = 0o755
	}
	var f *os.File
	err := w.do("create", p, func() (err error) {
		f, err = w.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		return err
	})
	if err == nil {
		err = w.do("write", p, func() error {
			_, err := f.WriteString(text)
			return err
		})
	}
	if err == nil {
		err = w.do("sync", p, f.Sync)
	}
	if f != nil {
		err = errors.Join(err, f.Close())
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return &fs.PathError{Op: "write", Path: p, Err: pe.Err}
	}
	return err
}
