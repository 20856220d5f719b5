package output

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The kill tests go from v1 to v2, and are stopped before the n-th operation on disk, for every n.
var (
	mine = tree{"deploy/mine.sql": "mine", "models/raw/mine.sql": "mine", "old/mine": "mine"}
	v1   = []File{
		{"deploy/a.sql", "a1\n"}, {"deploy/same.sql", "same\n"}, {"deploy/x/y/gone.sql", "gone\n"}, {"old/gone.sql", "gone\n"}, {"run.sh", "#!/bin/sh\n1\n"},
	}
	v2 = []File{
		{"deploy/a.sql", "a2\n"}, {"deploy/same.sql", "same\n"}, {"models/raw/new.sql", "new\n"}, {"new/folder/new.sql", "new\n"}, {"run.sh", "#!/bin/sh\n2\n"},
	}
	v3 = []File{{"deploy/a.sql", "a3\n"}}
)

// holding is the disk that a finished compile of files leaves.
func holding(files []File) tree {
	out := maps.Clone(mine)
	for _, f := range files {
		out[f.Path] = f.Text
	}
	if len(files) > 0 {
		out["dbtwac.sum"] = sumOf(files).Text()
	}
	return out
}

func TestKilledAtEveryStep(t *testing.T) {
	errKilled := errors.New("killed")
	for _, tc := range []struct {
		name           string
		from, to, then []File
	}{
		{"and again", v1, v2, v2},
		{"and back", v1, v2, v1},
		{"and on", v1, v2, v3},
		{"the first compile", nil, v1, v1},
		{"the first compile, and on", nil, v1, v3},
		{"the first compile, and nothing more", nil, v1, nil},
		{"the last compile", v1, nil, v2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := int64(0)
			for killed := true; killed; n++ {
				target := Target{Root: t.TempDir(), Sum: "dbtwac.sum"}
				holding(tc.from).lay(t, target.Root)
				var steps atomic.Int64
				target.step = func(op, path string) error {
					if steps.Add(1) > n { // nor does anything work that would clean up
						return errKilled
					}
					return nil
				}
				_, diags, err := compile(t, target, tc.to)
				if killed = err != nil; killed && !errors.Is(err, errKilled) || len(diags) > 0 {
					t.Fatalf("step %d: %v %v", n, err, diags)
				}
				checkWhole(t, n, look(t, target.Root), tc.from, tc.to)

				target.step = nil
				if _, diags, err := compile(t, target, tc.then); err != nil || len(diags) > 0 {
					t.Fatalf("killed before step %d, the next compile says: %v %v", n+1, err, diags)
				}
				if d := cmp.Diff(holding(tc.then), look(t, target.Root)); d != "" {
					t.Fatalf("killed before step %d, the next compile leaves (-want +got):\n%s", n+1, d)
				}
			}
			t.Logf("%d steps", n)
		})
	}
}

// checkWhole fails when a file is neither as before nor as after.
func checkWhole(t *testing.T, n int64, disk tree, from, to []File) {
	t.Helper()
	before, after := holding(from), holding(to)
	for p, text := range disk {
		if strings.HasSuffix(p, "/") || strings.HasPrefix(filepath.Base(p), tempPrefix) || p == "dbtwac.sum" {
			continue
		}
		if text != before[p] && text != after[p] {
			t.Errorf("killed before step %d: %s holds %q", n+1, p, text)
		}
	}
	for p, text := range before {
		if _, ok := after[p]; ok && p != "dbtwac.sum" && disk[p] != text && disk[p] != after[p] {
			t.Errorf("killed before step %d: %s is lost", n+1, p)
		}
	}
}

