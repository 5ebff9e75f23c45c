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
