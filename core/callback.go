package core

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/spec"
)

// Callback is a Lua function as a Go value.
type Callback struct{ f *lua.LFunction }

// CallbackType is a function argument; params and returns say how it will be called.
func CallbackType(params []spec.Param, returns ...spec.Return) Type[Callback] {
	return Type[Callback]{
		shape: &shape{spec: spec.Type{Kind: spec.Callback, Params: params, Returns: returns}},
		from: func(_ *thread, v lua.LValue, _ Callback) (Callback, error) {
			f, ok := v.(*lua.LFunction)
			if !ok {
				return Callback{}, mismatch("function", v)
			}
			return Callback{f}, nil
		},
		to: func(_ *thread, f Callback) lua.LValue {
			if f.f == nil {
				return lua.LNil
			}
			return f.f
		},
	}
}

// IsZero tells whether there is no function.
func (f Callback) IsZero() bool { return f.f == nil }

// Defined is where the function stands: the name of its chunk and its first line. A builtin has neither.
func (f Callback) Defined() (chunk string, line int) {
	if f.f == nil || f.f.IsG {
		return "", 0
	}
	return f.f.Proto.SourceName, f.f.Proto.LineDefined
}

// Value is the function as a Value.
func (f Callback) Value() Value {
	if f.f == nil {
		return Nil()
	}
	return Value{f.f}
}

// Call runs the function on the task of c and gives its results. It takes the baton for as long as the
// function runs. What the function raises is a *ScriptError; a task that was stopped gives *Interrupted.
// It must be called on the goroutine that runs the body.
func (f Callback) Call(c Call, args ...Value) ([]Value, error) {
	if t := c.t; !t.task.held {
		t.task.take()
		defer func() { t.task.give() }() // by then t.task may be another: see enterOrphan
	}
	return f.run(c.t, args)
}

// First is [Callback.Call] for a function of which only the first result counts; without results it is nil.
func (f Callback) First(c Call, args ...Value) (Value, error) {
	if t := c.t; !t.task.held {
		t.task.take()
		defer func() { t.task.give() }() // by then t.task may be another: see enterOrphan
	}
	var room [4]lua.LValue
	returned, err := f.returned(c.t, args, room[:])
	if err != nil || len(returned) == 0 {
		return Nil(), err
	}
	return Value{returned[0]}, nil
}

// run is Call with the baton.
func (f Callback) run(t *thread, args []Value) ([]Value, error) {
	returned, err := f.returned(t, args, nil)
	if err != nil {
		return nil, err
	}
	results := make([]Value, len(returned))
	for i, v := range returned {
		results[i] = Value{v}
	}
	return results, nil
}

func (f Callback) returned(t *thread, args []Value, room []lua.LValue) ([]lua.LValue, error) {
	given := make([]lua.LValue, len(args))
	for i, arg := range args {
		given[i] = arg.lua()
	}
	// The builtins that the function calls give back what they hold, not what the caller's body does.
	flight := t.flight.Swap(0)
	defer func() { t.flight.Store(flight) }()
	returned, err := t.protect(f.f, given, room)
	if err != nil {
		return nil, t.scriptError(err)
	}
	return returned, nil
}

// ToString is v as Lua's tostring gives it, metamethods included. It needs the baton.
func (c Call) ToString(v Value) string {
	return c.t.tostring(v.lua())
}

// describeRaised is the message of a raised value that is neither text nor an error.
func describeRaised(v lua.LValue) string {
	return fmt.Sprintf("(error object is a %s value)", luaTypeName(v))
}
