package syntax

import "fmt"

// This file decides how to go on in a broken text. None of it decides whether a
// text is Lua: it only runs where an error is already certain, or (endsBlock,
// startsStatement) agrees with the grammar on texts without errors.

// endsBlock reports whether the current token ends the block being read. A
// closing word that nothing open waits for does not: it is a stray.
func (p *parser) endsBlock() bool {
	switch p.kind() {
	case EOF:
		return true
	case End:
		return p.ends > 0
	case Else, Elseif:
		return p.ifs > 0
	case Until:
		return p.repeats > 0
	}
	return false
}

// closesBlock reports whether the current token is a word that closes blocks.
func (p *parser) closesBlock() bool {
	switch p.kind() {
	case EOF, End, Else, Elseif, Until, Then, Do:
		return true
	}
	return false
}

// startsStatement reports whether the current token can only be the start of a
// statement.
func (p *parser) startsStatement() bool {
	switch p.kind() {
	case If, While, Do, For, Repeat, Local, Return, Break, Goto, DoubleColon:
		return true
	case Function:
		return p.kindAfter() == Name
	}
	return false
}

// startsExpression reports whether an expression can start with the current
// token.
func (p *parser) startsExpression() bool {
	switch p.kind() {
	case Name, Number, String, LongString, Nil, True, False, Ellipsis, LeftBrace, LeftParen, Not, Minus, Hash, Tilde:
		return true
	case Function:
		return p.kindAfter() != Name
	}
	return false
}

// startsItem reports whether the current token can only be the next item of the
// list that the token open opened: it starts one on the same line, or on a line
// that is indented deeper than the list's.
func (p *parser) startsItem(open TokenID) bool {
	table := p.toks[open].Kind == LeftBrace
	if !p.startsExpression() && !(table && p.kind() == LeftSquare) {
		return false
	}
	if !p.firstOnLine() {
		return true
	}
	return table && p.column(p.pos) > p.indentation(open)
}

// firstOnLine reports whether the current token is the first of its line.
func (p *parser) firstOnLine() bool {
	return p.pos == 0 || p.toks[p.pos-1].Line < p.toks[p.pos].Line
}

func (p *parser) column(id TokenID) int {
	tok := p.toks[id]
	return int(tok.Start - p.tree.lines[tok.Line-1])
}

// indentation is the column of the first token on the line of the token id.
func (p *parser) indentation(id TokenID) int {
	line := p.toks[id].Line
	for id > 0 && p.toks[id-1].Line == line {
		id--
	}
	return p.column(id)
}

// dedented reports, on the second reading of an unbalanced text, whether the
// indentation of the current token says that the block of the token open is
// over: left of the line that opened it, or below it and no closing word.
func (p *parser) dedented(open TokenID) bool {
	if !p.indented || p.kind() == EOF || !p.firstOnLine() || p.toks[open].Line >= p.toks[p.pos].Line {
		return false
	}
	column, base := p.column(p.pos), p.indentation(open)
	return column < base || column == base && !p.closesBlock()
}

// unclosed reports that the word that closes the block of the token open is
// missing.
func (p *parser) unclosed(k TokenKind, open TokenID) {
	if !p.dedented(open) {
		p.closing(k, open)
		return
	}
	tok := p.toks[p.pos]
	end := int(p.toks[p.pos-1].End)
	p.report(end, end, fmt.Sprintf("expected '%s' to close '%s' at %s, before line %d",
		k, p.tree.Text(open), p.tree.Position(int(p.toks[open].Start)), tok.Line))
}

// expressionStatement reads an assignment, a call, or what is neither.
func (p *parser) expressionStatement() NodeID {
	first, mark := p.pos, len(p.stack)
	if k := p.kind(); k != Name && k != LeftParen {
		return p.badStatement()
	}
	e := p.suffixed()
	p.push(e)
	switch {
	case p.kind() == Assign || p.kind() == Comma:
		return p.assignment(first, mark)
	case p.tree.Nodes[e].Kind == Call || p.tree.Nodes[e].Kind == MethodCall:
		return p.node(CallStatement, first, first, mark)
	case p.kind() == Then:
		p.stack = p.stack[:mark]
		start, _ := p.tree.Span(e)
		p.report(start, start, "expected 'if' before this condition")
		return p.ifStatement(e)
	}
	p.notStatement(e)
	return p.node(BadStatement, first, first, mark)
}

// assignment reads an assignment behind its first target.
func (p *parser) assignment(first TokenID, mark int) NodeID {
	p.target(p.stack[mark])
	for p.accept(Comma) {
		e := p.suffixed()
		p.target(e)
		p.push(e)
	}
	split := len(p.stack) - mark
	if p.expect(Assign, " after what is assigned to") {
		p.expressions()
	}
	id := p.node(AssignStatement, first, first, mark)
	p.tree.Nodes[id].Split = uint32(split)
	return id
}

// target reports what cannot be assigned to.
func (p *parser) target(id NodeID) {
	switch p.tree.Nodes[id].Kind {
	case NameExpression, Index, Subscript, Missing:
		return
	case Paren:
		start, end := p.tree.Span(id)
		p.report(start, end, "cannot assign to an expression in parentheses")
	default:
		start, end := p.tree.Span(id)
		p.report(start, end, "cannot assign to the result of a call")
	}
}

// notStatement reports that the expression e alone is no statement, and reads
// the operators behind it.
func (p *parser) notStatement(e NodeID) {
	left, _ := priority(p.kind())
	switch {
	case left > 0 && p.kindAfter() == Assign && p.toks[p.pos].End == p.toks[p.pos+1].Start:
		op := p.kind().String()
		start, end := p.tree.Span(e)
		target := shorten(p.tree.Source[start:end])
		p.unexpected(fmt.Sprintf("unexpected '%s=': write '%s = %s %s ...'", op, target, target, op))
		p.take()
		p.take()
	case left > 0:
		p.unexpected("expected '=' or a call, got " + p.describe(p.pos))
	default:
		p.missing("'=' or a call")
		return
	}
	if p.toks[p.pos-1].Kind == Assign {
		p.push(p.expression())
		return
	}
	p.stack[len(p.stack)-1] = p.operators(e, 0)
}

// badStatement takes a token that starts no statement, with the expression or
// the block that it starts.
func (p *parser) badStatement() NodeID {
	first, mark := p.pos, len(p.stack)
	k := p.kind()
	switch {
	case p.startsExpression():
		p.unexpected("expected a statement, got " + p.describe(first))
		p.push(p.expression())
		return p.node(BadStatement, NoToken, first, mark)
	case k == Elseif:
		p.unbalanced = true
		p.unexpected("unexpected 'elseif': no 'if' is open")
		return p.ifStatement(0)
	case k == Else:
		p.unbalanced = true
		p.unexpected("unexpected 'else': no 'if' is open")
		p.take()
		p.push(p.body(first))
		return p.node(DoStatement, first, first, mark)
	case k == End:
		p.unbalanced = true
		p.unexpected("unexpected 'end': no block is open")
	case k == Until:
		p.unbalanced = true
		p.unexpected("unexpected 'until': no 'repeat' is open")
	default:
		p.unexpected("unexpected " + p.describe(first))
	}
	p.take()
	return p.node(BadStatement, NoToken, first, mark)
}
