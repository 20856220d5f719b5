package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/compiler"
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
