package syntax

func (p *parser) functionStatement() NodeID {
	first := p.take()
	mark := len(p.stack)
	var target NodeID
	if p.kind() == Name {
		target = p.leaf(NameExpression)
	} else {
		p.missing("a name after 'function'")
		target = p.empty(Missing)
	}
	for chain := 0; p.kind() == Dot || p.kind() == Colon; chain++ {
		if chain >= MaxChain {
			p.tooMuch("more than %d names in a row", MaxChain)
			break
		}
		kind := Index
		if p.kind() == Colon {
			kind = Method
		}
		target = p.field(kind, target)
		if kind == Method {
			break
		}
	}
	p.push(target)
	p.push(p.functionBody(first, p.pos))
	return p.node(FunctionStatement, first, first, mark)
}

// functionBody reads parameters and block of the function whose keyword is the
// token open. The node starts at the token first.
func (p *parser) functionBody(open, first TokenID) NodeID {
	ifs, repeats := p.ifs, p.repeats
	p.ifs, p.repeats = 0, 0
	mark := len(p.stack)
	flags := p.parameters()
	split := len(p.stack) - mark
	p.push(p.body(open))
	p.ifs, p.repeats = ifs, repeats
	id := p.node(FunctionBody, open, first, mark)
	p.tree.Nodes[id].Flags = flags
	p.tree.Nodes[id].Split = uint32(split)
	return id
}

func (p *parser) parameters() Flags {
	paren := p.pos
	if !p.expect(LeftParen, " and the parameters of the function") && p.kind() != Name && p.kind() != RightParen {
		return 0
	}
	if p.kind() == RightParen {
		p.take()
		return 0
	}
	var flags Flags
	for {
		if p.kind() == Ellipsis {
			dots := p.take()
			name := dots
			if p.kind() == Name {
				name = p.take()
				p.tree.Newer |= NewerVararg
			}
			p.push(p.node(VarargParameter, name, dots, len(p.stack)))
			flags = HasVararg
			break
		}
		if p.kind() == Name || p.kind() == Comma {
			p.push(p.declared("the name of a parameter"))
		} else {
			p.missing("the name of a parameter")
			break
		}
		if !p.accept(Comma) {
			break
		}
	}
	if p.kind() != RightParen && p.toks[paren].Kind == LeftParen {
		p.closing(RightParen, paren)
	} else {
		p.accept(RightParen)
	}
	return flags
}

// startsGlobal reports whether the current name is the word global that begins a
// declaration. Everywhere else global is a name like any other, as in Lua 5.5.
func (p *parser) startsGlobal() bool {
	if p.kind() != Name || p.tree.Text(p.pos) != "global" {
		return false
	}
	switch p.kindAfter() {
	case Name, Less, Star, Function:
		return true
	}
	return false
}

// declaration reads what follows the word local or global.
func (p *parser) declaration(first TokenID, names, function NodeKind) NodeID {
	mark := len(p.stack)
	if p.kind() == Function {
		keyword := p.take()
		p.push(p.declared("the name of the function"))
		p.push(p.functionBody(keyword, p.pos))
		return p.node(function, first, first, mark)
	}
	all := p.attribute()
	if names == GlobalStatement && p.kind() == Star {
		star := p.take()
		id := p.node(GlobalAll, star, first, mark)
		p.tree.Nodes[id].Flags = all
		return id
	}
	for {
		id := p.declared("a name after '" + p.tree.Text(first) + "'")
		flags := all | p.attribute()
		p.tree.Nodes[id].Flags = flags
		p.tree.Nodes[id].End = p.pos
		p.push(id)
		if !p.accept(Comma) {
			break
		}
	}
	split := len(p.stack) - mark
	if p.toks[p.pos-1].Kind == MoreEqual || p.accept(Assign) {
		p.expressions()
	}
	id := p.node(names, first, first, mark)
	p.tree.Nodes[id].Split = uint32(split)
	return id
}

// attribute reads <name>, if it is there.
func (p *parser) attribute() Flags {
	if p.kind() != Less {
		return 0
	}
	open := p.take()
	p.tree.Newer |= NewerAttribute
	flags := AttributeOther
	if name := p.name("'const' or 'close' after '<'"); name != NoToken {
		switch p.tree.Text(name) {
		case "const":
			flags = AttributeConst
		case "close":
			flags = AttributeClose
		default:
			tok := p.toks[name]
			p.report(int(tok.Start), int(tok.End), "unknown attribute '"+shorten(p.tree.Text(name))+"': there are 'const' and 'close'")
		}
	}
	if p.kind() == MoreEqual {
		p.unexpected("unexpected '>=': write '> =', with a space")
		p.take()
		return flags
	}
	p.closing(More, open)
	return flags
}
