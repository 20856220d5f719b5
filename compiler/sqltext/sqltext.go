// Package sqltext finds names in SQL without understanding it: what stands in comments and literals is none.
//
// It reads the lexical rules that Postgres and DuckDB share. It knows no grammar, no dialect and no catalog, so it cannot tell a
// relation from anything else that is written with dots, but for what a query calls by a name of its own.
package sqltext

import "strings"

// Name is a qualified name as it stands in a text, such as shop.mart.orders or mart.orders.id.
type Name struct {
	Parts  []string // identifiers without their quotes; one that had none is in lower case, as Postgres reads it
	Schema bool     // it stands behind the word SCHEMA: the last part is a schema's
}

// Names lists the names of two parts and more, and those of schemas. One whose first part is something that the text calls so
// itself, as in `from x as mart where mart.id = 1`, is a column, unless it stands where a relation has to.
func Names(sql string) []Name {
	type found struct {
		Name
		relation bool // behind FROM, JOIN and the like
	}
	var all []found
	own := map[string]bool{} // what a text may use in front of a column
	before := ""             // the last word, if it is a bare one
	s := scanner{text: sql}
	for {
		parts, quoted, ok := s.name()
		if !ok {
			break
		}
		last := parts[len(parts)-1]
		bare := len(parts) == 1 && !quoted
		switch {
		case bare && (last == "if" || last == "not" || last == "exists") && before == "schema":
			continue // create schema if not exists
		case before == "schema":
			all = append(all, found{Name{parts, true}, true})
		case len(parts) > 1:
			all = append(all, found{Name{parts, false}, behind[before] && !s.called()})
			own[last] = true
		default:
			own[last] = true
		}
		before = ""
		if bare {
			before = last
		}
		if s.stopped() {
			before = ""
		}
	}
	var names []Name
	for _, f := range all {
		if f.relation || !own[f.Parts[0]] {
			names = append(names, f.Name)
		}
	}
	return names
}

// behind are the words that a relation's name stands directly behind.
var behind = map[string]bool{"from": true, "join": true, "into": true, "update": true, "table": true, "only": true, "view": true, "truncate": true}

// Code returns the text without its comments and literals; each leaves a space behind.
func Code(sql string) string { return without(sql, (*scanner).skipped) }

// Uncommented returns the text without its comments; each leaves a space behind.
func Uncommented(sql string) string { return without(sql, (*scanner).comment) }

// without replaces what unwanted measures. Literals are passed over whole: what looks like a comment in them is none.
func without(sql string, unwanted func(*scanner) int) string {
	var b strings.Builder
	s := scanner{text: sql}
	for s.at < len(s.text) {
		if n := unwanted(&s); n > 0 {
			b.WriteByte(' ')
			s.at += n
			continue
		}
		n := max(1, s.skipped(), s.word())
		b.WriteString(s.text[s.at : s.at+n])
		s.at += n
	}
	return b.String()
}
