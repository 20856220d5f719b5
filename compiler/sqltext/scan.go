package sqltext

import "strings"

// scanner walks a text. at is the position behind what was read.
type scanner struct {
	lexis Lexis
	text  string
	at    int
}

// name returns the next name with its parts; quoted tells whether the last part had quotes.
func (s *scanner) name() (parts []string, quoted, ok bool) {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch n := s.skipped(); {
		case n > 0:
			s.at += n
		case digit(c):
			for s.at < len(s.text) && (s.text[s.at] == '.' || inside(s.text[s.at])) {
				s.at++
			}
		case c == '.': // what follows belongs to something that is no name
			s.at++
			s.blank()
			s.at += s.word()
		case c == s.lexis.quote() || first(c):
			return s.parts()
		default:
			s.at++
		}
	}
	return nil, false, false
}

// parts reads identifiers that dots join, with white space and comments around the dots.
func (s *scanner) parts() (parts []string, quoted, ok bool) {
	for {
		n := s.word()
		raw := s.text[s.at : s.at+n]
		s.at += n
		switch quoted = raw[0] == s.lexis.quote(); {
		case quoted && s.lexis == Backticks:
			parts = append(parts, path(strings.Trim(raw, "`"))...)
		case quoted:
			parts = append(parts, strings.ReplaceAll(strings.TrimSuffix(raw[1:], `"`), `""`, `"`))
		case s.lexis == Backticks:
			parts = append(parts, raw)
		default:
			parts = append(parts, lower(raw))
		}
		back := s.at
		s.blank()
		if s.at == len(s.text) || s.text[s.at] != '.' {
			s.at = back
			return parts, quoted, true
		}
		s.at++
		s.blank()
		if s.at == len(s.text) || s.text[s.at] != s.lexis.quote() && !first(s.text[s.at]) || s.skipped() > 0 {
			return parts, quoted, true // orders.*
		}
	}
}

// path are the parts that stand between one pair of backticks. A project's id may begin with a domain: example.com:shop.
func path(text string) []string {
	domain := strings.IndexByte(text, ':') + 1
	parts := strings.Split(text[domain:], ".")
	parts[0] = text[:domain] + parts[0]
	return parts
}

// blank goes over white space and comments.
func (s *scanner) blank() {
	for s.at < len(s.text) {
		n := s.comment()
		if n == 0 && strings.IndexByte(" \t\r\n\f\v", s.text[s.at]) >= 0 {
			n = 1
		}
		if n == 0 {
			return
		}
		s.at += n
	}
}

// called reports whether an opening parenthesis follows: a function's name.
func (s *scanner) called() bool { return s.follows('(') }

// stopped reports whether a statement or a list ends here.
func (s *scanner) stopped() bool {
	return s.follows('(') || s.follows(')') || s.follows(',') || s.follows(';')
}

func (s *scanner) follows(c byte) bool {
	ahead := *s
	ahead.blank()
	return ahead.at < len(ahead.text) && ahead.text[ahead.at] == c
}

// skipped is the length of the comment or literal that begins here, or 0.
func (s *scanner) skipped() int {
	rest := s.text[s.at:]
	if n := s.comment(); n > 0 {
		return n
	}
	switch c := rest[0]; {
	case s.lexis == Backticks:
		return textEnd(rest)
	case c == '\'':
		return quotedEnd(rest, '\'', false)
	case (c == 'e' || c == 'E') && len(rest) > 1 && rest[1] == '\'':
		return 1 + quotedEnd(rest[1:], '\'', true)
	case c == '$':
		return dollarEnd(rest)
	}
	return 0
}

// comment is the length of the comment that begins here, or 0.
func (s *scanner) comment() int {
	rest := s.text[s.at:]
	if s.ofOneLine() {
		if end := strings.IndexAny(rest, "\r\n"); end >= 0 {
			return end
		}
		return len(rest)
	}
	if !strings.HasPrefix(rest, "/*") {
		return 0
	}
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch {
		case strings.HasPrefix(rest[i:], "/*") && (depth == 0 || s.lexis == Standard):
			depth++
			i++
		case strings.HasPrefix(rest[i:], "*/"):
			i++
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(rest)
}

// ofOneLine reports whether a comment begins here that ends with the line.
func (s *scanner) ofOneLine() bool {
	rest := s.text[s.at:]
	return strings.HasPrefix(rest, "--") || s.lexis == Backticks && strings.HasPrefix(rest, "#")
}

// word is the length of the identifier that begins here, or 0. Quotes that never close hold all the rest.
func (s *scanner) word() int {
	rest := s.text[s.at:]
	switch {
	case rest == "":
		return 0
	case rest[0] == '`' && s.lexis == Backticks:
		return escapedEnd(rest, "`")
	case rest[0] == '"' && s.lexis == Standard:
		return quotedEnd(rest, '"', false)
	case !first(rest[0]):
		return 0
	}
	n := 1
	for n < len(rest) && (inside(rest[n]) || s.dash(n)) {
		n++
	}
	return n
}

// dash reports whether a dash n bytes from here is part of a name: that of a project can have some without quotes. A column less
// another one is taken for such a name too, which is nobody's.
func (s *scanner) dash(n int) bool {
	rest := s.text[s.at+n:]
	return s.lexis == Backticks && len(rest) > 1 && rest[0] == '-' && inside(rest[1])
}

// quotedEnd is the length of the quoted text that begins here; a doubled quote does not end it.
func quotedEnd(text string, quote byte, backslash bool) int {
	for i := 1; i < len(text); i++ {
		switch {
		case backslash && text[i] == '\\':
			i++
		case text[i] == quote && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

// textEnd is the length of the text that begins here, between one or three quotes of either kind, or 0. Raw ones and bytes have
// letters in front.
func textEnd(text string) int {
	n := 0
	for n < 2 && n < len(text) && strings.IndexByte("rRbB", text[n]) >= 0 {
		n++
	}
	rest := text[n:]
	for _, quote := range []string{`"""`, "'''", `"`, "'"} {
		if strings.HasPrefix(rest, quote) {
			return n + escapedEnd(rest, quote)
		}
	}
	return 0
}

// escapedEnd is the length of the quoted text that begins here. A quote behind a backslash does not end it, in a raw text neither.
func escapedEnd(text, quote string) int {
	for i := len(quote); i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], quote):
			return i + len(quote)
		}
	}
	return len(text)
}

// dollarEnd is the length of the dollar-quoted text that begins here, or 0 where none does.
func dollarEnd(text string) int {
	n := 1
	for n < len(text) && inside(text[n]) && text[n] != '$' {
		n++
	}
	if n == len(text) || text[n] != '$' || n > 1 && digit(text[1]) {
		return 0
	}
	tag := text[:n+1]
	if end := strings.Index(text[n+1:], tag); end >= 0 {
		return n + 1 + end + len(tag)
	}
	return len(text)
}

func digit(c byte) bool  { return '0' <= c && c <= '9' }
func first(c byte) bool  { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80 }
func inside(c byte) bool { return first(c) || digit(c) || c == '$' }

// lower lowers ASCII letters, as Postgres and DuckDB do.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, s)
}
