package core

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
)

func TestLines(t *testing.T) {
	source := `local n = 0
local function add(k)
  if k > 2 then
    n = n + 100
  end
  n = n + k
end

for i = 1, 2 do
  add(i)
end
local co = coroutine.wrap(function()
  n = n + 1
end)
co()
pcall(function()
  error("x")
  n = 0
end)
`
	chunk, err := Compile("test.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	hits := make(map[int]int)
	vm := rt.Open(Host{Lines: func(name string, line int) {
		if name != "test.lua" {
			t.Errorf("a line of %q", name)
		}
		hits[line]++
	}})
	defer vm.Close()
	if err := vm.Run(context.Background(), chunk); err != nil {
		t.Fatal(err)
	}
	var missed []int
	for _, line := range chunk.Lines() {
		if hits[line] == 0 {
			missed = append(missed, line)
		}
	}
	if got := fmt.Sprint(missed); got != "[4 18]" {
		t.Errorf("lines that did not run = %s, want [4 18]; those that did: %v", got, slices.Sorted(maps.Keys(hits)))
	}
	if hits[6] != 2 || hits[13] != 1 {
		t.Errorf("line 6 ran %d times and line 13 %d times, want 2 and 1", hits[6], hits[13])
	}
}

// A script is stopped in time while its lines are looked at, too.
func TestLinesWithLimits(t *testing.T) {
	chunk, err := Compile("test.lua", []byte("local t = {} while true do t[#t + 1] = {} end"))
	if err != nil {
		t.Fatal(err)
	}
	rt, err := New(Config{Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(Host{Lines: func(string, int) {}, Limits: Limits{Memory: 8 << 20}})
	defer vm.Close()
	if err := vm.Run(t.Context(), chunk); err == nil {
		t.Error("a script without end within 8 MB gave no error")
	}
}
