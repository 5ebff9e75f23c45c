package types

import (
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

// Expected is the type that is asked for where an expression stands: as an argument, or in a table that is one. It
// is nil when nothing is known.
func (i *Info) Expected(id syntax.NodeID) *spec.Type {
	if i.depth > deepest {
		return nil
	}
	i.depth++
	defer func() { i.depth-- }()
	parent := i.parents[id]
	kids := i.Tree.Kids(parent)
	switch i.Tree.Node(parent).Kind {
	case syntax.Call, syntax.MethodCall:
		for at, arg := range i.Arguments(parent) {
			if arg == id {
				return i.argument(i.Callee(parent), at)
			}
		}
	case syntax.NamedItem:
		if kids[1] == id {
			return i.Library.field(i.Expected(i.parents[parent]), i.Tree.Name(kids[0]))
		}
	case syntax.KeyedItem:
		if kids[1] == id {
			key := ""
			if i.Tree.Node(kids[0]).Kind == syntax.StringLiteral {
				key = i.Text(kids[0])
			}
			return i.Library.field(i.Expected(i.parents[parent]), key)
		}
	case syntax.Table:
		if list := alternative(i.Expected(parent), spec.List); list != nil {
			return list.Elem
		}
	}
	return nil
}

// argument is the type of the parameter that the argument at is for.
func (i *Info) argument(callee Type, at int) *spec.Type {
	if callee.Kind != Function {
		return nil
	}
	params := callee.Func.Params
	for n := range params {
		if n == at || params[n].Rest && at >= n {
			if callee.Name == "http.serve" && params[n].Name == "routes" {
				return routes()
			}
			return &params[n].Type
		}
	}
	return nil
}

// routes is what http.serve takes: handlers by path by method. Its declaration says table, since it checks more
// than a type can say.
func routes() *spec.Type {
	request := spec.Type{Kind: spec.Ref, Name: "http.ServerRequest"}
	handler := spec.Type{Kind: spec.Callback, Params: []spec.Param{{Name: "request", Type: request}}}
	paths := spec.Type{Kind: spec.Map, Elem: &handler}
	return &spec.Type{Kind: spec.Map, Elem: &paths}
}

// field is the type of a key of a table that a type asks for.
func (l *Library) field(t *spec.Type, key string) *spec.Type {
	if m := alternative(t, spec.Map); m != nil {
		return m.Elem
	}
	if r, _ := l.OptionsOf(t); r != nil {
		for at := range r.Fields {
			if r.Fields[at].Name == key {
				return &r.Fields[at].Type
			}
		}
	}
	return nil
}

// alternative is the type itself or the one of a union that has the kind.
func alternative(t *spec.Type, kind spec.Kind) *spec.Type {
	if t == nil {
		return nil
	}
	if t.Kind == kind {
		return t
	}
	if t.Kind == spec.Union {
		for at := range t.Of {
			if t.Of[at].Kind == kind {
				return &t.Of[at]
			}
		}
	}
	return nil
}

// OptionsOf is the record that a type asks for, and whether a table can be nothing else.
func (l *Library) OptionsOf(t *spec.Type) (record *spec.Record, only bool) {
	if t == nil {
		return nil, false
	}
	of := []spec.Type{*t}
	if t.Kind == spec.Union {
		of = t.Of
	}
	only = true
	for at := range of {
		switch o := &of[at]; {
		case o.Kind == spec.Ref && l.Records[o.Name] != nil:
			only = only && record == nil
			record = l.Records[o.Name]
		case o.Kind == spec.List, o.Kind == spec.Map, o.Kind == spec.Union, o.Kind == spec.Ref:
			only = false
		case o.Kind == spec.Scalar && (o.Name == "table" || o.Name == "any" || o.Name == "array"):
			only = false
		}
	}
	return record, only && record != nil
}

// parameter is the type of a parameter: what a comment says, or what the function is passed as.
func (i *Info) parameter(v *syntax.Variable) Type {
	if v.Assigned {
		return Type{}
	}
	body := i.parents[v.Node]
	doc := commentsAbove(i.Tree, i.docToken(body))
	for at := range doc.params {
		if doc.params[at].Name == v.Name {
			return i.Library.Declared(&doc.params[at].Type)
		}
	}
	callback := alternative(i.Expected(body), spec.Callback)
	if callback == nil {
		return Type{}
	}
	for at, kid := range i.Tree.Kids(body) {
		if kid == v.Node && at < len(callback.Params) {
			return i.Library.Declared(&callback.Params[at].Type)
		}
	}
	return Type{}
}
