package rules

import (
	"strings"

	"assay.rs/core/nearest"
	"assay.rs/core/syntax"
)

// names looks at what names stand for: undefined-global and unused-local.
func (k *checker) names() {
	k.unused()
	if k.opensGlobals() {
		return
	}
	k.Tree.Walk(k.Tree.Root, func(id syntax.NodeID) bool {
		if k.Tree.Node(id).Kind == syntax.FunctionBody && k.raises(id) {
			return false
		}
		if k.Tree.Node(id).Kind == syntax.NameExpression && k.Bindings.Of(id) == 0 {
			k.global(id)
		}
		return true
	})
}

// opensGlobals reports whether the text makes globals in ways that cannot be followed: it uses the table of
// globals, or loads code.
func (k *checker) opensGlobals() bool {
	for _, g := range k.Bindings.Globals {
		switch g.Name {
		case "_G", "_ENV", "load", "loadstring":
			return true
		}
	}
	return false
}

func (k *checker) global(id syntax.NodeID) {
	name := k.Tree.Name(id)
	if k.Library.Has(name) || k.Written(name) || name == "_G" || k.asked(id) {
		return
	}
	message := "global '" + name + "' is not defined"
	var fix *Fix
	if instead := syntax.Instead(name); instead != "" {
		message += "; " + instead
	} else if near, ok := nearest.Name(name, k.known(id)); ok && near != name { // one of the same name is out of reach
		message += "; did you mean '" + near + "'?"
		fix = k.replace(id, near, false)
	}
	k.at(id, "undefined-global", message, fix)
}

// known are the names that there are: globals, and variables that the text declares before the node.
func (k *checker) known(id syntax.NodeID) []string {
	var names []string
	for _, v := range k.Bindings.Variables[1:] {
		if v.Node < id {
			names = append(names, v.Name)
		}
	}
	for _, g := range k.Bindings.Globals {
		if g.Write {
			names = append(names, g.Name)
		}
	}
	return append(names, k.Library.GlobalNames()...)
}

// asked reports whether the text only asks for the existence of a name or field: in a condition, in a comparison, as
// an argument of type.
func (k *checker) asked(id syntax.NodeID) bool {
	parent := k.Parent(id)
	n := k.Tree.Node(parent)
	switch n.Kind {
	case syntax.IfStatement, syntax.WhileStatement, syntax.RepeatStatement:
		return true
	case syntax.Binary:
		switch k.Tree.Operator(parent) {
		case syntax.And, syntax.Or, syntax.Equal, syntax.NotEqual:
			return true
		}
	case syntax.Unary:
		return k.Tree.Operator(parent) == syntax.Not
	case syntax.Call:
		switch k.Callee(parent).Name {
		case "type", "assert.is_nil", "assert.type", "pcall", "xpcall", "assert.raises":
			return k.Tree.Kids(parent)[0] != id
		}
	case syntax.Paren:
		return k.asked(parent)
	}
	return false
}

// unused finds locals that are never read.
func (k *checker) unused() {
	for at := len(k.Bindings.Variables) - 1; at > 0; at-- {
		v := &k.Bindings.Variables[at]
		declared := k.Tree.Node(v.Node)
		if v.Kind != syntax.LocalVariable || v.Used || strings.HasPrefix(v.Name, "_") || declared.Flags&syntax.AttributeClose != 0 || k.laterUsed(v.Node) {
			continue
		}
		start, _ := k.Tree.Span(v.Node)
		k.at(v.Node, "unused-local", "local '"+v.Name+"' is never read", &Fix{
			Title: "rename to '_" + v.Name + "'", Edits: []Edit{{start, start, "_"}},
		})
	}
}

// laterUsed reports whether a name behind this one in its declaration is read: then this one holds its place.
func (k *checker) laterUsed(id syntax.NodeID) bool {
	parent := k.Parent(id)
	n := k.Tree.Node(parent)
	if n.Kind != syntax.LocalStatement {
		return false
	}
	behind := false
	for _, kid := range k.Tree.Kids(parent)[:n.Split] {
		if behind && k.Bindings.Variables[k.Bindings.Of(kid)].Used {
			return true
		}
		behind = behind || kid == id
	}
	return false
}

// accidental finds a global that is assigned to inside a function, and used in it alone: a local is missing.
func (k *checker) accidental(id syntax.NodeID) {
	n, kids := k.Tree.Node(id), k.Tree.Kids(id)
	for _, target := range kids[:n.Split] {
		name := k.Tree.Name(target)
		if k.Tree.Node(target).Kind != syntax.NameExpression || k.Bindings.Of(target) != 0 || k.Library.Has(name) || k.opensGlobals() {
			continue
		}
		function := k.function(target)
		if function == 0 || !k.usedWithin(name, function) || k.first(name) != target {
			continue
		}
		fix := &Fix{Title: "declare it with 'local'", Safe: true}
		start, _ := k.Tree.Span(id)
		fix.Edits = []Edit{{start, start, "local "}}
		if n.Split != 1 || k.Parent(k.Parent(id)) != function {
			fix = nil
		}
		k.at(target, "accidental-global", "'"+name+"' becomes a global; declare it with 'local'", fix)
	}
}

// function is the innermost function around a node, or 0.
func (k *checker) function(id syntax.NodeID) syntax.NodeID {
	for id = k.Parent(id); id != 0; id = k.Parent(id) {
		if k.Tree.Node(id).Kind == syntax.FunctionBody {
			return id
		}
	}
	return 0
}

func (k *checker) usedWithin(name string, function syntax.NodeID) bool {
	within := true
	k.Tree.Walk(k.Tree.Root, func(id syntax.NodeID) bool {
		if id == function {
			return false
		}
		if k.Tree.Node(id).Kind == syntax.NameExpression && k.Bindings.Of(id) == 0 && k.Tree.Name(id) == name {
			within = false
		}
		return within
	})
	return within
}

// first is where a global is used for the first time.
func (k *checker) first(name string) syntax.NodeID {
	for _, g := range k.Bindings.Globals {
		if g.Name == name {
			return g.First
		}
	}
	return 0
}
