package config

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/source"
	"go.yaml.in/yaml/v4"
)

// Load reads a dbtwac.yml. With a diagnostic of severity error the Config is nil. It reports DW001 to DW006.
func Load(file *source.File) (*Config, diag.List) {
	r := &reader{file: file}
	root := r.parse()
	if root == nil {
		return nil, r.diags
	}
	r.check(root, &schema, "")
	if r.diags.HasErrors() {
		return nil, r.diags
	}
	c := r.config(root)
	if r.diags.HasErrors() {
		return nil, r.diags
	}
	return c, r.diags
}

// config takes over values that the table has found to be right.
func (r *reader) config(root *yaml.Node) *Config {
	c := &Config{
		File:                r.file,
		Manifest:            r.text(root, "manifest", "target/manifest.json"),
		Warehouse:           r.text(root, "warehouse", ""),
		ManifestEnvironment: r.text(root, "manifest_environment", ""),
		PreviousManifest:    r.text(root, "previous_manifest", ""),
	}
	macros := lookup(root, "macros")
	c.Macros = Macros{
		SchemaName: r.truth(macros, "generate_schema_name"), DatabaseName: r.truth(macros, "generate_database_name"), Ref: r.truth(macros, "ref"),
		ElseError: r.text(macros, "other_targets", "default").Value == "error", At: r.text(root, "macros", "").Span,
	}
	r.each(root, "environments", func(name Text, node *yaml.Node) {
		e := r.newEnvironment(c, name, node)
		r.sameTarget(c, e)
		c.Environments = append(c.Environments, e)
	})
	r.each(root, "deployments", func(name Text, node *yaml.Node) {
		c.Deployments = append(c.Deployments, r.deployment(c, name, node))
	})
	r.each(root, "mirrors", func(name Text, node *yaml.Node) {
		c.Mirrors = append(c.Mirrors, r.mirror(c, name, node))
	})
	if c.Macros.Ref && len(c.SwappedDatabases()) == 0 {
		r.add(WrongValue, r.span(lookup(macros, "ref")), "macros.ref has no meaning without a deployment of strategy blue_green with swap: database: what it leaves out is the database that such a swap exchanges", "remove it, or say swap: database where the warehouse can do that")
	}
	r.each(root, "materializations", func(name Text, node *yaml.Node) {
		c.Materializations = append(c.Materializations, Materialization{name, node.Value})
	})
	if at := c.ManifestEnvironment; at.Value != "" {
		r.environment(c, at, "manifest_environment")
	}
	c.Lint = r.lint(lookup(root, "lint"))
	c.Jobs = r.jobs(c, root)
	out := lookup(root, "output")
	c.Output = Output{
		Macros: r.folder(out, "macros", "macros/dbtwac"), SQL: r.folder(out, "sql", "deploy"), Jobs: r.folder(out, "jobs", "deploy/jobs"),
		Root: r.text(out, "root", "."), Workflows: r.folder(out, "workflows", ".github/workflows"), Config: path.Base(r.file.Name), TargetPath: "target",
	}
	c.Output.Workflows.Value = path.Join(c.Output.Root.Value, c.Output.Workflows.Value)
	return c
}

