package mirror

import (
	"encoding/json"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/project"
	"github.com/dbtwac/dbtwac/compiler/source"
)

// freshnessTest is the generic test that dbtwac writes into the project for copies of sources with a freshness.
const freshnessTest = "dbtwac_freshness"

// Nodes are the models and tests of mirrors as dbt will list them once it has parsed them. They carry what is decided by them:
// names, tags, dependencies and the configs that selection and checks ask for; not the text, which nobody here reads.
func Nodes(all *project.Project, mirrors []plan.Mirror) []*manifest.Node {
	doc := map[string]node{}
	roots := modelRoots(all)
	for _, m := range mirrors {
		prefix := append([]string{all.Name()}, folders(m.Folder, roots)...)
		for _, c := range m.Models {
			doc[c.Node] = modelNode(all, m, c, prefix)
			for _, t := range c.AllTests() {
				doc[t.Node] = testNode(all, m, c, t, prefix)
			}
		}
	}
	if len(doc) == 0 {
		return nil
	}
	text, _ := json.Marshal(doc) // structs of strings, maps with keys of type string: nothing that could fail; keys are sorted
	return manifest.Made(&source.File{Name: "the mirror layer", Text: string(text)}, all.Manifest.Metadata)
}

// folders are the folders of a path below the root of models that it is in.
func folders(folder string, roots []string) []string {
	for _, root := range roots {
		if rest, ok := strings.CutPrefix(folder+"/", root); ok && root != "" {
			return split(rest)
		}
	}
	_, rest, _ := strings.Cut(folder, "/")
	return split(rest)
}

func split(folder string) []string {
	if folder = strings.Trim(folder, "/"); folder == "" {
		return nil
	}
	return strings.Split(folder, "/")
}

// node is a node as manifest.json has it.
type node struct {
	UniqueID         string         `json:"unique_id"`
	ResourceType     string         `json:"resource_type"`
	Name             string         `json:"name"`
	Package          string         `json:"package_name"`
	Path             string         `json:"path"`
	OriginalFilePath string         `json:"original_file_path"`
	PatchPath        string         `json:"patch_path,omitempty"`
	FQN              []string       `json:"fqn"`
	Tags             []string       `json:"tags"`
	Database         string         `json:"database,omitempty"`
	Schema           string         `json:"schema"`
	Alias            string         `json:"alias"`
	RelationName     string         `json:"relation_name,omitempty"`
	Language         string         `json:"language"`
	Description      string         `json:"description"`
	Config           map[string]any `json:"config"`
	DependsOn        dependsOn      `json:"depends_on"`
	Sources          [][]string     `json:"sources,omitempty"`
	RawCode          string         `json:"raw_code"`
	TestMetadata     *testMetadata  `json:"test_metadata,omitempty"`
	ColumnName       string         `json:"column_name,omitempty"`
	AttachedNode     string         `json:"attached_node,omitempty"`
}

type dependsOn struct {
	Nodes  []string `json:"nodes"`
	Macros []string `json:"macros"`
}

type testMetadata struct {
	Name      string                     `json:"name"`
	Namespace string                     `json:"namespace,omitempty"`
	Kwargs    map[string]json.RawMessage `json:"kwargs"`
}

func modelNode(all *project.Project, m plan.Mirror, c plan.Copied, prefix []string) node {
	config := map[string]any{"enabled": true, "materialized": c.Materialized, "schema": m.Place.Schema, "tags": m.Tags}
	if m.Place.Database != "" {
		config["database"] = m.Place.Database
	}
	return node{
		UniqueID: c.Node, ResourceType: string(manifest.Model), Name: c.Name, Package: all.Name(),
		Path: strings.Join(append(append([]string{}, prefix[1:]...), c.Name+".sql"), "/"), OriginalFilePath: c.File,
		PatchPath: all.Name() + "://" + m.Properties, FQN: append(append([]string{}, prefix...), c.Name), Tags: m.Tags,
		Database: c.Relation.Database, Schema: c.Relation.Schema, Alias: c.Relation.Identifier, RelationName: rendered(all.Manifest.Metadata, c.Relation),
		Language: "sql", Description: c.Description, Config: config,
		DependsOn: dependsOn{Nodes: []string{c.Source}, Macros: []string{}}, Sources: [][]string{c.Arguments[:]},
		RawCode: "select * from {{ source(...) }}", // one without code is no member of a selection
	}
}

func testNode(all *project.Project, m plan.Mirror, c plan.Copied, t plan.Test, prefix []string) node {
	kwargs := map[string]json.RawMessage{}
	config := map[string]any{"enabled": true, "severity": "ERROR", "materialized": "test"}
	for _, a := range t.Arguments {
		kwargs[a.Key] = json.RawMessage(a.JSON)
	}
	if t.Column != "" {
		kwargs["column_name"] = json.RawMessage(jsonText(t.Column))
	}
	tags := []string{}
	for _, a := range t.Config {
		config[a.Key] = json.RawMessage(a.JSON)
		if list, ok := value(a.JSON).Strings(); ok && a.Key == "tags" {
			tags = list
		}
	}
	namespace, name, ok := strings.Cut(t.Name, ".")
	if !ok {
		namespace, name = "", t.Name
	}
	label := strings.TrimPrefix(t.Node, "test."+all.Name()+".")
	label = label[:strings.LastIndexByte(label, '.')]
	n := node{
		UniqueID: t.Node, ResourceType: string(manifest.Test), Name: label, Package: all.Name(),
		Path: label + ".sql", OriginalFilePath: m.Properties, FQN: append(append([]string{}, prefix...), label), Tags: tags,
		Schema: "dbt_test__audit", Alias: label, Language: "sql", Config: config, ColumnName: t.Column, AttachedNode: c.Node,
		DependsOn: dependsOn{Nodes: []string{c.Node}, Macros: []string{}}, RawCode: "{{ test_" + name + "() }}",
		TestMetadata: &testMetadata{Name: name, Namespace: namespace, Kwargs: kwargs},
	}
	n.DependsOn.Nodes = append(n.DependsOn.Nodes, t.Reads...)
	if from := all.Node(t.From); from.Kind == manifest.Test {
		n.DependsOn.Macros = from.Macros
	}
	return n
}

// rendered is a relation_name as dbt writes it.
func rendered(meta manifest.Metadata, n plan.Name) string {
	mark := map[string]string{"bigquery": "`", "databricks": "`", "spark": "`", "clickhouse": "`"}[meta.AdapterType]
	if mark == "" {
		mark = `"`
	}
	var parts []string
	for _, p := range []struct{ key, name string }{{"database", n.Database}, {"schema", n.Schema}, {"identifier", n.Identifier}} {
		if p.name == "" {
			continue
		}
		if quotes(meta, p.key) {
			p.name = mark + p.name + mark
		}
		parts = append(parts, p.name)
	}
	return strings.Join(parts, ".")
}

// quotes reports whether dbt quotes a part of names: database, schema or identifier.
func quotes(meta manifest.Metadata, part string) bool {
	if b := meta.Quoting.Get(part); b.Kind() == jsondoc.Bool {
		yes, _ := b.Bool()
		return yes
	}
	return meta.AdapterType != "snowflake"
}
