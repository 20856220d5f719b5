package joblint

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/manifest"
	"github.com/dbtwac/dbtwac/compiler/naming"
	"github.com/dbtwac/dbtwac/compiler/quote"
	"go.yaml.in/yaml/v4"
)

// operation reports a run-operation of a macro that is not there, or with arguments that it does not take (DW404).
func (c *checker) operation(d done) {
	if d.command.name != "run-operation" || len(d.command.words) == 0 || !d.command.words[0].Known() {
		return
	}
	w := d.command.words[0]
	m, sure := c.macro(w.Text)
	if m == nil {
		if sure {
			c.report(NoMacro, diag.Error, w.Span, "there is no macro "+printed(w)+": the step fails, behind all that went before it", c.nearest(w.Text))
		}
		return
	}
	args, given, ok := c.args(d, m)
	s, known := jinja.SignatureOf(c.text(m))
	if !ok || !known {
		return
	}
	for _, a := range args {
		if !slices.Contains(s.Params, a) && !s.Kwargs {
			hint := "it takes none"
			if len(s.Params) > 0 {
				hint = "it takes " + strings.Join(s.Params, ", ")
			}
			c.report(NoMacro, diag.Error, given.Span, m.Name+" takes no argument "+oneLine(a)+": the step fails", hint)
		}
	}
	var missing []string
	for _, p := range s.Required {
		if !slices.Contains(args, p) {
			missing = append(missing, p)
		}
	}
	if len(missing) > 0 && !d.command.open {
		c.report(NoMacro, diag.Warning, w.Span, m.Name+" is run without its argument "+strings.Join(missing, ", ")+", and dbt runs it with nothing in its place", "add --args "+quote.Shell("{"+missing[0]+": …}"))
	}
}

// macro finds what dbt would run: a macro of the package that is named, or else the root project's, another package's, dbt's own. sure is
// false where the manifest does not list dbt's own macros.
func (c *checker) macro(name string) (found *manifest.Macro, sure bool) {
	pkg, bare, qualified := strings.Cut(name, ".")
	if !qualified {
		bare = name
	}
	const none, own, other, root = 0, 1, 2, 3
	best := none
	for _, m := range c.Project.Macros {
		sure = sure || naming.Internal(m.Package)
		rank := other
		switch {
		case m.Name != bare || qualified && m.Package != pkg:
			rank = none
		case naming.Internal(m.Package):
			rank = own
		case m.Package == c.Project.Name():
			rank = root
		}
		if rank > best {
			best, found = rank, m
		}
	}
	return found, sure || qualified && !naming.Internal(pkg)
}

// args are the names of the arguments that a step hands over, and where; ok is false where only a run knows them.
func (c *checker) args(d done, m *manifest.Macro) (names []string, at Word, ok bool) {
	at = d.command.last("--args")
	if at.Text == "" {
		return nil, at, !d.command.open
	}
	if !at.Known() {
		return nil, at, false
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(at.Text), &root); err != nil || len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		c.report(NoMacro, diag.Error, at.Span, "--args is no YAML mapping: dbt refuses the command", "write --args "+quote.Shell("{name: value}")+" to hand a value to "+m.Name)
		return nil, at, false
	}
	for _, e := range entries(root.Content[0]) {
		names = append(names, e.key.Value)
	}
	return names, at, true
}

// text is a macro's definition: as the manifest has it, or as this compile writes it.
func (c *checker) text(m *manifest.Macro) string {
	if text := m.Raw.Get("macro_sql").Text(); text != "" {
		return text
	}
	for _, f := range c.Files {
		if f.Path != m.OriginalFilePath {
			continue
		}
		if _, behind, found := strings.Cut(f.Text, "{% macro "+m.Name+"("); found {
			body, _, _ := strings.Cut(behind, "{% endmacro %}")
			return "{% macro " + m.Name + "(" + body + "{% endmacro %}"
		}
	}
	return ""
}

// nearest is the hint that names what may be meant.
func (c *checker) nearest(name string) string {
	best, distance := "", 4
	for _, m := range c.Project.Macros {
		if naming.Internal(m.Package) {
			continue
		}
		if d := levenshtein.Distance(name, m.Name, nil); d < distance {
			best, distance = m.Name, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "correct the name, or add the macro and let dbt parse the project again"
}
