package core

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

// random is math.random(), (n) or (m, n). Each VM has a source of its own.
func random(L *lua.LState) int {
	source := currentThread(L).vm.random()
	last := L.GetTop()
	low, high := 1.0, 0.0
	switch last {
	case 0:
		L.Push(lua.LNumber(source.Float64()))
		return 1
	case 1:
		high = math.Floor(numberArg(L, 1))
	case 2:
		low, high = math.Floor(numberArg(L, 1)), math.Floor(numberArg(L, 2))
	default:
		L.RaiseError("wrong number of arguments")
	}
	switch {
	case !(low <= high):
		L.ArgError(last, "interval is empty")
	case low < -maxSafe || high > maxSafe:
		L.ArgError(last, "interval too large: beyond 2^53")
	}
	L.Push(lua.LNumber(low + float64(source.Int64N(int64(high-low)+1))))
	return 1
}

// randomSeed is randomseed(n): the same numbers follow the same n. Without n they are different ones.
func randomSeed(L *lua.LState) int {
	vm := currentThread(L).vm
	vm.source = nil
	if L.GetTop() > 0 {
		vm.source = rand.New(rand.NewPCG(math.Float64bits(numberArg(L, 1)), 0)) //nolint:gosec // Lua's random is no secret
	}
	return 0
}

func (vm *VM) random() *rand.Rand {
	if vm.source == nil {
		vm.source = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) //nolint:gosec // Lua's random is no secret
	}
	return vm.source
}
