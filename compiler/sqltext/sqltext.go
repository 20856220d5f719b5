// Package sqltext finds names in SQL without understanding it: what stands in comments and literals is none.
//
// It knows no grammar and no catalog, and of a dialect only how names, literals and comments are written, so it cannot tell a
// relation from anything else that is written with dots, but for what a query calls by a name of its own.
package sqltext

import "strings"

// Lexis is how names, literals and comments are written.
type Lexis uint8

const (
	// Standard is what Postgres and DuckDB share: double quotes hold names, and one without is in lower case; dollars quote texts, and
	// comments nest.
	Standard Lexis = iota
	// Backticks is GoogleSQL: names stand between backticks, and a whole path may stand between one pair; those without may have
	// dashes. Letters count, but not in what a query calls by a name of its own. Double quotes hold texts, a backslash escapes, and
	// a comment begins with # too.
	Backticks
)

// quote is what an identifier stands in.
func (l Lexis) quote() byte {
	if l == Backticks {
		return '`'
	}
	return '"'
}

// own is the form under which two names that a text gives are one.
func (l Lexis) own(name string) string {
	if l == Backticks {
		return lower(name)
	}
	return name
}

// Name is a qualified name as it stands in a text, such as shop.mart.orders or mart.orders.id.
type Name struct {
	Parts  []string // identifiers without their quotes; one that had none is in lower case where it is Standard
	Schema bool     // it stands behind the word SCHEMA: the last part is a schema's
}

// Names lists the names of two parts and more, and those of schemas. One whose first part is something that the text calls so
// itself, as in `from x as mart where mart.id = 1`, is a column, unless it stands where a relation has to.
func (l Lexis) Names(sql string) []Name {
	type found struct {
		Name
		relation bool // behind FROM, JOIN and the like
	}
	var all []found
	own := map[string]bool{} // what a text may use in front of a column
	before := ""             // the last word, if it is a bare one
	s := scanner{lexis: l, text: sql}
	for {
		parts, quoted, ok := s.name()
		if !ok {
			break
		}
		last := parts[len(parts)-1]
		bare, word := len(parts) == 1 && !quoted, lower(last)
		switch {
		case bare && (word == "if" || word == "not" || word == "exists") && before == "schema":
			continue // create schema if not exists
		case before == "schema":
			all = append(all, found{Name{parts, true}, true})
		case len(parts) > 1:
			all = append(all, found{Name{parts, false}, behind[before] && !s.called()})
			own[l.own(last)] = true
		default:
			own[l.own(last)] = true
		}
		before = ""
		if bare {
			before = word
		}
		if s.stopped() {
			before = ""
		}
	}
	var names []Name
	for _, f := range all {
		if f.relation || !own[l.own(f.Parts[0])] {
			names = append(names, f.Name)
		}
	}
	return names
}

// behind are the words that a relation's name stands directly behind.
var behind = map[string]bool{"from": true, "join": true, "into": true, "update": true, "table": true, "only": true, "view": true, "truncate": true}

// Code returns the text without its comments and literals; each leaves a space behind.
func (l Lexis) Code(sql string) string { return l.without(sql, (*scanner).skipped) }

// Uncommented returns the text without its comments; each leaves a space behind.
func (l Lexis) Uncommented(sql string) string { return l.without(sql, (*scanner).comment) }

// without replaces what unwanted measures. Literals are passed over whole: what looks like a comment in them is none.
func (l Lexis) without(sql string, unwanted func(*scanner) int) string {
	var b strings.Builder
	s := scanner{lexis: l, text: sql}
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
