package core

import (
	"fmt"
	"hash/maphash"

	lua "github.com/yuin/gopher-lua"
)

// valueLibrary are the global functions of Lua that look at values.
func valueLibrary() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"getmetatable": getMetatable,
		"next":         next,
		"rawequal":     rawEqual,
		"rawget":       rawGet,
		"rawset":       rawSet,
		"select":       selectArgs,
		"tonumber":     toNumber,
		"tostring":     toString,
		"type":         typeOf,
		"unpack":       unpack,
	}
}

// iterators are the global functions that give another function of the library.
func iterators() map[string]*libFunc {
	return map[string]*libFunc{
		"pairs":  {name: "pairs", function: pairs, upvalues: []lua.LGFunction{next}},
		"ipairs": {name: "ipairs", function: ipairs, upvalues: []lua.LGFunction{nextItem}},
	}
}

// typeOf is type(v). json.null is a type of its own, as nil is.
func typeOf(L *lua.LState) int {
	v := L.CheckAny(1)
	name := v.Type().String()
	if (Value{v}).Kind() == KindNull {
		name = "null"
	}
	L.Push(lua.LString(name))
	return 1
}

func toString(L *lua.LState) int {
	L.Push(lua.LString(currentThread(L).tostringIn(L, L.CheckAny(1))))
	return 1
}

// tostring is what Lua's tostring gives.
func (t *thread) tostring(v lua.LValue) string { return t.tostringIn(t.L, v) }

func (t *thread) tostringIn(L *lua.LState, v lua.LValue) string {
	if s, ok := text(v); ok {
		return s
	}
	if mm := L.GetMetaField(v, "__tostring"); mm != lua.LNil {
		L.Push(mm)
		L.Push(v)
		L.Call(1, 1)
		result := L.Get(-1)
		L.Pop(1)
		s, ok := text(result)
		if !ok {
			L.RaiseError("'__tostring' must return a string")
		}
		return s
	}
	switch v.Type() {
	case lua.LTNil, lua.LTBool:
		return v.String()
	}
	// The number is the same for as long as the value, and does not tell where it is in memory.
	return fmt.Sprintf("%s: %016x", v.Type(), maphash.Comparable(t.vm.rt.seed, v))
}

// toNumber is tonumber(v, base). An int64 value stays what it is.
func toNumber(L *lua.LState) int {
	v, base := L.CheckAny(1), optIntegerArg(L, 2, 10)
	if s, ok := v.(lua.LString); ok {
		currentThread(L).spend(len(s) >> 4)
	}
	if base != 10 {
		return toNumberIn(L, textArg(L, 1), base)
	}
	if _, ok := int64Of(v); ok || v.Type() == lua.LTNumber {
		L.Push(v)
		return 1
	}
	if s, ok := text(v); ok {
		if n, ok := parseNumber(s); ok {
			L.Push(lua.LNumber(n))
			return 1
		}
	}
	L.Push(lua.LNil)
	return 1
}

func toNumberIn(L *lua.LState, s string, base int) int {
	if base < 2 || base > 36 {
		L.ArgError(2, "base out of range")
	}
	if n, ok := parseDigits(s, base); ok {
		L.Push(lua.LNumber(n))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

// selectArgs is select(n, ...): its results are the arguments that are on the stack already.
func selectArgs(L *lua.LState) int {
	given := L.GetTop() - 1
	if s, ok := L.Get(1).(lua.LString); ok && s == "#" {
		L.Push(lua.LNumber(given))
		return 1
	}
	n := integerArg(L, 1)
	switch {
	case n > 0:
		return max(0, given-(n-1))
	case n == 0 || n < -given:
		L.ArgError(1, "index out of range")
	}
	return -n
}

func next(L *lua.LState) int {
	k, v := tableArg(L, 1).Next(L.Get(2))
	if k == lua.LNil {
		L.Push(k)
		return 1
	}
	L.Push(k)
	L.Push(v)
	return 2
}

func pairs(L *lua.LState) int {
	if mm := L.GetMetaField(L.Get(1), "__pairs"); mm != lua.LNil {
		L.Push(mm)
		L.Push(L.Get(1))
		L.Call(1, 3)
		return 3
	}
	t := tableArg(L, 1)
	L.Push(L.Get(lua.UpvalueIndex(1)))
	L.Push(t)
	L.Push(lua.LNil)
	return 3
}

func ipairs(L *lua.LState) int {
	t := tableArg(L, 1)
	L.Push(L.Get(lua.UpvalueIndex(1)))
	L.Push(t)
	L.Push(lua.LNumber(0))
	return 3
}

func nextItem(L *lua.LState) int {
	i := integerArg(L, 2) + 1
	v := item(tableArg(L, 1), i)
	if v == lua.LNil {
		L.Push(v)
		return 1
	}
	L.Push(lua.LNumber(i))
	L.Push(v)
	return 2
}

func rawEqual(L *lua.LState) int {
	L.Push(lua.LBool(L.RawEqual(L.CheckAny(1), L.CheckAny(2))))
	return 1
}

func rawGet(L *lua.LState) int {
	t, k := tableArg(L, 1), L.CheckAny(2)
	if vm := currentThread(L).vm; t == vm.L.G.Global {
		L.Push(vm.global(k))
		return 1
	}
	L.Push(t.RawGet(k))
	return 1
}

func rawSet(L *lua.LState) int {
	t, k, v := tableArg(L, 1), L.CheckAny(2), L.CheckAny(3)
	n, isNumber := k.(lua.LNumber)
	switch {
	case k == lua.LNil:
		L.RaiseError("table index is nil")
	case isNumber && n != n:
		L.RaiseError("table index is NaN")
	case isNumber && n == lua.LNumber(int(n)):
		currentThread(L).setItem(t, int(n), v)
	default:
		t.RawSet(k, v)
	}
	L.SetTop(1)
	return 1
}

// getMetatable gives a copy for strings: their metatable belongs to all that the VM runs.
func getMetatable(L *lua.LState) int {
	v := L.CheckAny(1)
	mt := L.GetMetatable(v)
	vm := currentThread(L).vm
	if vm.lazy != nil && mt == vm.lazy {
		mt = lua.LNil
	}
	if v.Type() == lua.LTString {
		own := L.CreateTable(0, 1)
		vm.bindName("string")
		own.RawSetString("__index", vm.L.G.Global.RawGetString("string"))
		mt = own
	}
	L.Push(mt)
	return 1
}
