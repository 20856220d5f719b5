package selection

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// matcher answers a method: the nodes that match, before graph operators.
type matcher func(r *run, c *criterion) set

// methodNamed returns a method of dbt (MethodName in core/dbt/graph/selector_methods.py), or nil. Case counts.
func methodNamed(name string) matcher {
	switch name {
	case "fqn":
		return matchFQN
	case "tag":
		return matchTag
	case "group":
		return matchGroup
	case "access":
		return matchAccess
	case "source":
		return matchSource
	case "exposure", "metric", "semantic_model", "saved_query", "unit_test":
		return matchNamed
	case "path":
		return matchPath
	case "file":
		return matchFile
	case "package":
		return matchPackage
	case "config":
		return matchConfig
	case "test_name":
		return matchTestName
	case "test_type":
		return matchTestType
	case "resource_type":
		return matchResourceType
	case "version":
		return matchVersion
	case "selector":
		return matchSelector
	case "state":
		return matchState
	case "result":
		return matchResult
	case "source_status":
		return matchSourceStatus
	}
	return nil
}

var methodNames = []string{
	"access", "config", "exposure", "file", "fqn", "group", "metric", "package", "path", "resource_type", "result", "saved_query",
	"selector", "semantic_model", "source", "source_status", "state", "tag", "test_name", "test_type", "unit_test", "version",
}

// methodHint names what the user may have meant.
func methodHint(name string) string {
	for _, m := range methodNames {
		if strings.EqualFold(m, name) {
			return "write it in lower case: " + m
		}
	}
	switch name {
	case "name", "model", "function":
		return "write the name alone, or fqn:NAME"
	case "test":
		return "use test_name, test_type or resource_type:test"
	}
	return "methods are " + strings.Join(methodNames, ", ")
}

func quote(s string) string { return strconv.Quote(s) }

// where returns the nodes among some for which f holds.
func (r *run) where(among set, f func(*manifest.Node) bool) set {
	s := r.newSet()
	among.all(func(i int32) {
		if f(r.nodes[i]) {
			s.add(i)
		}
	})
	return s
}

// inNodes are the members of the manifest's `nodes`.
func (r *run) inNodes() set {
	return r.of("model", "seed", "snapshot", "test", "analysis", "operation", "sql_operation", "rpc")
}

func (r *run) everyKind() set {
	s := r.newSet()
	for _, k := range r.kinds {
		s.or(k)
	}
	return s
}

// pattern compiles the value of a method that compares with wildcards. Where there is nothing to compare with, dbt does not
// look at the value.
func (r *run) pattern(c *criterion, among set) (pattern, bool) {
	if !c.value.str && !among.empty() {
		r.notText(c)
	}
	return compile(c.value.text), c.value.str
}

func (r *run) notText(c *criterion) {
	r.problem(c.text.Span, "the value of "+c.method+" has to be text, this is "+c.value.printed(), "put it in quotes")
}

func (r *run) expected(c *criterion, hint string) set {
	r.problem(c.text.Span, quote(c.value.printed())+" is no value of "+c.method, hint)
	return r.newSet()
}

func matchTag(r *run, c *criterion) set {
	among := r.everyKind()
	among.minus(r.kinds[manifest.SemanticModel]) // they have no tags
	tagged := r.where(among, func(n *manifest.Node) bool { return len(n.Tags) > 0 })
	p, ok := r.pattern(c, tagged)
	if !ok {
		return r.newSet()
	}
	return r.where(tagged, func(n *manifest.Node) bool { return slices.ContainsFunc(n.Tags, p.match) })
}

func matchGroup(r *run, c *criterion) set {
	among := r.inNodes()
	among.or(r.of(manifest.Metric))
	grouped := r.where(among, func(n *manifest.Node) bool { return n.Config.Raw.Get("group").Text() != "" })
	p, ok := r.pattern(c, grouped)
	if !ok {
		return r.newSet()
	}
	return r.where(grouped, func(n *manifest.Node) bool { return p.match(n.Config.Raw.Get("group").Text()) })
}

func matchAccess(r *run, c *criterion) set {
	return r.where(r.of(manifest.Model), func(n *manifest.Node) bool { return c.value.str && n.Access == c.value.text })
}

