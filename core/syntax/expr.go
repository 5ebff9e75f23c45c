package syntax

// unaryPriority is that of the unary operators: below ^, above all others.
const unaryPriority = 12

// priority is how tightly a binary operator binds to its left and to its right;
// 0, 0 for what is none.
func priority(k TokenKind) (left, right int) {
	switch k {
	case Or:
		return 1, 1
	case And:
		return 2, 2
	case Equal, NotEqual, Less, LessEqual, More, MoreEqual:
		return 3, 3
	case Pipe:
		return 4, 4
	case Tilde:
		return 5, 5
	case Ampersand:
		return 6, 6
	case ShiftLeft, ShiftRight:
		return 7, 7
	case Concat:
		return 9, 9 // right associative, read as one list
	case Plus, Minus:
		return 10, 10
	case Star, Slash, DoubleSlash, Percent:
		return 11, 11
	case Caret:
		return 14, 13
	}
	return 0, 0
}

// expressions reads one or more expressions and leaves them on the stack.
func (p *parser) expressions() {
	p.push(p.expression())
	for p.accept(Comma) {
		p.push(p.expression())
	}
}

// expression reads an expression. Where none stands it reports that and makes a
// Missing node.
func (p *parser) expression() NodeID { return p.operand(0) }

// operand reads an expression whose operators bind tighter than limit.
func (p *parser) operand(limit int) NodeID {
	switch p.kind() {
	case Not, Minus, Hash, Tilde:
		first, mark := p.pos, len(p.stack)
		p.take()
		if p.enter() {
			p.push(p.operand(unaryPriority))
		} else {
			p.push(p.empty(Missing))
		}
		p.leave()
		return p.operators(p.node(Unary, first, first, mark), limit)
	}
	return p.operators(p.simple(), limit)
}

// operators reads the binary operators behind left that bind tighter than limit.
func (p *parser) operators(left NodeID, limit int) NodeID {
	first := p.tree.Nodes[left].First
	for chain := 0; ; chain++ {
		op := p.kind()
		l, r := priority(op)
		if l <= limit {
			return left
		}
		if chain >= MaxChain {
			p.tooMuch("more than %d operators in a row", MaxChain)
			return left
		}
		mark := len(p.stack)
		p.push(left)
		token := p.take()
		if op == Concat {
			left = p.concatenation(token, first, mark)
			continue
		}
		p.rightSide(r, op == Caret)
		left = p.node(Binary, token, first, mark)
	}
}

// rightSide pushes the right operand of a binary operator. That of ^ nests.
func (p *parser) rightSide(limit int, nests bool) {
	if !nests {
		p.push(p.operand(limit))
		return
	}
	if p.enter() {
		p.push(p.operand(limit))
	} else {
		p.push(p.empty(Missing))
	}
	p.leave()
}

// concatenation reads a .. b .. c behind its first operator as one node.
func (p *parser) concatenation(token, first TokenID, mark int) NodeID {
	_, limit := priority(Concat)
	p.push(p.operand(limit))
	for chain := 0; p.kind() == Concat; chain++ {
		if chain >= MaxChain {
			p.tooMuch("more than %d operators in a row", MaxChain)
			break
		}
		p.take()
		p.push(p.operand(limit))
	}
	return p.node(Concatenation, token, first, mark)
}

func (p *parser) simple() NodeID {
	switch p.kind() {
	case Name, LeftParen:
		return p.suffixed()
	case Number:
		return p.leaf(NumberLiteral)
	case String, LongString:
		return p.leaf(StringLiteral)
	case Nil:
		return p.leaf(NilLiteral)
	case True:
		return p.leaf(TrueLiteral)
	case False:
		return p.leaf(FalseLiteral)
	case Ellipsis:
		return p.leaf(VarargExpression)
	case LeftBrace:
		return p.table()
	case Function:
		if p.kindAfter() != Name {
			first := p.take()
			return p.functionBody(first, first)
		}
	}
	return p.missingExpression()
}

// missingExpression reports that an expression is missing: at the token that
// stands there instead, or at the end of the line before it.
func (p *parser) missingExpression() NodeID {
	if p.pos > 0 && p.toks[p.pos].Line == p.toks[p.pos-1].Line && p.kind() != EOF {
		p.unexpected("expected an expression, got " + p.describe(p.pos))
	} else {
		p.missing("an expression")
	}
	return p.empty(Missing)
}

