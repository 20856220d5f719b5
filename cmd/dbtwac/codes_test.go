package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/lint"
)

// TestCodes: each code has a whole document, a case that triggers it and a near miss that does not.
func TestCodes(t *testing.T) {
	for _, doc := range compiler.Codes() {
		code := string(doc.Code)
		for _, heading := range []string{"**What it finds.**", "**Why it matters.**", "**Example.**", "**What to do instead.**"} {
			if !strings.Contains(doc.Text, heading) {
				t.Errorf("the document of %s has no %s", code, heading)
			}
		}
		triggers, misses := 0, 0
		found, err := filepath.Glob(filepath.Join(cases, code+"_*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range found {
			reported := reports(dir, code)
			if near := strings.HasPrefix(filepath.Base(dir), code+"_near_"); near {
				misses++
				if reported {
					t.Errorf("%s reports %s and is a near miss: change the case, or the check", dir, code)
				}
			} else if triggers++; !reported {
				t.Errorf("%s does not report %s: change the case, or the check", dir, code)
			}
		}
		if triggers == 0 || misses == 0 {
			t.Errorf("%s has %d cases and %d near misses: add golden/cases/%s_… and golden/cases/%s_near_…, then make update", code, triggers, misses, code, code)
		}
	}
}

// reports tells whether a case's output shows a diagnostic of the code.
func reports(dir, code string) bool {
	for _, name := range []string{"stderr", "stdout"} {
		text, _ := os.ReadFile(filepath.Join(dir, "want", name))
		for _, severity := range []string{"error ", "warning ", "note "} {
			if strings.Contains(string(text), severity+code+":") {
				return true
			}
		}
	}
	return false
}

// TestRulesOnRealManifests: each rule is shown on a manifest as real dbt has made it from a project in golden, with nothing merged into it.
func TestRulesOnRealManifests(t *testing.T) {
	shown := map[diag.Code]bool{}
	dirs, err := filepath.Glob(filepath.Join(cases, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "project")); err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "merge.json")); err == nil {
			continue
		}
		for _, doc := range lint.Codes() {
			shown[doc.Code] = shown[doc.Code] || reports(dir, string(doc.Code))
		}
	}
	for _, doc := range lint.Codes() {
		if !shown[doc.Code] {
			t.Errorf("%s is shown on no manifest of real dbt: golden/projects/attic is the place for what triggers it", doc.Code)
		}
	}
}
