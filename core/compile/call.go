package compile

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// call compiles a Call or MethodCall with n results, or all for n = -1, and is
// the register of the first. No register stays taken.
func (f *function) call(id syntax.NodeID, n int) int {
	kids := f.kids(id)
	line := f.line(id)
	base := f.free
	args := kids[1:]
	name := "?"
	if f.kind(id) == syntax.MethodCall {
		name = f.tree.Name(kids[1])
		f.self(kids[0], kids[1], line)
		args = kids[2:]
	} else {
		f.next(kids[0])
		switch f.kind(kids[0]) {
		case syntax.NameExpression:
			name = f.tree.Name(kids[0])
		case syntax.Index:
			name = f.tree.Name(f.kids(kids[0])[1])
		}
	}
	b := 0
	if !f.push(args) {
		b = f.free - base
	}
	f.emitCall(line, base, b, n, name)
	f.free = base
	if n > 0 { // the results may reach higher than the arguments did
		f.alloc(id, n)
		f.free = base
	}
	return base
}

// self puts the method of an object and the object into the next two registers.
func (f *function) self(object, method syntax.NodeID, line int) {
	base := f.free
	r := f.reg(object)
	f.free = base
	f.alloc(object, 2)
	key := f.operand(method, f.constant(method, f.tree.Name(method)))
	f.emit(line, abc(lua.OP_SELF, base, r, key))
	f.free = base + 2
}

func (f *function) emitCall(line, base, b, n int, name string) {
	pc := f.emit(line, abc(lua.OP_CALL, base, b, n+1))
	f.calls = append(f.calls, lua.DbgCall{Name: f.lasting(name), Pc: pc})
}

// helper puts a helper into the next register.
func (f *function) helper(id syntax.NodeID, line int, h Helper) int {
	r := f.alloc(id, 1)
	f.emit(line, abc(lua.OP_GETUPVAL, r, f.helperUpvalue(id, h), 0))
	return r
}

// callHelper calls the helper in register r with the n registers behind it, or
// all for n = -1. Its result takes the place of the helper.
func (f *function) callHelper(line, r, n int, h Helper) int {
	f.emitCall(line, r, n+1, 1, h.String())
	f.free = r + 1
	return r
}

// callOperator calls the helper of an operator with its operands.
func (f *function) callOperator(id syntax.NodeID, h Helper, operands []syntax.NodeID) int {
	line := f.line(id)
	if f.kind(operands[0]) == syntax.Binary && f.needsTop(operands[0]) {
		// A long a | b | c shall take no more registers than a short one: what
		// stands to the left is computed before the helper is fetched.
		r := f.next(operands[0])
		f.emit(line, abc(lua.OP_MOVE, f.alloc(id, 1), r, 0))
		f.emit(line, abc(lua.OP_GETUPVAL, r, f.helperUpvalue(id, h), 0))
		f.next(operands[1])
		return f.callHelper(line, r, 2, h)
	}
	r := f.helper(id, line, h)
	for _, operand := range operands {
		f.next(operand)
	}
	return f.callHelper(line, r, len(operands), h)
}
