package manifest

import (
	"fmt"
	"strconv"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
)

// parser decodes one entry of a section.
type parser struct {
	*parsed
	section string
	id      string
	key     jsondoc.Value
	meta    Metadata
}

// node decodes a member of the graph: it reads what most compiles need and steps over the rest.
func (p *parser) node(v jsondoc.Value) {
	if !p.object(v) {
		return
	}
	n := &Node{ID: p.id, Kind: Kind(p.section[:len(p.section)-1]), Raw: v}
	if p.section == "saved_queries" {
		n.Kind = SavedQuery
	}
	var refsTable string // a source calls its alias `identifier`
	for it := v.Entries(); it.Next(); {
		switch it.Key() {
		case "unique_id":
			if id := p.str(it.Value(), "unique_id"); id != "" && id != p.id {
				p.problem(WrongType, it.Value(), "unique_id", fmt.Sprintf("unique_id is %q under the key %q", id, p.id), rewrite)
			}
		case "resource_type":
			n.Kind = Kind(p.str(it.Value(), "resource_type"))
		case "name":
			n.Name = p.str(it.Value(), "name")
		case "package_name":
			n.Package = p.str(it.Value(), "package_name")
		case "path":
			n.Path = p.str(it.Value(), "path")
		case "original_file_path":
			n.OriginalFilePath = p.str(it.Value(), "original_file_path")
		case "patch_path":
			n.PatchPath = p.str(it.Value(), "patch_path")
		case "fqn":
			n.FQN = p.list(it.Value(), "fqn")
		case "tags":
			n.Tags = p.tags(it.Value())
		case "database":
			n.Database = p.str(it.Value(), "database")
		case "schema":
			n.Schema = p.str(it.Value(), "schema")
		case "alias":
			n.Alias = p.str(it.Value(), "alias")
		case "identifier":
			refsTable = p.str(it.Value(), "identifier")
		case "source_name":
			n.SourceName = p.str(it.Value(), "source_name")
		case "relation_name":
			n.RelationName = p.str(it.Value(), "relation_name")
		case "language":
			n.Language = p.str(it.Value(), "language")
		case "group":
			n.Group = p.str(it.Value(), "group")
		case "access":
			n.Access = p.str(it.Value(), "access")
		case "version":
			n.Version = it.Value()
		case "latest_version":
			n.LatestVersion = it.Value()
		case "checksum":
			n.Checksum = p.checksum(it.Value())
		case "depends_on":
			p.dependsOn(n, it.Value())
		case "config":
			p.config(n, it.Value())
		}
	}
	if n.Kind == Source {
		n.Alias = refsTable
		if n.Alias == "" {
			n.Alias = n.Name
		}
	}
	p.upgrade(n)
	if p.required(n, v) && !p.dropped(n) {
		p.nodes = append(p.nodes, n)
	}
}

// dropped reports whether dbt would not have n in its graph: a disabled node, or a metric of a time before dbt could read it
// back (version 9 and older).
func (p *parser) dropped(n *Node) bool {
	if n.Kind == Metric && p.meta.Schema < 10 {
		return true
	}
	enabled := n.Config.Raw.Get("enabled")
	return n.Kind != Exposure && enabled.Kind() == jsondoc.Bool && enabled.Raw() == "false"
}

// required reports what no compile can do without.
func (p *parser) required(n *Node, v jsondoc.Value) bool {
	before := len(p.diags)
	for _, f := range []struct{ key, value string }{
		{"resource_type", string(n.Kind)}, {"name", n.Name}, {"package_name", n.Package},
	} {
		if f.value == "" {
			p.problem(WrongType, v, f.key, p.id+" has no "+f.key, rewrite)
		}
	}
	if len(n.FQN) == 0 {
		p.problem(WrongType, v, "fqn", p.id+" has no fqn", rewrite)
	}
	if len(p.diags) > before {
		return false
	}
	p.safe(n)
	return true
}

