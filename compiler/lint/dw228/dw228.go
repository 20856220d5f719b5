// Package dw228 finds what else there is of tables that a publish replaces by clones, or copies, of the whole table: what comes with the build's, and what does not.
package dw228

import (
	"embed"
	"regexp"
	"slices"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/config"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/lint/rule"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/modeltext"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/plan"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

const code diag.Code = "DW228"

//go:embed DW228.md
var docs embed.FS

// Rule is DW228.
var Rule = rule.Rule{Doc: diag.Docs(docs)[0], Run: run}

func run(p *rule.Pass) diag.List {
	var diags diag.List
	for _, d := range p.Plan.Deployments {
		if rule.IsSwap(d) || d.Rebuilt {
			continue
		}
		f := besides(p, d)
		if lost := f.shown(p, func(t thing) bool { return !t.carried }); len(lost) > 0 {
			w := p.Finding(code, diag.Warning, d)
			w.Message = "what is built replaces the tables of " + d.Publish.Name + ", and this does not come with them: " + diag.Shorten(lost, ", ")
			w.Hint = "have dbt set policies and tags in " + d.Build.Name + " too, and the clone, or copy, has them; make streams, metrics and indexes again behind the publish; look that dynamic tables refresh"
			diags.Add(w)
		}
		if carried := f.shown(p, func(t thing) bool { return t.carried }); len(carried) > 0 {
			w := p.Finding(code, diag.Note, d)
			w.Message = "what is built replaces the tables of " + d.Publish.Name + ", with this as the build has it: " + diag.Shorten(carried, ", ")
			w.Hint = "nothing is wrong if dbt alone sets it; what somebody has set on the tables of " + d.Publish.Name + " by hand is gone"
			diags.Add(w)
		}
	}
	return diags
}

// thing is something of a table that is no row.
type thing struct {
	what    string
	carried bool // the build's has it as well, and a clone of it too
}

// found are nodes, and what each has.
type found struct {
	nodes  []string
	things map[string][]thing
}

func (f *found) add(id string, things []thing) {
	if len(things) > 0 {
		f.nodes, f.things[id] = append(f.nodes, id), things
	}
}

// shown are the nodes that have such a thing, with those.
func (f *found) shown(p *rule.Pass, such func(thing) bool) []string {
	nodes := slices.DeleteFunc(slices.Clone(f.nodes), func(id string) bool { return !slices.ContainsFunc(f.things[id], such) })
	nodes = slices.Clone(p.Ignored.Kept(code, nodes))
	for i, id := range nodes {
		var whats []string
		for _, t := range f.things[id] {
			if such(t) && !slices.Contains(whats, t.what) {
				whats = append(whats, t.what)
			}
		}
		nodes[i] = id + " (" + strings.Join(whats, ", ") + ")"
	}
	return nodes
}

// besides looks at the tables that are replaced whole, and at the dynamic tables that read them.
func besides(p *rule.Pass, d plan.Deployment) *found {
	f := &found{things: map[string][]thing{}}
	cloned := p.InScope(d, func(r plan.Relation, _ *manifest.Node) bool { return !rule.IsView(r) && rule.TakesAll(d) })
	if len(cloned) == 0 {
		return f
	}
	build, publish := p.Sides(d)
	for _, id := range cloned {
		n := p.Project.Node(id)
		f.add(id, append(ofConfig(p, n, build, publish), ofHooks(p.Names.In(n, publish), p.Can.Lexis)...))
	}
	for _, n := range p.Project.Nodes {
		if n.Config.Materialized != "dynamic_table" {
			continue
		}
		for _, parent := range p.Read(n.ID) {
			if slices.Contains(cloned, parent.ID) {
				f.add(n.ID, []thing{{what: "a dynamic table that reads " + parent.ID}})
				break
			}
		}
	}
	return f
}

// keys are those of dbt's config that say more of a table than its rows.
var keys = []struct {
	name, what string
	moves      naming.Keys
	cloned     bool // a clone has it
}{
	{"row_access_policy", "row access policy", naming.NewKeys("row_access_policy"), true},
	{"table_tag", "tag", naming.NewKeys("table_tag"), true},
	{"change_tracking", "change tracking, which begins anew", naming.NewKeys("change_tracking"), false},
	{"resource_tags", "resource tags", naming.NewKeys("resource_tags"), true},
	{"kms_key_name", "encryption key", naming.NewKeys("kms_key_name"), true},
}

func ofConfig(p *rule.Pass, n *manifest.Node, build, publish config.Environment) []thing {
	var list []thing
	there, here := p.Names.In(n, publish), p.Names.In(n, build)
	for _, key := range keys {
		value := there.Config.Raw.Get(key.name).Raw()
		if slices.Contains([]string{"", "null", "false", `""`, "[]"}, value) {
			continue
		}
		same := here.Config.Raw.Get(key.name).Raw() == value && key.moves.Unrendered(there) == "" && key.moves.InFile(there) == ""
		list = append(list, thing{key.what, key.cloned && same})
	}
	for it := there.Raw.Get("columns").Entries(); it.Next(); {
		if tags := it.Value().Get("policy_tags"); tags.Kind() == jsondoc.Array && tags.Raw() != "[]" {
			return append(list, thing{"policy tags of columns", true})
		}
	}
	return list
}

// inHooks are the statements that give a table more than rows.
var inHooks = []struct {
	text   *regexp.Regexp
	what   string
	cloned bool // a clone has it
}{
	{regexp.MustCompile(`(?i)\bmasking\s+policy\b`), "masking policy", true},
	{regexp.MustCompile(`(?i)\brow\s+access\s+policy\b`), "row access policy", true},
	{regexp.MustCompile(`(?i)\bset\s+tag\b`), "tag", true},
	{regexp.MustCompile(`(?i)\badd\s+search\s+optimization\b`), "search optimization", true},
	{regexp.MustCompile(`(?i)\bcreate\s+(?:or\s+replace\s+)?stream\b`), "stream", false},
	{regexp.MustCompile(`(?i)\bdata\s+metric\s+function\b`), "data metric function", false},
	{regexp.MustCompile(`(?i)\bcreate\s+(?:or\s+replace\s+)?(?:search|vector)\s+index\b`), "index", false},
}

// ofHooks reads what hooks say themselves. A hook that asks for the target may do nothing in the build.
func ofHooks(n *manifest.Node, lexis sqltext.Lexis) []thing {
	var list []thing
	for _, hook := range slices.Concat(rule.Hooks(n, "pre-hook"), rule.Hooks(n, "post-hook")) {
		sql := lexis.Code(modeltext.Around(jinja.Scan(hook)))
		for _, h := range inHooks {
			if h.text.MatchString(sql) {
				list = append(list, thing{h.what, h.cloned && !naming.TextMoves(hook)})
			}
		}
	}
	return list
}
