package syntax

import (
	"fmt"
	"slices"
)

// Resolve binds the names of a tree. It works on a tree with errors too, so that
// an editor knows its names; its own errors then may only follow from those.
func Resolve(t *Tree) *Bindings {
	hint := min(len(t.Nodes)/32, 128)
	r := &resolver{
		tree:    t,
		visible: make(map[string]VariableID, hint),
		globals: make(map[string]int, hint),
		out:     &Bindings{Variables: make([]Variable, 1, 1+hint), of: make([]VariableID, len(t.Nodes))},
	}
	r.function = &function{vararg: true}
	r.open(false)
	r.statements(t.Root)
	r.close()
	sortErrors(r.out.Errors)
	return r.out
}

type resolver struct {
	tree     *Tree
	out      *Bindings
	scope    *scope
	function *function
	active   []VariableID
	visible  map[string]VariableID
	globals  map[string]int
}

func (r *resolver) errorf(id NodeID, format string, args ...any) {
	if len(r.out.Errors) >= maxErrors {
		return
	}
	start, end := r.tree.Span(id)
	r.out.Errors = append(r.out.Errors, Error{start, end, fmt.Sprintf(format, args...)})
}

// position is where a node starts, for messages.
func (r *resolver) position(id NodeID) Position {
	start, _ := r.tree.Span(id)
	return r.tree.Position(start)
}

func (r *resolver) open(loop bool) {
	s := &scope{parent: r.scope, mark: len(r.active), loop: loop, function: r.function}
	if p := r.scope; p != nil {
		s.named, s.all, s.allConst = p.named, p.all, p.allConst
	}
	r.scope = s
}

// close ends the current scope: its gotos find their labels or move outwards.
func (r *resolver) close() {
	s := r.scope
	r.gotos(s)
	for _, id := range slices.Backward(r.active[s.mark:]) {
		v := &r.out.Variables[id]
		r.visible[v.Name] = v.Hides
	}
	r.active = r.active[:s.mark]
	r.scope = s.parent
}

// declare makes a variable visible under the name of its node.
func (r *resolver) declare(id NodeID, name string, kind VariableKind, constant bool) {
	if name == "" {
		return
	}
	v := VariableID(len(r.out.Variables))
	r.out.Variables = append(r.out.Variables, Variable{
		Name: name, Node: id, Function: r.function.node, Kind: kind, Const: constant, Hides: r.visible[name],
	})
	r.visible[name] = v
	r.active = append(r.active, v)
	if kind == ImplicitVariable {
		r.implicit(id, name, v)
	} else {
		r.out.of[id] = v
	}
	if kind == DeclaredGlobal {
		r.scope.named++
	}
}

func (r *resolver) implicit(id NodeID, name string, v VariableID) {
	if r.out.implicit == nil {
		r.out.implicit = make(map[NodeID][2]VariableID)
	}
	variables := r.out.implicit[id]
	if name == "self" {
		variables[0] = v
	} else {
		variables[1] = v
	}
	r.out.implicit[id] = variables
}

// use binds a name that is read or assigned to.
func (r *resolver) use(id NodeID, write bool) {
	name := r.tree.Name(id)
	v := r.visible[name]
	r.out.of[id] = v
	constant := r.scope.all > 0 && r.scope.allConst
	if v != 0 {
		variable := &r.out.Variables[v]
		constant = variable.Const
		if write {
			variable.Assigned = true
		} else {
			variable.Used = true
		}
		if variable.Kind != DeclaredGlobal {
			variable.Captured = variable.Captured || variable.Function != r.function.node
		}
	} else if r.scope.named > 0 && r.scope.all == 0 {
		r.errorf(id, "global '%s' is not declared: add 'global %s', or 'global *' for all", name, name)
	}
	if write && constant {
		switch {
		case v == 0:
			r.errorf(id, "cannot assign to '%s': 'global <const> *' makes it constant", name)
		default:
			r.errorf(id, "cannot assign to '%s': it is a constant declared at %s", name, r.position(r.out.Variables[v].Node))
		}
	}
	if r.out.IsGlobal(id) {
		r.global(id, name, write)
	}
}

func (r *resolver) global(id NodeID, name string, write bool) {
	at, ok := r.globals[name]
	if !ok {
		at = len(r.out.Globals)
		r.globals[name] = at
		r.out.Globals = append(r.out.Globals, Global{Name: name, First: id})
	}
	g := &r.out.Globals[at]
	g.Read = g.Read || !write
	g.Write = g.Write || write
}

// block resolves a Block in a scope of its own.
func (r *resolver) block(id NodeID, loop bool) {
	r.open(loop)
	r.statements(id)
	r.close()
}

// statements resolves a Block in the current scope.
func (r *resolver) statements(id NodeID) {
	kids := r.tree.Kids(id)
	r.scope.block = id
	last := len(kids) - 1
	for last >= 0 && r.tree.Nodes[kids[last]].Kind == LabelStatement {
		last--
	}
	for i, kid := range kids {
		if r.tree.Nodes[kid].Kind == LabelStatement {
			r.label(kid, i > last && !r.scope.repeat)
			continue
		}
		r.statement(kid)
	}
}

