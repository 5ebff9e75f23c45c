package server

import (
	"slices"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

// cursor is a place in the Lua of a document.
type cursor struct {
	*types.Info

	document *document.Document
	chunk    *document.Chunk
	at       int             // offset in the chunk
	path     []syntax.NodeID // from the root to the innermost node
}

// cursor is the place in Lua that a position means, or nil.
func (s *Server) cursor(d *document.Document, p position) *cursor {
	chunk, at := d.At(s.offset(d, p))
	if chunk == nil {
		return nil
	}
	return &cursor{s.infer(d, chunk), d, chunk, at, chunk.Tree.PathAt(at)}
}

// node is the innermost node, n levels up.
func (c *cursor) node(n int) syntax.NodeID {
	if n >= len(c.path) {
		return 0
	}
	return c.path[len(c.path)-1-n]
}

func (c *cursor) kind(n int) syntax.NodeKind { return c.Tree.Node(c.node(n)).Kind }

// word is the name around the cursor, up to it.
func (c *cursor) word() (start int) {
	start = c.at
	for start > 0 && isWord(c.Tree.Source[start-1]) {
		start--
	}
	return start
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// span is a range of the chunk as the client counts.
func (s *Server) chunkSpan(c *cursor, start, end int) span {
	return s.span(c.document, c.chunk.Outer(start), c.chunk.Outer(end))
}

func (s *Server) nodeSpan(c *cursor, id syntax.NodeID) span {
	start, end := c.Tree.Span(id)
	return s.chunkSpan(c, start, end)
}

// exists reports whether a function is there at the level of the chunk.
func (c *cursor) exists(table string, f *spec.Func) bool {
	return c.chunk.Script == nil || f.Level != types.Script || slices.Contains(c.document.Check.Permissions(c.chunk.Script), table) ||
		slices.Contains(c.document.Check.Permissions(c.chunk.Script), table+"."+f.Name)
}

func (c *cursor) inComment() bool {
	line := strings.LastIndexByte(c.Tree.Source[:c.at], '\n') + 1
	for _, t := range c.Tree.Comments(0, c.at) {
		if t.Kind == syntax.LineComment && int(t.Start) >= line || int(t.End) > c.at {
			return true
		}
	}
	return false
}

// inScope reports whether a variable is visible at the cursor.
func (c *cursor) inScope(v *syntax.Variable) bool {
	_, declared := c.Tree.Span(v.Node)
	if v.Kind == syntax.ImplicitVariable {
		declared, _ = c.Tree.Span(v.Node)
	}
	if declared >= c.at {
		return false
	}
	for id := c.Parent(v.Node); id != 0; id = c.Parent(id) {
		switch c.Tree.Node(id).Kind {
		case syntax.Block, syntax.FunctionBody, syntax.NumericFor, syntax.GenericFor:
			start, end := c.Tree.Span(id)
			return id == c.Tree.Root || start <= c.at && c.at <= end || c.lastBlock(id)
		}
	}
	return false
}

// lastBlock reports whether only white space parts the cursor from the end of a block: it is in it still.
func (c *cursor) lastBlock(id syntax.NodeID) bool {
	_, end := c.Tree.Span(id)
	return end < c.at && strings.TrimSpace(c.Tree.Source[end:c.at]) == ""
}

// same reports whether two nodes are the same field of the same variable.
func (c *cursor) same(a, b syntax.NodeID) bool {
	if k := c.Tree.Node(a).Kind; k != syntax.Index && k != syntax.Method {
		return false
	}
	x, y := c.Tree.Kids(a), c.Tree.Kids(b)
	return c.Tree.Name(x[1]) == c.Tree.Name(y[1]) && c.Tree.Node(x[0]).Kind == syntax.NameExpression && c.Tree.Node(y[0]).Kind == syntax.NameExpression &&
		c.Bindings.Of(x[0]) == c.Bindings.Of(y[0]) && c.Tree.Name(x[0]) == c.Tree.Name(y[0])
}

// uses are the nodes that mean the same variable or global as the one at the cursor.
func (c *cursor) uses() []syntax.NodeID {
	id := c.node(0)
	v := c.Bindings.Of(id)
	if v == 0 && c.Tree.Node(id).Kind != syntax.NameExpression {
		return nil
	}
	var nodes []syntax.NodeID
	c.Tree.Walk(c.Tree.Root, func(other syntax.NodeID) bool {
		switch c.Tree.Node(other).Kind {
		case syntax.NameExpression, syntax.Declared, syntax.VarargParameter:
			if c.Bindings.Of(other) == v && c.Tree.Name(other) == c.Tree.Name(id) {
				nodes = append(nodes, other)
			}
		}
		return true
	})
	return nodes
}

// nameSpan is the range of the name of a node, without an attribute behind it.
func (s *Server) nameSpan(c *cursor, id syntax.NodeID) span {
	tok := c.Tree.Tokens[c.Tree.Node(id).Token]
	return s.chunkSpan(c, int(tok.Start), int(tok.End))
}
