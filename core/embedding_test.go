package core

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

// A program that embeds VMs has memory of its own, which is no script's, and a pace of collecting it, which no
// script changes.
func TestHeapOfAnEmbeddingProgram(t *testing.T) {
	own := make([][]byte, 0, 200)
	grow := func(megabytes int) {
		for range megabytes {
			own = append(own, make([]byte, 1<<20))
		}
	}
	grow(60)
	grows := Module{Funcs: []Func{Fn0(Doc{Name: "grow", Text: "The program takes 120 MB.", Needs: Pure, Level: Check}, ReturnsNothing(),
		func(Call) (None, error) {
			grow(120)
			return None{}, nil
		})}}
	rt, err := New(Config{Modules: []Module{grows}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(`grow() local n = 0 for i = 1, 1e6 do n = n + #tostring(i) end`))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	vm := rt.Open(Host{Limits: Limits{Memory: 32 << 20}})
	defer vm.Close()
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Errorf("a script that holds nothing ended with %v", err)
	}
	runtime.ReadMemStats(&after)
	if forced := after.NumForcedGC - before.NumForcedGC; forced != 0 {
		t.Errorf("%d collections were forced", forced)
	}
	runtime.KeepAlive(own)
}

// What the script itself holds counts there too.
func TestLimitInAnEmbeddingProgram(t *testing.T) {
	err := runLimited(t, 16<<20, `kept = {} for i = 1, 1e9 do kept[i] = {i} end`)
	if limit, ok := errors.AsType[*LimitError](err); !ok || !strings.HasPrefix(limit.Message, "memory limit of 16 MB exceeded") {
		t.Errorf("error = %v, want the memory limit", err)
	}
}
