package manifest

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/dbtwac/dbtwac/compiler/diag"
	"github.com/dbtwac/dbtwac/compiler/jsondoc"
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
		p.problem(HostileName, jsondoc.Value{}, "original_file_path",
			"original_file_path of "+p.id+" is "+strconv.Quote(n.OriginalFilePath)+", which leaves its package", "let dbt write the manifest again; no dbt writes such a path")
	}
}

func (p *parser) carries(key, value string) {
	if i := strings.IndexFunc(value, hostile); i >= 0 {
		p.diags.Add(diag.Diagnostic{
			Code: HostileName, Severity: diag.Error, Span: p.key.Span(), Path: p.section + "." + quoted(p.id) + "." + key,
			Message: key + " of " + strconv.Quote(p.id) + " is " + strconv.Quote(value) + ": a control or invisible character that no artifact can carry safely",
			Hint:    "rename it in the dbt project",
		})
	}
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
	if strings.HasPrefix(path, "/") || strings.IndexFunc(path, hostile) >= 0 || len(path) > 1 && path[1] == ':' {
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
