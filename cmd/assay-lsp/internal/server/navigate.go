package server

import (
	"encoding/json"
	"regexp"
	"strconv"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/cmd/assay-lsp/internal/rpc"
	"assay.rs/core/syntax"
)

func (s *Server) definition(d *document.Document, p place, _ json.RawMessage) (any, error) {
	c := s.cursor(d, p.Position)
	if c == nil {
		return []location{}, nil
	}
	id := c.node(0)
	if v := c.Bindings.Of(id); v != 0 {
		return []location{{p.TextDocument.URI, s.nodeSpan(c, c.Bindings.Variables[v].Node)}}, nil
	}
	if c.Tree.Node(id).Kind == syntax.StringLiteral {
		if call := c.Parent(id); c.Tree.Node(call).Kind == syntax.Call && c.Callee(call).Name == "require" {
			return s.inModule(c, c.Text(id), ""), nil
		}
	}
	if parent := c.Parent(id); c.Tree.Node(id).Kind == syntax.Field && c.Tree.Node(parent).Kind == syntax.Index {
		object := c.Tree.Kids(parent)[0]
		if t := c.Of(object); t.Kind == types.Table {
			return s.inModule(c, t.Name, c.Tree.Name(id)), nil
		}
		// A function of a table of this text: function M.f().
		found := []location{}
		c.Tree.Walk(c.Tree.Root, func(other syntax.NodeID) bool {
			kids := c.Tree.Kids(other)
			if k := c.Tree.Node(other).Kind; (k == syntax.FunctionStatement || k == syntax.AssignStatement) && len(found) == 0 && c.same(kids[0], parent) {
				found = append(found, location{p.TextDocument.URI, s.nodeSpan(c, c.Tree.Kids(kids[0])[1])})
			}
			return true
		})
		return found, nil
	}
	return []location{}, nil
}

// inModule is the place of a function, or the start, of a module that is required.
func (s *Server) inModule(c *cursor, module, function string) []location {
	path, text, ok := document.Required(c.document.Name, module)
	if !ok {
		return []location{}
	}
	d := document.Open(path, text)
	t := d.Chunks[0].Tree
	at := 0
	t.Walk(t.Root, func(id syntax.NodeID) bool {
		if k := t.Node(id).Kind; function != "" && (k == syntax.FunctionStatement || k == syntax.AssignStatement) {
			if target := t.Kids(id)[0]; t.Node(target).Kind == syntax.Index && t.Name(t.Kids(target)[1]) == function && at == 0 {
				at, _ = t.Span(t.Kids(target)[1])
			}
		}
		return true
	})
	return []location{{uriOf(path), s.span(d, at, at+len(function))}}
}

func (s *Server) references(d *document.Document, p place, _ json.RawMessage) (any, error) {
	found := []location{}
	if c := s.cursor(d, p.Position); c != nil {
		for _, id := range c.uses() {
			found = append(found, location{p.TextDocument.URI, s.nameSpan(c, id)})
		}
	}
	return found, nil
}

func (s *Server) highlights(d *document.Document, p place, _ json.RawMessage) (any, error) {
	found := []highlight{}
	if c := s.cursor(d, p.Position); c != nil {
		for _, id := range c.uses() {
			found = append(found, highlight{s.nameSpan(c, id), 1})
		}
	}
	return found, nil
}

func (s *Server) rename(d *document.Document, p place, _ json.RawMessage) (any, error) {
	c := s.cursor(d, p.Position)
	if c == nil {
		return nil, nil
	}
	if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(p.NewName) || isKeyword(p.NewName) {
		return nil, &rpc.Error{Code: rpc.InvalidParams, Message: strconv.Quote(p.NewName) + " is no name in Lua"}
	}
	if v := c.Bindings.Of(c.node(0)); v == 0 && s.library.Has(c.Tree.Name(c.node(0))) {
		return nil, &rpc.Error{Code: rpc.InvalidParams, Message: "a builtin cannot be renamed"}
	}
	edits := []textEdit{}
	for _, id := range c.uses() {
		edits = append(edits, textEdit{s.nameSpan(c, id), p.NewName})
	}
	return workspaceEdit{map[string][]textEdit{p.TextDocument.URI: edits}}, nil
}

func isKeyword(name string) bool {
	for k := syntax.And; k <= syntax.While; k++ {
		if k.String() == name {
			return true
		}
	}
	return false
}
