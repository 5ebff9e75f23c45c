package server

import (
	"encoding/json"
	"slices"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

func (s *Server) hover(d *document.Document, p place, _ json.RawMessage) (any, error) {
	c := s.cursor(d, p.Position)
	if c == nil {
		if d.Check != nil {
			return s.yamlHover(d, s.offset(d, p.Position)), nil
		}
		return nil, nil
	}
	id := c.node(0)
	text := s.describe(c, id)
	if text == "" {
		return nil, nil
	}
	return hover{*markdown(text), s.nodeSpan(c, id)}, nil
}

// describe is the documentation of what a node names.
func (s *Server) describe(c *cursor, id syntax.NodeID) string {
	parent := c.Parent(id)
	name := c.Tree.Name(id)
	switch c.Tree.Node(id).Kind {
	case syntax.NameExpression, syntax.Declared, syntax.VarargParameter:
		t := c.Of(id)
		if c.Bindings.Of(id) == 0 {
			if m := s.library.Tables[name]; m != nil {
				return fenced(name) + "\n\n" + m.Doc
			}
			if k := s.library.Globals.Const(name); k != nil {
				return fenced(name+": "+k.Type.String()) + "\n\n" + k.Text
			}
		}
		return describeType(name, t, "local ")
	case syntax.Field:
		switch c.Tree.Node(parent).Kind {
		case syntax.Index, syntax.Method:
			object := c.Of(c.Tree.Kids(parent)[0])
			if f := fieldOf(object, name); f != nil {
				return fenced(name+": "+f.Type.String()) + "\n\n" + f.Text
			}
			return describeType(name, c.Of(parent), "")
		case syntax.MethodCall:
			return describeType(name, c.Callee(parent), "")
		case syntax.NamedItem:
			if record, _ := s.library.OptionsOf(c.Expected(c.Parent(parent))); record != nil {
				for _, f := range record.Fields {
					if f.Name == name {
						return fenced(name+": "+f.Type.String()) + "\n\n" + f.Text + defaultText(f.Default)
					}
				}
			}
		}
	}
	return ""
}

func defaultText(value string) string {
	if value == "" {
		return ""
	}
	return "\n\nDefault: `" + value + "`"
}

func fieldOf(t types.Type, name string) *spec.Field {
	var list []spec.Field
	switch t.Kind {
	case types.Object:
		list = t.Class.Fields
	case types.Fields:
		list = t.Record.Fields
	case types.Table:
		if k := t.Module.Const(name); k != nil {
			return &spec.Field{Name: name, Type: k.Type, Text: k.Text}
		}
	default:
	}
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

func describeType(name string, t types.Type, prefix string) string {
	if t.Kind == types.Function && t.Func != nil {
		full := t.Name
		if full == "" {
			full = name
		}
		return describeFunc(full, t.Func)
	}
	text := typeText(t)
	switch {
	case text == "":
		return ""
	case t.Kind == types.Object:
		return fenced(prefix+name+": "+text) + "\n\n" + t.Class.Text
	case t.Kind == types.Fields:
		return fenced(prefix+name+": "+text) + "\n\n" + t.Record.Text
	case t.Kind == types.Table:
		return fenced(prefix+name+": "+text) + "\n\n" + t.Module.Doc
	}
	return fenced(prefix + name + ": " + text)
}

func typeText(t types.Type) string {
	switch t.Kind {
	case types.Object:
		return t.Class.Name
	case types.Fields:
		return t.Record.Name
	case types.Table:
		return t.Name
	case types.Text:
		return "string"
	case types.Function:
		return "function"
	default:
	}
	if t.Spec != nil {
		return t.Spec.String()
	}
	return ""
}

func describeFunc(name string, f *spec.Func) string {
	var b strings.Builder
	b.WriteString(fenced(signatureOf(name, f).Label))
	b.WriteString("\n\n" + f.Text)
	for _, p := range f.Params {
		if p.Text != "" {
			b.WriteString("\n- `" + p.Name + "`: " + p.Text + defaultInline(p.Default))
		}
	}
	for _, r := range f.Returns {
		if r.Text != "" {
			b.WriteString("\n- returns: " + r.Text)
		}
	}
	if f.Level == types.Script {
		b.WriteString("\n\nIn scripts only.")
	}
	if len(f.Raises) > 0 {
		b.WriteString("\n\nRaises: `" + strings.Join(f.Raises, "`, `") + "`")
	}
	for _, e := range f.Examples {
		b.WriteString("\n\n" + fenced(e))
	}
	return b.String()
}

func defaultInline(value string) string {
	if value == "" {
		return ""
	}
	return " (default `" + value + "`)"
}

func fenced(code string) string { return "```lua\n" + code + "\n```" }

func markdown(text string) *markup { return &markup{"markdown", text} }

// signatureOf reads "http.get(url: string, options?: http.Options) -> http.Response".
func signatureOf(name string, f *spec.Func) signature {
	sig := signature{Documentation: markdown(f.Text), Parameters: []parameter{}}
	var labels []string
	for _, p := range f.Params {
		label := p.Name
		switch {
		case p.Rest && label != "...":
			label += "..."
		case p.Optional && !p.Rest:
			label += "?"
		}
		label += ": " + p.Type.String()
		labels = append(labels, label)
		sig.Parameters = append(sig.Parameters, parameter{label, p.Text})
	}
	sig.Label = name + "(" + strings.Join(labels, ", ") + ")"
	var results []string
	for _, r := range f.Returns {
		results = append(results, r.Type.String())
	}
	if len(results) > 0 {
		sig.Label += " -> " + strings.Join(results, ", ")
	}
	return sig
}

func (s *Server) signatureHelp(d *document.Document, p place, _ json.RawMessage) (any, error) {
	c := s.cursor(d, p.Position)
	if c == nil {
		return nil, nil
	}
	for _, id := range slices.Backward(c.path) {
		kind := c.Tree.Node(id).Kind
		if kind == syntax.FunctionBody || kind == syntax.Block {
			break
		}
		if kind != syntax.Call && kind != syntax.MethodCall {
			continue
		}
		callee, args := c.Callee(id), c.Arguments(id)
		open := c.Tree.Node(id).Token
		if kind == syntax.MethodCall {
			open = c.Tree.Node(c.Tree.Kids(id)[1]).End
		}
		if callee.Kind != types.Function || int(c.Tree.Tokens[open].End) > c.at || c.Tree.Tokens[open].Kind != syntax.LeftParen {
			continue
		}
		active := 0
		for _, arg := range args {
			if _, end := c.Tree.Span(arg); end < c.at && strings.Contains(c.Tree.Source[end:c.at], ",") {
				active++
			}
		}
		name := callee.Name
		if name == "" {
			name = c.Tree.Name(c.Tree.Kids(id)[0])
		}
		if n := len(callee.Func.Params); n > 0 && callee.Func.Params[n-1].Rest {
			active = min(active, n-1)
		}
		return signatureHelp{Signatures: []signature{signatureOf(name, callee.Func)}, ActiveParameter: active}, nil
	}
	return nil, nil
}

// Hover is what an editor shows for the name at a line and a column in bytes, from 1; empty for what has no
// documentation.
func (s *Server) Hover(d *document.Document, line, column int) string {
	headless := &Server{library: s.library, schema: s.schema, utf8: true}
	answer, err := headless.hover(d, place{Position: position{line - 1, column - 1}}, nil)
	if h, ok := answer.(hover); ok && err == nil {
		return h.Contents.Value
	}
	return ""
}
