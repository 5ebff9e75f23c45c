package core

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

// random is math.random(), (n) or (m, n). Each VM has a source of its own.
func random(L *lua.LState) int {
	source := currentThread(L).vm.random()
	if L.GetTop() == 0 {
		L.Push(lua.LNumber(source.Float64()))
		return 1
	}
	low, high := 1.0, math.Floor(float64(L.CheckNumber(1)))
	if L.GetTop() > 1 {
		low, high = high, math.Floor(float64(L.CheckNumber(2)))
	}
	if !(low <= high) || low < -maxSafe || high > maxSafe {
		L.ArgError(min(L.GetTop(), 2), "interval is empty or beyond 2^53")
	}
	L.Push(lua.LNumber(low + float64(source.Int64N(int64(high-low)+1))))
	return 1
}

func randomSeed(L *lua.LState) int {
	currentThread(L).vm.source = rand.New(rand.NewPCG(math.Float64bits(float64(L.CheckNumber(1))), 0)) //nolint:gosec // Lua's random is no secret
	return 0
}

func (vm *VM) random() *rand.Rand {
	if vm.source == nil {
		vm.source = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) //nolint:gosec // Lua's random is no secret
	}
	return vm.source
}
