package core

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

// output is what a test script prints; tasks may print at the same time.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// kitModule is what test scripts of this package use: print, sleep, spawn, await, cancel.
func kitModule() Module {
	tasks := NewObject[*Task]("kit.Task", "A task.")
	tasks.Method(
		Fn1(Doc{Name: "await", Text: "Waits for the end.", Needs: Wait, Level: Check, Unbound: true},
			tasks.Self(), ReturnsAll("What the function returned."),
			func(c Call, task *Task) ([]Value, error) { return task.Await(c) }),
		Fn1(Doc{Name: "cancel", Text: "Ends it.", Needs: Pure, Level: Check},
			tasks.Self(), ReturnsNothing(),
			func(_ Call, task *Task) (None, error) {
				task.Cancel(context.Canceled)
				return None{}, nil
			}))
	return Module{Funcs: []Func{
		FnRest(Doc{Name: "print", Text: "Prints.", Needs: Log, Level: Check}, NoArg(), Rest("values", Any(), "What."), ReturnsNothing(), kitPrint),
		Fn1(Doc{Name: "sleep", Text: "Sleeps.", Needs: Wait, Level: Check}, Arg("seconds", Duration(), "How long."), ReturnsNothing(), kitSleep),
		FnRest(Doc{Name: "spawn", Text: "Starts a task.", Needs: Pure, Level: Check},
			Arg("fn", CallbackType(nil), "What it runs."), Rest("args", Any(), "Its arguments."), Returns(tasks.Type(), "The task."),
			func(c Call, f Callback, args []Value) (*Task, error) {
				task := c.Go(f, args...)
				if c.Dropped() {
					task.Forget()
				}
				return task, nil
			}),
		Fn1(Doc{Name: "call", Text: "Calls fn without the baton.", Needs: Wait, Level: Check},
			Arg("fn", CallbackType(nil), "What it runs."), ReturnsAll("Its results."),
			func(c Call, f Callback) ([]Value, error) { return f.Call(c) }),
		Fn0(Doc{Name: "crash", Text: "Panics.", Needs: Wait, Level: Check}, ReturnsNothing(),
			func(Call) (None, error) { panic("broken") }),
	}}
}

func kitPrint(c Call, _ None, values []Value) (None, error) {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = c.ToString(v)
	}
	_, err := c.Stdout().Write([]byte(strings.Join(texts, "\t") + "\n"))
	return None{}, err
}

func kitSleep(c Call, d time.Duration) (None, error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return None{}, nil
	case <-c.Context().Done():
		return None{}, context.Cause(c.Context())
	}
}

// runScript runs source with the kit and the given modules, and gives what it printed.
func runScript(t testing.TB, ctx context.Context, source string, modules ...Module) (string, error) {
	t.Helper()
	rt, err := New(Config{Modules: append([]Module{kitModule()}, modules...), Policy: FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := Compile("test.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	out := &output{}
	vm := rt.Open(Host{Stdout: out})
	defer vm.Close()
	err = vm.Run(ctx, chunk)
	return strings.TrimSuffix(out.String(), "\n"), err
}
