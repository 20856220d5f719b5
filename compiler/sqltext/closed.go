package sqltext

import "strings"

// Closed reports whether a text is one query that can stand between parentheses in a statement of a script: every parenthesis,
// literal and comment that it opens it closes, and no other; no semicolon ends it, and no backslash, which psql takes for a
// command of its own, stands outside of literals.
func Closed(sql string) bool {
	s := scanner{text: sql}
	depth, any := 0, false
	for s.at < len(s.text) {
		if n := s.skipped(); n > 0 {
			if !ends(s.text[s.at : s.at+n]) {
				return false
			}
			s.at += n
			continue
		}
		c := s.text[s.at]
		if c == '"' {
			n := s.word()
			if quotedEnd(s.text[s.at:s.at+n]+" ", '"', false) != n { // open: it takes in what stands behind it
				return false
			}
			s.at += n
			continue
		}
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ';', '\\', 0:
			return false
		}
		if depth < 0 {
			return false
		}
		any = any || c > ' '
		if n := s.word(); n > 0 { // as a whole: a letter before a quote belongs to it or not
			s.at += n
			continue
		}
		s.at++
	}
	return depth == 0 && any
}

// ends reports whether a comment or literal, which the scanner takes to the end of the text where it is open, is closed. A
// comment of one line ends with the line or with the text: whoever puts the text somewhere puts a line break behind it.
func ends(token string) bool {
	s := scanner{text: token + " "}
	n := s.skipped()
	return n == len(token) || strings.HasPrefix(token, "--")
}
