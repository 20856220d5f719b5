package output

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// Compare says what has to happen on disk so that it holds files and nothing else that old lists. Changes come sorted by path,
// with the sum's own change last; a listed file that is neither emitted nor there gives none.
//
// DW006 is a path that cannot be written, DW502 a file that was edited by hand, DW503 one that dbtwac did not write; Force
// turns the last two into changes. The error is that of the operating system, and names the path.
func (t Target) Compare(files []File, old Sum) ([]Change, diag.List, error) {
	paths := []string{t.Sum}
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	if diags := append(t.checkPaths(paths), t.checkListed(old)...); diags.HasErrors() {
		return nil, diags, nil
	}
	root, err := t.open()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = root.Close() }()

	texts := map[string]string{}
	var next Sum
	hashed := hashes(files)
	for i, f := range files {
		texts[f.Path] = f.Text
		next.add(f.Path, hashed[i])
	}
	c := comparison{target: t, root: root, old: old}
	for _, p := range slices.Compact(slices.Sorted(slices.Values(append(old.Paths(), next.Paths()...)))) {
		if text, emitted := texts[p]; emitted {
			c.emitted(p, text)
		} else if p != t.Sum {
			c.stale(p)
		}
	}
	c.sum(next)
	return c.changes, c.diags, c.err
}

// hashes are those of the files, made side by side: artifacts are megabytes.
func hashes(files []File) []string {
	list := make([]string, len(files))
	var wait sync.WaitGroup
	for i, f := range files {
		wait.Go(func() { list[i] = hash(f.Text) })
	}
	wait.Wait()
	return list
}

type comparison struct {
	target  Target
	root    folder
	old     Sum
	changes []Change
	diags   diag.List
	err     error // the first
}

// emitted compares a file that this compile gives.
func (c *comparison) emitted(p, text string) {
	state := c.look(p, true)
	if state == file && c.equal(p, text) {
		c.change(p, Same, text, text)
		return
	}
	disk, state := c.content(p, state)
	switch {
	case state == absent:
		c.change(p, Create, "", text)
	case state == file && lf(disk) == lf(text):
		c.change(p, Same, disk, text)
	case state == blocked:
	case c.target.Force || state == file && c.old.holds(p, disk):
		c.change(p, Update, disk, text)
	case state == file && c.old.Owns(p):
		c.edited(p, disk, "edited by hand since dbtwac wrote it; compile would overwrite the edit")
	default:
		what := "was not written by dbtwac; compile would overwrite it"
		if state == special {
			what = "is a link or a device, which compile would replace by a file"
		}
		c.report(Foreign, p, disk, p+" "+what, "move it away or choose another folder under output; `dbtwac compile --force` overwrites it")
	}
}

// stale compares a file that an earlier compile gave and this one does not. What has become a folder or a link is the user's.
func (c *comparison) stale(p string) {
	disk, state := c.content(p, c.look(p, false))
	switch {
	case state != file:
	case c.target.Force || c.old.holds(p, disk):
		c.change(p, Remove, disk, "")
	default:
		c.edited(p, disk, "edited by hand, and no longer generated; compile would remove it")
	}
}

func (c *comparison) sum(next Sum) {
	disk, state := c.content(c.target.Sum, c.look(c.target.Sum, true))
	text := next.Text()
	switch {
	case state == blocked || state == absent && text == "":
	case state == special:
		c.report(Foreign, c.target.Sum, "", c.target.Sum+" is a link or a device, which compile would replace by a file", "move it away")
	case state == absent:
		c.change(c.target.Sum, Create, "", text)
	case text == "":
		c.change(c.target.Sum, Remove, disk, "")
	case lf(disk) == text:
		c.change(c.target.Sum, Same, disk, text)
	default:
		c.change(c.target.Sum, Update, disk, text)
	}
}

func (c *comparison) change(p string, kind Kind, old, new string) {
	c.changes = append(c.changes, Change{p, kind, old, new})
}

func (c *comparison) edited(p, text, what string) {
	hint := "move the edit to the dbt project or to dbtwac.yml, then `dbtwac compile --force`"
	if strings.Contains(text, "\n>>>>>>> ") {
		hint = "it holds a merge conflict, which needs no merging by hand: `dbtwac compile --force`"
	}
	c.report(EditedFile, p, text, p+" was "+what, hint)
}

func (c *comparison) report(code diag.Code, p, text, message, hint string) {
	shown := &source.File{Name: path.Join(c.target.Root, p), Text: text}
	c.diags.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: source.At(shown, 0, 0), Message: message, Hint: hint})
}

type state uint8

const (
	absent  state = iota
	file          // a regular file
	special       // a link, a device, a pipe
	blocked       // a folder, or below something that is none of the project's folders
)

// look tells what stands at p. Where p must be written, that something is in its way is reported.
func (c *comparison) look(p string, must bool) state {
	info, err := c.root.Lstat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if why := c.obstacle(p); why != "" && must {
			c.bad(p, why)
			return blocked
		}
		return absent
	case err != nil:
		if why := c.obstacle(p); why != "" {
			if must {
				c.bad(p, why)
			}
			return blocked
		}
		c.fail(err)
		return blocked
	case info.IsDir():
		if must {
			c.bad(p, "is a folder")
		}
		return blocked
	case !info.Mode().IsRegular():
		return special
	}
	return file
}

// content reads p where it is a file.
func (c *comparison) content(p string, s state) (string, state) {
	if s != file {
		return "", s
	}
	text, err := c.root.ReadFile(p)
	if err != nil {
		c.fail(err)
		return "", blocked
	}
	return string(text), file
}

// equal reports whether the file at p holds text, without holding both. Whatever keeps it from being read shows when its
// content is asked for.
func (c *comparison) equal(p, text string) bool {
	f, err := c.root.Open(p)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	chunk := make([]byte, 64<<10)
	for {
		n, err := f.Read(chunk)
		if n > len(text) || string(chunk[:n]) != text[:n] {
			return false
		}
		text = text[n:]
		if err != nil {
			return err == io.EOF && text == ""
		}
	}
}

// obstacle says which of p's folders is none inside the project, if one is.
func (c *comparison) obstacle(p string) string {
	p = c.root.at(p)
	for i, r := range p {
		if r != '/' {
			continue
		}
		info, err := c.root.root.Lstat(p[:i])
		if err != nil {
			return "" // not there: it will be made
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			if info, err = c.root.root.Stat(p[:i]); err != nil {
				return "cannot be written: " + strconv.Quote(p[:i]) + " is a link that leads out of the project or nowhere"
			}
		}
		if !info.IsDir() {
			return "cannot be written: " + strconv.Quote(p[:i]) + " is not a folder"
		}
	}
	return ""
}

func (c *comparison) bad(p, why string) {
	c.diags.Add(diag.Diagnostic{
		Code: BadPath, Severity: diag.Error, Path: p, Message: "output path " + strconv.Quote(p) + " " + why,
		Hint: "move what is in its way, or choose another folder under output in dbtwac.yml",
	})
}

func (c *comparison) fail(err error) {
	if c.err == nil {
		c.err = c.target.name(err)
	}
}

// name puts the Target's folder before the path that an error names.
func (t Target) name(err error) error { return inRoot(path.Join(t.Root, t.Up), err) }

// inRoot puts the root before the path that an error of an os.Root names.
func inRoot(root string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return &fs.PathError{Op: strings.TrimSuffix(p.Op, "at"), Path: path.Join(root, p.Path), Err: p.Err}
	}
	return err
}
