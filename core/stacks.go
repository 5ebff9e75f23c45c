package core

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Sizes of the stacks of a Lua state: registers, and frames in segments of [lua.FramesPerSegment]; see the
// RATIONALE.
const (
	registryLeast = 128 // of a state that [lua.NewState] makes; less means 5120
	registryStart = 32
	registryGrow  = 96
	registryMax   = 1 << 20
	callDepth     = 6000
	frameRoom     = 2*lookEvery + 2*lua.FramesPerSegment
	segmentRoom   = frameRoom / lua.FramesPerSegment
	segmentMax    = callDepth/lua.FramesPerSegment + segmentRoom
)

// stacks is where gopher-lua keeps the stacks of a state. It makes the list of call frames as long as the
// deepest calls that it is told to allow, and lets registers grow by a fixed step. Ours start small, and
// each look makes the room that instructions may need until the next one.
type stacks struct {
	frames, segments, used  uintptr // the stack of a state; its list of segments, and the index of the last in use
	registry, array, growBy uintptr
	known                   bool // a version that keeps them elsewhere has stacks of the full size
}

// newStacks finds the stacks of states that are made as L was.
func newStacks(L *lua.LState) (s stacks) {
	state := reflect.ValueOf(L).Elem()
	frames, registry := state.FieldByName("stack"), state.FieldByName("reg")
	if !frames.IsValid() || frames.Kind() != reflect.Interface || frames.Elem().Kind() != reflect.Pointer || !registry.IsValid() || registry.Kind() != reflect.Pointer {
		return s
	}
	s.known = true
	place := func(in reflect.Type, name string, kind reflect.Kind) uintptr {
		f, ok := in.FieldByName(name)
		s.known = s.known && ok && f.Type.Kind() == kind
		return f.Offset
	}
	s.frames = place(state.Type(), "stack", reflect.Interface)
	s.segments = place(frames.Elem().Type().Elem(), "segments", reflect.Slice)
	s.used = place(frames.Elem().Type().Elem(), "segIdx", reflect.Uint16)
	s.registry = place(state.Type(), "reg", reflect.Pointer)
	s.array = place(registry.Type().Elem(), "array", reflect.Slice)
	s.growBy = place(registry.Type().Elem(), "growBy", reflect.Int)
	return s
}

// options are those of a state that starts small.
func (s stacks) options(o lua.Options) lua.Options {
	if s.known {
		o.CallStackSize, o.RegistrySize, o.RegistryGrowStep = frameRoom+lua.FramesPerSegment, registryStart, registryGrow
	}
	return o
}

// makeRoom makes room for the calls until the next look, and lets the registers double when they run out. It
// is false when calls nest too deep. It needs the baton.
func (s stacks) makeRoom(L *lua.LState) bool {
	if !s.known {
		return true
	}
	frames := (*[2]unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), s.frames))[1] //nolint:gosec // the pointer in an interface
	used := int(*(*uint16)(unsafe.Add(frames, s.used)))                        //nolint:gosec // with the baton
	segments := (*[]unsafe.Pointer)(unsafe.Add(frames, s.segments))            //nolint:gosec // with the baton
	if have := len(*segments); have-used <= segmentRoom && have < segmentMax {
		longer := make([]unsafe.Pointer, min(2*have, segmentMax))
		copy(longer, *segments)
		*segments = longer
	}
	registry := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), s.registry)) //nolint:gosec // with the baton
	array := (*[]lua.LValue)(unsafe.Add(registry, s.array))                   //nolint:gosec // with the baton
	*(*int)(unsafe.Add(registry, s.growBy)) = max(registryGrow, len(*array))  //nolint:gosec // with the baton
	return used*lua.FramesPerSegment < callDepth
}
