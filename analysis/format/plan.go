package format

import (
	"strings"

	"assay.rs/core/syntax"
)

// plan is what the tree says about the layout of one token.
type plan struct {
	anchor syntax.TokenID // a token that begins a line is indented as the line of the anchor ...
	delta  int8           // ... and this many levels more
	flags  flags
	prefix string
	suffix string
}

type flags uint8

const (
	mustBreak  flags = 1 << iota // begins a line whatever the author did
	starts                       // the first token of a statement or an item
	closes                       // ends a block or a list
	opens                        // ends what stands before a block
	glueBefore                   // no space before it
	glueAfter                    // no space after it
	dropped                      // not written
	listed                       // separates the items of a table
)

// planner fills in the plans of a tree's tokens.
type planner struct {
	tree  *syntax.Tree
	plans []plan
}

func (p *planner) at(tok, anchor syntax.TokenID, delta int8, f flags) {
	p.plans[tok].anchor, p.plans[tok].delta = anchor, delta
	p.plans[tok].flags |= f
}

func (p *planner) kind(tok syntax.TokenID) syntax.TokenKind { return p.tree.Tokens[tok].Kind }

// unit plans a statement or an item: its first token, and the others as continued lines.
func (p *planner) unit(id syntax.NodeID, anchor syntax.TokenID, delta int8, f flags) {
	n := p.tree.Node(id)
	for tok := n.First; tok < n.End; tok++ {
		p.at(tok, n.First, 1, 0)
	}
	p.at(n.First, anchor, delta, starts|f)
	p.inside(id)
}

// block plans the statements of a block.
func (p *planner) block(id syntax.NodeID, anchor syntax.TokenID, delta int8, broken bool) {
	var f flags
	if broken {
		f = mustBreak
	}
	for _, kid := range p.tree.Kids(id) {
		p.unit(kid, anchor, delta, f)
	}
}

// body plans a block and the token that closes it.
func (p *planner) body(id syntax.NodeID, anchor, closing syntax.TokenID, broken bool) {
	if first := p.tree.Node(id).First; first > 0 {
		p.plans[first-1].flags |= opens
	}
	p.block(id, anchor, 1, broken)
	f := closes
	if broken {
		f |= mustBreak
	}
	p.at(closing, anchor, 0, f)
}

// broken reports whether a construct with blocks takes more than one line: it does unless the author wrote it on
// one, with one statement a block and no comments.
func (p *planner) broken(id syntax.NodeID) bool {
	n := p.tree.Node(id)
	if p.tree.Line(id) != p.tree.LastLine(id) {
		return true
	}
	start, end := p.tree.Span(id)
	if len(p.tree.Comments(start, end)) > 0 || p.tree.Tokens[n.End-1].Kind == syntax.LongString {
		return true
	}
	many := false
	p.tree.Walk(id, func(kid syntax.NodeID) bool {
		switch k := p.tree.Node(kid).Kind; {
		case k == syntax.Block && len(p.tree.Kids(kid)) > 1, k == syntax.IfStatement && len(p.tree.Kids(kid)) > 2:
			many = true
		}
		return !many
	})
	return many
}

// list plans what stands between two brackets.
func (p *planner) list(open, closing syntax.TokenID, items []syntax.NodeID) {
	for _, item := range items {
		p.unit(item, open, 1, 0)
		if sep := p.tree.Node(item).End; sep < closing {
			p.at(sep, open, 1, 0)
		}
	}
	p.at(closing, open, 0, closes)
}

// inside plans what is below a node.
func (p *planner) inside(id syntax.NodeID) {
	n, kids := p.tree.Node(id), p.tree.Kids(id)
	switch n.Kind {
	case syntax.FunctionBody:
		p.function(id)
	case syntax.IfStatement:
		p.ifStatement(id)
	case syntax.WhileStatement, syntax.NumericFor, syntax.GenericFor, syntax.DoStatement:
		last := len(kids) - 1
		for _, kid := range kids[:last] {
			p.inside(kid)
		}
		if n.Kind != syntax.DoStatement {
			p.at(p.tree.Node(kids[last]).First-1, n.First, 0, 0)
		}
		p.body(kids[last], n.First, n.End-1, p.broken(id))
	case syntax.RepeatStatement:
		p.body(kids[0], n.First, p.tree.Node(kids[0]).End, p.broken(id))
		p.inside(kids[1])
	case syntax.Call:
		p.inside(kids[0])
		p.arguments(n.Token, n.End-1, kids[1:])
	case syntax.MethodCall:
		p.inside(kids[0])
		p.arguments(p.tree.Node(kids[1]).End, n.End-1, kids[2:])
	case syntax.Table:
		p.table(n, kids)
	case syntax.Paren:
		p.list(n.First, n.End-1, kids)
	case syntax.Subscript:
		p.inside(kids[0])
		p.plans[n.Token].flags |= glueBefore
		p.list(n.Token, n.End-1, kids[1:])
	case syntax.Unary:
		if k := p.kind(n.Token); k != syntax.Not && (k != syntax.Minus || p.kind(n.Token+1) != syntax.Minus) {
			p.plans[n.Token].flags |= glueAfter
		}
		p.inside(kids[0])
	case syntax.LocalStatement, syntax.GlobalStatement, syntax.GlobalAll:
		p.declaration(n, kids)
	case syntax.LabelStatement:
		p.plans[n.First].flags |= glueAfter
		p.plans[n.End-1].flags |= glueBefore
	case syntax.VarargParameter:
		p.plans[n.First].flags |= glueAfter
	default:
		for _, kid := range kids {
			p.inside(kid)
		}
	}
}

