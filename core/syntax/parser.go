package syntax

import "fmt"

// Limits of a source text. The parser holds MaxDepth and MaxChain itself and
// reports what is beyond; MaxSource is for the caller to hold before Parse.
const (
	MaxSource = 1 << 20 // bytes
	MaxDepth  = 200     // blocks, functions, parentheses, tables, calls inside each other
	MaxChain  = 10_000  // operators or calls in a row: a + b + c, a.b.c
)

// Parse reads a source text. It always returns a tree of the whole text; the
// tree's Errors tell what is wrong with it.
func Parse(source string) *Tree {
	lexed := &Tree{Source: source}
	lex(lexed)
	p := newParser(lexed)
	p.chunk()
	t := p.tree
	if p.unbalanced {
		// Some block has no end, or some end no block. The indentation tells
		// where better than the end of the file does.
		again := newParser(lexed)
		again.indented = true
		again.chunk()
		if len(again.tree.Errors) <= len(t.Errors) {
			t = again.tree
		}
	}
	sortErrors(t.Errors)
	return t
}

type parser struct {
	tree  *Tree
	toks  []Token
	pos   TokenID
	depth int
	stack []NodeID // children of the nodes being built

	// What is open in the function being read: which closing words have an owner.
	ends, ifs, repeats int

	errorAt    TokenID // where the last error was reported: one for each place
	overflow   bool    // nesting or chain limit hit: the rest is skipped
	unbalanced bool
	indented   bool // blocks close by indentation
}

func newParser(lexed *Tree) *parser {
	t := *lexed
	n := len(t.Tokens)
	t.Errors = append([]Error(nil), lexed.Errors...)
	t.Nodes = make([]Node, 1, n*7/8+8)
	t.kids = make([]NodeID, 0, n*7/8+8)
	return &parser{tree: &t, toks: t.Tokens, errorAt: NoToken, stack: make([]NodeID, 0, min(n, 256))}
}

func (p *parser) chunk() {
	mark := len(p.stack)
	p.statements()
	root := p.node(Block, NoToken, 0, mark)
	p.tree.Nodes[root].Flags |= HasVararg
	p.tree.Root = root
}

// kind is the kind of the current token.
func (p *parser) kind() TokenKind { return p.toks[p.pos].Kind }

// kindAfter is the kind of the token after the current one.
func (p *parser) kindAfter() TokenKind {
	return p.toks[min(p.pos+1, TokenID(len(p.toks)-1))].Kind
}

// take steps over the current token, but never over the end of the file.
func (p *parser) take() TokenID {
	id := p.pos
	if p.toks[id].Kind != EOF {
		p.pos++
	}
	return id
}

// accept takes the current token if it is a k.
func (p *parser) accept(k TokenKind) bool {
	if p.kind() != k {
		return false
	}
	p.take()
	return true
}

// node makes a node of the children on the stack above mark and the tokens from
// first to the last one taken.
func (p *parser) node(k NodeKind, token, first TokenID, mark int) NodeID {
	t := p.tree
	kids := p.stack[mark:]
	t.Nodes = append(t.Nodes, Node{
		Kind: k, Token: token, First: first, End: p.pos,
		kids: uint32(len(t.kids)), n: uint32(len(kids)),
	})
	t.kids = append(t.kids, kids...)
	p.stack = p.stack[:mark]
	return NodeID(len(t.Nodes) - 1)
}

// leaf makes a node of the one current token.
func (p *parser) leaf(k NodeKind) NodeID {
	tok := p.take()
	return p.node(k, tok, tok, len(p.stack))
}

// empty makes a node without text at the current place.
func (p *parser) empty(k NodeKind) NodeID {
	return p.node(k, NoToken, p.pos, len(p.stack))
}

func (p *parser) push(id NodeID) { p.stack = append(p.stack, id) }

// enter counts one level of nesting. It reports false beyond the limit.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > MaxDepth {
		p.tooMuch("nesting deeper than %d levels", MaxDepth)
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

// tooMuch reports that a limit is passed and skips the rest of the text: what
// follows is either generated or an attack.
func (p *parser) tooMuch(format string, most int) {
	if p.overflow {
		return
	}
	tok := p.toks[p.pos]
	p.tree.addError(int(tok.Start), int(tok.End), fmt.Sprintf(format, most))
	p.overflow = true
	p.pos = TokenID(len(p.toks) - 1)
}

// expect takes a k, or reports that it is missing and takes nothing.
func (p *parser) expect(k TokenKind, where string) bool {
	if p.accept(k) {
		return true
	}
	p.missing("'" + k.String() + "'" + where)
	return false
}

// closing takes the k that closes what the token open opened, or reports that it
// is missing.
func (p *parser) closing(k TokenKind, open TokenID) {
	if !p.accept(k) {
		p.missing(fmt.Sprintf("'%s' to close '%s' at %s", k, p.tree.Text(open), p.tree.Position(int(p.toks[open].Start))))
	}
}

// missing reports that what is expected after the last token taken. Nothing is
// taken, so that the next word keeps its meaning.
func (p *parser) missing(what string) {
	end := 0
	if p.pos > 0 {
		end = int(p.toks[p.pos-1].End)
	}
	p.report(end, end, "expected "+what+", got "+p.describe(p.pos))
}

// unexpected reports the current token itself.
func (p *parser) unexpected(message string) {
	tok := p.toks[p.pos]
	p.report(int(tok.Start), int(tok.End), message)
}

// report adds an error unless the last one was at the same token: what follows
// from an error is no news.
func (p *parser) report(start, end int, message string) {
	if p.overflow || p.errorAt == p.pos {
		return
	}
	p.errorAt = p.pos
	p.tree.addError(start, end, message)
	if len(p.tree.Errors) >= maxErrors { // no Lua at all
		p.overflow = true
		p.pos = TokenID(len(p.toks) - 1)
	}
}

// describe is a token as a message names it.
func (p *parser) describe(id TokenID) string {
	switch k := p.toks[id].Kind; k {
	case EOF:
		return "end of file"
	case Name, Number:
		return k.String() + " '" + shorten(p.tree.Text(id)) + "'"
	case String, LongString:
		return "a string"
	default:
		return "'" + k.String() + "'"
	}
}
