package joblint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dbtwac/dbtwac/compiler/source"
)

// TestPrograms: however dbt is started, it is found, or it is said that it was not looked at.
func TestPrograms(t *testing.T) {
	for _, tc := range []struct{ line, want string }{
		{"dbt build", "dbt build"},
		{"./venv/bin/dbt build", "./venv/bin/dbt build"},
		{`"$VENV"/bin/dbt build`, "?/bin/dbt build"},
		{"venv/Scripts/dbt.exe build", "venv/Scripts/dbt.exe build"},
		{"sudo dbt build", "dbt build"},
		{"sudo -E -u airflow X=1 dbt build", "dbt build"},
		{"env -u A B=1 dbt build", "dbt build"},
		{"timeout -k 5 30m dbt build", "dbt build"},
		{"time nice -n 10 dbt build", "dbt build"},
		{"python -m dbt.cli.main build", "dbt.cli.main build"},
		{"python3.11 -W ignore -u -m dbt build", "dbt build"},
		{"python -m dbtx build", ""},
		{"python dbt.py build", ""},
		{"uvx dbt build", "dbt build"},
		{"uvx --from dbt-core --with dbt-duckdb dbt build", "dbt build"},
		{"uv --directory x run --frozen -- dbt build", "dbt build"},
		{"uv run -m dbt.cli.main build", "dbt.cli.main build"},
		{"uv tool run dbt build", "dbt build"},
		{"pipx run --spec dbt-core dbt build", "dbt build"},
		{"poetry -C x run python -m dbt build", "dbt build"},
		{"poetry run pytest dbt", ""},
		{"uvx ruff dbt", ""},
		{"poetry add dbt", ""},
		{"conda run -n x dbt build", "dbt build"},
		{"aws-vault exec prod -- dbt build", "dbt build"},
		{"command -v dbt", ""},
		{"command dbt build", "dbt build"},
		{"sudo", ""},
		{"timeout", ""},
		{"timeout 5", ""},
		{"A=1", ""},
		{"docker run --rm -v x:/y dbt build", "not looked at: dbt may run in a container"},
		{"docker run ghcr.io/dbt-labs/dbt-core:1.9 build", "not looked at: dbt may run in a container"},
		{"docker build -t dbt .", ""},
		{"docker run --rm python pytest dbt_project", ""},
		{`bash -c "cd x && dbt build"`, "not looked at: another shell runs dbt"},
		{`bash -c "pip install dbt-core"`, ""},
		{`eval "dbt build"`, "not looked at: another shell runs dbt"},
		{`"$DBT" build`, "not looked at: a variable names the program"},
		{"${DBT_BIN:-dbt} build", "not looked at: a variable names the program"},
		{`"$dbtwac" gate nightly`, ""},
		{"with_secrets dbt build", "not looked at: another program may run dbt"},
		{"xargs -n1 dbt run -s", "not looked at: another program may run dbt"},
		{"cp -r dbt run", "not looked at: another program may run dbt"},
		{"cd dbt", ""},
		{"git add dbt models", ""},
		{"echo dbt build", ""},
	} {
		steps, unseen, fault := script(spelled(&source.File{Text: tc.line}, 0, len(tc.line)))
		if fault != nil {
			t.Fatalf("%s: %s", tc.line, fault.message)
		}
		got := []string{}
		for _, s := range steps {
			got = append(got, strings.ReplaceAll(strings.Join(spelledOut(s.Words), " "), unknown, "?"))
		}
		for _, p := range unseen {
			got = append(got, "not looked at: "+p.message)
		}
		if d := cmp.Diff(tc.want, strings.Join(got, "; ")); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.line, d)
		}
	}
}

func spelledOut(words []Word) []string {
	var list []string
	for _, w := range words {
		list = append(list, w.Text)
	}
	return list
}
