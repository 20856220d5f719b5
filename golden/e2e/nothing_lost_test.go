package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/emit"
	"github.com/dbtwac/dbtwac/compiler/ignore"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
	"github.com/dbtwac/dbtwac/compiler/strategy"
)

// nights bring what is new, late, corrected and gone, behind a first day that is in production already.
var nights = []struct{ script, sql, seed string }{
	{script: "day2.sql"},
	{script: "day3.sql", seed: "east,Far east\n"},
	{script: "day4.sql", sql: `delete from raw_market.sales where loaded_at < timestamp '2024-05-03 00:00:00';
		update raw_market.sales set quantity = 7, loaded_at = timestamp '2024-05-04 23:00:00' where id = 109;
		insert into raw_market.sales values (111, 2, 'B-2', 1, 480, '2024-05-02 10:00:00', '2024-05-04 23:00:00');
		update raw_market.stores set manager = 'Grace Hopper', updated_at = timestamp '2024-05-04 07:00:00' where id = 2;
		delete from raw_market.stores where id = 5;`},
}

// TestNothingLost runs three nights by production_rollback beside a run in place, and by a swap, which is refused, and why.
func TestNothingLost(t *testing.T) {
	t.Parallel()
	for _, engine := range drawn(newRandom(t), []string{"duckdb", "postgres"}, 1) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel() // as in TestMatrix
			day1 := newMarket(t, engine, false)
			inPlace := day1.copy(t)
			var want []map[string]content
			for i := range nights {
				inPlace.bring(i)
				inPlace.mustDBT("build", "--target", "prod")
				want = append(want, inPlace.contents("analytics_", whenDBTRan))
			}
			for _, table := range []string{"sales", "sales_log", "daily_total", "dim_stores_v2", "rpt_regions"} {
				for i := 1; i < len(want); i++ {
					if name := quoted("analytics_mart", table); cmp.Equal(want[i-1][name], want[i][name]) {
						t.Errorf("%s changes nothing in %s: it shows nothing", nights[i].script, name)
					}
				}
			}

			t.Run("production_rollback", func(t *testing.T) {
				s := day1.copy(t)
				s.deploy("strategy: production_rollback, select: 'tag:mart tag:utils'")
				s.mustCompile()
				for i := range nights {
					s.bring(i)
					s.night(byScript)
					if d := cmp.Diff(want[i], s.contents("analytics_", whenDBTRan)); d != "" {
						t.Errorf("%s: production is not what a run in place makes of it (-in place +published):\n%s", nights[i].script, d)
					}
				}
			})

			if engine != "postgres" {
				return
			}
			t.Run("blue_green", func(t *testing.T) {
				s := day1.copy(t)
				s.deploy("strategy: blue_green")
				output, code := s.compile()
				for _, names := range []string{"error DW201", "model.market.fct_sales, model.market.sales_log", "error DW202", "snapshot.market.stores_history"} {
					if code != 2 || !strings.Contains(output, names) {
						t.Errorf("a swap that loses rows has to be refused with %q: exit %d\n%s", names, code, output)
					}
				}
				s.compileUnchecked()
				for i := range nights {
					s.bring(i)
					s.night(byScript)
					if d := cmp.Diff(swapLoses[i], lost(want[i], s.contents("analytics_", whenDBTRan))); d != "" {
						t.Errorf("%s: the swap loses other rows (-want +got):\n%s", nights[i].script, d)
					}
				}
			})
		})
	}
}

// swapLoses are what a run in place has after each night, and production after a swap has not: the first night begins with
// nothing, and each other one with the production of the night before the last.
var swapLoses = []map[string][]string{
	{
		`"analytics_history"."stores_history"`: {"2 <nil> north 2024-04-29 10:30:00"},
		`"analytics_mart"."sales"`:             {"101 3", "102 1", "103 10"},
		`"analytics_mart"."sales_log"`:         {"101 3 2024-04-30 23:00:00", "102 1 2024-04-30 23:00:00", "103 10 2024-04-30 23:00:00", "104 2 2024-05-01 23:00:00"},
	},
	{
		`"analytics_mart"."sales_log"`: {"106 1 2024-05-02 23:00:00"}, // which the second night alone has seen
	},
	{
		`"analytics_history"."stores_history"`: {"2 <nil> north 2024-04-29 10:30:00"},
		`"analytics_mart"."sales"`:             {"101 3", "102 1", "103 10"},
		`"analytics_mart"."sales_log"`: {"101 3 2024-04-30 23:00:00", "102 1 2024-04-30 23:00:00", "103 10 2024-04-30 23:00:00", "104 2 2024-05-01 23:00:00",
			"109 6 2024-05-03 23:00:00"}, // and this the third
	},
}

// lost are the rows of what only runs remember that are in want and not in got.
func lost(want, got map[string]content) map[string][]string {
	rows := map[string][]string{}
	for table, columns := range map[string][]string{
		`"analytics_mart"."sales"`:             {"sale_id", "quantity"},
		`"analytics_mart"."sales_log"`:         {"sale_id", "quantity", "loaded_at"},
		`"analytics_history"."stores_history"`: {"store_id", "manager", "region", "dbt_valid_from"},
	} {
		for _, row := range want[table].Rows {
			if !slices.ContainsFunc(got[table].Rows, func(r map[string]any) bool { return cmp.Equal(r, row) }) {
				var text []string
				for _, column := range columns {
					text = append(text, fmt.Sprint(row[column]))
				}
				rows[table] = append(rows[table], strings.Join(text, " "))
			}
		}
		slices.Sort(rows[table])
	}
	return rows
}

// bring changes what dbt reads for a night.
func (s *site) bring(night int) {
	s.t.Helper()
	n := nights[night]
	if n.sql != "" {
		s.write(n.script, n.sql)
	}
	s.mustScript(n.script)
	if n.seed != "" {
		s.edit("seeds/regions.csv", "\neast,East\n", "\n"+n.seed)
	}
}

// compileUnchecked writes what compile would, if it did not look for what is wrong with it.
func (s *site) compileUnchecked() {
	s.t.Helper()
	read := func(name string) *source.File {
		file, err := source.Read(filepath.Join(s.dir, name), name)
		if err != nil {
			s.t.Fatal(err)
		}
		return file
	}
	c, diags := config.Load(read("dbtwac.yml"))
	m, more := manifest.Load(read("target/manifest.json"))
	diags.Add(more...)
	prod, more := manifest.Load(read("target/prod/manifest.json"))
	diags.Add(more...)
	if diags.HasErrors() {
		s.t.Fatal(diags)
	}
	p := project.Build(m, func(string) bool { return false }, nil, nil)
	ignored, diags := ignore.New(c, p)
	planned, more := strategy.Plan(p, nil, c, nil, naming.New(p, c, map[string]*manifest.Manifest{"prod": prod}), ignored)
	diags.Add(more...)
	if diags.HasErrors() {
		s.t.Fatal(diags)
	}
	files, err := emit.Render(planned, c.Output)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range files {
		s.write(file.Path, file.Text)
	}
}
