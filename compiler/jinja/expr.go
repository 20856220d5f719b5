package jinja

import "fmt"

// expr is an expression.
type expr interface {
	eval(*state, *frame) (Value, error)
}

type (
	literal struct{ value Value }
	name    struct{ name string }
	list    struct{ items []expr }
	dict    struct {
		keys   []string
		values []expr
	}
	attribute struct {
		of   expr
		name string
	}
	index struct{ of, at expr }
	call  struct {
		of    expr
		args  []expr
		names []string // of the named arguments
		named []expr
	}
	filter struct {
		of   expr
		name string
		args []expr
	}
	test struct {
		of   expr
		name string
	}
	not    struct{ of expr }
	binary struct {
		op          string
		left, right expr
	}
	ternary struct{ condition, yes, no expr } // no is nil without an else
)

// expr reads an expression; the order of precedence is Jinja's own.
func (p *parser) expr() (expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("it nests deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	value, err := p.or()
	for err == nil && p.take("if") {
		t := ternary{yes: value}
		if t.condition, err = p.or(); err == nil && p.take("else") {
			t.no, err = p.expr()
		}
		value = t
	}
	return value, err
}

func (p *parser) or() (expr, error)  { return p.chain(p.and, "or") }
func (p *parser) and() (expr, error) { return p.chain(p.not, "and") }

// chain reads operands of one rank, from left to right.
func (p *parser) chain(operand func() (expr, error), operators ...string) (expr, error) {
	left, err := operand()
	for err == nil {
		op := ""
		for _, o := range operators {
			if p.take(o) {
				op = o
			}
		}
		if op == "" {
			return left, nil
		}
		var right expr
		if right, err = operand(); err == nil {
			left = binary{op, left, right}
		}
	}
	return nil, err
}

func (p *parser) not() (expr, error) {
	if !p.take("not") {
		return p.comparison()
	}
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("it nests deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	of, err := p.not()
	return not{of}, err
}

// comparison reads one. Python would chain several, a == b == c, and no macro means that.
func (p *parser) comparison() (expr, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	switch {
	case p.take("=="):
		return p.operand("==", left)
	case p.take("!="):
		left, err = p.operand("==", left)
		return not{left}, err
	case p.take("in"):
		return p.operand("in", left)
	case len(p.tokens) > 1 && p.tokens[0] == token{'n', "not"} && p.tokens[1] == token{'n', "in"}:
		p.tokens = p.tokens[2:]
		left, err = p.operand("in", left)
		return not{left}, err
	}
	return left, nil
}

func (p *parser) operand(op string, left expr) (expr, error) {
	right, err := p.sum()
	return binary{op, left, right}, err
}

func (p *parser) sum() (expr, error)    { return p.chain(p.concat, "+") }
func (p *parser) concat() (expr, error) { return p.chain(p.postfix, "~") }

// postfix reads a value and what is done with it: .name, [at], (call), |filter and is test.
func (p *parser) postfix() (expr, error) {
	value, err := p.primary()
	for err == nil {
		switch {
		case p.take("."):
			var n string
			n, err = p.name()
			value = attribute{value, n}
		case p.take("["):
			var at expr
			if at, err = p.expr(); err == nil && !p.take("]") {
				err = fmt.Errorf("an index without ] is not read")
			}
			value = index{value, at}
		case p.take("("):
			value, err = p.call(value)
		case p.take("|"):
			f := filter{of: value}
			if f.name, err = p.name(); err == nil && p.take("(") {
				f.args, err = p.items(")")
			}
			value = f
		case p.take("is"):
			value, err = p.test(value)
		default:
			return value, nil
		}
	}
	return nil, err
}

// test reads what follows "is". Jinja takes nearly any word behind a test for its argument.
func (p *parser) test(of expr) (expr, error) {
	negated := p.take("not")
	n, err := p.name()
	if err != nil {
		return nil, err
	}
	if len(p.tokens) > 0 {
		next := p.tokens[0]
		if next.kind != 'o' && next != (token{'n', "and"}) && next != (token{'n', "or"}) && next != (token{'n', "else"}) ||
			next == (token{'o', "("}) || next == (token{'o', "["}) || next == (token{'o', "{"}) {
			return nil, fmt.Errorf("%q behind the test %s is not read", next.text, n)
		}
	}
	var t expr = test{of, n}
	if negated {
		t = not{t}
	}
	return t, nil
}

func (p *parser) call(of expr) (expr, error) {
	c := call{of: of}
	for first := true; !p.take(")"); first = false {
		if !first && !p.take(",") {
			return nil, fmt.Errorf("the arguments of a call are not read")
		}
		if len(p.tokens) > 1 && p.tokens[0].kind == 'n' && p.tokens[1] == (token{'o', "="}) {
			key := p.tokens[0].text
			p.tokens = p.tokens[2:]
			value, err := p.expr()
			if err != nil {
				return nil, err
			}
			c.names, c.named = append(c.names, key), append(c.named, value)
			continue
		}
		value, err := p.expr()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, value)
	}
	return c, nil
}

// items reads expressions up to a closing bracket.
func (p *parser) items(closing string) ([]expr, error) {
	var items []expr
	for !p.take(closing) {
		if len(items) > 0 && !p.take(",") {
			return nil, fmt.Errorf("a list without %s is not read", closing)
		}
		if len(items) > 0 && p.take(closing) { // a comma before the end
			break
		}
		item, err := p.expr()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func (p *parser) primary() (expr, error) {
	if len(p.tokens) == 0 {
		return nil, fmt.Errorf("a value is missing")
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	switch t.kind {
	case 's':
		return literal{t.text}, nil
	case 'i':
		return literal{number(t.text)}, nil
	case 'n':
		return p.word(t.text)
	}
	switch t.text {
	case "(":
		return p.parenthesis()
	case "[":
		items, err := p.items("]")
		return list{items}, err
	case "{":
		return p.dict()
	}
	return nil, fmt.Errorf("%q is not read", t.text)
}

func (p *parser) word(word string) (expr, error) {
	switch word {
	case "none", "None":
		return literal{nil}, nil
	case "true", "True":
		return literal{true}, nil
	case "false", "False":
		return literal{false}, nil
	case "and", "or", "not", "in", "is", "if", "else":
		return nil, fmt.Errorf("%q is not read here", word)
	}
	return name{word}, nil
}

// parenthesis reads a value in parentheses, or a tuple: a comma makes one.
func (p *parser) parenthesis() (expr, error) {
	before := p.tokens
	items, err := p.items(")")
	if err != nil {
		return nil, err
	}
	comma := len(p.tokens) < len(before)-1 && before[len(before)-len(p.tokens)-2] == token{'o', ","}
	if len(items) == 1 && !comma {
		return items[0], nil
	}
	return list{items}, nil
}

func (p *parser) dict() (expr, error) {
	var d dict
	for !p.take("}") {
		if len(d.keys) > 0 && !p.take(",") {
			return nil, fmt.Errorf("a mapping without } is not read")
		}
		if len(d.keys) > 0 && p.take("}") {
			break
		}
		if len(p.tokens) == 0 || p.tokens[0].kind != 's' {
			return nil, fmt.Errorf("a mapping has a key that is no text")
		}
		key := p.tokens[0].text
		p.tokens = p.tokens[1:]
		if !p.take(":") {
			return nil, fmt.Errorf("a mapping without : is not read")
		}
		value, err := p.expr()
		if err != nil {
			return nil, err
		}
		d.keys, d.values = append(d.keys, key), append(d.values, value)
	}
	return d, nil
}