// newEnvironment reads an environment. A manifest of its own decides the names, so it goes with no other naming.
func (r *reader) newEnvironment(c *Config, name Text, node *yaml.Node) Environment {
	e := Environment{
		Name: name, Database: r.text(node, "database", ""), Schema: r.text(node, "schema", ""), Target: r.text(node, "target", name.Value),
		Manifest: r.text(node, "manifest", ""), Args: r.texts(node, "dbt_args"), Location: r.text(node, "location", ""), NamingAt: name.Span,
	}
	path := "environments." + name.Value
	r.dbtArgs(e, path)
	initial := NamingDefault
	if e.Manifest.Value != "" {
		initial = NamingManifest
	}
	naming := lookup(node, "naming")
	if naming != nil {
		e.NamingAt = r.span(naming)
	}
	if audit := lookup(naming, "audit"); audit != nil {
		e.Naming, e.Audit = NamingAudit, Audit{Dataset: r.text(audit, "dataset", "").Value, Keep: values(r.texts(audit, "keep"))}
	} else {
		e.Naming = Naming(r.text(node, "naming", string(initial)).Value)
	}
	r.each(node, "databases", func(custom Text, value *yaml.Node) {
		e.Databases = append(e.Databases, Database{custom, Text{value.Value, r.span(value)}})
	})
	switch {
	case e.Naming == NamingManifest && e.Manifest.Value == "" && c.ManifestEnvironment.Value != name.Value:
		r.add(MissingKey, e.NamingAt, path+".manifest is missing", "naming: manifest reads names from a manifest that was parsed for this target: dbt parse --target "+e.Target.Value+" --target-path target/"+name.Value)
	case e.Naming != NamingManifest && e.Manifest.Value != "":
		r.add(WrongValue, e.NamingAt, fmt.Sprintf("%s has a manifest of its own, and %s as its naming", path, e.Naming), "say naming: manifest, or remove the manifest")
	}
	if c.Macros.SchemaName && (e.Naming == NamingProject || e.Naming == NamingManifest) {
		r.add(WrongValue, e.NamingAt, fmt.Sprintf("%s says naming: %s, which no generate_schema_name that dbtwac writes can do", path, e.Naming), "take macros.generate_schema_name out, or use another naming in every environment")
	}
	if len(e.Databases) > 0 && e.Naming != NamingManifest && !c.Macros.DatabaseName {
		r.add(MissingKey, e.Databases[0].Custom.Span, path+".databases needs a macro that does what it says", "say macros: {generate_database_name: true}, or naming: manifest")
	}
	return e
}

// owned are the options of dbt that a plan decides, each with what decides it. Behind its own words they would take their place: a step of
// the publish would run under another target, or do something else than PLAN.md says.
var owned = map[string]string{
	"--target": "the environment's target", "-t": "the environment's target", "--target-path": "dbt_project.yml", "--profile": "the target",
	"--select": "build_select", "-s": "build_select", "--models": "build_select", "--model": "build_select", "-m": "build_select",
	"--exclude": "build_select", "--selector": "build_select", "--resource-type": "build_select", "--resource-types": "build_select",
	"--exclude-resource-type": "build_select", "--exclude-resource-types": "build_select",
	"--full-refresh": "full_refresh", "-f": "full_refresh", "--threads": "jobs.threads", "--empty": "nothing: it builds no rows", "--sample": "nothing: it builds a part of the rows",
	"--inline": "nothing", "--args": "nothing", "--warn-error": "warn_tests, or flags of dbt_project.yml",
}

func (r *reader) dbtArgs(e Environment, path string) {
	for _, arg := range e.Args {
		option, _, _ := strings.Cut(arg.Value, "=")
		if by, found := owned[option]; found {
			r.add(WrongValue, arg.Span, path+".dbt_args holds "+option+", which dbtwac decides for each step", "remove it; what decides is "+by)
		}
	}
}

func values(list []Text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.Value)
	}
	return out
}

func (r *reader) lint(node *yaml.Node) Lint {
	var l Lint
	r.each(node, "severity", func(code Text, value *yaml.Node) {
		l.Severity = append(l.Severity, Severity{code, value.Value})
	})
	if list := lookup(node, "ignore"); list != nil {
		for _, item := range list.Content {
			i := Ignore{Code: r.text(item, "code", ""), Node: r.text(item, "node", ""), Select: r.words(item, "select")}
			if (i.Node.Value == "") == (i.Select.Value == "") {
				r.add(MissingKey, i.Code.Span, "lint.ignore needs node or select, and not both", "name a unique id as node, or nodes in dbt's selection syntax as select")
			}
			l.Ignore = append(l.Ignore, i)
		}
	}
	return l
}

