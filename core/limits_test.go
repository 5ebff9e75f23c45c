package core

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// runLimited runs a script that may hold some bytes.
func runLimited(t *testing.T, memory int64, source string) error {
	t.Helper()
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	// The limit comes in a second of work, which takes long on a busy machine.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	runtime.GC() // what earlier tests left is not the VM's, and would be missed when it is collected meanwhile
	vm := rt.Open(Host{Stdout: &output{}, Limits: Limits{Memory: memory}})
	defer vm.Close()
	return vm.Run(ctx, chunk)
}

func TestMemoryLimit(t *testing.T) {
	for name, source := range map[string]string{
		"doubling strings": `local s = "x" while true do s = s .. s end`,
		"in pcall":         `while true do pcall(function() local s = "x" while true do s = s .. s end end) end`,
		"tables":           `local t = {} for i = 1, 1e9 do t[i] = {i} end`,
		"closures":         `local t = {} for i = 1, 1e9 do t[i] = function() return t, i end end`,
		"coroutines":       `local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end`,
		"deep coroutines":  `local function f(n) if n == 0 then coroutine.yield() else f(n - 1) end return n end local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(f) t[i](5000) end`,
		"strings in hash":  `local t = {} for i = 1, 1e9 do t["key" .. i] = true end`,
		"in a coroutine":   `coroutine.wrap(function() local s = "x" while true do s = s .. s end end)()`,
		"in a task":        `spawn(function() local s = "x" while true do s = s .. s end end).await()`,
	} {
		t.Run(name, func(t *testing.T) {
			err := runLimited(t, 16<<20, source)
			var limit *LimitError
			if !errors.As(err, &limit) || !strings.HasPrefix(limit.Message, "memory limit of 16 MB exceeded") {
				t.Errorf("error = %v, want the memory limit", err)
			}
		})
	}
}

func TestHonestScriptsFitTheLimit(t *testing.T) {
	for name, source := range map[string]string{
		"garbage":   `for i = 1, 300 do local s = ("x"):rep(1000000) .. i end`,
		"one table": `local t = {} for i = 1, 300000 do t[i] = i end`,
	} {
		t.Run(name, func(t *testing.T) {
			if err := runLimited(t, 32<<20, source); err != nil {
				t.Error(err)
			}
		})
	}
}

// Of several scripts at the same time, only the one that is too large ends.
func TestMemoryLimitIsOfEachVM(t *testing.T) {
	const limit = 24 << 20
	var wg sync.WaitGroup
	honest := `local t = {} for i = 1, 200000 do t[i] = i end for i = 1, 40 do sleep(0.02) local s = ("y"):rep(10000) .. i end`
	errs := make([]error, 4)
	for i := range errs {
		source := honest
		if i == 0 {
			source = `local t = {} for i = 1, 1e9 do t[i] = {i} end`
		}
		wg.Go(func() { errs[i] = runLimited(t, limit, source) })
	}
	wg.Wait()
	if errs[0] == nil || !strings.Contains(errs[0].Error(), "memory limit") {
		t.Errorf("the large script: %v, want the memory limit", errs[0])
	}
	for _, err := range errs[1:] {
		if err != nil {
			t.Errorf("an honest script: %v", err)
		}
	}
}

func TestTooMuchAtOnceIsRefused(t *testing.T) {
	for _, source := range []string{
		`local ok, e = pcall(string.rep, "x", 1e10) if ok or not tostring(e):find("memory limit of 16 MB exceeded: 10000000000 bytes asked for at once", 1, true) then error(e) end`,
		`if pcall(string.rep, "xx", 2^53) then error("made") end`,
	} {
		if err := runLimited(t, 16<<20, source+` if ("x"):rep(3) ~= "xxx" then error("stopped") end`); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// What bodies hold in Go is given back when they return, also when an argument was refused.
func TestFlightIsGivenBack(t *testing.T) {
	rt, err := New(Config{Modules: []Module{{Name: "kit", Funcs: []Func{
		Fn2(Doc{Name: "take", Text: "Takes.", Needs: Pure, Level: Check},
			Arg("text", Bytes(), "A text."), Arg("n", Int(), "A number."), ReturnsNothing(),
			func(c Call, text []byte, n int) (None, error) {
				if held := c.t.vm.flight.Load(); held < int64(len(text)) {
					t.Errorf("%d bytes in flight, want %d at least", held, len(text))
				}
				return None{}, c.Charge(n)
			}),
	}}}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(`
		local s = ("x"):rep(1e6)
		for i = 1, 100 do kit.take(s, 5e6) pcall(kit.take, s, "no number") end`))
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(Host{Limits: Limits{Memory: 16 << 20}})
	defer vm.Close()
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Error(err)
	}
	if held := vm.flight.Load(); held != 0 {
		t.Errorf("%d bytes in flight after the end, want 0", held)
	}
}
