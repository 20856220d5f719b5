package compiler_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dbtwac/dbtwac/"

// layers is the architecture: a package imports only packages of the lines above its own, and those that stand with it. Tests
// are free.
var layers = []struct {
	packages []string
	may      string // what of other lines a package of this line may not import, is not named here
}{
	{[]string{"compiler/source"}, "nothing of ours"},
	{[]string{"compiler/diag"}, "where things stand"},
	{[]string{"compiler/quote", "compiler/jinja", "compiler/sqltext", "compiler/cron", "templates"}, "text, and nothing of dbt"},
	{[]string{"compiler/modeltext", "compiler/switching"}, "SQL, Jinja and YAML in the texts of a project"},
	{[]string{"compiler/jsondoc"}, "documents"},
	{[]string{"compiler/manifest", "compiler/config", "compiler/output", "compiler/plan", "compiler/results"}, "the inputs, the plan's types and the writer do not know each other"},
	{[]string{"compiler/project", "compiler/warehouse", "compiler/guard"}, "what the inputs mean"},
	{[]string{"compiler/naming"}, "a Project under the environments"},
	{[]string{"compiler/selection"}, "a Project, not the configuration"},
	{[]string{"compiler/ignore"}, "what the user has accepted"},
	{[]string{"compiler/strategy", "compiler/mirror", "compiler/jobs", "compiler/gate", "compiler/diff", "compiler/locate", "compiler/propose"}, "decides"},
	{[]string{"compiler/lint/rule"}, "what a rule sees"},
	{[]string{"compiler/lint/*"}, "rules do not know each other"},
	{[]string{"compiler/lint"}, "the table of rules"},
	{[]string{"compiler/joblint"}, "jobs that people wrote, against what is planned"},
	{[]string{"compiler/emit"}, "prints"},
	{[]string{"compiler"}, "the passes on one screen"},
	{[]string{"cmd/dbtwac"}, "prints and exits"},
}

// doors are what only some packages may import, each with its reason.
var doors = []struct {
	imported string
	only     []string
	reason   string
}{
	{"github.com/tidwall/gjson", []string{"compiler/jsondoc"}, "jsondoc is the only package that imports gjson: coercion is silent there, and positions get lost"},
	{"github.com/flosch/pongo2/v6", []string{"compiler/emit"}, "emit is the only package that imports pongo2: templates print, Go decides"},
	{"github.com/alecthomas/kong", []string{"cmd/dbtwac"}, "only cmd knows the command line"},
	{"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif", []string{"compiler/diag"}, "diag has the printers of diagnostics"},
	{"github.com/hashicorp/hcl/v2/hclwrite", []string{"compiler/emit"}, "emit prints"},
	{"github.com/robfig/cron/v3", []string{"compiler/cron"}, "cron knows what of the library's own syntax no platform takes"},
	{"go.yaml.in/yaml/v4", []string{"compiler/config", "compiler/switching", "compiler/joblint"}, "config reads dbtwac.yml, switching finds calls in properties, joblint reads jobs that people wrote, and nothing else reads YAML"},
	{"mvdan.cc/sh/v3/syntax", []string{"compiler/joblint"}, "joblint reads shell scripts that people wrote; nothing else has to understand a shell"},
	{"github.com/hashicorp/hcl/v2/hclsyntax", []string{"compiler/joblint", "compiler/emit"}, "joblint reads Terraform that people wrote, emit writes it; nothing else has to understand it"},
	{"os", []string{"cmd/dbtwac", "compiler/source", "compiler/output"}, "only source reads, only output writes, only cmd prints and exits"},
	{"io/ioutil", nil, "use os or io"},
	{"os/exec", nil, "dbtwac runs nothing: dbt and the warehouse's own CLI do"},
	{"net", nil, "dbtwac connects to nothing"},
	{"net/http", nil, "dbtwac connects to nothing"},
	{"time", nil, "same input, same bytes: nothing reads the clock"},
	{"math/rand", nil, "same input, same bytes: nothing is random"},
	{"math/rand/v2", nil, "same input, same bytes: nothing is random"},
	{"log", nil, "only cmd prints"},
}

// exceptions to doors, each with its reason.
var exceptions = map[string]string{
	"compiler/output math/rand/v2": "names of temporary files, which no output shows",
}

func TestImports(t *testing.T) {
	found := imports(t)
	for pkg, list := range found {
		own := layerOf(pkg)
		if own < 0 {
			t.Errorf("%s stands in no layer: add it to the table in this test, and to compiler/doc.go", pkg)
			continue
		}
		for _, imported := range list {
			if rel, ours := strings.CutPrefix(imported, module); ours {
				if other := layerOf(rel); other > own || other == own && own < len(layers) && !sameLayerAllowed(pkg, rel) {
					t.Errorf("%s imports %s: an arrow that goes back, or sideways. %s: %s", pkg, rel, pkg, layers[own].may)
				}
			}
			for _, d := range doors {
				if imported == d.imported && !slices.Contains(d.only, pkg) && exceptions[pkg+" "+imported] == "" {
					t.Errorf("%s imports %s: %s", pkg, imported, d.reason)
				}
			}
		}
	}
}

// sideways are the imports within a layer, each a step of the pipeline.
var sideways = []string{
	"compiler/guard compiler/plan",
}

func sameLayerAllowed(from, to string) bool { return slices.Contains(sideways, from+" "+to) }

func layerOf(pkg string) int {
	for i, l := range layers {
		for _, pattern := range l.packages {
			if pattern == pkg {
				return i
			}
		}
	}
	for i, l := range layers {
		for _, pattern := range l.packages {
			if ok, _ := path.Match(pattern, pkg); ok {
				return i
			}
		}
	}
	return -1
}

// imports lists what each package outside of golden imports, tests apart.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	root := ".."
	for _, top := range []string{"cmd", "compiler", "templates"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(file string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			rel, err := filepath.Rel(root, filepath.Dir(file))
			if err != nil {
				return err
			}
			pkg := filepath.ToSlash(rel)
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			if found[pkg] == nil {
				found[pkg] = []string{}
			}
			for _, i := range parsed.Imports {
				name, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				if !slices.Contains(found[pkg], name) {
					found[pkg] = append(found[pkg], name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 10 {
		t.Fatalf("found only %d packages: is the test run from its own folder?", len(found))
	}
	return found
}
