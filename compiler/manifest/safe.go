package manifest

import (
	"strings"
	"unicode"
)

// safe reports names that no quoting can carry, or that would say one thing to a reviewer and another to the warehouse.
func (p *parser) safe(n *Node) {
	for _, f := range [...]struct{ key, value string }{
		{"name", n.Name}, {"alias", n.Alias}, {"schema", n.Schema}, {"database", n.Database},
		{"package_name", n.Package}, {"relation_name", n.RelationName}, {"config.schema", n.Config.Schema}, {"config.database", n.Config.Database},
	} {
		p.carries(f.key, f.value)
	}
	for _, tag := range n.Tags {
		p.carries("tags", tag)
	}
	p.carries("unique_id", n.ID)
	if unsafePath(n.OriginalFilePath) {
		p.problem(HostileName, p.key, p.section+"."+quoted(p.id)+".original_file_path",
			"original_file_path of "+p.id+" is "+quoted(n.OriginalFilePath)+", which leaves its package", "let dbt write the manifest again; no dbt writes such a path")
	}
}

func (p *parser) carries(key, value string) {
	if plain(value) {
		return
	}
	p.problem(HostileName, p.key, p.section+"."+quoted(p.id)+"."+key,
		key+" of "+quoted(p.id)+" is "+quoted(value)+": a control or invisible character that no artifact can carry safely", "rename it in the dbt project")
}

// plain reports whether value holds no hostile character; nearly all names are ASCII, so that is looked at first.
func plain(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c >= 0x7f {
			return strings.IndexFunc(value, hostile) < 0
		}
	}
	return true
}

// hostile marks control characters (a line break ends a comment), and the characters that reorder or hide what a reviewer
// reads (Unicode's bidirectional controls and other format characters).
func hostile(r rune) bool {
	if r < 0x80 {
		return r < ' ' || r == 0x7f
	}
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar
}

// unsafePath reports whether a path leaves the folder that it is relative to.
func unsafePath(path string) bool {
	if strings.HasPrefix(path, "/") || !plain(path) || len(path) > 1 && path[1] == ':' {
		return true
	}
	if !strings.Contains(path, "..") {
		return false
	}
	depth := 0
	for part := range strings.SplitSeq(path, "/") {
		switch part {
		case "..":
			if depth--; depth < 0 {
				return true
			}
		case "", ".":
		default:
			depth++
		}
	}
	return false
}
