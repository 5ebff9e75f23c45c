package compile

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// block is a block of the source being compiled.
type block struct {
	parent *block
	node   syntax.NodeID // its Block
	level  int           // active variables before it
	base   int           // its first register
	told   int           // variables that debuggers are told of before it
}

// loop is a loop being compiled. Its breaks leave the block body.
type loop struct {
	parent *loop
	body   *block
	breaks jumps
}

// placed is a label that is compiled already.
type placed struct {
	pc          int
	level, base int
}

func (f *function) enter(node syntax.NodeID) {
	f.block = &block{parent: f.block, node: node, level: len(f.active), base: f.free, told: len(f.told)}
}

// leave ends the block: its variables are detached and their registers free.
func (f *function) leave(line int) {
	b := f.block
	if b.parent != nil {
		f.closeFrom(line, b.level, b.base)
	}
	f.endLocals(b.told)
	f.active = f.active[:b.level]
	f.free = b.base
	f.block = b.parent
}

// statements compiles the statements of a block, in the current block. What
// follows a variable with <close> is compiled as a function.
func (f *function) statements(kids []syntax.NodeID, blockNode syntax.NodeID) {
	f.block.node = blockNode
	for i, kid := range kids {
		free := f.free
		f.statement(kid)
		if f.kind(kid) == syntax.LocalStatement {
			if f.closes(kid) {
				f.closing(kid, kids[i+1:])
				return
			}
			continue
		}
		if f.kind(kid) != syntax.LocalFunction {
			f.free = free
		}
	}
}

// scoped compiles a Block in a block of its own.
func (f *function) scoped(id syntax.NodeID) {
	f.enter(id)
	f.statements(f.kids(id), id)
	f.leave(f.tree.LastLine(id))
}

func (f *function) statement(id syntax.NodeID) {
	kids := f.kids(id)
	switch f.kind(id) {
	case syntax.LocalStatement:
		f.localStatement(id, kids)
	case syntax.GlobalStatement:
		f.globalStatement(id, kids)
	case syntax.LocalFunction:
		f.declare(kids[0])
		f.functionBody(kids[1], f.free-1, false)
	case syntax.GlobalFunction:
		f.declaredGlobal(kids[0])
		r := f.alloc(id, 1)
		f.functionBody(kids[1], r, false)
		f.setGlobal(kids[0], r)
	case syntax.FunctionStatement:
		f.functionStatement(kids[0], kids[1])
	case syntax.AssignStatement:
		f.assignment(id, kids)
	case syntax.CallStatement:
		f.call(kids[0], 0)
	case syntax.DoStatement:
		f.scoped(kids[0])
	case syntax.WhileStatement:
		f.while(id, kids)
	case syntax.RepeatStatement:
		f.repeat(kids)
	case syntax.IfStatement:
		f.ifStatement(id, kids)
	case syntax.NumericFor:
		f.numericFor(id, kids)
	case syntax.GenericFor:
		f.genericFor(id, kids)
	case syntax.ReturnStatement:
		f.returnStatement(id, kids)
	case syntax.BreakStatement:
		f.breakStatement(f.line(id))
	case syntax.GotoStatement:
		label, in := f.bindings.Target(id)
		f.gotoLabel(f.line(id), label, in)
	case syntax.LabelStatement:
		f.label(id)
	}
}

func (f *function) ifStatement(id syntax.NodeID, kids []syntax.NodeID) {
	var end jumps
	for i := 0; i+1 < len(kids); i += 2 {
		next := f.condition(kids[i], false)
		f.scoped(kids[i+1])
		if i+2 < len(kids) && !f.jumpsAway(kids[i+1]) {
			end = f.jump(f.line(id), end)
		}
		f.land(next)
	}
	if len(kids)%2 == 1 {
		f.scoped(kids[len(kids)-1])
	}
	f.land(end)
}

// jumpsAway reports whether a Block ends with a statement that nothing follows.
func (f *function) jumpsAway(id syntax.NodeID) bool {
	kids := f.kids(id)
	if len(kids) == 0 {
		return false
	}
	switch f.kind(kids[len(kids)-1]) {
	case syntax.ReturnStatement, syntax.BreakStatement, syntax.GotoStatement:
		return true
	}
	return false
}

func (f *function) returnStatement(id syntax.NodeID, kids []syntax.NodeID) {
	line := f.line(id)
	if f.exits != nil {
		f.exits.returns = true
		f.loadConstant(line, f.alloc(id, 1), f.numeral(id, codeReturn))
		f.returnValues(line, f.free-1, kids)
		return
	}
	if len(kids) == 1 {
		if r, ok := f.localOf(kids[0]); ok {
			f.emit(line, abc(lua.OP_RETURN, r, 2, 0))
			return
		}
		if k := f.kind(kids[0]); k == syntax.Call || k == syntax.MethodCall {
			r := f.call(kids[0], -1)
			last := len(f.code) - 1
			f.code[last] = uint32(lua.OP_TAILCALL)<<shiftOp | f.code[last]&(1<<shiftOp-1)
			f.emit(line, abc(lua.OP_RETURN, r, 0, 0))
			return
		}
	}
	f.returnValues(line, f.free, kids)
}

// returnValues returns the registers from first on and behind them the values of
// expressions.
func (f *function) returnValues(line, first int, kids []syntax.NodeID) {
	n := f.free - first + 1
	if f.push(kids) {
		n = 0
	} else {
		n += len(kids)
	}
	f.emit(line, abc(lua.OP_RETURN, first, n, 0))
	f.free = first
}

func (f *function) breakStatement(line int) {
	if f.loop == nil {
		f.exits.breaks = true
		f.exit(line, codeBreak)
		return
	}
	f.closeFrom(line, f.loop.body.level, f.loop.body.base)
	f.loop.breaks = f.jump(line, f.loop.breaks)
}

// gotoLabel jumps to a label that stands in the block in.
func (f *function) gotoLabel(line int, label, in syntax.NodeID) {
	if p, ok := f.labels[label]; ok {
		f.closeFrom(line, p.level, p.base)
		f.jumpTo(line, p.pc)
		return
	}
	b, child := f.block, (*block)(nil)
	for ; b != nil && b.node != in; b = b.parent {
		child = b
	}
	if b == nil || f.exits != nil && f.exits.outside(f.tree, label) {
		f.exit(line, f.exits.code(label, in))
		return
	}
	if child != nil {
		f.closeFrom(line, child.level, child.base)
	}
	if f.gotos == nil {
		f.gotos = make(map[syntax.NodeID]jumps)
	}
	f.gotos[label] = f.jump(line, f.gotos[label])
}

func (f *function) label(id syntax.NodeID) {
	if f.labels == nil {
		f.labels = make(map[syntax.NodeID]placed)
	}
	f.labels[id] = placed{f.pc(), len(f.active), f.free}
	f.land(f.gotos[id])
}
