package core

import (
	"context"
	"runtime"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// BenchmarkFreshVM opens a VM and calls one builtin, beside gopher-lua's own default state.
func BenchmarkFreshVM(b *testing.B) {
	rt, chunk := freshVM(b)
	b.Run("assay", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			vm := rt.Open(Host{})
			if err := vm.Run(context.Background(), chunk); err != nil {
				b.Fatal(err)
			}
			vm.Close()
		}
	})
	b.Run("lua.NewState", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			lua.NewState().Close()
		}
	})
}

func freshVM(tb testing.TB) (*Runtime, *Chunk) {
	tb.Helper()
	rt, err := New(Config{Modules: []Module{kitModule(), benchModule()}, Policy: CheckPolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	chunk, err := Compile("bench.lua", []byte("bench.add(1, 2)"))
	if err != nil {
		tb.Fatal(err)
	}
	return rt, chunk
}

// A fresh VM keeps at most 20 KB, so that every attempt of every check can have one.
func TestFreshVMSize(t *testing.T) {
	const count, limit = 200, 20 << 10
	rt, chunk := freshVM(t)
	vms := make([]*VM, count)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	runtime.ReadMemStats(&before)
	for i := range vms {
		vms[i] = rt.Open(Host{})
		if err := vms[i].Run(context.Background(), chunk); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	size := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / count
	t.Logf("a fresh VM keeps %d bytes", size)
	if size > limit {
		t.Errorf("a fresh VM keeps %d bytes, want at most %d", size, limit)
	}
	for _, vm := range vms {
		vm.Close()
	}
}
