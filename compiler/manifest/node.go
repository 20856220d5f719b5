package manifest

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/dbtwac/dbtwac/compiler/jsondoc"
)

// parser decodes one entry of a section.
type parser struct {
	*loader
	section string
	id      string
	key     jsondoc.Value
}

// node decodes a member of the graph: it reads what most compiles need and steps over the rest. kind is that of the section,
// or empty where each entry says its own.
func (p *parser) node(entry *jsondoc.Entries, kind Kind) {
	if !p.object(entry) {
		return
	}
	n := &Node{ID: p.id, Kind: kind}
	var identifier string // of a source: what others call the alias
	it := entry.Descend() // outside of the loop: inside, each turn would have its own copy on the heap
	for it.Next() {
		switch it.Key() {
		case "unique_id":
			if id := p.str(it.Value(), "unique_id"); id != "" && id != p.id {
				p.report(it.Value(), "unique_id", fmt.Sprintf("unique_id is %q under the key %q", id, p.id))
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
			identifier = p.str(it.Value(), "identifier")
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
		case "raw_code", "raw_sql": // renamed in version 7
			n.rawCode = it.Value()
		case "compiled_code", "compiled_sql":
			n.compiledCode = it.Value()
		case "depends_on":
			p.dependsOn(n, it.Value())
		case "config":
			p.config(n, &it)
		case "unrendered_config":
			n.Config.Unrendered = it.Value()
		}
	}
	n.Raw = entry.Value()
	if n.Kind == Source {
		n.Alias = cmp.Or(identifier, n.Name)
	}
	p.upgrade(n)
	if p.required(n) && !p.dropped(n) {
		p.m.Nodes = append(p.m.Nodes, n)
	}
}

// dropped reports whether dbt would not have n in its graph: a disabled node, or a metric of a time before dbt could read it
// back (version 9 and older).
func (p *parser) dropped(n *Node) bool {
	if n.Kind == Metric && p.m.Metadata.Schema < 10 {
		return true
	}
	return n.Kind != Exposure && n.Config.disabled
}

// required reports what no compile can do without.
func (p *parser) required(n *Node) bool {
	before := len(p.diags)
	for _, f := range [...]struct{ key, value string }{
		{"resource_type", string(n.Kind)}, {"name", n.Name}, {"package_name", n.Package},
	} {
		if f.value == "" {
			p.report(p.key, f.key, p.id+" has no "+f.key)
		}
	}
	if len(n.FQN) == 0 {
		p.report(p.key, "fqn", p.id+" has no fqn")
	}
	p.safe(n)
	return len(p.diags) == before
}

func (p *parser) config(n *Node, entry *jsondoc.Entries) {
	if k := entry.Kind(); k != jsondoc.Object && k != jsondoc.Missing {
		p.wrong(entry.Value(), jsondoc.Object, "config")
		return
	}
	c := &n.Config
	it := entry.Descend()
	for it.Next() {
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
		case "pre-hook", "post-hook", "pre_hook", "post_hook":
			if raw := it.Value().Raw(); raw != "[]" && raw != "null" {
				c.HasHooks = true
			}
		case "grants":
			c.HasGrants = it.Kind() == jsondoc.Object && it.Value().Raw() != "{}"
		case "store_failures":
			c.storeFailures = it.Kind() == jsondoc.Bool && it.Value().Raw() == "true"
		case "store_failures_as":
			c.storeFailuresAs = it.Value().Text()
		case "enabled":
			c.disabled = it.Kind() == jsondoc.Bool && it.Value().Raw() == "false"
		case "tags":
			if n.Kind == UnitTest { // they have no tags of their own
				n.Tags = p.tags(it.Value())
			}
		}
	}
	c.Raw = entry.Value()
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

func (p *parser) macro(entry *jsondoc.Entries) {
	if !p.object(entry) {
		return
	}
	m := &Macro{ID: p.id}
	it := entry.Descend()
	for it.Next() {
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
	m.Raw = entry.Value()
	if m.Name == "" || m.Package == "" {
		p.report(p.key, "name", p.id+" has no name or no package_name")
		return
	}
	p.m.Macros = append(p.m.Macros, m)
}

func (p *parser) group(entry *jsondoc.Entries) {
	if p.object(entry) {
		p.m.Groups = append(p.m.Groups, Group{p.id, p.str(entry.Value().Get("name"), "name")})
	}
}

func (p *parser) selector(entry *jsondoc.Entries) {
	p.m.Selectors = append(p.m.Selectors, Selector{p.id, entry.Value()})
}

func (p *parser) disabled(entry *jsondoc.Entries) { p.m.Disabled[p.id] = entry.Value() }

// object reports an entry that is none.
func (p *parser) object(entry *jsondoc.Entries) bool {
	if entry.Kind() == jsondoc.Object {
		return true
	}
	p.wrong(entry.Value(), jsondoc.Object, "")
	return false
}

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
		p.report(v, key, p.subject(key)+" has to be a list of strings")
	}
	return list
}

func (p *parser) wrong(v jsondoc.Value, want jsondoc.Kind, key string) {
	p.report(v, key, p.subject(key)+" is "+v.Kind().String()+" and has to be "+want.String())
}

// subject says what a sentence is about: a field of the node, or the node.
func (p *parser) subject(key string) string {
	if key == "" {
		return p.id
	}
	return key + " of " + p.id
}

// report is a value of the wrong type in this entry, or one that is missing; key is the field's path in it, or empty.
func (p *parser) report(v jsondoc.Value, key, message string) {
	path := p.section + "." + quoted(p.id)
	if key != "" {
		path += "." + key
	}
	if v.Kind() == jsondoc.Object || v.Kind() == jsondoc.Missing {
		v = p.key
	}
	p.problem(WrongType, v, path, message, rewrite)
}

func quoted(id string) string { return strconv.Quote(id) }
