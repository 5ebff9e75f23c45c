package syntax

import (
	"iter"
	"sort"
)

// Tree is a source text read. It is never changed after Parse and may be shared.
type Tree struct {
	Source string
	Tokens []Token  // in order; the last is EOF
	Trivia []Trivia // in order; without white space
	Nodes  []Node   // children before parents; Nodes[0] is no node
	Root   NodeID   // a Block
	Errors []Error  // by offset; empty for a text that is Lua
	Newer  Newer    // what the text uses beyond Lua 5.1 and goto

	kids  []NodeID
	lines []uint32 // where each line starts
}

// Node is the node id.
func (t *Tree) Node(id NodeID) *Node { return &t.Nodes[id] }

// Kids are the children of id, in the order its kind documents. The slice
// belongs to the tree.
func (t *Tree) Kids(id NodeID) []NodeID {
	n := &t.Nodes[id]
	return t.kids[n.kids : n.kids+n.n : n.kids+n.n]
}

// Text is the source of a token; of NoToken, nothing.
func (t *Tree) Text(id TokenID) string {
	if id == NoToken {
		return ""
	}
	k := t.Tokens[id]
	return t.Source[k.Start:k.End]
}

// Name is the text of the token that names the node.
func (t *Tree) Name(id NodeID) string { return t.Text(t.Nodes[id].Token) }

// Operator is the kind of the token that names the node: of a Unary, Binary or
// Concatenation its operator.
func (t *Tree) Operator(id NodeID) TokenKind {
	if tok := t.Nodes[id].Token; tok != NoToken {
		return t.Tokens[tok].Kind
	}
	return EOF
}

// Span is the range of offsets of the node. A node without text stands at the
// end of the token before it.
func (t *Tree) Span(id NodeID) (start, end int) {
	n := &t.Nodes[id]
	if n.First >= n.End {
		if n.First == 0 {
			return 0, 0
		}
		end = int(t.Tokens[n.First-1].End)
		return end, end
	}
	return int(t.Tokens[n.First].Start), int(t.Tokens[n.End-1].End)
}

// Line is the line that the node starts at, from 1.
func (t *Tree) Line(id NodeID) int { return int(t.Tokens[t.Nodes[id].First].Line) }

// LastLine is the line of the node's last token, from 1.
func (t *Tree) LastLine(id NodeID) int {
	n := &t.Nodes[id]
	if n.First >= n.End {
		return t.Line(id)
	}
	return int(t.Tokens[n.End-1].Line)
}

// TokenAt is the token that covers offset or, between two, the one after it.
func (t *Tree) TokenAt(offset int) TokenID {
	i := sort.Search(len(t.Tokens), func(i int) bool { return int(t.Tokens[i].End) > offset })
	return TokenID(min(i, len(t.Tokens)-1))
}

// PathAt is the chain of nodes from the root to the innermost one that covers
// offset or ends at it.
func (t *Tree) PathAt(offset int) []NodeID {
	path := []NodeID{t.Root}
	for id := t.Root; ; {
		next := NodeID(0)
		for _, kid := range t.Kids(id) {
			if start, end := t.Span(kid); start <= offset && offset <= end {
				next = kid // the last one: after "x." that is the empty field
			}
		}
		if next == 0 {
			return path
		}
		path = append(path, next)
		id = next
	}
}

// Walk visits id and what is below it, parents first, in source order. A visit
// that returns false skips the node's children.
func (t *Tree) Walk(id NodeID, visit func(NodeID) bool) {
	if id == 0 || !visit(id) {
		return
	}
	for _, kid := range t.Kids(id) {
		t.Walk(kid, visit)
	}
}

// Piece is a token or a piece of trivia, white space included.
type Piece struct {
	Start, End int
	Token      TokenID    // NoToken for trivia
	Trivia     TriviaKind // if Token is NoToken
}

// Pieces yields the whole source in order, without gaps.
func (t *Tree) Pieces() iter.Seq[Piece] {
	return func(yield func(Piece) bool) {
		at, trivia := 0, t.Trivia
		space := func(upTo int) bool {
			start := at
			at = upTo
			return start == upTo || yield(Piece{start, upTo, NoToken, Space})
		}
		for id, tok := range t.Tokens {
			for len(trivia) > 0 && trivia[0].Start < tok.Start || len(trivia) > 0 && tok.Kind == EOF {
				tr := trivia[0]
				trivia = trivia[1:]
				if !space(int(tr.Start)) || !yield(Piece{int(tr.Start), int(tr.End), NoToken, tr.Kind}) {
					return
				}
				at = int(tr.End)
			}
			if !space(int(tok.Start)) || !yield(Piece{int(tok.Start), int(tok.End), TokenID(id), 0}) {
				return
			}
			at = int(tok.End)
		}
	}
}

// Comments are the comments that start at an offset in [start, end).
func (t *Tree) Comments(start, end int) []Trivia {
	from := sort.Search(len(t.Trivia), func(i int) bool { return int(t.Trivia[i].Start) >= start })
	to := sort.Search(len(t.Trivia), func(i int) bool { return int(t.Trivia[i].Start) >= end })
	return t.Trivia[from:max(from, to)]
}