func (r *reader) deployment(c *Config, name Text, node *yaml.Node) Deployment {
	d := Deployment{
		Name:        name,
		Strategy:    Strategy(r.text(node, "strategy", "").Value),
		Build:       r.text(node, "build", ""),
		Publish:     r.text(node, "publish", ""),
		Select:      r.words(node, "select"),
		Exclude:     r.words(node, "exclude"),
		BuildSelect: r.words(node, "build_select"),
		Route:       Route(r.text(node, "route", string(RouteModel)).Value),
		MultiTag:    MultiTag(r.text(node, "multi_tag", string(MultiTagError)).Value),
		AllowEmpty:  r.words(node, "allow_empty"),
		AllowShrink: r.words(node, "allow_shrink"),
		MaxShrink:   Shrink{Snapshot: r.percent(lookup(node, "max_shrink"), "snapshot", 0), Default: r.percent(lookup(node, "max_shrink"), "default", 10)},
		StateSchema: r.text(lookup(node, "state"), "schema", "dbtwac_state"), StateDatabase: r.text(lookup(node, "state"), "database", ""),
		Views: Views(r.text(node, "views", "").Value), Method: r.text(node, "method", ""), Swap: Swap(r.text(node, "swap", string(SwapSchema)).Value),
		FullRefresh: r.truth(node, "full_refresh"), Readers: r.texts(node, "readers"), LockTimeout: r.text(node, "lock_timeout", ""),
		NoLedger: lookup(node, "ledger") != nil && !r.truth(node, "ledger"), StateDir: r.text(node, "state_dir", ""),
		PublishAs: r.text(node, "publish_as", ""), Role: r.text(node, "role", ""), LeaveBehind: r.texts(node, "leave_behind"),
		WarnTests: WarnTests(r.text(node, "warn_tests", string(WarnTestsAllow)).Value),
	}
	d.Tags = r.texts(node, "tags")
	r.each(node, "datasets", func(tag Text, value *yaml.Node) {
		d.Datasets = append(d.Datasets, Dataset{tag.Value, Text{value.Value, r.span(value)}})
	})
	path := "deployments." + name.Value
	if e, _ := c.Environment(d.Build.Value); d.WarnTests == WarnTestsBlock {
		for _, arg := range e.Args {
			if strings.HasPrefix(arg.Value, "--warn-error-options") {
				r.add(WrongValue, arg.Span, path+" says warn_tests: block, and the dbt_args of "+e.Name.Value+" have --warn-error-options, of which dbt takes one alone", "put LogTestResult among its errors, and take warn_tests out")
			}
		}
	}
	r.environment(c, d.Build, path+".build")
	r.environment(c, d.Publish, path+".publish")
	if d.Build.Value == d.Publish.Value {
		r.add(WrongValue, d.Publish.Span, path+" builds and publishes in one environment", "name two environments: what is built must not be what readers use")
	}
	if d.Route == RouteTag && len(d.Tags) == 0 {
		r.add(MissingKey, name.Span, path+".tags is missing", "route: tag needs the publishing tags, in order of precedence")
	}
	if d.Strategy == BlueGreen {
		r.swapsEverything(node, path)
	} else if d.Select.Value == "" && len(d.Tags) == 0 {
		r.add(MissingKey, name.Span, path+".select is missing", "say what is published, in dbt's selection syntax, such as tag:mart")
	}
	if d.Route == RouteModel && len(d.Datasets) > 0 {
		r.add(WrongValue, d.Datasets[0].Schema.Span, path+".datasets has no meaning under route: model", "use route: tag, or remove it")
	}
	for _, set := range d.Datasets {
		if !containsText(d.Tags, set.Tag) {
			r.add(WrongValue, set.Schema.Span, fmt.Sprintf("%s.datasets names %q, which is not one of its tags", path, set.Tag), "add it to tags, or remove it")
		}
	}
	return d
}

// swapsEverything refuses what would leave part of a container out of a swap.
func (r *reader) swapsEverything(node *yaml.Node, path string) {
	for _, name := range []string{"select", "exclude", "tags", "route", "method"} {
		if v := lookup(node, name); v != nil {
			r.add(WrongValue, r.span(v), path+"."+name+" has no meaning under blue_green, which swaps everything that the project builds", "remove it, or use another strategy")
		}
	}
}

