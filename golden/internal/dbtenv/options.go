package dbtenv

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// Options lists the options of dbt's command line, sorted: see golden/python/options.py.
func Options(t testing.TB) []string {
	t.Helper()
	text, err := exec.Command(Tool(t, "python"), filepath.Join(Root(t), "golden", "python", "options.py")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list
}
