package server

import (
	"encoding/json"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

// tokenTypes and tokenModifiers are the legend: an answer has indexes into them. Modifiers are bits.
func tokenTypes() []string {
	return []string{"keyword", "string", "number", "comment", "operator", "variable", "parameter", "function", "method", "property", "namespace"}
}

func tokenModifiers() []string {
	return []string{"declaration", "readonly", "deprecated", "defaultLibrary"}
}

type tokenType int

const (
	tokenKeyword tokenType = iota
	tokenString
	tokenNumber
	tokenComment
	tokenOperator
	tokenVariable
	tokenParameter
	tokenFunction
	tokenMethod
	tokenProperty
	tokenNamespace
)

const (
	modDeclaration = 1 << iota
	modReadonly
	modDeprecated
	modLibrary
)

// token is what a token of Lua is.
type token struct {
	kind      tokenType
	modifiers int
}

type semanticTokens struct {
	Data []int `json:"data"`
}

// semanticTokens are those of the Lua of a document. In a check file an editor sees a text without them.
func (s *Server) semanticTokens(d *document.Document, _ place, _ json.RawMessage) (any, error) {
	out := semanticTokens{Data: []int{}}
	var last position
	emit := func(start, end int, t token) {
		at := s.span(d, start, end)
		delta := at.Start.Character
		if at.Start.Line == last.Line {
			delta -= last.Character
		}
		out.Data = append(out.Data, at.Start.Line-last.Line, delta, at.End.Character-at.Start.Character, int(t.kind), t.modifiers)
		last = at.Start
	}
	for _, chunk := range d.Chunks {
		c := &cursor{Info: s.infer(d, chunk), document: d, chunk: chunk}
		names := c.nameTokens()
		for piece := range chunk.Tree.Pieces() {
			t, ok := names[piece.Token]
			if !ok {
				t, ok = lexical(chunk.Tree, piece)
			}
			if !ok {
				continue
			}
			// A token that spans lines is one for each of them.
			at := piece.Start
			for line := range strings.Lines(chunk.Tree.Source[piece.Start:piece.End]) {
				if text := strings.TrimRight(line, "\r\n"); text != "" {
					start := chunk.Outer(at)
					emit(start, start+len(text), t)
				}
				at += len(line)
			}
		}
	}
	return out, nil
}

// lexical is what a piece is by itself, and false for names, punctuation and white space.
func lexical(t *syntax.Tree, p syntax.Piece) (token, bool) {
	if p.Token == syntax.NoToken {
		return token{kind: tokenComment}, p.Trivia == syntax.LineComment || p.Trivia == syntax.LongComment || p.Trivia == syntax.Shebang
	}
	switch k := t.Tokens[p.Token].Kind; {
	case k.IsKeyword():
		return token{kind: tokenKeyword}, true
	case k == syntax.String || k == syntax.LongString:
		return token{kind: tokenString}, true
	case k == syntax.Number:
		return token{kind: tokenNumber}, true
	case k >= syntax.Plus && k <= syntax.Assign || k == syntax.Concat:
		return token{kind: tokenOperator}, true
	}
	return token{}, false
}

// nameTokens says what the names of a chunk are.
func (c *cursor) nameTokens() map[syntax.TokenID]token {
	found := make(map[syntax.TokenID]token)
	c.Tree.Walk(c.Tree.Root, func(id syntax.NodeID) bool {
		n := c.Tree.Node(id)
		if n.Token == syntax.NoToken {
			return true
		}
		switch n.Kind {
		case syntax.NameExpression, syntax.Declared:
			found[n.Token] = c.nameToken(id)
		case syntax.Field:
			found[n.Token] = c.fieldToken(id)
		}
		return true
	})
	return found
}

func (c *cursor) nameToken(id syntax.NodeID) token {
	t := c.Of(id)
	out := token{kind: tokenVariable}
	if v := c.Bindings.Of(id); v != 0 {
		variable := &c.Bindings.Variables[v]
		if variable.Kind == syntax.ParameterVariable {
			out.kind = tokenParameter
		} else if t.Kind == types.Function {
			out.kind = tokenFunction
		}
		if variable.Const {
			out.modifiers |= modReadonly
		}
		if c.Tree.Node(id).Kind == syntax.Declared {
			out.modifiers |= modDeclaration
		}
		return out
	}
	if c.Library.Has(c.Tree.Name(id)) {
		out.modifiers |= modLibrary
	}
	switch t.Kind {
	case types.Table:
		out.kind = tokenNamespace
	case types.Function:
		out.kind = tokenFunction
		out.modifiers |= deprecated(t)
	default:
	}
	return out
}

func (c *cursor) fieldToken(id syntax.NodeID) token {
	parent := c.Parent(id)
	switch c.Tree.Node(parent).Kind {
	case syntax.MethodCall:
		return token{tokenMethod, deprecated(c.Callee(parent))}
	case syntax.Method:
		return token{tokenMethod, modDeclaration}
	case syntax.Index:
		t := c.Of(parent)
		if t.Kind != types.Function {
			break
		}
		out := token{tokenFunction, deprecated(t)}
		if object := c.Of(c.Tree.Kids(parent)[0]); object.Kind == types.Table && c.Library.Tables[object.Name] != nil {
			out.modifiers |= modLibrary
		}
		return out
	}
	return token{kind: tokenProperty}
}

func deprecated(t types.Type) int {
	if t.Func != nil && spec.Deprecated(t.Func.Text) != "" {
		return modDeprecated
	}
	return 0
}