func (r *resolver) statement(id NodeID) {
	n := r.tree.Node(id)
	kids := r.tree.Kids(id)
	switch n.Kind {
	case LocalStatement, GlobalStatement:
		r.declaration(id)
	case GlobalAll:
		r.scope.all++
		r.scope.allConst = n.Flags&AttributeConst != 0
	case LocalFunction:
		r.declareAttributed(kids[0], LocalVariable)
		r.functionBody(kids[1], false)
	case GlobalFunction:
		r.declareAttributed(kids[0], DeclaredGlobal)
		r.global(kids[0], r.tree.Name(kids[0]), true)
		r.functionBody(kids[1], false)
	case FunctionStatement:
		target := r.tree.Node(kids[0])
		if target.Kind == NameExpression {
			r.use(kids[0], true)
		} else {
			r.expression(kids[0])
		}
		r.functionBody(kids[1], target.Kind == Method)
	case AssignStatement:
		r.assignment(n, kids)
	case DoStatement:
		r.block(kids[0], false)
	case WhileStatement:
		r.expression(kids[0])
		r.block(kids[1], true)
	case RepeatStatement:
		r.open(true)
		r.scope.repeat = true
		r.statements(kids[0])
		r.expression(kids[1])
		r.close()
	case IfStatement:
		for _, kid := range kids {
			if r.tree.Nodes[kid].Kind == Block {
				r.block(kid, false)
			} else {
				r.expression(kid)
			}
		}
	case NumericFor, GenericFor:
		r.loop(n, kids)
	case BreakStatement:
		r.breakStatement(id)
	case GotoStatement:
		r.scope.gotos = append(r.scope.gotos, pendingGoto{id, len(r.active)})
	default: // CallStatement, ReturnStatement, BadStatement
		r.expressions(kids)
	}
}

func (r *resolver) assignment(n *Node, kids []NodeID) {
	for _, kid := range kids[:n.Split] {
		if r.tree.Nodes[kid].Kind == NameExpression {
			continue
		}
		r.expression(kid)
	}
	r.expressions(kids[n.Split:])
	for _, kid := range kids[:n.Split] {
		if r.tree.Nodes[kid].Kind == NameExpression {
			r.use(kid, true)
		}
	}
}

func (r *resolver) breakStatement(id NodeID) {
	for s := r.scope; s != nil && s.function == r.function; s = s.parent {
		if s.loop {
			return
		}
	}
	r.errorf(id, "'break' outside a loop")
}

// declaration resolves local a, b = ... and global a, b = ...
func (r *resolver) declaration(id NodeID) {
	n := r.tree.Node(id)
	kids := r.tree.Kids(id)
	kind := LocalVariable
	if n.Kind == GlobalStatement {
		kind = DeclaredGlobal
	}
	r.expressions(kids[n.Split:])
	closes := 0
	for _, kid := range kids[:n.Split] {
		if r.tree.Nodes[kid].Flags&AttributeClose != 0 {
			closes++
			switch {
			case kind == DeclaredGlobal:
				r.errorf(kid, "a global cannot have the attribute 'close'")
			case closes == 2:
				r.errorf(kid, "only one name of a declaration can have the attribute 'close'")
			}
		}
		r.declareAttributed(kid, kind)
		if kind == DeclaredGlobal && len(kids) > int(n.Split) {
			r.global(kid, r.tree.Name(kid), true)
		}
	}
}

func (r *resolver) declareAttributed(id NodeID, kind VariableKind) {
	r.declare(id, r.tree.Name(id), kind, r.tree.Nodes[id].Flags&(AttributeConst|AttributeClose) != 0)
}

func (r *resolver) loop(n *Node, kids []NodeID) {
	names, body := 1, len(kids)-1
	if n.Kind == GenericFor {
		names = int(n.Split)
	}
	r.expressions(kids[names:body])
	r.open(true)
	for _, kid := range kids[:names] {
		r.declare(kid, r.tree.Name(kid), LoopVariable, false)
	}
	r.statements(kids[body])
	r.close()
}

func (r *resolver) functionBody(id NodeID, method bool) {
	n := r.tree.Node(id)
	kids := r.tree.Kids(id)
	r.function = &function{node: id, parent: r.function, vararg: n.Flags&HasVararg != 0}
	r.open(false)
	if method {
		r.declare(id, "self", ImplicitVariable, false)
	}
	named := NodeID(0)
	for _, kid := range kids[:n.Split] {
		if r.tree.Nodes[kid].Kind == Declared {
			r.declare(kid, r.tree.Name(kid), ParameterVariable, false)
		} else if k := r.tree.Node(kid); k.Token != k.First {
			named = kid
		}
	}
	if r.function.vararg {
		r.declare(id, "arg", ImplicitVariable, false)
	}
	if named != 0 {
		r.declare(named, r.tree.Name(named), VarargVariable, true)
	}
	r.statements(kids[n.Split])
	r.close()
	r.function = r.function.parent
}

func (r *resolver) expressions(ids []NodeID) {
	for _, id := range ids {
		r.expression(id)
	}
}

func (r *resolver) expression(id NodeID) {
	switch n := r.tree.Node(id); n.Kind {
	case NameExpression:
		r.use(id, false)
	case VarargExpression:
		if !r.function.vararg {
			r.errorf(id, "cannot use '...' outside a vararg function")
		}
	case FunctionBody:
		r.functionBody(id, false)
	default:
		r.expressions(r.tree.Kids(id))
	}
}
