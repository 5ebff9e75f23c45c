package core

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// coverage is what a thread keeps while [Host.Lines] wants to know the lines that it runs.
type coverage struct {
	proto *lua.FunctionProto
	line  int
	left  int // instructions until the next look
}

// cover tells of the line of the instruction that is about to run, if it is another than before. It is true when it is not
// yet time to look at the outside world.
func (t *thread) cover() bool {
	c := &t.coverage
	t.left = 1 // for the next instruction to be seen
	if frame := inside(t.L).currentFrame; frame != nil && frame.Fn != nil && !frame.Fn.IsG {
		proto := frame.Fn.Proto
		if at := frame.Pc - 1; at >= 0 && at < len(proto.DbgSourcePositions) {
			if line := proto.DbgSourcePositions[at]; line != c.line || proto != c.proto {
				c.proto, c.line = proto, line
				t.vm.host.Lines(proto.SourceName, line)
			}
		}
	}
	c.left--
	return c.left > 0
}

// Lines are the lines of the chunk that hold something to run, in order.
func (c *Chunk) Lines() []int {
	lines := make(map[int]bool)
	addLines(lines, c.compiled.Proto)
	return slices.Sorted(maps.Keys(lines))
}

func addLines(lines map[int]bool, proto *lua.FunctionProto) {
	// The last instruction returns where the source says nothing of it.
	for _, line := range proto.DbgSourcePositions[:max(len(proto.DbgSourcePositions)-1, 0)] {
		lines[line] = true
	}
	for _, inner := range proto.FunctionPrototypes {
		addLines(lines, inner)
	}
}
