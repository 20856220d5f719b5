package selection_test

import (
	"testing"

	"github.com/dbtwac/dbtwac/compiler/selection"
)

// §2.7 and §2.11.5.
func TestPath(t *testing.T) {
	p := doc{}.
		node("model.p.top", fields{"original_file_path": "models/top.sql"}).
		node("model.p.a", fields{"original_file_path": "models/stg/a.sql", "patch_path": "p://models/stg/stg.yml"}).
		node("model.p.b", fields{"original_file_path": "models/stg/deep/b.sql"}).
		node("model.q.pkg", fields{"original_file_path": "models/stg/pkg.sql"}).
		node("model.q.far", fields{"original_file_path": "models/far/far.sql"}).
		node("seed.p.s", fields{"original_file_path": "seeds/s.csv"}).
		project(t, nil)
	questions := []question{
		{"a folder", args("path:models/stg"), "", "a b pkg"},
		{"without the method", args("models/stg"), "", "a b pkg"},
		{"a trailing slash", args("models/stg/"), "", "a b pkg"},
		{"./ before", args("./models/stg"), "", "a b pkg"},
		{"two slashes", args("models//stg"), "", "a b pkg"},
		{"a star is files and folders, a package's too where the root has the folder", args("models/*"), "", "a b top pkg"},
		{"a star with a suffix is direct files", args("models/*.sql"), "", "top"},
		{"** is folders", args("models/**"), "", "a b top far pkg"},
		{"** and a name", args("models/**/b.sql"), "", "b"},
		{"** at the start", args("**/stg"), "", "a b pkg"},
		{"many of them cost no more", args("**/**/**/**/**/**/**/**/**/**/**/b.sql"), "", "b"},
		{"a folder in the middle", args("*/stg/deep"), "", "b"},
		{"a patch selects what it patches", args("models/stg/stg.yml"), "", "a"},
		{"brackets", args("models/[s-t]tg"), "", "a b pkg"},
		{"case counts", args("Models/stg"), "", ""},
		{"a folder that only a package has", args("models/far"), "", ""},
		{"no such folder", args("models/none"), "", ""},
		{"../ is nothing", args("../"), "", ""},
		{"up and down again is nothing", args("models/../models"), "", ""},
		{"the root", args("./"), "", `error: path:./ is a path that dbt fails on`},
		{"empty", args("path:"), "", "error: path: is empty"},
		{"a dot", args("path:."), "", "error: path:. is a path that dbt fails on"},
		{"absolute", args("/models"), "", "error: path:/models is absolute"},
		{"** beside characters", args("models/a**"), "", "error: path:models/a** has ** beside"},
	}
	check(t, p, questions)
	t.Run("given files", func(t *testing.T) {
		files := []string{"models/top.sql", "models/stg/a.sql", "models/stg/stg.yml", "models/stg/deep/b.sql", "seeds/s.csv", "models/far/README.md"}
		for i := range questions {
			if questions[i].why == "a folder that only a package has" {
				questions[i].want = "far" // now the root has it
			}
			if questions[i].args[0] == "models/*" {
				questions[i].want = "a b top far pkg"
			}
		}
		check(t, p, questions, selection.Files(files))
	})
}
