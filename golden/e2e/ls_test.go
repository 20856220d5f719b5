package e2e

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// TestLs compares the lines that dbtwac ls prints with those of dbt ls, flag for flag.
func TestLs(t *testing.T) {
	t.Parallel()
	s := &shop{t: t, driver: dbtenv.Start(t), command: buildCommand(t), dir: dbtenv.CopyProject(t, "shop")}
	s.mustDBT("parse", "--target", "staging")
	for _, args := range []string{
		"",
		"--output name",
		"--output path",
		"--output json",
		"--output json --output-keys name version config.materialized config.group description nothing",
		"--resource-type all",
		"--select tag:mart tag:utils --exclude resource_type:test test_type:unit",
		"--select tag:mart --select tag:utils --resource-types model seed --output name",
		"-m fct_orders+ stg_orders",
		"-s +fct_orders --exclude-resource-type test source",
		"-s path:models/utils path:seeds/_seeds.yml",
		"-s dim_customers --indirect-selection empty",
		"-s no_such_model",
	} {
		t.Run("ls "+args, func(t *testing.T) {
			args := strings.Fields(args)
			dbt := s.driver.DBT(t, s.dir, nil, append([]string{"--quiet", "ls", "--target", "staging"}, args...)...)
			if !dbt.OK {
				t.Fatalf("dbt ls: exit %d\n%s", dbt.Exit, dbt.Log)
			}
			ours, err := exec.CommandContext(t.Context(), s.command, append([]string{"-q", "-C", s.dir, "ls", "--files", "disk"}, args...)...).Output()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(lines(dbt.Log), lines(string(ours))); d != "" {
				t.Errorf("-dbt +dbtwac:\n%s", d)
			}
		})
	}
}

// lines are the lines of a listing; those that are JSON are decoded, without what dbt computes for this listing alone.
func lines(text string) []any {
	var list []any
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		var object map[string]any
		switch {
		case line == "":
		case json.Unmarshal([]byte(line), &object) == nil:
			delete(object, "direct_parents")
			list = append(list, object)
		default:
			list = append(list, line)
		}
	}
	return list
}
