package compile

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// begin enters the block of a loop's body.
func (f *function) begin(node syntax.NodeID) {
	f.enter(node)
	f.loop = &loop{parent: f.loop, body: f.block}
}

// end leaves the loop, whose body is left already: its breaks land here.
func (f *function) end() {
	f.land(f.loop.breaks)
	f.loop = f.loop.parent
}

func (f *function) while(id syntax.NodeID, kids []syntax.NodeID) {
	start := f.pc()
	exit := f.condition(kids[0], false)
	f.begin(kids[1])
	f.statements(f.kids(kids[1]), kids[1])
	last := f.tree.LastLine(id)
	f.leave(last)
	f.jumpTo(last, start)
	f.land(exit)
	f.end()
}

func (f *function) repeat(kids []syntax.NodeID) {
	start, last := f.pc(), f.line(kids[1])
	f.begin(kids[0])
	body := f.kids(kids[0])
	for i, kid := range body {
		if f.kind(kid) == syntax.LocalStatement && f.closes(kid) {
			f.repeatClosing(start, last, body[:i+1], body[i+1:], kids)
			return
		}
	}
	f.statements(body, kids[0])
	if !f.capturedFrom(f.block.level) {
		again := f.condition(kids[1], false)
		f.landAt(again, start)
		f.leave(last)
		f.end()
		return
	}
	exit := f.condition(kids[1], true)
	f.emit(last, abc(lua.OP_CLOSE, f.block.base, 0, 0))
	f.jumpTo(last, start)
	f.land(exit)
	f.leave(last)
	f.end()
}

func (f *function) numericFor(id syntax.NodeID, kids []syntax.NodeID) {
	line := f.line(id)
	name, body := kids[0], kids[len(kids)-1]
	f.enter(0)
	base := f.free
	for _, kid := range kids[1 : len(kids)-1] {
		f.next(kid)
	}
	if len(kids) == 4 {
		f.loadConstant(f.line(kids[1]), f.alloc(id, 1), f.numeral(id, 1))
	}
	f.debugLocals("(for index)", "(for limit)", "(for step)")
	prepare := f.emit(line, abx(lua.OP_FORPREP, base, 0))
	f.begin(body)
	f.declare(name)
	f.statements(f.kids(body), body)
	f.leave(f.tree.LastLine(id))
	pc := f.emit(line, abx(lua.OP_FORLOOP, base, 0))
	f.code[pc] |= f.distance(pc, prepare+1)
	f.code[prepare] |= f.distance(prepare, pc)
	f.end()
	f.leave(line)
}

func (f *function) genericFor(id syntax.NodeID, kids []syntax.NodeID) {
	line := f.line(id)
	split := int(f.tree.Node(id).Split)
	names, exprs, body := kids[:split], kids[split:len(kids)-1], kids[len(kids)-1]
	f.enter(0)
	base := f.free
	f.adjust(id, exprs, 3)
	f.debugLocals("(for generator)", "(for state)", "(for control)")
	start := f.jump(line, 0)
	top := f.pc()
	f.begin(body)
	for _, name := range names {
		f.declare(name)
	}
	if room := 3 - len(names); room > 0 { // for the call of the iterator
		f.alloc(id, room)
		f.free -= room
	}
	f.statements(f.kids(body), body)
	f.leave(f.tree.LastLine(id))
	f.land(start)
	f.emit(line, abc(lua.OP_TFORLOOP, base, 0, len(names)))
	f.jumpTo(line, top)
	f.end()
	f.leave(line)
}
