package core

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// closingValue declares, in a script, a value that prints what closes it.
const closingValue = `
	local function closing(name, f)
		return setmetatable({}, {__close = function(_, e) if f then f(e) end print("closed", name) end})
	end
`

func TestClosersOfACoroutine(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{
			"closed by coroutine.close", `
			local co = coroutine.create(function() local x <close> = closing("x") local y <close> = closing("y") coroutine.yield() print("never") end)
			coroutine.resume(co) print(coroutine.close(co)) print(coroutine.status(co), coroutine.close(co))`,
			"closed\ty\nclosed\tx\ntrue\ndead\ttrue",
		},
		{
			"before it has begun", `
			local co = coroutine.create(function() print("never") end) print(coroutine.close(co), coroutine.status(co), coroutine.resume(co))`,
			"true\tdead\tfalse\tcannot resume dead coroutine",
		},
		{"no pcall holds it", `
			local co = coroutine.wrap(function()
				local x <close> = closing("x")
				while true do pcall(function() local y <close> = closing("y") coroutine.yield(1) end) end
			end)
			local c = coroutine.create(function() co() local x <close> = closing("outer") coroutine.yield() end)
			coroutine.resume(c) print(coroutine.close(c))`, "closed\touter\ntrue\nclosed\ty\nclosed\tx"},
		{
			"an error in a closer is the result, and goes to the next closer", `
			local co = coroutine.create(function()
				local x <close> = closing("x", function(e) print("x got", e) end)
				local y <close> = closing("y", function(e) print("y got", e) error("bad", 0) end)
				coroutine.yield()
			end)
			coroutine.resume(co) print(coroutine.close(co)) print(coroutine.close(co))`,
			"y got\tnil\nx got\tbad\nclosed\tx\nfalse\tbad\ntrue",
		},
		{"a closer waits, calls pcall and resumes others", `
			local co = coroutine.create(function()
				local x <close> = closing("x", function() sleep(0.001) print(pcall(error, "caught", 0)) print(coroutine.wrap(function() sleep(0.001) return 7 end)()) end)
				coroutine.yield()
			end)
			coroutine.resume(co) print(coroutine.close(co))`, "false\tcaught\n7\nclosed\tx\ntrue"},
		{
			"it does not yield again", `
			local co = coroutine.create(function() local x <close> = closing("x", function() print(pcall(coroutine.yield)) end) coroutine.yield() end)
			coroutine.resume(co) print(coroutine.close(co))`,
			"false\ttest.lua:6: attempt to yield from a coroutine that is being closed\nclosed\tx\ntrue",
		},
		{"closed while one of its closers has yielded", `
			local co = coroutine.create(function()
				local x <close> = closing("x")
				do
					local y <close> = closing("y", function() local z <close> = closing("z") coroutine.yield() print("never") end)
				end
				print("never")
			end)
			coroutine.resume(co) print(coroutine.close(co))`, "closed\tz\nclosed\tx\ntrue"},
		{"in a builtin that calls back", `
			local co = coroutine.create(function() call(function() local x <close> = closing("x") coroutine.yield() end) print("never") end)
			coroutine.resume(co) print(coroutine.close(co))`, "closed\tx\ntrue"},
		{
			"that ends by an error", `
			local co = coroutine.create(function() local x <close> = closing("x", function(e) print("got", e) end) error("oh", 0) end)
			print(coroutine.resume(co)) print(coroutine.close(co)) print(coroutine.close(co))`,
			"got\toh\nclosed\tx\nfalse\toh\nfalse\toh\ntrue",
		},
		{
			"left at the end of the script", `
			for name in coroutine.wrap(function() local x <close> = closing("generator") coroutine.yield("first") end) do print(name) break end`,
			"first\nclosed\tgenerator",
		},
		{"left in a task that has ended", `
			spawn(function() kept = coroutine.wrap(function() local x <close> = closing("x", function() sleep(0.001) end) coroutine.yield() end) kept() end).await()
			print("end")`, "end\nclosed\tx"},
		{"left by one that is left itself", `
			local outer = coroutine.wrap(function()
				local x <close> = closing("outer")
				inner = coroutine.wrap(function() local y <close> = closing("inner") coroutine.yield() end)
				inner() coroutine.yield()
			end)
			outer() inner = nil`, "closed\touter\nclosed\tinner"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := runScript(t, t.Context(), closingValue+test.source)
			if err != nil {
				t.Fatal(err)
			}
			if test.name == "left by one that is left itself" { // in no order
				got, test.want = sorted(got), sorted(test.want)
			}
			if got != test.want {
				t.Errorf("printed\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func sorted(lines string) string {
	all := strings.Split(lines, "\n")
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func TestClosersOfAStoppedTask(t *testing.T) {
	exit := Module{Name: "os", Funcs: []Func{Fn1(Doc{Name: "exit", Text: "Ends.", Needs: Exec, Level: Script},
		Opt("status", Int(), 0, "Status."), ReturnsNothing(), func(c Call, status int) (None, error) { return None{}, c.Exit(status) })}}
	for _, test := range []struct{ name, source, want string }{
		{"waits", `local task = spawn(function() local x <close> = closing("x") began = true sleep(60) end)
			repeat sleep(0.001) until began task:cancel() print((pcall(task.await)))`, "closed\tx\nfalse"},
		{"computes", `local task = spawn(function() local x <close> = closing("x") began = true while true do end end)
			repeat sleep(0.001) until began task:cancel() print((pcall(task.await)))`, "closed\tx\nfalse"},
		{"in pcall", `local task = spawn(function() local x <close> = closing("x") began = true
				while true do pcall(function() local y <close> = closing("y") sleep(60) end) end end)
			repeat sleep(0.001) until began task:cancel() print((pcall(task.await)))`, "closed\ty\nclosed\tx\nfalse"},
		{"a closer waits, spawns and catches", `local task = spawn(function()
				local x <close> = closing("x", function() sleep(0.001) print(pcall(error, "caught", 0)) print(spawn(function() sleep(0.001) return "awaited" end).await()) end)
				began = true sleep(60) end)
			repeat sleep(0.001) until began task:cancel() print((pcall(task.await)))`, "false\tcaught\nawaited\nclosed\tx\nfalse"},
		{"in a coroutine", `local task = spawn(function() local x <close> = closing("x")
				coroutine.wrap(function() local y <close> = closing("y") began = true sleep(60) end)() end)
			repeat sleep(0.001) until began task:cancel() print((pcall(task.await)))`, "closed\ty\nclosed\tx\nfalse"},
		{"while a closer runs", `local task = spawn(function()
				local x <close> = closing("x", function() began = true sleep(0.05) end) end)
			repeat sleep(0.001) until began task:cancel() print((pcall(task.await)))`, "closed\tx\nfalse"},
		{"nothing after the block", `local task = spawn(function() do local x <close> = closing("x") began = true sleep(60) end print("never") end)
			repeat sleep(0.001) until began task:cancel() print((pcall(task.await)))`, "closed\tx\nfalse"},
		{"an error in a closer keeps no other from running", `local task = spawn(function()
				local x <close> = closing("x") local y <close> = closing("y", error) began = true sleep(60) end)
			repeat sleep(0.001) until began task:cancel() print((pcall(task.await)))`, "closed\tx\nfalse"},
		{"left at the end of the script", `spawn(function() local x <close> = closing("x", function() sleep(0.001) end) began = true sleep(60) end)
			repeat sleep(0.001) until began print("end")`, "end\nclosed\tx"},
		{"left by an error of the script", `spawn(function() local x <close> = closing("x") began = true sleep(60) end)
			local y <close> = closing("y") repeat sleep(0.001) until began error("oh")`, "closed\ty\nclosed\tx"},
		{"os.exit", `local x <close> = closing("main")
			spawn(function() local x <close> = closing("x") began = true sleep(60) end)
			repeat sleep(0.001) until began os.exit(3)`, "closed\tmain\nclosed\tx"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _ := runScript(t, t.Context(), closingValue+test.source, exit)
			if got, want := sorted(got), sorted(test.want); got != want {
				t.Errorf("printed\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestClosersAtTheEndOfTheContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	signal := errors.New("signal")
	stop := Module{Funcs: []Func{Fn0(Doc{Name: "stop", Text: "Stops.", Needs: Pure, Level: Check}, ReturnsNothing(),
		func(Call) (None, error) {
			cancel(signal)
			return None{}, nil
		})}}
	got, err := runScript(t, ctx, closingValue+`
		local x <close> = closing("main", function() sleep(0.001) end)
		spawn(function() local y <close> = closing("task", function() sleep(0.001) end) sleep(60) end)
		co = coroutine.wrap(function() local z <close> = closing("coroutine", function() sleep(0.001) end) coroutine.yield() end) co()
		sleep(0.001)
		stop()
		sleep(60)`, stop)
	if want := "closed\tcoroutine\nclosed\tmain\nclosed\ttask"; sorted(got) != want || !errors.Is(err, signal) {
		t.Errorf("printed\n%s, error %v\nwant\n%s, error %v", got, err, want, signal)
	}
}

// Closers are no way to go on: what they take together is bounded, however they are nested and whatever they do.
func TestGraceOfClosersIsBounded(t *testing.T) {
	for name, source := range map[string]string{
		"computes":   `local x <close> = setmetatable({}, {__close = function() while true do end end}) stop()`,
		"waits":      `local x <close> = setmetatable({}, {__close = function() while true do pcall(sleep, 60) end end}) stop()`,
		"many":       `local function f(n) local x <close> = setmetatable({}, {__close = f0}) if n > 0 then f(n - 1) end stop() end f0 = function() while true do pcall(sleep, 0.3) end end f(50)`,
		"nested":     `local function f() local x <close> = setmetatable({}, {__close = function() f() end}) while true do pcall(sleep, 0.1) end end f0 = f spawn(f) sleep(0.001) stop()`,
		"coroutines": `local function f() local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = f0}) coroutine.yield() end) coroutine.resume(co) coroutine.close(co) end f0 = function() pcall(sleep, 0.5) f() end local x <close> = setmetatable({}, {__close = f0}) stop()`,
		"left coroutines": `local function f() for i = 1, 10 do coroutine.wrap(function() local x <close> = setmetatable({}, {__close = f0}) coroutine.yield() end)() end end
			f0 = function() pcall(sleep, 0.5) f() while true do end end f() stop()`,
		"tasks": `local function f() for i = 1, 10 do spawn(function() local x <close> = setmetatable({}, {__close = f0}) sleep(60) end) end end
			f0 = function() pcall(sleep, 0.5) f() while true do end end f() sleep(0.001) stop()`,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			stop := Module{Funcs: []Func{Fn0(Doc{Name: "stop", Text: "Stops.", Needs: Pure, Level: Check}, ReturnsNothing(),
				func(Call) (None, error) {
					cancel(errors.New("signal"))
					return None{}, nil
				})}}
			began := time.Now()
			_, _ = runScript(t, ctx, source, stop)
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("ended after %v, want about 2s at most", took)
			}
		})
	}
}

func TestErrorsInClosersOfStoppedTasksAreLogged(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"an error":    {`spawn(function() local x <close> = setmetatable({}, {__close = function() error("stuck") end}) began = true sleep(60) end) repeat sleep(0.001) until began`, `error="test.lua:1: stuck"`},
		"no time":     {`spawn(function() local x <close> = setmetatable({}, {__close = function() sleep(60) end}) began = true sleep(60) end) repeat sleep(0.001) until began`, "given up 1s after the end of the task"},
		"a coroutine": {`co = coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() error("stuck") end}) coroutine.yield() end) co()`, `error="test.lua:1: stuck"`},
	} {
		t.Run(name, func(t *testing.T) {
			log, err := runLogged(t, t.Context(), test.source)
			if err != nil || !strings.Contains(log, "level=ERROR") || !strings.Contains(log, test.want) {
				t.Errorf("error %v, log %q, want %q in it", err, log, test.want)
			}
		})
	}
}

// Who has reached a limit closes nothing any more: that would be a way to go on.
func TestNoGraceBeyondALimit(t *testing.T) {
	for name, source := range map[string]string{
		"the main task":  `local x <close> = setmetatable({}, {__close = function() print("closed") end}) %s`,
		"in a closer":    `local x <close> = setmetatable({}, {__close = function() local y <close> = setmetatable({}, {__close = function() print("closed") end}) %s print("went on") end})`,
		"in a coroutine": `coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() print("closed") end}) %s end)()`,
	} {
		t.Run(name, func(t *testing.T) {
			rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
			if err != nil {
				t.Fatal(err)
			}
			chunk, err := Compile("test.lua", []byte(strings.Replace(source, "%s", `kept = {} for i = 1, 1e9 do kept[i] = {i} end`, 1)))
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			out := &output{}
			vm := rt.Open(Host{Stdout: out, Limits: Limits{Memory: 16 << 20}, Log: slog.New(slog.DiscardHandler)})
			defer vm.Close()
			err = vm.Run(t.Context(), chunk)
			if _, limited := errors.AsType[*LimitError](err); !limited || out.String() != "" {
				t.Errorf("printed %q, error %v, want nothing but the limit", out, err)
			}
		})
	}
}

// A generator that nobody finishes gives back what it has, too, as soon as it is garbage.
func TestClosersOfGarbage(t *testing.T) {
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(closingValue+`
		do
			local function lines() return coroutine.wrap(function() local x <close> = closing("x", function() sleep(0.001) end) coroutine.yield(1) end) end
			for _ in lines() do break end
		end
		print("made")
		sleep("1h")`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	out := &output{}
	vm := rt.Open(Host{Stdout: out})
	defer vm.Close()
	go func() { done <- vm.Run(ctx, chunk) }()
	poll(t, "the generator to be closed", func() bool { runtime.GC(); return out.String() == "made\nclosed\tx\n" })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want the cancellation", err)
	}
}
