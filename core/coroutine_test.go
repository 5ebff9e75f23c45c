package core

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"
)

func TestCoroutine(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{
			"values pass both ways", `
			local co = coroutine.create(function(a, b) local c, d = coroutine.yield(a + b) return c * d end)
			print(coroutine.resume(co, 1, 2)) print(coroutine.resume(co, 3, 4)) print(coroutine.status(co))
			print(coroutine.resume(co))`,
			"true\t3\ntrue\t12\ndead\nfalse\tcannot resume dead coroutine",
		},
		{"yield across pcall", `
			local f = coroutine.wrap(function() local ok, v = pcall(function() return coroutine.yield(1) + 1 end) return ok, v end)
			print(f()) print(f(41))`, "1\ntrue\t42"},
		{"yield in a metamethod", `
			local t = setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end})
			local f = coroutine.wrap(function() return t.name end)
			print(f()) print(f("v"))`, "name\nv"},
		{"yield in table.sort", `
			local n = 0
			local f = coroutine.wrap(function()
				local t = {3, 1, 2}
				table.sort(t, function(a, b) coroutine.yield() return a < b end)
				return table.concat(t, ",")
			end)
			local r repeat r = f() n = n + 1 until r
			print(r, n > 1)`, "1,2,3\ttrue"},
		{"yield in gsub", `
			local f = coroutine.wrap(function() return (("abc"):gsub(".", function(c) return coroutine.yield(c) end)) end)
			print(f()) print(f("x")) print(f("y")) print(f("z"))`, "a\nb\nc\nxyz"},
		{"yield in a builtin's callback", `
			local f = coroutine.wrap(function() return call(function() return coroutine.yield(1) end) end)
			print(f()) print(f(2))`, "1\n2"},
		{"iterator", `
			local function count(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
			local s = 0 for i in count(100) do s = s + i end print(s)`, "5050"},
		{"error passes to the resumer", `
			print(coroutine.resume(coroutine.create(function() error("oh") end)))
			print(pcall(coroutine.wrap(function() error({}) end)) == false)`, "false\ttest.lua:2: oh\ntrue"},
		{
			"a coroutine cannot resume itself or its parent", `
			local parent
			parent = coroutine.create(function()
				print(coroutine.resume(parent))
				print(coroutine.resume(coroutine.create(function() print(coroutine.status(parent)) return coroutine.resume(parent) end)))
			end)
			print(coroutine.resume(parent))`,
			"false\tcannot resume non-suspended coroutine\nnormal\ntrue\tfalse\tcannot resume non-suspended coroutine\ntrue",
		},
		{"running and isyieldable", `
			local main, is = coroutine.running() print(type(main), is, coroutine.isyieldable())
			local co co = coroutine.create(function() local me, is = coroutine.running() print(me == co, is, coroutine.isyieldable(), coroutine.status(co)) end)
			coroutine.resume(co)`, "thread\ttrue\tfalse\ntrue\tfalse\ttrue\trunning"},
		{"yield outside", `print(pcall(coroutine.yield))`, "false\ttest.lua:1: attempt to yield from outside a coroutine"},
		{"close", `
			local co = coroutine.create(function() coroutine.yield() print("never") end)
			coroutine.resume(co) print(coroutine.close(co), coroutine.status(co))`, "true\tdead"},
		{"sleep inside", `
			local f = coroutine.wrap(function() sleep(0.001) coroutine.yield(1) sleep(0.001) return 2 end)
			print(f(), f())`, "1\t2"},
		{"nesting is bounded", `
			local function nest(n) return select(2, coroutine.resume(coroutine.create(nest), n + 1)) or n end
			print((tostring(nest(1)):gsub("%d+", "N")))`, "more than N coroutines resumed within each other"},
		{
			"a coroutine that waits in one task is not resumable from another", `
			local asked = false
			local co = coroutine.create(function() while not asked do sleep(0.001) end return "own" end)
			local task = spawn(function() return select(2, coroutine.resume(co)) end)
			repeat sleep(0.001) until coroutine.status(co) == "running"
			print(coroutine.status(co), coroutine.resume(co))
			asked = true
			print(task.await())`,
			"running\tfalse\tcannot resume non-suspended coroutine\nown",
		},
		{"a coroutine moves between tasks", `
			local co = coroutine.wrap(function() coroutine.yield(1) sleep(0.001) coroutine.yield(2) return 3 end)
			print(co()) print(spawn(co):await()) print(co())`, "1\n2\n3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := runScript(t, context.Background(), test.source)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("printed\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// Generators that nobody finishes must not stay: their goroutines end with the garbage.
func TestAbandonedCoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(`
		for i = 1, 500 do
			local f = coroutine.wrap(function() pcall(call, function() coroutine.yield(i) end) end)
			f()
		end
		print("made")
		sleep("1h")`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	out := &output{}
	vm := rt.Open(Host{Stdout: out})
	go func() { done <- vm.Run(ctx, chunk) }()
	poll(t, "coroutines to be made", func() bool { return out.String() == "made\n" })
	poll(t, "abandoned coroutines to end", func() bool { runtime.GC(); return runtime.NumGoroutine() < before+20 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want the cancellation", err)
	}
	vm.Close()
	poll(t, "all goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
}

func TestCloseEndsSuspendedCoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	_, err := runScript(t, context.Background(), `
		kept = {}
		for i = 1, 100 do
			kept[i] = coroutine.wrap(function() kept[0] = kept pcall(coroutine.yield) end)
			kept[i]()
		end`)
	if err != nil {
		t.Fatal(err)
	}
	poll(t, "all goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
}

// poll waits until holds, and fails after some seconds.
func poll(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s: %s", what, fmt.Sprint(runtime.NumGoroutine(), " goroutines"))
		}
	}
}
