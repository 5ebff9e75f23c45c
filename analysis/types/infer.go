package types

import (
	"assay.rs/core/spec"
	"assay.rs/core/syntax"
)

// Kind tells the shapes of a Type apart.
type Kind uint8

// The kinds of types. Unknown is that of what cannot be told.
const (
	Unknown  Kind = iota
	Table         // a table of builtins, or what require gives: Module
	Function      // Func
	Object        // of the Class
	Fields        // of the Record
	List          // of Elem
	Map           // of texts to Elem
	Text
	Other // a number, a boolean, nil: nothing that has fields
)

// Type is what a value is known to be.
type Type struct {
	Kind   Kind
	Module *Module
	Func   *spec.Func
	Name   string // of a function or a module, in full: "http.get", "r:json"
	Method bool   // a function that is given its object before its parameters
	Class  *spec.Class
	Record *spec.Record
	Elem   *spec.Type
	Spec   *spec.Type // as declared, if it was
}

// Info is what is known of a tree. It works its answers out when asked; it is not for several goroutines at once.
type Info struct {
	Tree     *syntax.Tree
	Bindings *syntax.Bindings
	Library  *Library
	Resolve  func(name string) *Module // what require gives for a name that the library does not have; may be nil

	parents     []syntax.NodeID
	values      map[syntax.VariableID]value
	assigned    map[string]bool // names of fields that something is assigned to
	written     map[string]bool // globals that something is assigned to
	expressions map[syntax.NodeID]Type
	depth       int
}

// value is where a variable has its value from: the nth result of an expression, or the nth of an iteration.
type value struct {
	expression syntax.NodeID
	n          int
	iterated   bool
	declared   string // a type in a comment
}

// Infer prepares what is known of a tree.
func Infer(t *syntax.Tree, b *syntax.Bindings, l *Library) *Info {
	i := &Info{
		Tree: t, Bindings: b, Library: l,
		parents: make([]syntax.NodeID, len(t.Nodes)), values: make(map[syntax.VariableID]value),
		assigned: make(map[string]bool), written: make(map[string]bool), expressions: make(map[syntax.NodeID]Type),
	}
	t.Walk(t.Root, func(id syntax.NodeID) bool {
		for _, kid := range t.Kids(id) {
			i.parents[kid] = id
		}
		i.note(id)
		return true
	})
	return i
}

// Parent is the node that id is a child of.
func (i *Info) Parent(id syntax.NodeID) syntax.NodeID { return i.parents[id] }

// note keeps where variables have their values from, and what is assigned to.
func (i *Info) note(id syntax.NodeID) {
	n, kids := i.Tree.Node(id), i.Tree.Kids(id)
	switch n.Kind {
	case syntax.LocalStatement:
		declared := ""
		if n.Split == 1 {
			declared = commentsAbove(i.Tree, int(n.First)).typ
		}
		i.names(kids[:n.Split], kids[n.Split:], false, declared)
	case syntax.GenericFor:
		i.names(kids[:n.Split], kids[n.Split:len(kids)-1], true, "")
	case syntax.LocalFunction:
		i.values[i.Bindings.Of(kids[0])] = value{expression: kids[1]}
	case syntax.FunctionStatement:
		i.target(kids[0])
	case syntax.AssignStatement:
		for _, kid := range kids[:n.Split] {
			i.target(kid)
		}
	}
}

func (i *Info) names(names, expressions []syntax.NodeID, iterated bool, declared string) {
	for at, name := range names {
		v := value{n: at, iterated: iterated, declared: declared}
		switch last := len(expressions) - 1; {
		case last < 0:
			if declared == "" {
				continue
			}
		case iterated:
			v.expression = expressions[0]
		case at <= last:
			v.expression, v.n = expressions[at], 0
		default:
			v.expression, v.n = expressions[last], at-last
		}
		i.values[i.Bindings.Of(name)] = v
	}
}

func (i *Info) target(id syntax.NodeID) {
	switch i.Tree.Node(id).Kind {
	case syntax.NameExpression:
		if i.Bindings.IsGlobal(id) {
			i.written[i.Tree.Name(id)] = true
		}
	case syntax.Index, syntax.Method:
		i.assigned[i.Tree.Name(i.Tree.Kids(id)[1])] = true
	case syntax.Subscript:
		if key := i.Tree.Kids(id)[1]; i.Tree.Node(key).Kind == syntax.StringLiteral {
			i.assigned[i.Text(key)] = true
		}
	}
}

// Assigned reports whether the tree assigns to a field of that name, of whatever.
func (i *Info) Assigned(field string) bool { return i.assigned[field] }

// Written reports whether the tree assigns to a global of that name.
func (i *Info) Written(global string) bool { return i.written[global] }

// Text is the value of a string literal.
func (i *Info) Text(id syntax.NodeID) string {
	return syntax.Unquote(i.Tree.Name(id))
}

// deepest is how far a type is followed through variables and calls.
const deepest = 40