// suffixed reads a name or a parenthesis and the fields, subscripts and calls
// behind it.
func (p *parser) suffixed() NodeID {
	first := p.pos
	e := p.primary()
	for chain := 0; ; chain++ {
		if chain > MaxChain {
			p.tooMuch("more than %d fields and calls in a row", MaxChain)
			return e
		}
		mark := len(p.stack)
		switch p.kind() {
		case Dot:
			e = p.field(Index, e)
		case LeftSquare:
			open := p.take()
			p.push(e)
			p.push(p.nested())
			p.closing(RightSquare, open)
			e = p.node(Subscript, open, first, mark)
		case Colon:
			colon := p.take()
			p.push(e)
			p.push(p.fieldName())
			p.arguments()
			e = p.node(MethodCall, colon, first, mark)
		case LeftParen, String, LongString, LeftBrace:
			open := p.pos
			p.push(e)
			p.arguments()
			e = p.node(Call, open, first, mark)
		default:
			return e
		}
	}
}

func (p *parser) primary() NodeID {
	switch p.kind() {
	case Name:
		return p.leaf(NameExpression)
	case LeftParen:
		open, mark := p.take(), len(p.stack)
		p.push(p.nested())
		p.closing(RightParen, open)
		return p.node(Paren, open, open, mark)
	}
	return p.missingExpression()
}

// nested reads an expression one level deeper.
func (p *parser) nested() NodeID {
	var id NodeID
	if p.enter() {
		id = p.expression()
	} else {
		id = p.empty(Missing)
	}
	p.leave()
	return id
}

// field reads . or : and the name behind it.
func (p *parser) field(kind NodeKind, object NodeID) NodeID {
	mark, first := len(p.stack), p.tree.Nodes[object].First
	p.push(object)
	token := p.take()
	p.push(p.fieldName())
	return p.node(kind, token, first, mark)
}

// fieldName reads the name behind . or :, which is an empty Field if missing. A
// keyword is taken for the name only where it touches the dot.
func (p *parser) fieldName() NodeID {
	if p.kind() == Name {
		return p.leaf(Field)
	}
	before, tok := p.toks[p.pos-1], p.toks[p.pos]
	if tok.Kind.IsKeyword() && tok.Start == before.End {
		word := tok.Kind.String()
		p.unexpected("expected a name after '" + before.Kind.String() + "', got the keyword '" + word + `': write ["` + word + `"]`)
		return p.leaf(Field)
	}
	p.missing("a name after '" + before.Kind.String() + "'")
	return p.empty(Field)
}

// arguments reads the arguments of a call and leaves them on the stack.
func (p *parser) arguments() {
	switch p.kind() {
	case String, LongString:
		p.push(p.leaf(StringLiteral))
	case LeftBrace:
		p.push(p.table())
	case LeftParen:
		open := p.take()
		if p.enter() && p.kind() != RightParen {
			p.push(p.expression())
			for p.separated(Comma, RightParen, open) {
				p.push(p.expression())
			}
		}
		p.leave()
		p.closing(RightParen, open)
	default:
		p.missing("the arguments of a method call")
	}
}

// separated reports whether another item of a list follows. A separator that is
// missing before what can only be an item is reported and taken as read.
func (p *parser) separated(by, closing TokenKind, open TokenID) bool {
	if p.accept(by) {
		return true
	}
	if p.kind() == closing || !p.startsItem(open) {
		return false
	}
	p.missing("'" + by.String() + "' or '" + closing.String() + "'")
	return true
}

func (p *parser) table() NodeID {
	open, mark := p.take(), len(p.stack)
	if p.enter() {
		p.items(open)
	}
	p.leave()
	p.closing(RightBrace, open)
	return p.node(Table, open, open, mark)
}

func (p *parser) items(open TokenID) {
	for p.kind() != RightBrace && p.kind() != EOF {
		if p.startsStatement() || p.closesBlock() {
			return
		}
		if p.kind() == Comma || p.kind() == Semicolon {
			p.unexpected("unexpected " + p.describe(p.pos) + ": an item of the table is missing before it")
			p.take()
			continue
		}
		before := p.pos
		p.push(p.item())
		if p.accept(Semicolon) {
			continue
		}
		if !p.separated(Comma, RightBrace, open) || p.pos == before {
			return
		}
	}
}

func (p *parser) item() NodeID {
	first, mark := p.pos, len(p.stack)
	switch {
	case p.kind() == Name && p.kindAfter() == Assign:
		p.push(p.leaf(Field))
		p.take()
		p.push(p.expression())
		return p.node(NamedItem, first, first, mark)
	case p.kind() == LeftSquare:
		open := p.take()
		p.push(p.nested())
		p.closing(RightSquare, open)
		p.expect(Assign, " after the key")
		p.push(p.expression())
		return p.node(KeyedItem, first, first, mark)
	}
	return p.expression()
}
