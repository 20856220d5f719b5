package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dbtwac/dbtwac/golden/internal/dbtenv"
)

// bigqueryEngine is an emulator, which shows the flow of scripts and macros, and the rows; golden/python/bigquery_emulator.py says
// what it cannot show.
type bigqueryEngine struct {
	t       testing.TB
	project *dbtenv.Project
	cli     bool // scripts are run by Google's bq, whose start takes seconds
}

func newBigQuery(t testing.TB, driver *dbtenv.Driver, project, dir string) engine {
	t.Helper()
	if dbtenv.RealBigQuery() {
		return onProject(t, dbtenv.NewRemoteProject(t, driver), project, dir)
	}
	inGoogleSQL(t, dir, "")
	return bigqueryEngine{t, dbtenv.StartBigQuery(t).NewProject(t, project), false}
}

var varchar = regexp.MustCompile(`varchar\(\d+\)`)

// inGoogleSQL says in BigQuery's SQL what the scripts of a project do to its sources, in datasets with a prefix.
func inGoogleSQL(t testing.TB, dir, prefix string) {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		translated := strings.NewReplacer("''", `\'`, " cascade", "", "raw_", prefix+"raw_").Replace(varchar.ReplaceAllString(string(text), "string"))
		if err := os.WriteFile(name, []byte(translated), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (bigqueryEngine) name() string { return "bigquery" }

func (e bigqueryEngine) sql(statements ...string) [][]any {
	e.t.Helper()
	return e.project.SQL(e.t, statements...)
}

func (e bigqueryEngine) script(file string, env map[string]string) (output string, code int) {
	e.t.Helper()
	if strings.HasSuffix(file, ".sh") {
		stdout, stderr, code := e.project.BqShell(e.t, env, file, e.cli)
		return stdout + stderr, code
	}
	if e.cli {
		stdout, stderr, code := e.project.Bq(e.t, env, file)
		return stdout + stderr, code
	}
	return e.project.Script(e.t, env, file)
}

func (bigqueryEngine) schema(name string) string { return name }

func (e bigqueryEngine) env() map[string]string {
	e.t.Helper()
	e.project.Use(e.t)
	env := map[string]string{"DBT_PROFILE": e.project.Name + "_bigquery"}
	maps.Copy(env, e.project.Env())
	return env
}

func (bigqueryEngine) relations() string { return relationsIn("us", "") }

func (bigqueryEngine) json(relation string) string { return jsonIn(relation, "") }

func (bigqueryEngine) facts() string { return factsIn("us", "") }

func (e bigqueryEngine) copy(t testing.TB, _ string) engine {
	t.Helper()
	return bigqueryEngine{t, e.project.Copy(t), e.cli}
}

// relationsIn are those of the datasets with a prefix, without it, and without what dbt has made for a moment.
func relationsIn(location, prefix string) string {
	return fmt.Sprintf(`select concat('"', substr(table_schema, %d), '"."', table_name, '"'), case table_type when 'BASE TABLE' then 'table' when 'CLONE' then 'table' else lower(table_type) end
		from %s.INFORMATION_SCHEMA.TABLES where %s`, len(prefix)+1, "`region-"+location+"`", oursIn(prefix))
}

func oursIn(prefix string) string {
	return fmt.Sprintf("starts_with(table_schema, '%s') and not contains_substr(table_name, '__dbt_tmp')", prefix)
}

// jsonIn has a space in timestamps and no zone, which is UTC, as the other engines have it.
func jsonIn(relation, prefix string) string {
	schema, name, _ := strings.Cut(strings.Trim(relation, `"`), `"."`)
	return fmt.Sprintf(`select regexp_replace(to_json_string(t), r'(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(\.\d+)?)(Z|\+00)', r'\1 \2') from %s as t`, "`"+prefix+schema+"`.`"+name+"`")
}

func factsIn(location, prefix string) string {
	region := "`region-" + location + "`.INFORMATION_SCHEMA."
	name := fmt.Sprintf(`concat('"', substr(table_schema, %d), '"."', table_name, '"')`, len(prefix)+1)
	columns := func(what, column, rows, order string) string {
		return fmt.Sprintf("select %s, concat('%s: ', string_agg(%s, ', ' order by %s)) from %sCOLUMNS where %s and %s group by table_schema, table_name", name, what, column, order, region, oursIn(prefix), rows)
	}
	return strings.Join([]string{
		columns("columns", "concat(column_name, ' ', data_type, ' ', is_nullable)", "true", "ordinal_position"),
		columns("partitioned by", "column_name", "is_partitioning_column = 'YES'", "ordinal_position"),
		columns("clustered by", "column_name", "clustering_ordinal_position is not null", "clustering_ordinal_position"),
		fmt.Sprintf(`select %s, concat('definition: ', regexp_replace(ddl, r'\s', '')) from %sTABLES where %s and ends_with(table_type, 'VIEW')`, name, region, oursIn(prefix)),
	}, "\nunion all ")
}
