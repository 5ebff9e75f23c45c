package server

import (
	"encoding/json"
	"sort"
	"strings"

	"assay.rs/analysis/document"
	"assay.rs/analysis/types"
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

func (s *Server) completion(d *document.Document, p place, _ json.RawMessage) (any, error) {
	list := completionList{Items: []completionItem{}}
	c := s.cursor(d, p.Position)
	if c == nil {
		if d.Check != nil {
			list.Items = s.yamlCompletion(d, s.offset(d, p.Position))
		}
		return list, nil
	}
	if !c.inComment() {
		list.Items = append(list.Items, s.candidates(c)...)
	}
	if c.kind(0) != syntax.StringLiteral {
		edit := s.chunkSpan(c, c.word(), c.at)
		for i := range list.Items {
			item := &list.Items[i]
			item.TextEdit = &textEdit{edit, item.Label}
			s.snipped(c, item)
		}
	}
	return list, nil
}

// candidates are what can stand at the cursor.
func (s *Server) candidates(c *cursor) []completionItem {
	parent := c.node(1)
	switch k := c.kind(0); {
	case k == syntax.Field && (c.kind(1) == syntax.Index || c.kind(1) == syntax.MethodCall || c.kind(1) == syntax.Method):
		return s.members(c, c.Of(c.Tree.Kids(parent)[0]), c.kind(1) == syntax.MethodCall)
	case k == syntax.StringLiteral:
		return s.texts(c)
	case k == syntax.NumberLiteral:
		return nil
	}
	if options := s.options(c); options != nil {
		return options
	}
	// A colon whose call is not written yet is no method call to the parser.
	if start := c.word(); start > 0 && (c.Tree.Source[start-1] == ':' || c.Tree.Source[start-1] == '.') {
		for _, id := range c.Tree.PathAt(start - 1) {
			if _, end := c.Tree.Span(id); end == start-1 {
				if t := c.Of(id); t.Kind != types.Unknown {
					return s.members(c, t, c.Tree.Source[start-1] == ':')
				}
			}
		}
		return nil
	}
	return s.names(c)
}

// members are the fields and methods of a value.
func (s *Server) members(c *cursor, of types.Type, method bool) []completionItem {
	var items []completionItem
	function := func(full string, f *spec.Func, kind int) {
		items = append(items, completionItem{Label: f.Name, Kind: kind, Detail: signatureOf(full, f).Label, Data: full, Tags: tagsOf(f.Text)})
	}
	switch of.Kind {
	case types.Table:
		for i := range of.Module.Funcs {
			if f := &of.Module.Funcs[i]; c.exists(of.Name, f) && !method {
				function(of.Name+"."+f.Name, f, itemFunction)
			}
		}
		for i := range of.Module.Consts {
			k := &of.Module.Consts[i]
			items = append(items, completionItem{Label: k.Name, Kind: itemConstant, Detail: k.Type.String(), Documentation: markdown(k.Text)})
		}
	case types.Object:
		for i := range of.Class.Methods {
			if f := &of.Class.Methods[i]; method || f.Unbound {
				function(of.Class.Name+":"+f.Name, f, itemMethod)
			}
		}
		if !method {
			items = append(items, fields(of.Class.Fields)...)
		}
	case types.Fields:
		if !method {
			items = append(items, fields(of.Record.Fields)...)
		}
	case types.Text:
		m := s.library.Tables["string"]
		for i := range m.Funcs {
			if method {
				function("string."+m.Funcs[i].Name, &m.Funcs[i], itemMethod)
			}
		}
	default:
	}
	return items
}

func fields(list []spec.Field) []completionItem {
	var items []completionItem
	for i := range list {
		f := &list[i]
		items = append(items, completionItem{Label: f.Name, Kind: itemField, Detail: f.Type.String(), Documentation: markdown(f.Text), Tags: tagsOf(f.Text)})
	}
	return items
}

// tagsOf are those of something with this documentation: 1 is deprecated.
func tagsOf(text string) []int {
	if spec.Deprecated(text) != "" {
		return []int{1}
	}
	return nil
}

// options are the keys of the table around the cursor that a builtin is given, without those that it has.
func (s *Server) options(c *cursor) []completionItem {
	n := 0
	if c.kind(0) == syntax.Field && c.kind(1) == syntax.NamedItem {
		n = 2
	} else if c.kind(0) == syntax.NameExpression {
		n = 1
	}
	if c.kind(n) != syntax.Table {
		return nil
	}
	record, _ := s.library.OptionsOf(c.Expected(c.node(n)))
	if record == nil {
		return nil
	}
	have := make(map[string]bool)
	for _, item := range c.Tree.Kids(c.node(n)) {
		if _, end := c.Tree.Span(item); c.Tree.Node(item).Kind == syntax.NamedItem && end != c.at {
			have[c.Tree.Name(c.Tree.Kids(item)[0])] = true
		}
	}
	items := []completionItem{}
	for _, item := range fields(record.Fields) {
		if !have[item.Label] {
			item.Kind = itemProperty
			items = append(items, item)
		}
	}
	return items
}

// texts are what a string at the cursor may say.
func (s *Server) texts(c *cursor) []completionItem {
	id := c.node(0)
	var values []string
	if call := c.Parent(id); c.Tree.Node(call).Kind == syntax.Call && c.Callee(call).Name == "require" {
		for name := range s.library.Required {
			values = append(values, name)
		}
		sort.Strings(values)
	} else if t := c.Expected(id); t != nil && t.Kind == spec.Enum {
		values = t.Values
	}
	start, end := c.Tree.Span(id)
	if start+1 > end-1 || c.Tree.Source[start] == '[' {
		end = start + 2
	}
	items := []completionItem{}
	for _, v := range values {
		items = append(items, completionItem{Label: v, Kind: itemValue, TextEdit: &textEdit{s.chunkSpan(c, start+1, end-1), v}})
	}
	return items
}

// names are the variables in scope, the globals and the keywords.
func (s *Server) names(c *cursor) []completionItem {
	items := []completionItem{}
	seen := make(map[string]bool)
	add := func(item completionItem) {
		if !seen[item.Label] {
			seen[item.Label] = true
			items = append(items, item)
		}
	}
	for at := len(c.Bindings.Variables) - 1; at > 0; at-- {
		v := &c.Bindings.Variables[at]
		if c.inScope(v) {
			add(completionItem{Label: v.Name, Kind: itemVariable, Detail: typeText(c.Of(v.Node))})
		}
	}
	for _, g := range c.Bindings.Globals {
		if g.Write {
			add(completionItem{Label: g.Name, Kind: itemVariable})
		}
	}
	for i := range s.library.Globals.Funcs {
		if f := &s.library.Globals.Funcs[i]; c.exists("", f) {
			add(completionItem{Label: f.Name, Kind: itemFunction, Detail: signatureOf(f.Name, f).Label, Data: f.Name})
		}
	}
	for _, name := range s.library.GlobalNames() {
		if m := s.library.Tables[name]; m != nil && (!m.ScriptOnly() || c.chunk.Script == nil || c.exists(name, &m.Funcs[0])) {
			add(completionItem{Label: name, Kind: itemModule, Documentation: markdown(m.Doc)})
		}
	}
	for k := syntax.And; k <= syntax.While; k++ {
		add(completionItem{Label: k.String(), Kind: itemKeyword})
	}
	return items
}

// resolve adds the documentation to an item of a completion.
func (s *Server) resolve(params json.RawMessage) (any, error) {
	var item completionItem
	if err := decode(params, &item); err != nil {
		return nil, err
	}
	if f := s.functionNamed(item.Data); f != nil {
		item.Documentation = markdown(describeFunc(item.Data, f))
	}
	return item, nil
}

// functionNamed finds "http.get", "http.Response:json", "assay.prometheus.query" or "print".
func (s *Server) functionNamed(name string) *spec.Func {
	if class, method, ok := strings.Cut(name, ":"); ok {
		if c := s.library.Classes[class]; c != nil {
			for i := range c.Methods {
				if c.Methods[i].Name == method {
					return &c.Methods[i]
				}
			}
		}
		return nil
	}
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return s.library.Globals.Func(name)
	}
	for _, tables := range []map[string]*types.Module{s.library.Tables, s.library.Required} {
		if m := tables[name[:dot]]; m != nil {
			return m.Func(name[dot+1:])
		}
	}
	return nil
}
