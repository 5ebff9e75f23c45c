package compile

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// The functions that compile an expression differ in where its value goes:
//
//	next(id)      into the next free register, which it takes
//	into(id, dst) into the register dst, which is taken already
//	reg(id)       into any register: a variable stays where it is
//	rk(id)        into any register, or a constant that instructions can name
//	push(ids)     several, each into the next register, the last one open

// next puts the value of an expression into the next free register.
func (f *function) next(id syntax.NodeID) int {
	switch f.kind(id) {
	case syntax.Paren:
		return f.next(f.kids(id)[0])
	case syntax.Call, syntax.MethodCall:
		r := f.call(id, 1)
		f.free = r + 1
		return r
	case syntax.VarargExpression:
		r := f.alloc(id, 1)
		f.emit(f.line(id), abc(lua.OP_VARARG, r, 2, 0))
		return r
	case syntax.Table:
		return f.table(id)
	case syntax.Concatenation:
		return f.concatenation(id)
	case syntax.Unary:
		if f.tree.Operator(id) == syntax.Tilde {
			return f.callOperator(id, HelperNot, f.kids(id))
		}
	case syntax.Binary:
		if h, ok := f.binaryHelper(f.tree.Operator(id)); ok {
			return f.callOperator(id, h, f.kids(id))
		}
	}
	r := f.alloc(id, 1)
	f.simple(id, r)
	return r
}

// needsTop reports whether an expression can only be computed above all live
// registers: the machine clears what is above the result of a call.
func (f *function) needsTop(id syntax.NodeID) bool {
	switch f.kind(id) {
	case syntax.Paren:
		return f.needsTop(f.kids(id)[0])
	case syntax.Call, syntax.MethodCall, syntax.VarargExpression, syntax.Table, syntax.Concatenation:
		return true
	case syntax.Unary:
		return f.tree.Operator(id) == syntax.Tilde
	case syntax.Binary:
		_, ok := f.binaryHelper(f.tree.Operator(id))
		return ok
	}
	return false
}

// into puts the value of an expression into the register dst: a variable's, or
// one that is taken. It is written to after all operands are read.
func (f *function) into(id syntax.NodeID, dst int) {
	if !f.needsTop(id) {
		f.simple(id, dst)
		return
	}
	if dst == f.free-1 && !f.isVariable(dst) {
		f.free = dst
		f.next(id)
		return
	}
	free := f.free
	if r := f.next(id); r != dst {
		f.emit(f.line(id), abc(lua.OP_MOVE, dst, r, 0))
	}
	f.free = free
}

// isVariable reports whether a register holds an active variable.
func (f *function) isVariable(r int) bool {
	n := len(f.active)
	return n > 0 && int(f.register[f.active[n-1]]) >= r
}

// simple is into for the expressions that need no register above all others.
func (f *function) simple(id syntax.NodeID, dst int) {
	line := f.line(id)
	switch f.kind(id) {
	case syntax.NilLiteral:
		f.emit(line, abc(lua.OP_LOADNIL, dst, dst, 0))
	case syntax.TrueLiteral:
		f.emit(line, abc(lua.OP_LOADBOOL, dst, 1, 0))
	case syntax.FalseLiteral:
		f.emit(line, abc(lua.OP_LOADBOOL, dst, 0, 0))
	case syntax.NumberLiteral, syntax.StringLiteral:
		k, _ := f.literal(id)
		f.loadConstant(line, dst, k)
	case syntax.NameExpression:
		f.name(id, dst)
	case syntax.Index, syntax.Subscript:
		free := f.free
		kids := f.kids(id)
		object := f.regNear(kids[0], dst)
		key, op := f.key(kids[1])
		f.emit(line, abc(op, dst, object, key))
		f.free = free
	case syntax.FunctionBody:
		f.functionBody(id, dst, false)
	case syntax.Paren:
		f.simple(f.kids(id)[0], dst)
	case syntax.Unary:
		f.unary(id, dst)
	case syntax.Binary:
		f.binary(id, dst)
	}
}

