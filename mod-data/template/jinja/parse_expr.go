package jinja

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// expression reads an expression, a conditional one too.
func (p *parser) expression() (expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	for p.peek(nameToken, "if") {
		where := p.take().at
		c := &conditional{at: at(where), yes: x}
		if c.cond, err = p.or(); err != nil {
			return nil, err
		}
		if p.accept(nameToken, "else") {
			if c.no, err = p.expression(); err != nil {
				return nil, err
			}
		}
		x = c
	}
	return x, nil
}

// tuple reads an expression, or several with commas between them.
func (p *parser) tuple() (expr, error) {
	first, err := p.expression()
	if err != nil || !p.peek(opToken, ",") {
		return first, err
	}
	t := &listExpr{at: at(first.place()), items: []expr{first}, tuple: true}
	for p.accept(opToken, ",") {
		if k := p.now().kind; k == printEndToken || k == blockEndToken || p.peek(opToken, ")") || p.peek(opToken, "=") {
			break
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		t.items = append(t.items, x)
	}
	return t, nil
}

// chain reads operands with the given operators between them, from the left.
func (p *parser) chain(k kind, operand func() (expr, error), ops ...string) (expr, error) {
	x, err := operand()
	for err == nil {
		op := p.now()
		if !p.acceptAny(k, ops) {
			return x, nil
		}
		var y expr
		if y, err = operand(); err == nil {
			x = &binary{at: at(op.at), op: op.text, x: x, y: y}
			err = p.long()
		}
	}
	return nil, err
}

func (p *parser) or() (expr, error)  { return p.chain(nameToken, p.and, "or") }
func (p *parser) and() (expr, error) { return p.chain(nameToken, p.not, "and") }

func (p *parser) not() (expr, error) {
	if !p.peek(nameToken, "not") {
		return p.compare()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	op := p.take()
	x, err := p.not()
	return &unary{at: at(op.at), op: "not", x: x}, err
}

func (p *parser) compare() (expr, error) {
	first, err := p.sum()
	if err != nil {
		return nil, err
	}
	c := &comparison{at: at(p.now().at), first: first}
	for {
		op := p.now().text
		switch {
		case p.acceptAny(opToken, []string{"==", "!=", "<", "<=", ">", ">="}), p.accept(nameToken, "in"):
		case p.peek(nameToken, "not") && p.tokens[p.pos+1].kind == nameToken && p.tokens[p.pos+1].text == "in":
			p.pos += 2
			op = "not in"
		default:
			if len(c.ops) == 0 {
				return first, nil
			}
			return c, nil
		}
		y, err := p.sum()
		if err != nil {
			return nil, err
		}
		c.ops, c.rest = append(c.ops, op), append(c.rest, y)
	}
}

func (p *parser) sum() (expr, error)     { return p.chain(opToken, p.concat, "+", "-") }
func (p *parser) concat() (expr, error)  { return p.chain(opToken, p.product, "~") }
func (p *parser) product() (expr, error) { return p.chain(opToken, p.power, "*", "//", "/", "%") }
func (p *parser) power() (expr, error)   { return p.chain(opToken, p.filtered, "**") }

// filtered reads an operand with its filters and tests.
func (p *parser) filtered() (expr, error) {
	x, err := p.signed()
	for err == nil {
		switch {
		case p.peek(opToken, "|"):
			x, err = p.filter(x)
		case p.peek(nameToken, "is"):
			x, err = p.test(x)
		case p.peek(opToken, "("):
			x, err = p.called(x)
		default:
			return x, nil
		}
		if err == nil {
			err = p.long()
		}
	}
	return nil, err
}

func (p *parser) signed() (expr, error) {
	if !p.peek(opToken, "-") && !p.peek(opToken, "+") {
		x, err := p.primary()
		if err != nil {
			return nil, err
		}
		return p.postfix(x)
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	op := p.take()
	x, err := p.signed()
	return &unary{at: at(op.at), op: op.text, x: x}, err
}

// postfix reads attributes, indexes and calls behind an operand.
func (p *parser) postfix(x expr) (expr, error) {
	for {
		var err error
		switch {
		case p.peek(opToken, "."):
			dot := p.take()
			switch t := p.take(); t.kind {
			case nameToken:
				x = &attribute{at: at(dot.at), x: x, name: t.text}
			case intToken:
				x = &index{at: at(dot.at), x: x, key: integer(t)}
			default:
				return nil, p.wrong(t, "a name")
			}
		case p.peek(opToken, "["):
			x, err = p.indexed(x)
		case p.peek(opToken, "("):
			x, err = p.called(x)
		default:
			return x, nil
		}
		if err == nil {
			err = p.long()
		}
		if err != nil {
			return nil, err
		}
	}
}

func (p *parser) indexed(x expr) (expr, error) {
	where := at(p.take().at)
	var parts [3]expr
	colons := 0
	for !p.peek(opToken, "]") {
		if p.accept(opToken, ":") {
			if colons++; colons > 2 {
				return nil, p.wrong(p.now(), "']'")
			}
			continue
		}
		if parts[colons] != nil {
			return nil, p.wrong(p.now(), "']'")
		}
		var err error
		if parts[colons], err = p.expression(); err != nil {
			return nil, err
		}
	}
	p.take()
	switch {
	case colons > 0:
		return &slicing{where, x, parts[0], parts[1], parts[2]}, nil
	case parts[0] == nil:
		return nil, p.failAt(int(where), "an index is missing between the brackets")
	}
	return &index{where, x, parts[0]}, nil
}

func (p *parser) called(fn expr) (expr, error) {
	where := p.now().at
	args, err := p.arguments()
	return &call{at: at(where), fn: fn, args: args}, err
}

// arguments reads the arguments of a call with the parentheses around them.
func (p *parser) arguments() (arguments, error) {
	var args arguments
	if err := p.expect(opToken, "("); err != nil {
		return args, err
	}
	for !p.accept(opToken, ")") {
		if args.any() {
			if err := p.expect(opToken, ","); err != nil {
				return args, err
			}
			if p.accept(opToken, ")") {
				break
			}
		}
		if err := p.argument(&args); err != nil {
			return args, err
		}
	}
	return args, nil
}

// argument reads one: a value, name=value, *values or **named.
func (p *parser) argument(args *arguments) error {
	begin := p.now().at
	named := ""
	if next := p.tokens[min(p.pos+1, len(p.tokens)-1)]; p.now().kind == nameToken && next.kind == opToken && next.text == "=" {
		named = p.take().text
		p.take()
	}
	spread := named == "" && p.accept(opToken, "*")
	spreadNamed := named == "" && !spread && p.accept(opToken, "**")
	x, err := p.expression()
	switch {
	case err != nil:
		return err
	case args.spreadNamed != nil:
		return p.failAt(begin, "an argument behind **")
	case spreadNamed:
		args.spreadNamed = x
	case named != "":
		args.names, args.named = append(args.names, named), append(args.named, x)
	case args.spread != nil:
		return p.failAt(begin, "an argument without a name behind *")
	case spread:
		args.spread = x
	case len(args.named) > 0:
		return p.failAt(begin, "an argument without a name behind one that has one")
	default:
		args.list = append(args.list, x)
	}
	return nil
}

// filter reads one filter behind x.
func (p *parser) filter(x expr) (*filterExpr, error) {
	p.take()
	t := p.take()
	if t.kind != nameToken {
		return nil, p.wrong(t, "the name of a filter")
	}
	if _, known := p.library.filters[t.text]; !known {
		return nil, p.unknown(t, "filter", slices.Sorted(maps.Keys(p.library.filters)))
	}
	f := &filterExpr{at: at(t.at), x: x, name: t.text}
	var err error
	if p.peek(opToken, "(") {
		f.args, err = p.arguments()
	}
	return f, err
}

// test reads one test behind x: is [not] name [argument].
func (p *parser) test(x expr) (expr, error) {
	p.take()
	negated := p.accept(nameToken, "not")
	t := p.take()
	if t.kind != nameToken {
		return nil, p.wrong(t, "the name of a test")
	}
	if _, known := p.library.tests[t.text]; !known {
		return nil, p.unknown(t, "test", slices.Sorted(maps.Keys(p.library.tests)))
	}
	is := &testExpr{at: at(t.at), x: x, name: t.text}
	var err error
	switch next := p.now(); {
	case p.peek(opToken, "("):
		is.args, err = p.arguments()
	case next.kind == stringToken || next.kind == intToken || next.kind == floatToken || p.peek(opToken, "[") || p.peek(opToken, "{") ||
		next.kind == nameToken && !reserved(next.text):
		var arg expr
		if arg, err = p.primary(); err == nil {
			arg, err = p.postfix(arg)
		}
		is.args.list = []expr{arg}
	}
	if negated {
		return &unary{at: is.at, op: "not", x: is}, err
	}
	return is, err
}

// reserved tells whether a name behind a test is no argument of it.
func reserved(name string) bool {
	switch name {
	case "else", "or", "and", "is", "if", "in", "not", "recursive":
		return true
	}
	return false
}

func (p *parser) primary() (expr, error) {
	t := p.take()
	switch {
	case t.kind == nameToken:
		switch t.text {
		case "true", "True":
			return &literal{at(t.at), true}, nil
		case "false", "False":
			return &literal{at(t.at), false}, nil
		case "none", "None":
			return &literal{at(t.at), nil}, nil
		case "if", "else", "and", "or", "not", "in", "is":
			return nil, p.wrong(t, "a value")
		}
		if p.def != nil {
			p.def.varargs = p.def.varargs || t.text == "varargs"
			p.def.kwargs = p.def.kwargs || t.text == "kwargs"
			p.def.calls = p.def.calls || t.text == "caller"
		}
		return &name{at(t.at), t.text}, nil
	case t.kind == stringToken:
		return p.strings(t)
	case t.kind == intToken:
		return integer(t), nil
	case t.kind == floatToken:
		f, _ := strconv.ParseFloat(t.text, 64) // out of range is infinite
		return &literal{at(t.at), f}, nil
	case t.kind == opToken && t.text == "(":
		return p.parenthesis(t)
	case t.kind == opToken && t.text == "[":
		items, err := p.list("]")
		return &listExpr{at: at(t.at), items: items}, err
	case t.kind == opToken && t.text == "{":
		return p.dict(t)
	}
	return nil, p.wrong(t, "a value")
}

func integer(t token) expr {
	base := 10
	if len(t.text) > 1 && t.text[0] == '0' && !isDigit(t.text[1]) {
		base = 0 // what its prefix says
	}
	n, err := strconv.ParseInt(t.text, base, 64)
	if err != nil {
		whole, _ := new(big.Int).SetString(t.text, base)
		f, _ := new(big.Float).SetInt(whole).Float64()
		return &literal{at(t.at), f}
	}
	return &literal{at(t.at), n}
}

// strings reads string literals that follow each other: they are one.
func (p *parser) strings(t token) (expr, error) {
	var made strings.Builder
	for {
		if err := p.unescape(&made, t); err != nil {
			return nil, err
		}
		if p.now().kind != stringToken {
			return &literal{at(t.at), made.String()}, nil
		}
		t = p.take()
	}
}

// unescape writes a string literal as Python reads it: an unknown escape stays as it is.
func (p *parser) unescape(made *strings.Builder, t token) error {
	for s := t.text; s != ""; {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			made.WriteString(s)
			return nil
		}
		made.WriteString(s[:i])
		c := s[i+1]
		s = s[i+2:]
		if j := strings.IndexByte("abfnrtv0\\'\"\n", c); j >= 0 {
			made.WriteString([]string{"\a", "\b", "\f", "\n", "\r", "\t", "\v", "\x00", "\\", "'", `"`, ""}[j])
			continue
		}
		size := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		if size == 0 {
			made.WriteByte('\\')
			made.WriteByte(c)
			continue
		}
		n, err := strconv.ParseUint(s[:min(size, len(s))], 16, 32)
		if err != nil || len(s) < size || !utf8.ValidRune(rune(n)) {
			return p.failAt(t.at, "'\\%c' wants %d hexadecimal digits of a character", c, size)
		}
		made.WriteRune(rune(n))
		s = s[size:]
	}
	return nil
}

func (p *parser) parenthesis(open token) (expr, error) {
	if p.accept(opToken, ")") {
		return &listExpr{at: at(open.at), tuple: true}, nil
	}
	x, err := p.tuple()
	if err != nil {
		return nil, err
	}
	return x, p.expect(opToken, ")")
}

func (p *parser) list(closing string) ([]expr, error) {
	var items []expr
	for !p.accept(opToken, closing) {
		if len(items) > 0 {
			if err := p.expect(opToken, ","); err != nil {
				return nil, err
			}
			if p.accept(opToken, closing) {
				break
			}
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		items = append(items, x)
	}
	return items, nil
}

func (p *parser) dict(open token) (expr, error) {
	d := &dictExpr{at: at(open.at)}
	for !p.accept(opToken, "}") {
		if len(d.keys) > 0 {
			if err := p.expect(opToken, ","); err != nil {
				return nil, err
			}
			if p.accept(opToken, "}") {
				break
			}
		}
		k, err := p.expression()
		if err == nil {
			err = p.expect(opToken, ":")
		}
		if err != nil {
			return nil, err
		}
		v, err := p.expression()
		if err != nil {
			return nil, err
		}
		d.keys, d.values = append(d.keys, k), append(d.values, v)
	}
	return d, nil
}