// Of is the type of an expression, or of the name in a declaration.
func (i *Info) Of(id syntax.NodeID) Type {
	if known, ok := i.expressions[id]; ok {
		return known
	}
	if i.depth > deepest {
		return Type{}
	}
	i.depth++
	found := i.find(id)
	i.depth--
	i.expressions[id] = found
	return found
}

func (i *Info) find(id syntax.NodeID) Type {
	kids := i.Tree.Kids(id)
	switch i.Tree.Node(id).Kind {
	case syntax.NameExpression, syntax.Declared:
		return i.named(id)
	case syntax.Index:
		return i.Member(i.Of(kids[0]), i.Tree.Name(kids[1]))
	case syntax.Subscript:
		if object := i.Of(kids[0]); object.Elem != nil && (object.Kind == List || object.Kind == Map) {
			return i.Library.Declared(object.Elem)
		} else if i.Tree.Node(kids[1]).Kind == syntax.StringLiteral {
			return i.Member(object, i.Text(kids[1]))
		}
	case syntax.Call, syntax.MethodCall:
		return i.result(id, 0)
	case syntax.Paren:
		return i.Of(kids[0])
	case syntax.StringLiteral, syntax.Concatenation:
		return Type{Kind: Text}
	case syntax.NumberLiteral, syntax.TrueLiteral, syntax.FalseLiteral, syntax.NilLiteral:
		return Type{Kind: Other}
	case syntax.FunctionBody:
		f := FuncAt(i.Tree, "", id, i.docToken(id))
		return Type{Kind: Function, Func: &f}
	case syntax.Binary:
		if i.Tree.Operator(id) == syntax.Or { // r or other: what is known of the first holds if the second says the same
			left, right := i.Of(kids[0]), i.Of(kids[1])
			if left.Kind == right.Kind && left.Class == right.Class && left.Record == right.Record && left.Module == right.Module {
				return left
			}
		}
	}
	return Type{}
}

// docToken is where the comments of a function stand: above the statement that names it.
func (i *Info) docToken(body syntax.NodeID) int {
	switch parent := i.Tree.Node(i.parents[body]); parent.Kind {
	case syntax.LocalFunction, syntax.FunctionStatement, syntax.GlobalFunction, syntax.LocalStatement, syntax.AssignStatement, syntax.NamedItem:
		return int(parent.First)
	}
	return int(i.Tree.Node(body).First)
}

// Callee is the type of what a call calls.
func (i *Info) Callee(call syntax.NodeID) Type {
	kids := i.Tree.Kids(call)
	if i.Tree.Node(call).Kind == syntax.MethodCall {
		return i.method(i.Of(kids[0]), i.Tree.Name(kids[1]))
	}
	callee := i.Of(kids[0])
	if callee.Kind == Table && callee.Module.Call != nil {
		return Type{Kind: Function, Func: callee.Module.Call, Name: callee.Name}
	}
	return callee
}

// Arguments are those of a call.
func (i *Info) Arguments(call syntax.NodeID) []syntax.NodeID {
	kids := i.Tree.Kids(call)
	if i.Tree.Node(call).Kind == syntax.MethodCall {
		return kids[2:]
	}
	return kids[1:]
}

// result is the type of the nth result of an expression.
func (i *Info) result(id syntax.NodeID, n int) Type {
	if k := i.Tree.Node(id).Kind; k != syntax.Call && k != syntax.MethodCall {
		if n == 0 {
			return i.Of(id)
		}
		return Type{}
	}
	callee := i.Callee(id)
	args := i.Arguments(id)
	switch {
	case callee.Kind != Function:
		return Type{}
	case callee.Name == "require" && n == 0 && len(args) == 1 && i.Tree.Node(args[0]).Kind == syntax.StringLiteral:
		return i.required(i.Text(args[0]))
	case (callee.Name == "setmetatable" || callee.Name == "assert") && n == 0 && len(args) > 0:
		return i.Of(args[0])
	case callee.Name == "pcall" && n > 0 && len(args) > 0:
		if fn := i.Of(args[0]); fn.Kind == Function && n-1 < len(fn.Func.Returns) {
			return Type{} // after a failure it is the error
		}
	}
	if callee.Func.Iterator || n >= len(callee.Func.Returns) {
		return Type{}
	}
	return i.Library.Declared(&callee.Func.Returns[n].Type)
}

func (i *Info) required(name string) Type {
	m := i.Library.Required[name]
	if m == nil && i.Resolve != nil {
		m = i.Resolve(name)
	}
	if m == nil {
		if m = i.Library.Tables[name]; m == nil {
			return Type{}
		}
	}
	return Type{Kind: Table, Module: m, Name: name}
}