func matchSource(r *run, c *criterion) set {
	parts := strings.Split(c.value.text, ".")
	switch {
	case !c.value.str:
		r.notText(c)
		return r.newSet()
	case len(parts) == 1:
		parts = []string{"*", parts[0], "*"}
	case len(parts) == 2:
		parts = []string{"*", parts[0], parts[1]}
	case len(parts) > 3:
		return r.expected(c, "write source:SOURCE, source:SOURCE.TABLE or source:PACKAGE.SOURCE.TABLE")
	}
	pkg, name, table := compile(parts[0]), compile(parts[1]), compile(parts[2])
	return r.where(r.of(manifest.Source), func(n *manifest.Node) bool {
		return pkg.match(n.Package) && name.match(n.SourceName) && table.match(n.Name)
	})
}

// matchNamed answers the methods that are named after a kind and take NAME or PACKAGE.NAME. A name with a dot is out of reach.
func matchNamed(r *run, c *criterion) set {
	parts := strings.Split(c.value.text, ".")
	switch {
	case !c.value.str:
		r.notText(c)
		return r.newSet()
	case len(parts) == 1:
		parts = []string{"*", parts[0]}
	case len(parts) > 2:
		return r.expected(c, "write "+c.method+":NAME or "+c.method+":PACKAGE.NAME")
	}
	pkg, name := compile(parts[0]), compile(parts[1])
	return r.where(r.of(manifest.Kind(c.method)), func(n *manifest.Node) bool { return pkg.match(n.Package) && name.match(n.Name) })
}

// matchFile compares with the file's name, with and without its last extension.
func matchFile(r *run, c *criterion) set {
	among := r.everyKind()
	p, ok := r.pattern(c, among)
	if !ok {
		return r.newSet()
	}
	return r.where(among, func(n *manifest.Node) bool {
		name := n.OriginalFilePath[strings.LastIndexByte(n.OriginalFilePath, '/')+1:]
		if p.match(name) {
			return true
		}
		// pathlib's stem: a dot that begins or ends the name makes no extension.
		dot := strings.LastIndexByte(name, '.')
		return dot > 0 && dot < len(name)-1 && p.match(name[:dot])
	})
}

func matchPackage(r *run, c *criterion) set {
	among := r.everyKind()
	p, ok := r.pattern(c, among)
	if !ok {
		return r.newSet()
	}
	if c.value.text == "this" && r.project.Name() != "" {
		p = compile(r.project.Name())
	}
	return r.where(among, func(n *manifest.Node) bool { return p.match(n.Package) })
}

// matchTestName finds generic tests by the name of their macro and unit tests by their own; singular tests have no such name.
func matchTestName(r *run, c *criterion) set {
	among := r.generic().clone()
	among.or(r.of(manifest.UnitTest))
	p, ok := r.pattern(c, among)
	if !ok {
		return r.newSet()
	}
	return r.where(among, func(n *manifest.Node) bool {
		if n.Kind == manifest.UnitTest {
			return p.match(n.Name)
		}
		return p.match(n.Raw.Get("test_metadata").Get("name").Text())
	})
}

// matchTestType takes any piece of "data", "singular" and "unit" for the word, as dbt does.
func matchTestType(r *run, c *criterion) set {
	v := c.value.text
	switch {
	case !c.value.str:
		r.notText(c)
	case v == "generic" || v == "schema":
		return r.generic().clone()
	case strings.Contains("data", v):
		return r.of(manifest.Test)
	case strings.Contains("singular", v):
		s := r.of(manifest.Test)
		s.minus(r.generic())
		return s
	case strings.Contains("unit", v):
		return r.of(manifest.UnitTest)
	default:
		return r.expected(c, "use generic, singular, unit or data")
	}
	return r.newSet()
}

func matchResourceType(r *run, c *criterion) set {
	if !c.value.str || !slices.Contains(resourceKinds, c.value.text) {
		return r.expected(c, "use one of "+strings.Join(resourceKinds, ", "))
	}
	return r.of(manifest.Kind(c.value.text))
}

func matchSelector(r *run, c *criterion) set {
	s := r.newSet()
	if !c.value.str {
		r.notText(c)
		return s
	}
	p, found := compile(c.value.text), false
	for _, name := range r.selectors.names {
		if p.match(name) {
			found = true
			s.or(r.selector(name, c.text.Span))
		}
	}
	if !found {
		r.problem(c.text.Span, quote(c.value.text)+" matches no selector", r.selectors.hint())
	}
	return s
}
