package core

import (
	"strings"
	"sync"
	"testing"
)

// Tables of one constructor share what they can of their keys, and must not show it.
func TestTablesOfOneConstructor(t *testing.T) {
	const script = `
local function keys(t)
	local found = {}
	for k in pairs(t) do found[#found + 1] = tostring(k) end
	return table.concat(found, " ")
end
local function same(got, want) if got ~= want then error("got " .. got .. ", want " .. want, 2) end end
local function make(v) return { 10, name = v, note = "n", more = { deep = v }, [v or "none"] = 1, name = v, 20 } end
for round = 1, 3 do
	local a, b, c = make("x"), make("y"), make()
	same(keys(a), "1 2 name note more x")
	same(keys(b), "1 2 name note more y")
	same(keys(c), "1 2 note more none")
	a.other, b.another, a.note = 1, 2, nil
	same(keys(a), "1 2 name more x other")
	same(keys(b), "1 2 name note more y another")
	same(keys(a.more) .. keys(c.more), "deep")
	c.name, c.more.deep, c.more.wide = "late", "d", "w"
	same(c.name .. keys(c.more), "latedeep wide")
	for k in pairs(b) do b[k] = nil end
	same(keys(b), "")
	same(tostring(next(b)), "nil")
	b.note = "again"
	same(next(b), "note")
	local _, failed = pcall(function() return { name = "x", note = error("e", 0) } end)
	same(failed, "e")
end`
	chunk, err := Compile("test.lua", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	rt, err := New(Config{Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			vm := rt.Open(Host{})
			defer vm.Close()
			if err := vm.Run(t.Context(), chunk); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
}

// A chunk of very many constructors runs too: only the first ones give their keys.
func TestManyConstructors(t *testing.T) {
	source := "local t\nfor i = 1, 3 do\n" + strings.Repeat("t = { a = i, b = 2 }\n", 2000) + "end\nprint(t.a, next(t))"
	got, err := runScript(t, t.Context(), source)
	if want := "3\ta\t3"; err != nil || got != want {
		t.Errorf("printed %q, %v, want %q", got, err, want)
	}
}
