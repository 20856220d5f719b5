// Package modeltext looks at a model's own text, SQL around tags of Jinja, without rendering it: which names its tags read, and
// what of it stands in the SQL itself.
package modeltext

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dbtwac/dbtwac/compiler/jinja"
	"github.com/dbtwac/dbtwac/compiler/sqltext"
)

// Around is the SQL around the tags of a template. A word that no warehouse knows stands where a tag prints something, so that
// `staging.{{ x }}` and what follows do not grow together.
func Around(parts []jinja.Part) string {
	var b strings.Builder
	for i, part := range parts {
		switch part.Kind {
		case jinja.Printed:
			b.WriteString(part.Text)
		case jinja.Expression:
			b.WriteString(placeholder(i))
		case jinja.Statement:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func placeholder(i int) string { return "\ue000" + strconv.Itoa(i) + "\ue001" }

// InQuery are the tags of a template that take part in its SQL: not those that print into a comment or a literal.
func InQuery(parts []jinja.Part, lexis sqltext.Lexis) []jinja.Part { return left(parts, lexis.Code) }

// InSQL are the tags of a template that do not print into a comment.
func InSQL(parts []jinja.Part, lexis sqltext.Lexis) []jinja.Part {
	return left(parts, lexis.Uncommented)
}

// left are the tags that are left when a function has taken something away from the SQL. Statements print nothing, and always count.
func left(parts []jinja.Part, without func(sql string) string) []jinja.Part {
	sql := without(Around(parts))
	var tags []jinja.Part
	for i, part := range parts {
		if part.Kind == jinja.Statement || part.Kind == jinja.Expression && strings.Contains(sql, placeholder(i)) {
			tags = append(tags, part)
		}
	}
	return tags
}

// MayRead reports whether a word stands in a tag of a template, which may still be as it stands in JSON. It costs next to nothing,
// and without it none of the tags reads such a name.
func MayRead(raw, word string) bool {
	for {
		open := strings.IndexByte(raw, '{')
		if open < 0 || open+1 == len(raw) {
			return false
		}
		end := "}}"
		switch raw = raw[open+1:]; raw[0] {
		case '{':
		case '%':
			end = "%}"
		default:
			continue
		}
		tag, rest, _ := strings.Cut(raw[1:], end)
		if strings.Contains(tag, word) {
			return true
		}
		raw = rest
	}
}

// Reads reports whether one of the tags reads a name, or an attribute of it.
func Reads(tags []jinja.Part, name string) bool {
	return slices.ContainsFunc(tags, func(tag jinja.Part) bool {
		return slices.ContainsFunc(tag.Paths(), func(path string) bool { return path == name || strings.HasPrefix(path, name+".") })
	})
}

// EveryTarget are the parts of a template that are the same under every target: what stands in an {% if %} over `target` does so
// because somebody knew that there are several.
func EveryTarget(text string) []jinja.Part {
	return jinja.Branches(jinja.Scan(text), func(condition jinja.Part) jinja.Fate {
		same := !readsTarget(condition)
		return jinja.Fate{This: same, Others: same}
	})
}

// readsTarget reports whether a tag reads what is another under every target. target.type is not: all of them have one adapter.
func readsTarget(tag jinja.Part) bool {
	return slices.ContainsFunc(tag.Paths(), func(path string) bool {
		return path != "target.type" && (path == "target" || strings.HasPrefix(path, "target."))
	})
}

// ReadsItself reports whether a model that is not incremental reads {{ this }} in its own query. Comments, texts, config() and what
// dbt renders for incremental models alone do not count.
func ReadsItself(raw string, lexis sqltext.Lexis) bool {
	return Reads(InQuery(jinja.Branches(jinja.Scan(raw), neverIncremental), lexis), "this")
}

// neverIncremental knows the conditions that only is_incremental() decides: it is false for every other materialization.
func neverIncremental(condition jinja.Part) jinja.Fate {
	paths := condition.Paths()
	switch {
	case !slices.Contains(paths, "is_incremental"):
	case slices.Equal(paths[1:], []string{"not", "is_incremental"}):
		return jinja.Fate{This: true}
	case !slices.ContainsFunc(paths, func(p string) bool { return slices.Contains([]string{"or", "not", "false", "False", "none"}, p) }):
		return jinja.Fate{Others: true}
	}
	return jinja.Fate{This: true, Others: true}
}