func (r *reader) environment(c *Config, name Text, path string) {
	if _, ok := c.Environment(name.Value); ok {
		return
	}
	var names []string
	for _, e := range c.Environments {
		names = append(names, e.Name.Value)
	}
	r.add(MissingKey, name.Span, fmt.Sprintf("%s names the environment %q, which is not defined", path, name.Value), "defined are: "+strings.Join(names, ", "))
}

// sameTarget: on two environments with one target name a macro's guard could not tell them apart.
func (r *reader) sameTarget(c *Config, e Environment) {
	for _, other := range c.Environments {
		if other.Target.Value == e.Target.Value {
			r.add(WrongValue, e.Target.Span, fmt.Sprintf("environments %s and %s have one target name, %q", other.Name.Value, e.Name.Value, e.Target.Value), "give each a target of its own in profiles.yml")
		}
	}
}

// folder is an output folder: a path that stays below the config file's.
func (r *reader) folder(node *yaml.Node, name, initial string) Text {
	return r.folderAt(node, name, "output."+name, initial)
}

// folderAt is folder for a key elsewhere; key is its whole path.
func (r *reader) folderAt(node *yaml.Node, name, key, initial string) Text {
	t := r.text(node, name, initial)
	clean := path.Clean(t.Value)
	if t.Value == "" || path.IsAbs(t.Value) || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsAny(t.Value, "\\:\n") {
		r.add(OutputPath, t.Span, fmt.Sprintf("%s is %q, which leaves the project", key, t.Value), "use a folder below this file, with forward slashes")
	}
	t.Value = clean
	return t
}

func (r *reader) text(node *yaml.Node, name, initial string) Text {
	if v := lookup(node, name); v != nil {
		return Text{v.Value, r.span(v)}
	}
	if node != nil {
		return Text{initial, r.span(node)}
	}
	return Text{initial, source.At(r.file, 0, 0)}
}

// keyOf is a key itself, with its place, or the file's beginning where it is not there.
func (r *reader) keyOf(node *yaml.Node, name string) Text {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return Text{name, r.span(node.Content[i])}
		}
	}
	return Text{name, source.At(r.file, 0, 0)}
}

// words joins a list into one text with spaces, which dbt reads as a union.
func (r *reader) words(node *yaml.Node, name string) Text {
	v := lookup(node, name)
	if v == nil || v.Kind != yaml.SequenceNode {
		return r.text(node, name, "")
	}
	parts := make([]string, len(v.Content))
	for i, item := range v.Content {
		parts[i] = item.Value
	}
	return Text{strings.Join(parts, " "), r.span(v)}
}

// texts are the items of a list.
func (r *reader) texts(node *yaml.Node, name string) []Text {
	v := lookup(node, name)
	if v == nil {
		return nil
	}
	var list []Text
	for _, item := range v.Content {
		list = append(list, Text{item.Value, r.span(item)})
	}
	return list
}

// percent is a whole number from 0 to 100.
func (r *reader) percent(node *yaml.Node, name string, initial int) int {
	v := lookup(node, name)
	if v == nil {
		return initial
	}
	n, err := strconv.Atoi(v.Value)
	if err != nil || n < 0 || n > 100 {
		r.wrong(v, "max_shrink."+name+" is "+v.Value, "use a whole number of percent, 0 to 100")
	}
	return n
}

// truth is the value of a boolean, which YAML 1.2 writes true or false.
func (r *reader) truth(node *yaml.Node, name string) bool {
	v := lookup(node, name)
	return v != nil && strings.EqualFold(v.Value, "true")
}

func (r *reader) each(node *yaml.Node, name string, f func(name Text, value *yaml.Node)) {
	v := lookup(node, name)
	if v == nil {
		return
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		f(Text{v.Content[i].Value, r.span(v.Content[i])}, v.Content[i+1])
	}
}

func containsText(list []Text, value string) bool {
	for _, t := range list {
		if t.Value == value {
			return true
		}
	}
	return false
}
