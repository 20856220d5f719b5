package jinja

import (
	"fmt"
	"strconv"
)

// node is a statement of a macro's body.
type node interface{ run(*state, *frame) error }

type (
	textNode struct{ text string }
	show     struct{ value expr }
	set      struct {
		name  string
		value expr
	}
	do     struct{ value expr }
	branch struct {
		conditions []expr   // of if and of each elif
		bodies     [][]node // one each, and one more where there is an else
	}
)

// parser reads pieces into nodes, and tokens into expressions.
type parser struct {
	pieces []piece
	tokens []token // of the current tag
	depth  int
}

func (p *parser) macro() (*Macro, error) {
	for len(p.pieces) > 0 && p.pieces[0].kind == 't' {
		p.pieces = p.pieces[1:]
	}
	word, err := p.tag()
	if err != nil || word != "macro" {
		return nil, fmt.Errorf("it does not begin with a macro tag")
	}
	m := &Macro{}
	if m.Name, err = p.name(); err != nil {
		return nil, err
	}
	if m.params, err = p.params(); err != nil {
		return nil, err
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	body, stop, err := p.block("endmacro")
	if err != nil {
		return nil, err
	}
	m.body = body
	if stop == "" {
		return nil, fmt.Errorf("the macro has no endmacro")
	}
	return m, nil
}

func (p *parser) params() ([]param, error) {
	var list []param
	if !p.take("(") {
		return nil, fmt.Errorf("the macro has no parameter list")
	}
	for !p.take(")") {
		if len(list) > 0 && !p.take(",") {
			return nil, fmt.Errorf("the parameter list is not read")
		}
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		next := param{name: name}
		if p.take("=") {
			if next.initial, err = p.expr(); err != nil {
				return nil, err
			}
		}
		list = append(list, next)
	}
	return list, nil
}

// tag starts the next piece, which is a statement, and returns its first word.
func (p *parser) tag() (string, error) {
	if len(p.pieces) == 0 || p.pieces[0].kind != '%' {
		return "", fmt.Errorf("a tag is missing")
	}
	p.tokens, p.pieces = p.pieces[0].tokens, p.pieces[1:]
	return p.name()
}

// block reads nodes up to one of the tags that may stop it, which it has then started. No stop is the end of the text.
func (p *parser) block(stops ...string) (body []node, stop string, err error) {
	if p.depth++; p.depth > maxDepth {
		return nil, "", fmt.Errorf("it nests deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	for len(p.pieces) > 0 {
		next := p.pieces[0]
		switch next.kind {
		case 't':
			p.pieces = p.pieces[1:]
			body = append(body, textNode{next.text})
			continue
		case '{':
			p.tokens, p.pieces = next.tokens, p.pieces[1:]
			value, err := p.whole()
			if err != nil {
				return nil, "", err
			}
			body = append(body, show{value})
			continue
		}
		word, err := p.tag()
		if err != nil {
			return nil, "", err
		}
		for _, s := range stops {
			if word == s {
				return body, word, nil
			}
		}
		n, err := p.statement(word)
		if err != nil {
			return nil, "", err
		}
		body = append(body, n)
	}
	return body, "", nil
}

func (p *parser) statement(word string) (node, error) {
	switch word {
	case "if":
		return p.branch()
	case "set":
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		if !p.take("=") {
			return nil, fmt.Errorf("set without = is not read")
		}
		value, err := p.whole()
		return set{name, value}, err
	case "do":
		value, err := p.whole()
		return do{value}, err
	}
	return nil, fmt.Errorf("the tag %s is not read", word)
}

func (p *parser) branch() (node, error) {
	var b branch
	for word := "if"; word != "endif"; {
		if word == "else" {
			if err := p.end(); err != nil {
				return nil, err
			}
		} else {
			condition, err := p.or() // a tag takes no "a if b" for its condition
			if err == nil {
				err = p.end()
			}
			if err != nil {
				return nil, err
			}
			b.conditions = append(b.conditions, condition)
		}
		stops := []string{"elif", "else", "endif"}
		if word == "else" {
			stops = stops[2:]
		}
		body, stop, err := p.block(stops...)
		if err != nil {
			return nil, err
		}
		if stop == "" {
			return nil, fmt.Errorf("an if has no endif")
		}
		b.bodies = append(b.bodies, body)
		word = stop
	}
	return b, p.end()
}

func (p *parser) name() (string, error) {
	if len(p.tokens) == 0 || p.tokens[0].kind != 'n' {
		return "", fmt.Errorf("a name is missing")
	}
	name := p.tokens[0].text
	p.tokens = p.tokens[1:]
	return name, nil
}

// take steps over an operator or a word if it is the next token.
func (p *parser) take(text string) bool {
	if len(p.tokens) == 0 || p.tokens[0].kind == 's' || p.tokens[0].text != text {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

// end makes sure that nothing is left of a tag.
func (p *parser) end() error {
	if len(p.tokens) > 0 {
		return fmt.Errorf("%q is not read", p.tokens[0].text)
	}
	return nil
}

func (p *parser) whole() (expr, error) {
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	return e, p.end()
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // lexed as a few digits
	return n
}