func (p *planner) function(id syntax.NodeID) {
	n, kids := p.tree.Node(id), p.tree.Kids(id)
	open := n.First
	if p.kind(open) == syntax.Function {
		open++
	}
	block := kids[len(kids)-1]
	p.plans[open].flags |= glueBefore
	p.list(open, p.tree.Node(block).First-1, kids[:len(kids)-1])
	p.body(block, n.Token, n.End-1, p.broken(id))
}

func (p *planner) ifStatement(id syntax.NodeID) {
	n, kids := p.tree.Node(id), p.tree.Kids(id)
	broken := p.broken(id)
	for _, kid := range kids {
		if p.tree.Node(kid).Kind != syntax.Block {
			p.inside(kid)
			continue
		}
		if then := p.tree.Node(kid).First - 1; p.kind(then) == syntax.Then {
			p.at(then, n.First, 0, 0)
		}
		p.body(kid, n.First, p.tree.Node(kid).End, broken)
	}
}

// arguments plans those of a call. One that stands without parentheses gets them.
func (p *planner) arguments(open, closing syntax.TokenID, args []syntax.NodeID) {
	if p.kind(open) == syntax.LeftParen {
		p.plans[open].flags |= glueBefore
		p.list(open, closing, args)
		return
	}
	before := p.tree.Tokens[open-1]
	if len(p.tree.Comments(int(before.End), int(p.tree.Tokens[open].Start))) == 0 {
		p.plans[open].prefix = "("
		p.plans[open].flags |= glueBefore
		p.plans[closing].suffix = ")" + p.plans[closing].suffix
	}
	for _, arg := range args {
		p.inside(arg)
	}
}

func (p *planner) table(n *syntax.Node, kids []syntax.NodeID) {
	closing := n.End - 1
	p.list(n.First, closing, kids)
	for _, kid := range kids {
		if sep := p.tree.Node(kid).End; sep < closing {
			p.plans[sep].flags |= listed
		}
	}
	if len(kids) == 0 {
		return
	}
	last := closing - 1
	separated := p.plans[last].flags&listed != 0
	switch own := p.ownLine(closing); {
	case own && !separated:
		p.plans[last].suffix += ","
	case !own && separated:
		p.plans[last].flags |= dropped
	}
}

// ownLine reports whether the author put the token at the start of a line.
func (p *planner) ownLine(tok syntax.TokenID) bool {
	start := int(p.tree.Tokens[tok].Start)
	for _, c := range p.tree.Comments(int(p.tree.Tokens[tok-1].End), start) {
		if c.Kind == syntax.LineComment {
			return true
		}
	}
	line := p.tree.Source[:start]
	line = line[len(strings.TrimRight(line, " \t\r\n\v\f")):]
	return strings.Contains(line, "\n")
}

// declaration plans local and global: attributes cling to their angle brackets.
func (p *planner) declaration(n *syntax.Node, kids []syntax.NodeID) {
	end := n.End
	if int(n.Split) < len(kids) {
		end = p.tree.Node(kids[n.Split]).First
	}
	for tok := n.First; tok < end; tok++ {
		switch p.kind(tok) {
		case syntax.Less:
			p.plans[tok].flags |= glueAfter
		case syntax.More:
			p.plans[tok].flags |= glueBefore
		}
	}
	for _, kid := range kids {
		p.inside(kid)
	}
}

// semicolons drops those between statements, but one that keeps a parenthesis from being a call.
func (p *planner) semicolons() {
	for tok := range p.tree.Tokens {
		if id := syntax.TokenID(tok); p.kind(id) == syntax.Semicolon && p.plans[id].flags&listed == 0 && p.kind(id+1) != syntax.LeftParen {
			p.plans[id].flags |= dropped
		}
	}
}
