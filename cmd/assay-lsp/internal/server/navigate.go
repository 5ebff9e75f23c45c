package server

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/cmd/assay-lsp/internal/rpc"
	"assay.rs/core/syntax"
	"assay.rs/stdlib"
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
	if module, ok := c.requires(id); ok {
		return s.inModule(c, module, ""), nil
	}
	parent := c.Parent(id)
	k := c.Tree.Node(parent).Kind
	if c.Tree.Node(id).Kind == syntax.Field && (k == syntax.Index || k == syntax.MethodCall) {
		switch t := c.Of(c.Tree.Kids(parent)[0]); t.Kind {
		case types.Table:
			return s.inModule(c, t.Name, c.Tree.Name(id)), nil
		case types.Object: // its module is named before the last point: vault.Client
			if dot := strings.LastIndexByte(t.Class.Name, '.'); dot > 0 {
				return s.inModule(c, "assay."+t.Class.Name[:dot], c.Tree.Name(id)), nil
			}
		default:
		}
	}
	if c.Tree.Node(id).Kind == syntax.Field && k == syntax.Index {
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
		path, text, ok = s.source(module)
	}
	if !ok {
		return []location{}
	}
	d := document.Open(path, text)
	t := d.Chunks[0].Tree
	at := 0
	t.Walk(t.Root, func(id syntax.NodeID) bool {
		if k := t.Node(id).Kind; function != "" && (k == syntax.FunctionStatement || k == syntax.AssignStatement) {
			target := t.Kids(id)[0]
			if k := t.Node(target).Kind; (k == syntax.Index || k == syntax.Method) && t.Name(t.Kids(target)[1]) == function && at == 0 {
				at, _ = t.Span(t.Kids(target)[1])
			}
		}
		return true
	})
	if at == 0 {
		function = ""
	}
	return []location{{uriOf(path), s.span(d, at, at+len(function))}}
}

// source writes the source of a module that is part of assay into the user's cache, where an editor can open it.
func (s *Server) source(module string) (path, text string, ok bool) {
	name, ok := strings.CutPrefix(module, "assay.")
	if !ok || s.library.Required[module] == nil {
		return "", "", false
	}
	name = strings.ReplaceAll(name, ".", "/") + ".lua"
	source, err := fs.ReadFile(stdlib.Files(), name)
	if err != nil {
		return "", "", false
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", "", false
	}
	path = filepath.Join(cache, "assay", "modules", "assay", filepath.FromSlash(name))
	if have, err := os.ReadFile(path); err == nil && string(have) == string(source) {
		return path, string(source), true
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return "", "", false
	}
	_ = os.Remove(path) // one of another version; it is read-only
	if err := os.WriteFile(path, source, 0o400); err != nil {
		return "", "", false
	}
	return path, string(source), true
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