func (i *Info) named(id syntax.NodeID) Type {
	name := i.Tree.Name(id)
	v := i.Bindings.Of(id)
	if v == 0 || i.Bindings.Variables[v].Kind == syntax.DeclaredGlobal {
		if i.written[name] {
			return Type{}
		}
		return i.Library.Global(name)
	}
	variable := &i.Bindings.Variables[v]
	if variable.Kind == syntax.ParameterVariable {
		return i.parameter(variable)
	}
	from, ok := i.values[v]
	if !ok || variable.Assigned && from.declared == "" {
		return Type{}
	}
	switch {
	case from.declared != "":
		t := ParseType(from.declared)
		return i.Library.Declared(&t)
	case from.iterated:
		return i.iterated(from)
	}
	return i.result(from.expression, from.n)
}

// iterated is the type of the nth name of for ... in.
func (i *Info) iterated(from value) Type {
	if i.Tree.Node(from.expression).Kind != syntax.Call && i.Tree.Node(from.expression).Kind != syntax.MethodCall {
		return Type{}
	}
	callee, args := i.Callee(from.expression), i.Arguments(from.expression)
	if callee.Kind != Function {
		return Type{}
	}
	if (callee.Name == "ipairs" || callee.Name == "pairs") && from.n == 1 && len(args) == 1 {
		if over := i.Of(args[0]); over.Elem != nil {
			return i.Library.Declared(over.Elem)
		}
	}
	if callee.Func.Iterator && from.n < len(callee.Func.Returns) {
		return i.Library.Declared(&callee.Func.Returns[from.n].Type)
	}
	return Type{}
}

// Global is the type of a global of the library.
func (l *Library) Global(name string) Type {
	if m := l.Tables[name]; m != nil {
		return Type{Kind: Table, Module: m, Name: name}
	}
	if f := l.Globals.Func(name); f != nil {
		return Type{Kind: Function, Func: f, Name: name}
	}
	return Type{}
}

// Declared is a type of a declaration.
func (l *Library) Declared(t *spec.Type) Type {
	switch t.Kind {
	case spec.Ref:
		if c := l.Classes[t.Name]; c != nil {
			return Type{Kind: Object, Class: c, Spec: t}
		}
		if r := l.Records[t.Name]; r != nil {
			return Type{Kind: Fields, Record: r, Spec: t}
		}
	case spec.List:
		return Type{Kind: List, Elem: t.Elem, Spec: t}
	case spec.Map:
		return Type{Kind: Map, Elem: t.Elem, Spec: t}
	case spec.Callback:
		return Type{Kind: Function, Func: &spec.Func{Params: t.Params, Returns: t.Returns, Level: "check"}, Spec: t}
	case spec.Scalar:
		switch t.Name {
		case "string":
			return Type{Kind: Text, Spec: t}
		case "number", "integer", "boolean", "duration":
			return Type{Kind: Other, Spec: t}
		}
	default:
	}
	return Type{Spec: t}
}

// Member is the type of object.name.
func (i *Info) Member(object Type, name string) Type {
	switch object.Kind {
	case Table:
		if f := object.Module.Func(name); f != nil {
			return Type{Kind: Function, Func: f, Name: object.Name + "." + name}
		}
		if c := object.Module.Const(name); c != nil {
			return i.Library.Declared(&c.Type)
		}
	case Object:
		for at := range object.Class.Fields {
			if f := &object.Class.Fields[at]; f.Name == name {
				return i.Library.Declared(&f.Type)
			}
		}
		for at := range object.Class.Methods {
			if f := &object.Class.Methods[at]; f.Name == name {
				if f.Unbound {
					return Type{Kind: Function, Func: f, Name: object.Class.Name + "." + name}
				}
				return withSelf(object.Class, f)
			}
		}
	case Fields:
		for at := range object.Record.Fields {
			if f := &object.Record.Fields[at]; f.Name == name {
				return i.Library.Declared(&f.Type)
			}
		}
	case Map:
		return i.Library.Declared(object.Elem)
	default:
	}
	return Type{}
}

// withSelf is a method that is called with a dot: its object is its first argument.
func withSelf(c *spec.Class, f *spec.Func) Type {
	with := *f
	with.Params = append([]spec.Param{{Name: "self", Type: spec.Type{Kind: spec.Ref, Name: c.Name}}}, f.Params...)
	return Type{Kind: Function, Func: &with, Name: c.Name + ":" + f.Name, Class: c}
}

// method is the type of object:name, without the object among its parameters.
func (i *Info) method(object Type, name string) Type {
	switch object.Kind {
	case Object:
		for at := range object.Class.Methods {
			if f := &object.Class.Methods[at]; f.Name == name {
				return Type{Kind: Function, Func: f, Name: object.Class.Name + ":" + name, Method: true, Class: object.Class}
			}
		}
	case Text:
		if f := i.Library.Tables["string"].Func(name); f != nil && len(f.Params) > 0 {
			without := *f
			without.Params = f.Params[1:]
			return Type{Kind: Function, Func: &without, Name: "string." + name, Method: true}
		}
	default:
	}
	return Type{}
}
