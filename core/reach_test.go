package core

import (
	"testing"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

func TestVisitedTellsObjectsApart(t *testing.T) {
	if size := min(unsafe.Sizeof(lua.LTable{}), unsafe.Sizeof(lua.LFunction{}), unsafe.Sizeof(lua.LUserData{}), unsafe.Sizeof(lua.LState{}), unsafe.Sizeof(thread{})); size < objectAlign {
		t.Fatalf("an object of %d bytes may share its %d bytes with another one", size, objectAlign)
	}
	seen := make(visited)
	tables := make([]lua.LTable, 10000)
	for i := range tables {
		if !seen.add(unsafe.Pointer(&tables[i])) {
			t.Fatalf("table %d is taken for another one", i)
		}
	}
	for i := range tables {
		if seen.add(unsafe.Pointer(&tables[i])) {
			t.Fatalf("table %d is new a second time", i)
		}
	}
}

func TestReachCountsWhatIsShared(t *testing.T) {
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]int64{
		`kept = ("x"):rep(1e6)`:   1e6,
		`kept = {("x"):rep(1e6)}`: 1e6,
		`local one = {("x"):rep(1e6)} kept = {} for i = 1, 100 do kept[i] = one end`:            1e6,
		`kept = {} local t = kept for i = 1, 10000 do t.next = {("x"):rep(100)} t = t.next end`: 1e6,
		`kept = {one = 1, two = 2, [3] = ("x"):rep(1e6)}`:                                       1e6,
		`kept = {1, 2, one = ("x"):rep(1e6)}`:                                                   1e6,
		`kept = {1, 2, [("x"):rep(1e6)] = 1}`:                                                   1e6,
		`kept = {("x"):rep(1e6)} kept.itself = kept`:                                            1e6,
	} {
		chunk, err := Compile("test.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(Host{})
		before, _ := vm.reach()
		if err := vm.Run(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
		after, _ := vm.reach()
		if got := after - before; got < want || got > 4*want {
			t.Errorf("%s: reaches %d bytes, want %d and some", source, got, want)
		}
		vm.Close()
	}
}

// What is held in Go, or by code, counts for who can reach it.
func TestReachCountsWhatIsHidden(t *testing.T) {
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]int64{
		`kept = string.gmatch(("x"):rep(1e6), "x")`:                                           1e6,
		`kept = load('return "' .. ("x"):rep(9e5) .. '"')`:                                    9e5,
		`kept = load('return function() return "' .. ("x"):rep(9e5) .. '" end')()`:            9e5,
		`local s = ("x"):rep(1e6) kept = coroutine.create(function() return s end)`:           1e6,
		`local s = ("x"):rep(1e6) kept = coroutine.wrap(function() return s end)`:             1e6,
		`local _, e = pcall(error, ("x"):rep(1e6)) kept = e`:                                  1e6,
		`kept = {} local s = ("x"):rep(1e6) for i = 1, 1000 do kept[i] = s end`:               1e6,
		`kept = load("--[[" .. ("c"):rep(9e5) .. "]] return 'small'") other = ("x"):rep(1e5)`: 1e5,
	} {
		chunk, err := Compile("test.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(Host{})
		before, _ := vm.reach()
		if err := vm.Run(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
		after, _ := vm.reach()
		if got := after - before; got < want || got > 2*want {
			t.Errorf("%s: reaches %d bytes, want %d and some", source, got, want)
		}
		vm.Close()
	}
}
