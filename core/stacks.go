package core

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/tables"
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

// These are gopher-lua's, as [layoutError] makes sure of.
type (
	luaState struct {
		_            *lua.Global
		_            *lua.LState
		_            *lua.LTable
		_            func(*lua.LState)
		_            bool
		_            lua.Options
		_            int32
		reg          *registry
		stack        [2]unsafe.Pointer // an interface, of *callFrames
		_            unsafe.Pointer
		currentFrame *callFrame
		_            bool
		_            unsafe.Pointer
		_            bool
		mainLoop     func(*lua.LState, *callFrame)
		_            context.Context
		_            context.CancelFunc
	}
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
		_         int
		Fn        *lua.LFunction
		Parent    unsafe.Pointer // *callFrame
		Pc        int
		_         int
		LocalBase int
		_, _      int
		NRet      int
		TailCall  int
	}
)

// inside is the state as gopher-lua has it.
func inside(L *lua.LState) *luaState {
	return (*luaState)(unsafe.Pointer(L)) //nolint:gosec // the types are alike
}

// errLayout is how [New] refuses a gopher-lua that keeps things elsewhere than this package expects.
var errLayout = errors.New("this program was built with a version of gopher-lua that assay.rs/core does not know: " +
	"build it with the one in the go.mod of assay.rs/core")

// layoutError is errLayout unless the states and tables of gopher-lua are as this package takes them to be.
var layoutError = sync.OnceValue(func() error { //nolint:gochecknoglobals // the process has one gopher-lua
	if !tables.Known() || !stacksKnown(reflect.ValueOf(newState(rootOptions()))) {
		return errLayout
	}
	return nil
})

func stacksKnown(state reflect.Value) bool {
	return alike(state.Type().Elem(), reflect.TypeFor[luaState]()) &&
		alike(state.Elem().FieldByName("stack").Elem().Type(), reflect.TypeFor[*callFrames]())
}

// alike tells whether values of both types are the same in memory, and fields that have a name have the same.
func alike(theirs, ours reflect.Type) bool {
	switch {
	case theirs == ours:
		return true
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

// rootOptions are those of the state that others are made beside: it never runs.
func rootOptions() lua.Options {
	return lua.Options{
		MinimizeStackMemory: true, CallStackSize: lua.FramesPerSegment,
		RegistrySize: registryStart, RegistryGrowStep: lua.RegistrySize, RegistryMaxSize: registryMax,
	}
}

func frames(L *lua.LState) *callFrames { return (*callFrames)(inside(L).stack[1]) }

// state is a Lua state and the stacks that it starts with.
type state struct {
	lua.LState

	registry registry
	frames   callFrames
	segment  callSegment
	segments [segmentStart]*callSegment
	array    [registryStart]lua.LValue
}

// another makes a state beside one that never ran. Gopher-lua's own [lua.LState.NewThread] makes the list of
// call frames as long as the deepest calls that are allowed, lets registers grow by a fixed step, and fills
// two tables that nobody uses. Our states start small, and each look makes the room that they may need
// until the next one.
func another(beside *lua.LState) *lua.LState {
	made := &state{LState: *beside, registry: *inside(beside).reg}
	made.registry.array, made.registry.top, made.registry.growBy = made.array[:], 0, registryGrow
	made.registry.handler[1] = unsafe.Pointer(&made.LState) //nolint:gosec // it raises what overflows
	made.segments[0] = &made.segment
	made.frames.segments = made.segments[:]
	in := inside(&made.LState)
	in.reg, in.stack[1] = &made.registry, unsafe.Pointer(&made.frames) //nolint:gosec // of the interface's type
	return &made.LState
}

// held are the values on the stack of L, which gopher-lua does not show for outer calls, and the bytes that its
// stacks take.
func held(L *lua.LState) (registers []lua.LValue, size int64) {
	registry, calls := inside(L).reg, frames(L)
	size = int64(len(registry.array))*costValue + int64(calls.segIdx)*costCalls
	return registry.array[:min(registry.top, len(registry.array))], size
}

// makeRoom makes room for the calls until the next look, and lets the registers double when they run out. It
// is false when calls nest too deep. It needs the baton.
func makeRoom(L *lua.LState) bool {
	registry, calls := inside(L).reg, frames(L)
	registry.growBy = max(registryGrow, len(registry.array))
	used, have := int(calls.segIdx), len(calls.segments)
	if have-used < segmentRoom && have < segmentMax {
		longer := make([]*callSegment, min(2*have, segmentMax))
		copy(longer, calls.segments)
		calls.segments = longer
	}
	return used*lua.FramesPerSegment < callDepth
}
