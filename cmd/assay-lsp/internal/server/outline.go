package server

import (
	"encoding/json"

	"assay.rs/analysis/document"
	"assay.rs/core/syntax"
)

func (s *Server) symbols(d *document.Document, _ place, _ json.RawMessage) (any, error) {
	list := []documentSymbol{}
	if d.Check != nil {
		list = append(list, s.checkSymbols(d)...)
		return list, nil
	}
	for _, chunk := range d.Chunks {
		c := &cursor{Info: s.infer(d, chunk), document: d, chunk: chunk}
		list = append(list, s.functions(c, chunk.Tree.Root)...)
	}
	return list, nil
}

// functions are the named functions below a node, and at the top the locals.
func (s *Server) functions(c *cursor, id syntax.NodeID) []documentSymbol {
	list := []documentSymbol{}
	for _, kid := range c.Tree.Kids(id) {
		n, kids := c.Tree.Node(kid), c.Tree.Kids(kid)
		switch {
		case n.Kind == syntax.LocalFunction, n.Kind == syntax.FunctionStatement, n.Kind == syntax.GlobalFunction,
			n.Kind == syntax.AssignStatement && len(kids) == 2 && c.Tree.Node(kids[1]).Kind == syntax.FunctionBody,
			n.Kind == syntax.NamedItem && c.Tree.Node(kids[1]).Kind == syntax.FunctionBody:
			start, end := c.Tree.Span(kids[0])
			list = append(list, documentSymbol{c.Tree.Source[start:end], symbolFunction, s.nodeSpan(c, kid), s.nodeSpan(c, kids[0]), s.functions(c, kids[1])})
		case n.Kind == syntax.LocalStatement && id == c.Tree.Root:
			for _, name := range kids[:n.Split] {
				list = append(list, documentSymbol{c.Tree.Name(name), symbolVariable, s.nodeSpan(c, kid), s.nodeSpan(c, name), s.functions(c, kid)})
			}
		default:
			list = append(list, s.functions(c, kid)...)
		}
	}
	return list
}

func (s *Server) folding(d *document.Document, _ place, _ json.RawMessage) (any, error) {
	list := []foldingRange{}
	for _, c := range d.Chunks {
		c.Tree.Walk(c.Tree.Root, func(id syntax.NodeID) bool {
			switch c.Tree.Node(id).Kind {
			case syntax.FunctionBody, syntax.IfStatement, syntax.WhileStatement, syntax.NumericFor, syntax.GenericFor, syntax.RepeatStatement, syntax.DoStatement, syntax.Table:
				start, end := c.Tree.Span(id)
				from, to := d.Position(c.Outer(start)).Line-1, d.Position(c.Outer(end)).Line-1
				if to > from {
					list = append(list, foldingRange{from, to - 1})
				}
			}
			return true
		})
	}
	return list, nil
}