// name puts the value of a variable or a global into a register.
func (f *function) name(id syntax.NodeID, dst int) {
	line := f.line(id)
	v := f.bindings.Of(id)
	switch r, local := f.local(v); {
	case f.bindings.IsGlobal(id):
		f.getGlobal(id, dst)
	case !local:
		f.emit(line, abc(lua.OP_GETUPVAL, dst, f.upvalue(id, v), 0))
	case r != dst:
		f.emit(line, abc(lua.OP_MOVE, dst, r, 0))
	}
}

// key is a key as an operand and the instruction that reads a value under it.
func (f *function) key(id syntax.NodeID) (key, op int) {
	switch f.kind(id) {
	case syntax.Field:
		return f.operand(id, f.constant(id, f.tree.Name(id))), lua.OP_GETTABLEKS
	case syntax.StringLiteral:
		return f.rk(id), lua.OP_GETTABLEKS
	}
	return f.rk(id), lua.OP_GETTABLE
}

// operand is constant k as an operand of an instruction: itself or, if it cannot
// be named there, a register.
func (f *function) operand(id syntax.NodeID, k int) int {
	if k < maxRK {
		return k | bitRK
	}
	r := f.alloc(id, 1)
	f.loadConstant(f.line(id), r, k)
	return r
}

// reg puts the value of an expression into some register.
func (f *function) reg(id syntax.NodeID) int {
	for f.kind(id) == syntax.Paren {
		id = f.kids(id)[0]
	}
	if r, ok := f.localOf(id); ok {
		return r
	}
	return f.next(id)
}

// regNear is reg for the first operand of an expression that goes into dst: it
// may be computed there, so that a long a + b + c takes no more registers than a
// short one.
func (f *function) regNear(id syntax.NodeID, dst int) int {
	for f.kind(id) == syntax.Paren {
		id = f.kids(id)[0]
	}
	if r, ok := f.localOf(id); ok {
		return r
	}
	if dst != f.free-1 || f.isVariable(dst) {
		return f.next(id)
	}
	f.into(id, dst)
	return dst
}

// rk is the value of an expression as an operand.
func (f *function) rk(id syntax.NodeID) int {
	if k, ok := f.literal(id); ok {
		return f.operand(id, k)
	}
	return f.reg(id)
}

// literal is the index of a constant that an expression is.
func (f *function) literal(id syntax.NodeID) (int, bool) {
	if f.kind(id) == syntax.StringLiteral {
		return f.constant(id, syntax.Unquote(f.tree.Name(id))), true
	}
	if v, ok := f.folded(id, 0); ok {
		return f.numeral(id, v), true
	}
	return 0, false
}

// push puts the values of expressions into the next registers. It reports true
// if the last one is a call or ... and is left open: its values reach up to the
// top of the machine's stack, and their registers are not taken.
func (f *function) push(ids []syntax.NodeID) (open bool) {
	for i, id := range ids {
		if i == len(ids)-1 && f.isOpen(id) {
			f.open(id, -1)
			return true
		}
		f.next(id)
	}
	return false
}

// isOpen reports whether an expression can have several values.
func (f *function) isOpen(id syntax.NodeID) bool {
	switch f.kind(id) {
	case syntax.Call, syntax.MethodCall, syntax.VarargExpression:
		return true
	}
	return false
}

// open puts n values of a call or ... into the next registers and takes them;
// n = -1 are all there are, and takes none.
func (f *function) open(id syntax.NodeID, n int) {
	if f.kind(id) == syntax.VarargExpression {
		r := f.free
		f.alloc(id, max(n, 1))
		f.emit(f.line(id), abc(lua.OP_VARARG, r, n+1, 0))
		f.free = r + max(n, 0)
		return
	}
	r := f.call(id, n)
	f.free = r
	if n > 0 {
		f.alloc(id, n)
	}
}

// adjust puts exactly want values of an expression list into the next registers.
func (f *function) adjust(id syntax.NodeID, ids []syntax.NodeID, want int) {
	base := f.free
	for i, expr := range ids {
		switch missing := want - i; {
		case i == len(ids)-1 && missing > 1 && f.isOpen(expr):
			f.open(expr, missing)
			return
		case missing <= 0:
			f.next(expr)
			f.free = base + want
		default:
			f.next(expr)
		}
	}
	if missing := want - len(ids); missing > 0 {
		r := f.alloc(id, missing)
		f.emit(f.line(id), abc(lua.OP_LOADNIL, r, r+missing-1, 0))
	}
}
