package compile

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// maxFold is how deep an expression of constants is computed at compile time.
const maxFold = 8

// folded is the number that an expression always is. What would be NaN or a
// negative zero is left to the machine.
func (f *function) folded(id syntax.NodeID, depth int) (float64, bool) {
	if depth > maxFold {
		return 0, false
	}
	switch f.kind(id) {
	case syntax.NumberLiteral:
		return syntax.ParseNumber(f.tree.Name(id))
	case syntax.Paren:
		return f.folded(f.kids(id)[0], depth+1)
	case syntax.Unary:
		if f.tree.Operator(id) != syntax.Minus {
			return 0, false
		}
		v, ok := f.folded(f.kids(id)[0], depth+1)
		return -v, ok && v != 0
	case syntax.Binary:
		kids := f.kids(id)
		b, ok := f.folded(kids[1], depth+1) // the right one first: a long sum leans to the left
		if !ok {
			return 0, false
		}
		a, ok := f.folded(kids[0], depth+1)
		if !ok {
			return 0, false
		}
		v, ok := arithmetic(f.tree.Operator(id), a, b)
		return v, ok && !math.IsNaN(v) && (v != 0 || !math.Signbit(v))
	}
	return 0, false
}

func arithmetic(op syntax.TokenKind, a, b float64) (float64, bool) {
	switch op {
	case syntax.Plus:
		return a + b, true
	case syntax.Minus:
		return a - b, true
	case syntax.Star:
		return a * b, true
	case syntax.Slash:
		return a / b, true
	case syntax.Caret:
		return math.Pow(a, b), true
	}
	return 0, false
}

func arithmeticOp(op syntax.TokenKind) int {
	switch op {
	case syntax.Plus:
		return lua.OP_ADD
	case syntax.Minus:
		return lua.OP_SUB
	case syntax.Star:
		return lua.OP_MUL
	case syntax.Slash:
		return lua.OP_DIV
	case syntax.Percent:
		return lua.OP_MOD
	default: // Caret
		return lua.OP_POW
	}
}

// binaryHelper is the helper that computes an operator the machine lacks.
func (f *function) binaryHelper(op syntax.TokenKind) (Helper, bool) {
	switch op {
	case syntax.DoubleSlash:
		return HelperFloorDivide, true
	case syntax.Ampersand:
		return HelperAnd, true
	case syntax.Pipe:
		return HelperOr, true
	case syntax.Tilde:
		return HelperXor, true
	case syntax.ShiftLeft:
		return HelperShiftLeft, true
	case syntax.ShiftRight:
		return HelperShiftRight, true
	}
	return 0, false
}

func (f *function) unary(id syntax.NodeID, dst int) {
	operand := f.kids(id)[0]
	line := f.line(operand)
	if v, ok := f.folded(id, 0); ok {
		f.loadConstant(line, dst, f.numeral(id, v))
		return
	}
	op := lua.OP_LEN
	switch f.tree.Operator(id) {
	case syntax.Not:
		f.boolean(id, dst)
		return
	case syntax.Minus:
		op = lua.OP_UNM
	}
	free := f.free
	r := f.regNear(operand, dst)
	f.emit(line, abc(op, dst, r, 0))
	f.free = free
}

func (f *function) binary(id syntax.NodeID, dst int) {
	kids := f.kids(id)
	line := f.line(id)
	switch op := f.tree.Operator(id); op {
	case syntax.And, syntax.Or:
		end := f.keep(kids[0], op == syntax.Or, dst)
		f.into(kids[1], dst)
		f.land(end)
		return
	case syntax.Equal, syntax.NotEqual, syntax.Less, syntax.LessEqual, syntax.More, syntax.MoreEqual:
		f.boolean(id, dst)
		return
	}
	if v, ok := f.folded(id, 0); ok {
		f.loadConstant(line, dst, f.numeral(id, v))
		return
	}
	free := f.free
	var a int
	if k, ok := f.literal(kids[0]); ok {
		a = f.operand(kids[0], k)
	} else {
		a = f.regNear(kids[0], dst)
	}
	b := f.rk(kids[1])
	f.emit(line, abc(arithmeticOp(f.tree.Operator(id)), dst, a, b))
	f.free = free
}

// maxOperands is how many operands of .. are registers of one instruction or
// call. More go through a table.
const maxOperands = 100

func (f *function) concatenation(id syntax.NodeID) int {
	kids := f.kids(id)
	line := f.line(id)
	if len(kids) > maxOperands {
		r := f.helper(id, line, HelperConcatList)
		f.loadConstant(line, f.alloc(id, 1), f.numeral(id, float64(len(kids))))
		f.items(id, kids)
		return f.callHelper(line, r, 2, HelperConcatList)
	}
	if f.opts.GuardConcat {
		return f.callOperator(id, HelperConcat, kids)
	}
	base := f.free
	for _, kid := range kids {
		f.next(kid)
	}
	f.emit(line, abc(lua.OP_CONCAT, base, base, f.free-1))
	f.free = base + 1
	return base
}
