package compile

import lua "github.com/yuin/gopher-lua"

// Instructions are 32 bits: 6 of operation, 8 of A, 9 of C, 9 of B; or 18 of Bx
// in the place of C and B. A jump's Bx is its distance plus maxJump.
const (
	shiftOp = 26
	shiftA  = 18
	shiftC  = 9
	maskA   = 0xff
	maskBC  = 0x1ff
	maskBx  = 0x3ffff
	maxJump = maskBx >> 1
	bitRK   = 0x100 // in B or C: a constant and not a register
)

func abc(op, a, b, c int) uint32 {
	return uint32(op)<<shiftOp | uint32(a&maskA)<<shiftA | uint32(c&maskBC)<<shiftC | uint32(b&maskBC)
}

func abx(op, a, bx int) uint32 {
	return uint32(op)<<shiftOp | uint32(a&maskA)<<shiftA | uint32(bx&maskBx)
}

// jumps is a list of jumps that go to one place that is not known yet: the index
// of the last one, whose Bx holds the index of the one before, and so on. The
// zero value is no jump: indices count from 1.
type jumps int

func (f *function) pc() int { return len(f.code) }

// emit appends an instruction and is its index.
func (f *function) emit(line int, instruction uint32) int {
	f.code = append(f.code, instruction)
	f.lines = append(f.lines, line)
	return len(f.code) - 1
}

// jump appends a jump to a place that is not known yet and adds it to the list.
func (f *function) jump(line int, list jumps) jumps {
	if f.pc() >= maskBx {
		f.tooFar()
	}
	pc := f.emit(line, abx(lua.OP_JMP, 0, int(list)))
	return jumps(pc + 1)
}

// join makes one list of two.
func (f *function) join(a, b jumps) jumps {
	if a == 0 {
		return b
	}
	last := a
	for next := jumps(f.code[last-1] & maskBx); next != 0; next = jumps(f.code[last-1] & maskBx) {
		last = next
	}
	f.code[last-1] |= uint32(b)
	return a
}

// land sends the jumps of a list here.
func (f *function) land(list jumps) { f.landAt(list, f.pc()) }

// landAt sends the jumps of a list to the instruction target.
func (f *function) landAt(list jumps, target int) {
	for list != 0 {
		pc := int(list) - 1
		list = jumps(f.code[pc] & maskBx)
		f.code[pc] = f.code[pc]&^maskBx | f.distance(pc, target)
	}
}

// jumpTo appends a jump to an instruction that is already there.
func (f *function) jumpTo(line, target int) {
	pc := f.emit(line, abx(lua.OP_JMP, 0, 0))
	f.code[pc] |= f.distance(pc, target)
}

// distance is the Bx of a jump at pc to target.
func (f *function) distance(pc, target int) uint32 {
	d := target - (pc + 1)
	if d > maxJump || d < -maxJump {
		f.tooFar()
	}
	return uint32(d + maxJump)
}

func (f *function) tooFar() {
	f.fail(f.node, "function is too large: a branch or loop needs to jump over more than %d instructions", maxJump)
}

// optimize sends jumps to jumps where those go, and makes runs of moves one
// instruction. Nothing changes its place.
func (f *function) optimize() {
	code := f.code
	moves := 0
	for pc := 0; pc < len(code); pc++ {
		op := int(code[pc] >> shiftOp)
		if op == lua.OP_MOVE {
			moves++
			continue
		}
		if moves > 1 {
			first := pc - moves
			code[first] = uint32(lua.OP_MOVEN)<<shiftOp | code[first]&(1<<shiftOp-1) | uint32(min(moves-1, maskBC))<<shiftC
		}
		moves = 0
		switch op {
		case lua.OP_JMP:
			f.thread(pc)
		case lua.OP_CLOSURE:
			pc += int(f.protos[code[pc]&maskBx].NumUpvalues)
		case lua.OP_SETLIST:
			if code[pc]>>shiftC&maskBC == 0 {
				pc++
			}
		}
	}
}

// thread follows a few jumps behind the jump at pc.
func (f *function) thread(pc int) {
	target := pc + 1 + int(f.code[pc]&maskBx) - maxJump
	for range 4 {
		if target >= len(f.code) || int(f.code[target]>>shiftOp) != lua.OP_JMP {
			break
		}
		target += 1 + int(f.code[target]&maskBx) - maxJump
	}
	f.code[pc] = f.code[pc]&^maskBx | f.distance(pc, target)
}
