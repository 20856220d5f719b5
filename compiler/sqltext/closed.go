package sqltext

// Closed reports whether a text is one query that can stand between parentheses in a statement of a script: every parenthesis,
// literal and comment that it opens it closes, and no other; no semicolon ends it, and no backslash, which psql takes for a
// command of its own, stands outside of literals.
func (l Lexis) Closed(sql string) bool {
	s := scanner{lexis: l, text: sql}
	depth, any := 0, false
	for s.at < len(s.text) {
		if n := s.skipped(); n > 0 {
			if !s.ends(n, (*scanner).skipped) && !s.ofOneLine() {
				return false
			}
			s.at += n
			continue
		}
		c := s.text[s.at]
		if c == l.quote() {
			n := s.word()
			if !s.ends(n, (*scanner).word) {
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

// ends reports whether what is measured here, and goes to the end of the text where it is open, does not take in what stands behind
// it. A comment of one line does: whoever puts the text somewhere puts a line break behind it.
func (s *scanner) ends(n int, measure func(*scanner) int) bool {
	return measure(&scanner{lexis: s.lexis, text: s.text[s.at:s.at+n] + " "}) == n
}
