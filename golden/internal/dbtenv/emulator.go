package dbtenv

import (
	"os"
	"path/filepath"
	"testing"
)

// An emulator is a running server of one warehouse, which has the files of one folder at a time.
type emulator struct {
	port   int // on 127.0.0.1
	driver *Driver
}

func startEmulator(t testing.TB, tools environment, script string) emulator {
	t.Helper()
	var ready struct{ Port int }
	driver, err := serve(tools.tool(t, "python"), filepath.Join(Root(t), "golden", "python", script), &ready)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(driver.stop)
	return emulator{ready.Port, driver}
}

// newDir creates an empty folder, which the emulator leaves at the test's end.
func (e emulator) newDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() { e.use(t, "") })
	return dir
}

func (e emulator) copyDir(t testing.TB, dir string) string {
	t.Helper()
	e.use(t, "") // so that all is in the files
	other := e.newDir(t)
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return other
}

// use makes the folder the emulator's. Nobody may be connected to the one before.
func (e emulator) use(t testing.TB, dir string) {
	t.Helper()
	e.driver.ask(t, map[string]any{"op": "use", "account": dir}, &struct{}{})
}

func (e emulator) script(t testing.TB, request map[string]any) (output string, code int) {
	t.Helper()
	var answer struct {
		OK     bool
		Output string
		Error  string
	}
	request["op"] = "script"
	e.driver.ask(t, request, &answer)
	if !answer.OK {
		return answer.Output + answer.Error, 1
	}
	return answer.Output, 0
}
