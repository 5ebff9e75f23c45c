package core

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// BenchmarkHook runs code under the limits, where every instruction counts down to a look at the clock and
// the heap, and the same code on a bare Lua state.
func BenchmarkHook(b *testing.B) {
	for _, work := range []struct{ name, source string }{
		{"loop", "return function() local s = 0 for i = 1, 100000 do if i % 3 == 0 or i % 5 == 0 then s = s + i end end return s end"},
		{"calls", "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return function() return fib(20) end"},
		{"tables", "return function() local t = {} for i = 1, 20000 do t[i] = { x = i, y = i * 2 } end local s = 0 for i = 1, #t do s = s + t[i].x * t[i].y end return s end"},
	} {
		b.Run(work.name+"/limits", func(b *testing.B) { underLimits(b, work.source) })
		b.Run(work.name+"/bare", func(b *testing.B) { bare(b, work.source) })
	}
}

func underLimits(b *testing.B, source string) {
	b.Helper()
	repeated := NewConst("times", Number(), float64(b.N), "How often.")
	rt, err := New(Config{Modules: []Module{{Name: "bench", Consts: []Const{repeated}}}, Policy: FullPolicy()})
	if err != nil {
		b.Fatal(err)
	}
	chunk, err := Compile("bench.lua", []byte("local work = (function() "+source+" end)() for _ = 1, bench.times do work() end"))
	if err != nil {
		b.Fatal(err)
	}
	vm := rt.Open(Host{Limits: Limits{Memory: 64 << 20}})
	defer vm.Close()
	b.ResetTimer()
	if err := vm.Run(b.Context(), chunk); err != nil {
		b.Fatal(err)
	}
}

func bare(b *testing.B, source string) {
	b.Helper()
	chunk, err := compile.Source("bench.lua", []byte(source), compile.Options{GuardConcat: true})
	if err != nil {
		b.Fatal(err)
	}
	L := lua.NewState()
	defer L.Close()
	L.Push(chunk.Function(L, compile.Standard(L)))
	L.Call(0, 1)
	work := L.Get(-1)
	b.ResetTimer()
	for range b.N {
		L.Push(work)
		L.Call(0, 0)
	}
}
