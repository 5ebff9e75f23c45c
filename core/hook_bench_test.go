package core

import (
	"slices"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// BenchmarkHook runs code under the limits, where every instruction counts down to a look at the clock and
// the heap, in turns with the same code on a state without a context: one of the same options, and one of
// gopher-lua's, whose call stack is not made to be small.
func BenchmarkHook(b *testing.B) {
	for _, work := range []struct{ name, source string }{
		{"loop", "return function() local s = 0 for i = 1, 1000 do if i % 3 == 0 or i % 5 == 0 then s = s + i end end return s end"},
		{"calls", "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return function() return fib(15) end"},
		{"tables", "return function() local t = {} for i = 1, 500 do t[i] = { x = i, y = i * 2 } end local s = 0 for i = 1, #t do s = s + t[i].x * t[i].y end return s end"},
	} {
		b.Run(work.name, func(b *testing.B) { besideBare(b, work.source) })
	}
}

// besideBare reports the ratios of what the work takes.
func besideBare(b *testing.B, source string) {
	b.Helper()
	chunk, err := Compile("bench.lua", []byte(source))
	if err != nil {
		b.Fatal(err)
	}
	rt, err := New(Config{Policy: FullPolicy()})
	if err != nil {
		b.Fatal(err)
	}
	vm := rt.Open(Host{Limits: Limits{Memory: 64 << 20}})
	defer vm.Close()
	err = vm.Do(b.Context(), func(c Call) (err error) {
		c.Hold(func() { err = inTurns(b, c, chunk) })
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func inTurns(b *testing.B, c Call, chunk *Chunk) error {
	b.Helper()
	made, err := c.Load(chunk).Call(c)
	if err != nil {
		return err
	}
	limited := made[0].lua()
	options := rootOptions()
	options.CallStackSize = callDepth
	same, plain := lua.NewState(options), lua.NewState()
	defer same.Close()
	defer plain.Close()
	onSame, onPlain := bare(same, chunk), bare(plain, chunk)
	times := make([][]time.Duration, 3)
	for b.Loop() {
		for i, run := range []func(){
			func() { _, _ = c.t.protect(limited, nil, nil) },
			onSame, onPlain,
		} {
			start := time.Now()
			run()
			times[i] = append(times[i], time.Since(start))
		}
	}
	b.ReportMetric(quartile(times[0])/quartile(times[1]), "x-bare")
	b.ReportMetric(quartile(times[0])/quartile(times[2]), "x-default")
	return nil
}

// quartile is the lower one: other work on the machine adds time, and never takes any away.
func quartile(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/4])
}

// bare is the work that the chunk gives, in a state that is asked for nothing.
func bare(L *lua.LState, chunk *Chunk) func() {
	L.Push(chunk.compiled.Function(L, compile.Standard(L)))
	L.Call(0, 1)
	work := L.Get(-1)
	return func() {
		L.Push(work)
		L.Call(0, 0)
	}
}