// A disk that fails once, as when it is full: everything is either as before or repaired by the next compile.
func TestFailureAtEveryStep(t *testing.T) {
	errFull := errors.New("no space left on device")
	for n := int64(1); ; n++ {
		target := Target{Root: t.TempDir(), Sum: "dbtwac.sum"}
		holding(v1).lay(t, target.Root)
		var steps atomic.Int64
		var failed, path atomic.Value
		var renames atomic.Int64
		target.step = func(op, p string) error {
			if steps.Add(1) == n {
				failed.Store(op)
				path.Store(p)
				return errFull
			}
			if op == "rename" && p != "dbtwac.sum" && failed.Load() == nil {
				renames.Add(1)
			}
			return nil
		}
		_, diags, err := compile(t, target, v2)
		if failed.Load() == nil {
			t.Logf("%d steps", n-1)
			break
		}
		where := fmt.Sprintf("%s of %s failed", failed.Load(), path.Load())
		// An empty folder more is no reason to fail.
		if failed.Load() != "rmdir" && (err == nil || len(diags) > 0 || !strings.Contains(err.Error(), path.Load().(string)) || !errors.Is(err, errFull)) {
			t.Errorf("%s: the error must name the path, have %v %v", where, err, diags)
		}
		disk := look(t, target.Root)
		for p := range disk {
			if strings.HasPrefix(filepath.Base(p), tempPrefix) {
				t.Errorf("%s: left %s", where, p)
			}
		}
		if d := cmp.Diff(holding(v1), disk); d != "" && renames.Load() == 0 && failed.Load() != "rename" {
			t.Errorf("%s before anything was in place, and yet (-want +got):\n%s", where, d)
		}
		target.step = nil
		if _, diags, err := compile(t, target, v2); err != nil || len(diags) > 0 {
			t.Fatalf("%s, and the next compile says: %v %v", where, err, diags)
		}
		disk = look(t, target.Root)
		delete(disk, "deploy/x/y/") // of the failed rmdir, when the sum was final already
		delete(disk, "deploy/x/")
		if d := cmp.Diff(holding(v2), disk); d != "" {
			t.Fatalf("%s, and the next compile leaves (-want +got):\n%s", where, d)
		}
	}
}

func TestErrorsNameThePath(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere: run the tests as another user")
	}
	for name, prepare := range map[string]func(t *testing.T, root string){
		"read-only folder": func(t *testing.T, root string) {
			chmod(t, filepath.Join(root, "deploy"), 0o555)
		},
		"unreadable file": func(t *testing.T, root string) {
			chmod(t, filepath.Join(root, "deploy/a.sql"), 0)
		},
		"unreadable folder": func(t *testing.T, root string) {
			chmod(t, filepath.Join(root, "deploy"), 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			target := Target{Root: t.TempDir(), Sum: "dbtwac.sum"}
			holding(v1).lay(t, target.Root)
			prepare(t, target.Root)
			_, diags, err := compile(t, target, v2)
			if err == nil || !strings.Contains(err.Error(), filepath.Join(target.Root, "deploy")) {
				t.Errorf("want an error that names the path, have %v, %v", err, diags)
			}
		})
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(path, 0o755) })
}

func TestMissingRoot(t *testing.T) {
	target := Target{Root: filepath.Join(t.TempDir(), "nosuch"), Sum: "dbtwac.sum"}
	if _, _, err := target.Compare(v1, Sum{}); err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("Compare: want an error that names the folder, have %v", err)
	}
	if err := target.Write(nil, Sum{}); err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("Write: want an error that names the folder, have %v", err)
	}
}

func BenchmarkCompile(b *testing.B) {
	var files []File
	for i := range 6 {
		files = append(files, File{fmt.Sprintf("deploy/%d.sql", i), strings.Repeat("select 1;\n", 20_000)})
	}
	target := Target{Root: b.TempDir(), Sum: "dbtwac.sum"}
	write := func(b *testing.B, files []File, old Sum) {
		changes, diags, err := target.Compare(files, old)
		if err == nil && len(diags) == 0 {
			err = target.Write(changes, old)
		}
		if err != nil || len(diags) > 0 {
			b.Fatal(err, diags)
		}
	}
	b.Run("all changed", func(b *testing.B) {
		old := Sum{}
		for i := 0; b.Loop(); i++ {
			for j := range files {
				files[j].Text = fmt.Sprintf("-- %d%s", i, files[j].Text[min(len(files[j].Text), 5):])
			}
			write(b, files, old)
			old = sumOf(files)
		}
	})
	b.Run("none changed", func(b *testing.B) {
		old := sumOf(files)
		for b.Loop() {
			write(b, files, old)
		}
	})
	// What the same bytes cost without any of the guarantees, and one sync, of which a compile waits for two.
	b.Run("os.WriteFile", func(b *testing.B) {
		dir := b.TempDir()
		for b.Loop() {
			for _, f := range files {
				if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Path)), []byte(f.Text), 0o644); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("one sync", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "f"))
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := f.WriteString("x"); err != nil {
				b.Fatal(err)
			}
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
