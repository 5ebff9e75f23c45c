package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"
)

// runLogged is runScript with the log.
func runLogged(t *testing.T, ctx context.Context, source string) (log string, err error) {
	t.Helper()
	collect := Module{Funcs: []Func{Fn0(Doc{Name: "collect", Text: "Collects garbage.", Needs: Wait, Level: Check}, ReturnsNothing(),
		func(Call) (None, error) {
			runtime.GC()
			return None{}, nil
		})}}
	rt, err := New(Config{Modules: []Module{kitModule(), collect}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	out, logged := &output{}, &output{}
	vm := rt.Open(Host{Stdout: out, Log: slog.New(slog.NewTextHandler(logged, nil))})
	defer vm.Close()
	err = vm.Run(ctx, chunk)
	return logged.String(), err
}

func TestFailureThatNobodyAwaits(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"is logged when the script ends", `local function f() began = true error("lost") end spawn(f) repeat sleep(0.001) until began`, `error="test.lua:1: lost" traceback=`},
		{"of a builtin that panics too", `spawn(function() began = true crash() end) repeat sleep(0.001) until began sleep(0.05)`, "internal error: broken"},
		{"awaited is not", `local task = spawn(function() error("seen") end) pcall(task.await)`, ""},
		{"cancelled is none", `local task = spawn(function() sleep(60) end) task:cancel() sleep(0.01)`, ""},
		{"left at the end is none", `spawn(function() sleep(60) end)`, ""},
		{"awaited late is not", `local task = spawn(function() failed = true error("seen") end) repeat sleep(0.001) until failed
			collect() collect() print(pcall(task.await))`, ""},
		{"of a task that is kept is logged at the end", `kept = spawn(function() failed = true error("lost") end) repeat sleep(0.001) until failed collect()`, `error="test.lua:1: lost" traceback=`},
	} {
		t.Run(test.name, func(t *testing.T) {
			log, err := runLogged(t, t.Context(), test.source)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(log, test.want) || strings.Contains(log, "nobody awaits") != (test.want != "") {
				t.Errorf("log = %q, want %q in it", log, test.want)
			}
		})
	}
}

// A script that goes on for long hears of its failed tasks while it does.
func TestFailureIsLoggedWhileTheScriptGoesOn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(`spawn(function() error("early") end) sleep(600)`))
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	handler := slog.NewTextHandler(writeThen{&logged, cancel}, nil)
	vm := rt.Open(Host{Log: slog.New(handler)})
	defer vm.Close()
	_ = vm.Run(ctx, chunk)
	if !strings.Contains(logged.String(), "test.lua:1: early") {
		t.Errorf("log = %q, want the failure", logged.String())
	}
}

// A script that has let go of the handle of a task cannot await it any more.
func TestFailureIsLoggedOnceTheHandleIsGarbage(t *testing.T) {
	rt, err := New(Config{Modules: []Module{kitModule()}, Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(`local h = spawn(function() error("early") end) h = nil sleep(600)`))
	if err != nil {
		t.Fatal(err)
	}
	var failures Failures
	logged := &output{}
	vm := rt.Open(Host{Log: slog.New(slog.NewTextHandler(logged, nil)), Failed: failures.Add})
	defer vm.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- vm.Run(ctx, chunk) }()
	poll(t, "the failure to be told", func() bool { runtime.GC(); return failures.First() != nil })
	if !strings.Contains(logged.String(), "test.lua:1: early") {
		t.Errorf("log = %q, want the failure", logged)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want the cancellation", err)
	}
}

type writeThen struct {
	to   *bytes.Buffer
	then func()
}

func (w writeThen) Write(p []byte) (int, error) {
	defer w.then()
	return w.to.Write(p)
}