func (p *parser) config(n *Node, v jsondoc.Value) {
	if v.Kind() != jsondoc.Missing && !p.is(v, jsondoc.Object, "config") {
		return
	}
	c := &n.Config
	c.Raw = v
	for it := v.Entries(); it.Next(); {
		switch it.Key() {
		case "materialized":
			c.Materialized = p.str(it.Value(), "config.materialized")
		case "schema":
			c.Schema = p.str(it.Value(), "config.schema")
			c.HasSchema = it.Value().Kind() == jsondoc.String
		case "database":
			c.Database = p.str(it.Value(), "config.database")
			c.HasDatabase = it.Value().Kind() == jsondoc.String
		case "alias":
			c.Alias = p.str(it.Value(), "config.alias")
		case "tags":
			if n.Kind == UnitTest { // they have no tags of their own
				n.Tags = p.tags(it.Value())
			}
		}
	}
}

func (p *parser) dependsOn(n *Node, v jsondoc.Value) {
	if v.Kind() != jsondoc.Missing && !p.is(v, jsondoc.Object, "depends_on") {
		return
	}
	for it := v.Entries(); it.Next(); {
		switch it.Key() {
		case "nodes":
			n.Parents = p.list(it.Value(), "depends_on.nodes")
		case "macros":
			n.Macros = p.list(it.Value(), "depends_on.macros")
		}
	}
}

// checksum joins the kind of checksum and its value; a file that is larger than dbt reads has its path there.
func (p *parser) checksum(v jsondoc.Value) string {
	if v.Kind() == jsondoc.String { // of a unit test
		return p.str(v, "checksum")
	}
	if v.Kind() != jsondoc.Missing && !p.is(v, jsondoc.Object, "checksum") {
		return ""
	}
	return p.str(v.Get("checksum"), "checksum.checksum")
}

// tags takes a single tag for a list of one, as dbt's config does.
func (p *parser) tags(v jsondoc.Value) []string {
	if v.Kind() == jsondoc.String {
		return []string{p.str(v, "tags")}
	}
	return p.list(v, "tags")
}

func (p *parser) macro(v jsondoc.Value) {
	if !p.object(v) {
		return
	}
	m := &Macro{ID: p.id, Raw: v}
	for it := v.Entries(); it.Next(); {
		switch it.Key() {
		case "name":
			m.Name = p.str(it.Value(), "name")
		case "package_name":
			m.Package = p.str(it.Value(), "package_name")
		case "original_file_path":
			m.OriginalFilePath = p.str(it.Value(), "original_file_path")
		case "depends_on":
			m.Macros = p.list(it.Value().Get("macros"), "depends_on.macros")
		}
	}
	if m.Name == "" || m.Package == "" {
		p.problem(WrongType, v, "name", p.id+" has no name or no package_name", rewrite)
		return
	}
	p.macros = append(p.macros, m)
}

func (p *parser) group(v jsondoc.Value) {
	if p.object(v) {
		p.groups = append(p.groups, Group{p.id, p.str(v.Get("name"), "name")})
	}
}

func (p *parser) object(v jsondoc.Value) bool { return p.is(v, jsondoc.Object, "") }

func (p *parser) is(v jsondoc.Value, want jsondoc.Kind, key string) bool {
	if v.Kind() == want {
		return true
	}
	p.wrong(v, want, key)
	return false
}

func (p *parser) str(v jsondoc.Value, key string) string {
	s, ok := v.Str()
	if !ok {
		p.wrong(v, jsondoc.String, key)
	}
	return s
}

func (p *parser) list(v jsondoc.Value, key string) []string {
	list, ok := v.Strings()
	if !ok {
		p.problem(WrongType, v, key, p.subject(key)+" has to be a list of strings", rewrite)
	}
	return list
}

func (p *parser) wrong(v jsondoc.Value, want jsondoc.Kind, key string) {
	p.problem(WrongType, v, key, p.subject(key)+" is "+v.Kind().String()+" and has to be "+want.String(), rewrite)
}

// subject says what a sentence is about: a field of the node, or the node.
func (p *parser) subject(key string) string {
	if key == "" {
		return p.id
	}
	return key + " of " + p.id
}

func (p *parser) problem(code diag.Code, v jsondoc.Value, key, message, hint string) {
	if v == (jsondoc.Value{}) {
		v = p.key
	}
	path := p.section + "." + quoted(p.id)
	if key != "" {
		path += "." + key
	}
	if v.Kind() == jsondoc.Object {
		v = v.Head()
	}
	p.diags.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: v.Span(), Path: path, Message: message, Hint: hint})
}

func quoted(id string) string { return strconv.Quote(id) }
