package selection

import (
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
	"github.com/dbtwac/dbtwac/compiler/manifest"
)

// macrosChanged reports whether a macro that n calls, directly or through others, was changed, added or removed. dbt's own
// macros count: another version of dbt changes many nodes.
func (c *comparison) macrosChanged(n *manifest.Node) bool {
	if c.macros == nil {
		c.macros = c.changedMacros()
	}
	for _, id := range n.Macros {
		if c.macros[id] {
			return true
		}
	}
	return false
}

// changedMacros returns the changed macros and all that call them. A macro that this compile will emit has no text yet: it
// counts as changed only where it is new.
func (c *comparison) changedMacros() map[string]bool {
	before := map[string]*manifest.Macro{}
	for _, m := range c.before.Macros {
		before[m.ID] = m
	}
	changed := map[string]bool{}
	var queue []string
	mark := func(id string) {
		if !changed[id] {
			changed[id] = true
			queue = append(queue, id)
		}
	}
	callers := map[string][]string{}
	for _, m := range c.project.Macros {
		for _, called := range m.Macros {
			callers[called] = append(callers[called], m.ID)
		}
		old, ok := before[m.ID]
		delete(before, m.ID)
		if !ok || m.Raw != (jsondoc.Value{}) && !equal(m.Raw.Get("macro_sql"), old.Raw.Get("macro_sql")) {
			mark(m.ID)
		}
	}
	for id := range before {
		mark(id)
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for _, caller := range callers[id] {
			mark(caller)
		}
	}
	return changed
}
