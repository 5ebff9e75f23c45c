package syntax

// statements reads statements up to a word that ends the block, and leaves them
// on the stack.
func (p *parser) statements() {
	mark := len(p.stack)
	for !p.endsBlock() {
		p.statement()
		p.afterReturn(mark, NoToken)
	}
}

// afterReturn reports a statement behind a return, unless the block that the
// token open opened ends here.
func (p *parser) afterReturn(mark int, open TokenID) {
	if len(p.stack) == mark || p.tree.Nodes[p.stack[len(p.stack)-1]].Kind != ReturnStatement {
		return
	}
	if !p.endsBlock() && (open == NoToken || !p.dedented(open)) {
		p.unexpected("unexpected " + p.describe(p.pos) + ": 'return' must be the last statement of its block")
	}
}

// block reads the block that the token open opened, up to but without the word
// that closes it.
func (p *parser) block(open TokenID) NodeID {
	mark, first := len(p.stack), p.pos
	if p.enter() {
		for !p.endsBlock() && !p.dedented(open) {
			p.statement()
			p.afterReturn(mark, open)
		}
	}
	p.leave()
	return p.node(Block, open, first, mark)
}

// body reads a block that ends with the word end, and takes that.
func (p *parser) body(open TokenID) NodeID {
	p.ends++
	id := p.block(open)
	p.ends--
	p.closeBlock(id, End, open)
	return id
}

// closeBlock takes the word that closes the block id, unless the indentation
// says that it belongs to another.
func (p *parser) closeBlock(id NodeID, k TokenKind, open TokenID) {
	if p.kind() == k && !p.dedented(open) {
		p.take()
		return
	}
	p.unbalanced = true
	p.tree.Nodes[id].Flags |= MissingClose
	p.unclosed(k, open)
}

func (p *parser) statement() {
	first := p.pos
	switch p.kind() {
	case Semicolon:
		p.take()
		return
	case If:
		p.push(p.ifStatement(0))
	case While:
		p.take()
		mark := len(p.stack)
		p.push(p.expression())
		p.expect(Do, " after the condition of 'while'")
		p.push(p.body(first))
		p.push(p.node(WhileStatement, first, first, mark))
	case Do:
		p.take()
		mark := len(p.stack)
		p.push(p.body(first))
		p.push(p.node(DoStatement, first, first, mark))
	case For:
		p.push(p.forStatement())
	case Repeat:
		p.push(p.repeatStatement())
	case Function:
		p.push(p.functionStatement())
	case Local:
		p.take()
		p.push(p.declaration(first, LocalStatement, LocalFunction))
	case Return:
		p.push(p.returnStatement())
	case Break:
		p.take()
		p.push(p.node(BreakStatement, first, first, len(p.stack)))
		p.accept(Semicolon)
		if !p.endsBlock() {
			p.tree.Newer |= NewerBreak
		}
		return
	case Goto:
		p.take()
		name := p.name("the name of a label after 'goto'")
		p.push(p.node(GotoStatement, name, first, len(p.stack)))
	case DoubleColon:
		p.take()
		name := p.name("the name of a label after '::'")
		p.expect(DoubleColon, " after the name of a label")
		p.push(p.node(LabelStatement, name, first, len(p.stack)))
	default:
		if p.startsGlobal() {
			p.take()
			p.tree.Newer |= NewerGlobal
			p.push(p.declaration(first, GlobalStatement, GlobalFunction))
			return
		}
		p.push(p.expressionStatement())
	}
	if p.pos == first && !p.overflow {
		p.take() // a statement that takes nothing would be read for ever
	}
}

// name takes a name, or reports that what is missing.
func (p *parser) name(what string) TokenID {
	if p.kind() == Name {
		return p.take()
	}
	p.missing(what)
	return NoToken
}

// ifStatement reads an if, from its condition on if that is read already.
func (p *parser) ifStatement(condition NodeID) NodeID {
	first := p.pos
	if condition != 0 {
		first = p.tree.Nodes[condition].First
	}
	mark := len(p.stack)
	p.ends++
	p.ifs++
	open := first
	word := "if"
	for {
		if condition == 0 {
			p.take()
			condition = p.expression()
		}
		p.push(condition)
		condition = 0
		p.expect(Then, " after the condition of '"+word+"'")
		p.push(p.block(open))
		if p.kind() != Elseif || p.dedented(first) {
			break
		}
		open, word = p.pos, "elseif"
	}
	if p.kind() == Else && !p.dedented(first) {
		open = p.take()
		p.push(p.block(open))
	}
	p.ends--
	p.ifs--
	p.closeBlock(p.stack[len(p.stack)-1], End, first)
	return p.node(IfStatement, first, first, mark)
}

func (p *parser) repeatStatement() NodeID {
	first := p.take()
	mark := len(p.stack)
	p.repeats++
	id := p.block(first)
	p.repeats--
	p.push(id)
	p.closeBlock(id, Until, first)
	if p.tree.Nodes[id].Flags&MissingClose != 0 {
		p.push(p.empty(Missing))
	} else {
		p.push(p.expression())
	}
	return p.node(RepeatStatement, first, first, mark)
}

func (p *parser) forStatement() NodeID {
	first := p.take()
	mark := len(p.stack)
	p.push(p.declared("a name after 'for'"))
	if p.kind() == Assign {
		p.take()
		p.push(p.expression())
		p.expect(Comma, " and the limit after the start of 'for'")
		p.push(p.expression())
		if p.accept(Comma) {
			p.push(p.expression())
		}
		p.expect(Do, " after the range of 'for'")
		p.push(p.body(first))
		return p.node(NumericFor, first, first, mark)
	}
	for p.accept(Comma) {
		p.push(p.declared("a name after ','"))
	}
	split := len(p.stack) - mark
	if split == 1 {
		p.expect(In, " or '=' after the name of 'for'")
	} else {
		p.expect(In, " after the names of 'for'")
	}
	p.expressions()
	p.expect(Do, " after the iterator of 'for'")
	p.push(p.body(first))
	id := p.node(GenericFor, first, first, mark)
	p.tree.Nodes[id].Split = uint32(split)
	return id
}

func (p *parser) declared(what string) NodeID {
	first := p.pos
	name := p.name(what)
	return p.node(Declared, name, first, len(p.stack))
}

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

func (p *parser) returnStatement() NodeID {
	first := p.take()
	mark := len(p.stack)
	if !p.endsBlock() && p.kind() != Semicolon && !p.startsStatement() {
		p.expressions()
	}
	id := p.node(ReturnStatement, first, first, mark)
	p.accept(Semicolon)
	return id
}

// startsGlobal reports whether the current name is the word global that begins a
// declaration. Everywhere else global is a name like any other, as in Lua 5.5.
func (p *parser) startsGlobal() bool {
	if p.kind() != Name || p.tree.Text(p.pos) != "global" {
		return false
	}
	switch p.kindAfter(1) {
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
