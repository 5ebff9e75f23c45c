package core

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Sizes of the stacks of a Lua state; see the RATIONALE.
const (
	registryStart = 32
	registryGrow  = 96
	registryMax   = 1 << 20
	callDepth     = 6000

	// Between two looks an instruction calls at most two functions: one in Go, such as tostring, that calls
	// one of the script's.
	segmentRoom  = 2*lookEvery/lua.FramesPerSegment + 2
	segmentStart = segmentRoom + 12
	segmentMax   = callDepth/lua.FramesPerSegment + segmentRoom
)

// These are gopher-lua's, as [newStacks] makes sure of.
type (
	registry struct {
		array   []lua.LValue
		top     int
		growBy  int
		_       int
		_       unsafe.Pointer
		handler [2]unsafe.Pointer // an interface
	}
	callFrames struct {
		segments []*callSegment
		segIdx   uint16
		_        uint8
	}
	callSegment struct {
		_ [lua.FramesPerSegment]callFrame
	}
	callFrame struct {
		_                   int
		_, _                unsafe.Pointer
		_, _, _, _, _, _, _ int
	}
)

// stacks is where gopher-lua keeps the stacks of a state. Its own [lua.LState.NewThread] makes the list of
// call frames as long as the deepest calls that are allowed, lets registers grow by a fixed step, and fills
// two tables that nobody uses. Our states start small, and each look makes the room that they may need
// until the next one.
type stacks struct {
	stack, reg uintptr
	known      bool // a version that keeps them elsewhere makes its states itself
}

func newStacks() (s stacks) {
	state := reflect.ValueOf(newState(s.options())).Elem()
	stack, reg := state.FieldByName("stack"), state.FieldByName("reg")
	if !stack.IsValid() || stack.Kind() != reflect.Interface || !reg.IsValid() {
		return s
	}
	at := func(name string) uintptr {
		f, _ := state.Type().FieldByName(name)
		return f.Offset
	}
	s.stack, s.reg = at("stack"), at("reg")
	s.known = alike(stack.Elem().Type(), reflect.TypeFor[*callFrames]()) && alike(reg.Type(), reflect.TypeFor[*registry]())
	return s
}

// alike tells whether values of both types are the same in memory, and fields that have a name have the same.
func alike(theirs, ours reflect.Type) bool {
	switch {
	case theirs.Size() != ours.Size():
		return false
	case theirs.Kind() == reflect.Pointer && ours.Kind() == reflect.UnsafePointer:
		return true
	case theirs.Kind() == reflect.Interface:
		return ours == theirs || ours == reflect.TypeFor[[2]unsafe.Pointer]()
	case theirs.Kind() != ours.Kind():
		return false
	}
	switch theirs.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return alike(theirs.Elem(), ours.Elem())
	case reflect.Struct:
		for i := range min(theirs.NumField(), ours.NumField()) {
			their, our := theirs.Field(i), ours.Field(i)
			if our.Name != their.Name && our.Name != "_" || !alike(their.Type, our.Type) {
				return false
			}
		}
		return theirs.NumField() == ours.NumField()
	}
	return true
}

// options are those of a state that others are made beside.
func (s stacks) options() lua.Options {
	o := lua.Options{
		MinimizeStackMemory: true, CallStackSize: callDepth,
		RegistrySize: registryStart, RegistryGrowStep: lua.RegistrySize, RegistryMaxSize: registryMax,
	}
	if s.known {
		o.CallStackSize = lua.FramesPerSegment // it never runs
	}
	return o
}

func (s stacks) registry(L *lua.LState) **registry {
	return (**registry)(unsafe.Add(unsafe.Pointer(L), s.reg)) //nolint:gosec // the types are alike
}

func (s stacks) frames(L *lua.LState) **callFrames {
	return &(*[2]*callFrames)(unsafe.Add(unsafe.Pointer(L), s.stack))[1] //nolint:gosec // the types are alike
}

// state is a Lua state and the stacks that it starts with.
type state struct {
	lua.LState

	registry registry
	frames   callFrames
	segment  callSegment
	segments [segmentStart]*callSegment
	array    [registryStart]lua.LValue
}

// another makes a state beside one that never ran.
func (s stacks) another(beside *lua.LState) *lua.LState {
	made := &state{LState: *beside, registry: **s.registry(beside)}
	made.registry.array, made.registry.top, made.registry.growBy = made.array[:], 0, registryGrow
	made.registry.handler[1] = unsafe.Pointer(&made.LState) //nolint:gosec // it raises what overflows
	made.segments[0] = &made.segment
	made.frames.segments = made.segments[:]
	*s.registry(&made.LState), *s.frames(&made.LState) = &made.registry, &made.frames
	return &made.LState
}

// held are the values on the stack of L, which gopher-lua does not show for outer calls, and the bytes that its
// stacks take.
func (s stacks) held(L *lua.LState) (registers []lua.LValue, size int64) {
	if !s.known {
		return nil, 0
	}
	registry, frames := *s.registry(L), *s.frames(L)
	size = int64(len(registry.array))*costValue + int64(frames.segIdx)*costCalls
	return registry.array[:min(registry.top, len(registry.array))], size
}

// makeRoom makes room for the calls until the next look, and lets the registers double when they run out. It
// is false when calls nest too deep. It needs the baton.
func (s stacks) makeRoom(L *lua.LState) bool {
	if !s.known {
		return true
	}
	registry, frames := *s.registry(L), *s.frames(L)
	registry.growBy = max(registryGrow, len(registry.array))
	used, have := int(frames.segIdx), len(frames.segments)
	if have-used < segmentRoom && have < segmentMax {
		longer := make([]*callSegment, min(2*have, segmentMax))
		copy(longer, frames.segments)
		frames.segments = longer
	}
	return used*lua.FramesPerSegment < callDepth
}
