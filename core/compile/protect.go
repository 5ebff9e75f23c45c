package compile

import (
	lua "github.com/yuin/gopher-lua"
)

// Protect calls a function so that what it raises is caught, in a Lua state of
// its own: gopher-lua, when it raises, detaches the captured variables of every
// function that the state runs, also of those below the protected call.
func Protect(L *lua.LState, fn lua.LValue, args []lua.LValue) ([]lua.LValue, error) {
	inner, _ := L.NewThread()
	if ctx := L.Context(); ctx != nil {
		inner.SetContext(ctx) // NewThread gives it another, derived from this one
	}
	inner.Push(fn)
	Push(inner, args)
	if err := inner.PCall(len(args), lua.MultRet, nil); err != nil {
		return nil, err
	}
	results := make([]lua.LValue, inner.GetTop())
	for i := range results {
		results[i] = inner.Get(i + 1)
	}
	return results, nil
}

// Scope makes HelperScope of a way to call functions protected and one to call
// __close; see Standard. The latter is told the error that the block was left by,
// or nil, and gives the one that goes on, with a panic as gopher-lua's own do.
func Scope(
	protect func(L *lua.LState, fn lua.LValue, args []lua.LValue) ([]lua.LValue, error),
	closeValue func(L *lua.LState, closer, value lua.LValue, err error) error,
) lua.LGFunction {
	return func(L *lua.LState) int {
		value, fn := L.Get(2), L.Get(3)
		closer := metamethod(L, value, "__close")
		if lua.LVAsBool(value) && closer == lua.LNil {
			L.RaiseError("variable '%s' got a non-closable value", L.CheckString(1))
		}
		args := make([]lua.LValue, L.GetTop()-3)
		for i := range args {
			args[i] = L.Get(4 + i)
		}
		results, err := protect(L, fn, args)
		if lua.LVAsBool(value) {
			err = closeValue(L, closer, value, err)
		}
		if err != nil {
			panic(err) // as it was caught, its traceback included
		}
		if len(results) == 0 {
			return 0
		}
		ud := L.NewUserData()
		ud.Value = results[1:]
		L.Push(results[0])
		L.Push(ud)
		return 2
	}
}

// Close calls closer, the __close of a value, with what an error raised that is an
// *lua.ApiError, and gives the error back.
func Close(L *lua.LState, closer, value lua.LValue, err error) error {
	raised := lua.LValue(lua.LNil)
	if api, ok := err.(*lua.ApiError); ok { //nolint:errorlint // PCall gives it bare
		raised = api.Object
	}
	call(L, closer, value, raised)
	return err
}
