package jinja

import "strings"

// Signature is what a macro takes.
type Signature struct {
	Params          []string
	Required        []string // those of them without a default
	Varargs, Kwargs bool     // and any number of further arguments, without or with a name: what the body reads them from
}

// SignatureOf reads a macro's first tag, and looks into its body without understanding it; ok is false where the tag cannot be read.
func SignatureOf(text string) (s Signature, ok bool) {
	for _, part := range Scan(text) {
		if !ok {
			if part.Kind == Printed {
				continue
			}
			if s, ok = paramsOf(part); !ok {
				return Signature{}, false
			}
			continue
		}
		for _, path := range part.Paths() {
			name, _, _ := strings.Cut(path, ".")
			s.Varargs = s.Varargs || name == "varargs"
			s.Kwargs = s.Kwargs || name == "kwargs"
		}
	}
	return s, ok
}

func paramsOf(tag Part) (s Signature, ok bool) {
	tokens, err := lex(strings.TrimPrefix(tag.Text, "+"))
	p := parser{tokens: tokens}
	if err != nil || tag.Kind != Statement || !p.take("macro") {
		return s, false
	}
	if _, err := p.name(); err != nil {
		return s, false
	}
	list, err := p.params()
	if err != nil || p.end() != nil {
		return s, false
	}
	s.Params = []string{}
	for _, param := range list {
		s.Params = append(s.Params, param.name)
		if param.initial == nil {
			s.Required = append(s.Required, param.name)
		}
	}
	return s, true
}
