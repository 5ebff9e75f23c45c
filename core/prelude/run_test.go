package prelude_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"assay.rs/core"
	"assay.rs/core/prelude"
)

func TestAssertionsAreCountedForEachVM(t *testing.T) {
	rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.CheckPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			source := fmt.Sprintf(`for i = 1, %d do
				assert(true) assert.eq(1, 1) pcall(assert.gt, 1, 2) assert.raises(error) pcall(assert, false)
			end`, n)
			chunk, err := core.Compile("test.lua", []byte(source))
			if err != nil {
				t.Error(err)
				return
			}
			vm := rt.Open(core.Host{})
			defer vm.Close()
			if err := vm.Run(t.Context(), chunk); err != nil {
				t.Error(err)
			}
			if got := prelude.Assertions(vm); got != 5*n {
				t.Errorf("Assertions = %d, want %d", got, 5*n)
			}
		})
	}
	all.Wait()
}

func TestFailedAssertion(t *testing.T) {
	made, err := run(t, core.Host{}, "\nassert.eq({a = 1}, {a = 2}, 'why')")
	var e *core.Error
	if !errors.As(err, &e) || e.Code == nil || e.Code.Name() != "assert.failed" || e.Where != "test.lua:2" {
		t.Fatalf("error = %#v, want a core.Error with the code assert.failed at test.lua:2", err)
	}
	if got, want := err.Error(), "assert.eq failed: .a: 1 != 2 - why"; got != want || made != 1 {
		t.Errorf("error = %q, %d assertions, want %q and 1", got, made, want)
	}
	if got := fmt.Sprint(e.RetryClasses()); got != "[assert]" {
		t.Errorf("RetryClasses = %s, want [assert]", got)
	}
}

var errStop = errors.New("told to stop")

// stopped runs source, stops it after a time and gives how long it ran.
func stopped(t *testing.T, source string, after time.Duration) (took time.Duration, err error) {
	t.Helper()
	rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := core.Compile("test.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	time.AfterFunc(after, func() { cancel(errStop) })
	start := time.Now()
	err = vm.Run(ctx, chunk)
	return time.Since(start), err
}

// What waits ends when the task does, and no pcall goes on after it.
func TestWaitingEndsWithTheTask(t *testing.T) {
	for _, source := range []string{
		`pcall(sleep, 3600) pcall(sleep, 3600) print("on")`,
		`pcall(retry, function() error("x") end, {attempts = 1e6, initial = 3600, max = 3600}) while true do pcall(sleep, 1) end`,
		`retry(function() sleep(3600) end)`,
		`assert.raises(function() sleep(3600) end) sleep(1)`,
	} {
		synctest.Test(t, func(t *testing.T) {
			took, err := stopped(t, source, time.Minute)
			if !errors.Is(err, errStop) || took != time.Minute {
				t.Errorf("%s\nended after %s with %v, want 1m0s and %v", source, took, err, errStop)
			}
		})
	}
	// Coroutines are ended by the garbage collector too, which is in no bubble.
	source := `local co = coroutine.wrap(function() retry(function() sleep(3600) end) end) pcall(co) sleep(3600)`
	if took, err := stopped(t, source, 20*time.Millisecond); !errors.Is(err, errStop) || took > time.Minute {
		t.Errorf("%s\nended after %s with %v, want %v", source, took, err, errStop)
	}
}

func TestExitEndsAtOnce(t *testing.T) {
	for _, source := range []string{
		`os.exit(3)`,
		`pcall(os.exit, 3) error("on")`,
		`coroutine.wrap(function() pcall(os.exit, 3) error("on") end)()`,
		`pcall(function() retry(function() os.exit(3) end) end) error("on")`,
		`assert.raises(function() os.exit(3) end) error("on")`,
		`xpcall(os.exit, function() error("on") end, 3) error("on")`,
	} {
		_, err := run(t, core.Host{}, source)
		var exit *core.Exit
		if !errors.As(err, &exit) || exit.Status != 3 {
			t.Errorf("%s\nerror = %v, want exit status 3", source, err)
		}
	}
	if _, err := run(t, core.Host{}, `os.exit(false)`); err == nil || err.Error() != "exit status 1" {
		t.Errorf("os.exit(false): error = %v, want exit status 1", err)
	}
}

// Times as the documentation has them: 1 s, 2 s, 3 s, without jitter.
func TestRetryWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := run(t, core.Host{}, `retry(function() error("x", 0) end, {jitter = false})`)
		if took := time.Since(start); took != 6*time.Second || err == nil || err.Error() != "x (after 4 attempts)" {
			t.Errorf("retry took %s and raised %v, want 6s and the number of attempts", took, err)
		}
	})
}

// A deadline that leaves no time for the next attempt ends the attempts before it.
func TestRetryHeedsTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt, err := core.New(core.Config{Modules: prelude.Modules(), Policy: core.FullPolicy()})
		if err != nil {
			t.Fatal(err)
		}
		chunk, err := core.Compile("test.lua", []byte(`retry(function() error("x", 0) end, {jitter = false})`))
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(core.Host{})
		defer vm.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()
		err = vm.Run(ctx, chunk)
		if want := "x (after 2 attempts: no time for another within 2s)"; err == nil || err.Error() != want {
			t.Errorf("error = %v, want %s", err, want)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("retry took %s, want 1s", took)
		}
	})
}