// A task whose Go body panics ends alone.
func TestPanickingTask(t *testing.T) {
	module := Module{Funcs: []Func{Fn0(Doc{Name: "explode", Text: "Panics in a task.", Needs: Wait, Level: Check}, ReturnsNothing(),
		func(c Call) (None, error) {
			_, err := c.Start(func(Call) ([]Value, error) { panic("boom") }).Await(c)
			return None{}, err
		})}}
	got, err := runScript(t, t.Context(), `print(pcall(explode)) print("goes on")`, module)
	if err != nil || got != "false\texplode: the script crashed the VM: boom\ngoes on" {
		t.Errorf("got %q, %v", got, err)
	}
}

// A body that holds the baton while its task crashes gives it back.
func TestPanicWithTheBaton(t *testing.T) {
	module := Module{Funcs: []Func{Fn0(Doc{Name: "explode", Text: "Panics in a task.", Needs: Wait, Level: Check}, ReturnsNothing(),
		func(c Call) (None, error) {
			_, err := c.Start(func(c Call) ([]Value, error) {
				c.Hold(func() { panic("boom") })
				return nil, nil
			}).Await(c)
			return None{}, err
		})}}
	got, err := runScript(t, t.Context(), `print(pcall(explode)) sleep(0.001) print("goes on")`, module)
	if err != nil || got != "false\texplode: the script crashed the VM: boom\ngoes on" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTasksKnowTheDeadline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	want, _ := ctx.Deadline()
	var got time.Time
	module := Module{Funcs: []Func{Fn0(Doc{Name: "look", Text: "Looks.", Needs: Wait, Level: Check}, ReturnsNothing(),
		func(c Call) (None, error) {
			got, _ = c.Context().Deadline()
			return None{}, nil
		})}}
	if _, err := runScript(t, ctx, `spawn(look).await()`, module); err != nil || !got.Equal(want) {
		t.Errorf("deadline of the task = %v, %v, want %v", got, err, want)
	}
}

// The end of the context ends the script and all its tasks, whatever they do.
func TestEveryTaskEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("signal")
	module := Module{Funcs: []Func{Fn0(Doc{Name: "stop", Text: "Stops.", Needs: Pure, Level: Check}, ReturnsNothing(),
		func(Call) (None, error) {
			cancel(stop)
			return None{}, nil
		})}}
	began := time.Now()
	_, err := runScript(t, ctx, `
		for i = 1, 20 do
			spawn(function() while true do pcall(sleep, 60) end end)
			spawn(function() sleep(0.001) while true do end end)
		end
		sleep(0.01)
		stop()
		sleep(60)`, module)
	if !errors.Is(err, stop) || time.Since(began) > 20*time.Second {
		t.Errorf("ended after %v with %v, want %v at once", time.Since(began), err, stop)
	}
}

// On the still clock hours take no time, and things happen in their order.
func TestStillClock(t *testing.T) {
	var slept []string
	module := Module{Funcs: []Func{
		Fn0(Doc{Name: "freeze", Text: "Stops the clock.", Needs: Pure, Level: Check}, ReturnsNothing(),
			func(c Call) (None, error) {
				c.FreezeClock(time.Unix(1000, 0))
				return None{}, nil
			}),
		Fn2(Doc{Name: "nap", Text: "Sleeps on the clock.", Needs: Wait, Level: Check}, Arg("name", String(), "Who."), Arg("d", Duration(), "How long."), ReturnsNothing(),
			func(c Call, name string, d time.Duration) (None, error) {
				err := c.Clock().Sleep(c.Context(), d)
				c.Hold(func() { slept = append(slept, fmt.Sprint(name, c.Clock().Now().Unix())) })
				return None{}, err
			}),
	}}
	_, err := runScript(t, t.Context(), `
		freeze()
		local tasks = {}
		for i, t in ipairs({3, 1, 2, 2}) do
			tasks[i] = spawn(function() nap("first", t * 3600) nap("second", 7200) end)
		end
		for _, task in ipairs(tasks) do task.await() end
		nap("main", 0)`, module)
	want := "first4600 first8200 first8200 first11800 second11800 second15400 second15400 second19000 main19000"
	if got := strings.Join(slept, " "); err != nil || got != want {
		t.Errorf("slept %s, %v\nwant  %s", got, err, want)
	}
}
