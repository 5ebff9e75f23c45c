package compile

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

func (f *function) localStatement(id syntax.NodeID, kids []syntax.NodeID) {
	split := int(f.tree.Node(id).Split)
	base := f.free
	f.adjust(id, kids[split:], split)
	for i, name := range kids[:split] {
		f.bind(name, f.bindings.Of(name), base+i)
	}
}

// declaredGlobal raises if a global that is declared with a value has one.
func (f *function) declaredGlobal(name syntax.NodeID) {
	line := f.line(name)
	free := f.free
	r := f.helper(name, line, HelperDeclare)
	f.getGlobal(name, f.alloc(name, 1))
	f.loadConstant(line, f.alloc(name, 1), f.constant(name, f.tree.Name(name)))
	f.callHelper(line, r, 2, HelperDeclare)
	f.free = free
}

func (f *function) globalStatement(id syntax.NodeID, kids []syntax.NodeID) {
	split := int(f.tree.Node(id).Split)
	if split == len(kids) {
		return
	}
	for _, name := range kids[:split] {
		f.declaredGlobal(name)
	}
	base := f.free
	f.adjust(id, kids[split:], split)
	for i := split - 1; i >= 0; i-- {
		f.setGlobal(kids[i], base+i)
	}
}

func (f *function) functionStatement(name, body syntax.NodeID) {
	method := f.kind(name) == syntax.Method
	t := f.target(name, false)
	r, isLocal := f.localOf(name)
	if !isLocal {
		r = f.alloc(name, 1)
	}
	f.functionBody(body, r, method)
	f.store(t, r)
}

// target is a place that is assigned to.
type target struct {
	id          syntax.NodeID
	op          int // OP_MOVE for a variable of the function
	object, key int
}

// target compiles object and key of what is assigned to. With several targets,
// variables among them are copied: they may be assigned to before they are used.
func (f *function) target(id syntax.NodeID, several bool) target {
	t := target{id: id}
	switch f.kind(id) {
	case syntax.NameExpression:
		v := f.bindings.Of(id)
		switch r, local := f.local(v); {
		case f.bindings.IsGlobal(id):
			t.op = lua.OP_SETGLOBAL
		case local:
			t.op, t.object = lua.OP_MOVE, r
		default:
			t.op, t.key = lua.OP_SETUPVAL, f.upvalue(id, v)
		}
	default:
		kids := f.kids(id)
		if several {
			t.object = f.next(kids[0])
		} else {
			t.object = f.reg(kids[0])
		}
		if _, local := f.localOf(kids[1]); local && several {
			t.key, t.op = f.next(kids[1]), lua.OP_SETTABLE
		} else {
			t.key, t.op = f.key(kids[1])
			t.op = setOp(t.op)
		}
	}
	return t
}

// store assigns a register, or a constant as an operand, to a target.
func (f *function) store(t target, value int) {
	line := f.line(t.id)
	switch t.op {
	case lua.OP_MOVE:
		if t.object != value {
			f.emit(line, abc(lua.OP_MOVE, t.object, value, 0))
		}
	case lua.OP_SETGLOBAL:
		f.setGlobal(t.id, value)
	case lua.OP_SETUPVAL:
		f.emit(line, abc(lua.OP_SETUPVAL, value, t.key, 0))
	default:
		f.emit(line, abc(t.op, t.object, t.key, value))
	}
}

func (f *function) assignment(id syntax.NodeID, kids []syntax.NodeID) {
	split := int(f.tree.Node(id).Split)
	values := kids[split:]
	if split == 1 && len(values) == 1 {
		f.assignOne(kids[0], values[0])
		return
	}
	var few [4]target
	targets := few[:0]
	for _, kid := range kids[:split] {
		targets = append(targets, f.target(kid, true))
	}
	base := f.free
	f.adjust(id, values, split)
	for i := split - 1; i >= 0; i-- {
		f.store(targets[i], base+i)
	}
}

func (f *function) assignOne(place, value syntax.NodeID) {
	t := f.target(place, false)
	switch t.op {
	case lua.OP_MOVE:
		f.into(value, t.object)
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		f.store(t, f.rk(value))
	default:
		f.store(t, f.reg(value))
	}
}
