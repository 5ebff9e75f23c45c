package core

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
)

// Failures collects what [Host.Failed] is told, for hosts to which a failure that no script has asked about
// is the failure of the run. It is safe for concurrent use.
type Failures struct {
	mu    sync.Mutex
	first error
}

// Add is for [Host.Failed].
func (f *Failures) Add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil {
		f.first = err
	}
}

// First is the first failure, or nil.
func (f *Failures) First() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first
}

// failure is how a task has failed that nobody has awaited so far. It does not lead to the task: once nothing
// else does, nobody can await it any more.
type failure struct {
	err     error
	cleanup runtime.Cleanup
	said    sync.Once
}

// failed tells whether a task has ended by itself in a way that somebody should know of.
func failed(err error) bool {
	if _, exit := errors.AsType[*Exit](err); exit || err == nil {
		return false
	}
	if stopped, ok := errors.AsType[*Interrupted](err); ok {
		_, limit := errors.AsType[*LimitError](stopped)
		return limit
	}
	return true
}

// noted makes the failure of the task one that is reported when nobody can await the task any more, or at the
// end of the VM.
func (vm *VM) noted(task *Task) *failure {
	f := &failure{err: task.err}
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	if vm.failed == nil {
		vm.failed = make(map[*failure]struct{})
	}
	vm.failed[f] = struct{}{}
	// Elsewhere, since the log may be slow, and there is one goroutine for all cleanups.
	f.cleanup = runtime.AddCleanup(task, func(f *failure) { go vm.report(f) }, f)
	return f
}

// take takes a failure over: it is not to be reported any more.
func (vm *VM) take(f *failure) bool {
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	_, had := vm.failed[f]
	delete(vm.failed, f)
	f.cleanup.Stop()
	return had
}

// Forget says that nobody will await the task: if it fails, that is reported at once.
func (task *Task) Forget() {
	task.mu.Lock()
	task.forgotten = true
	f := task.failure
	task.mu.Unlock()
	if f != nil {
		task.vm.report(f)
	}
}

// report logs the failure, once, and tells the host. It returns when that is done, whoever does it.
func (vm *VM) report(f *failure) {
	f.said.Do(func() {
		if !vm.take(f) {
			return
		}
		fields := []any{"error", f.err.Error()}
		var traceback string
		if script, ok := errors.AsType[*ScriptError](f.err); ok {
			traceback = script.Traceback
		} else if stopped, ok := errors.AsType[*Interrupted](f.err); ok {
			traceback = stopped.Traceback
		} else if crash, ok := errors.AsType[*Crash](f.err); ok {
			traceback = string(crash.Stack)
		}
		if traceback != "" {
			fields = append(fields, "traceback", traceback)
		}
		vm.host.Log.Error("a task failed that nobody awaits", fields...)
		if seen := vm.host.Failed; seen != nil {
			seen(f.err)
		}
	})
}

// reportAll reports the failures that nobody has asked about, when nobody can any more.
func (vm *VM) reportAll() {
	vm.tasksMu.Lock()
	all := slices.Collect(maps.Keys(vm.failed))
	vm.tasksMu.Unlock()
	for _, f := range all {
		vm.report(f)
	}
}

// Unfinished is that tasks were running when the script ended, which nobody awaited and the script had not
// cancelled: what they were to do has not been done.
type Unfinished struct{ Tasks int }

func (e *Unfinished) Error() string {
	if e.Tasks == 1 {
		return "the script ended while a task was running: await it, or cancel it"
	}
	return fmt.Sprintf("the script ended while %d tasks were running: await them, or cancel them", e.Tasks)
}

// Unfinished is an *Unfinished when the end of the VM has ended such tasks, else nil. It is known after
// [VM.Run] or [VM.Close].
func (vm *VM) Unfinished() error {
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	if vm.unfinished == 0 {
		return nil
	}
	return &Unfinished{Tasks: vm.unfinished}
}

func (vm *VM) countUnfinished() {
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	vm.unfinished++
}

// Background lets the tasks that run now go on until the VM ends: they are none of its unfinished ones.
func (c Call) Background() {
	for _, task := range c.t.vm.allTasks() {
		task.mu.Lock()
		task.background = true
		task.mu.Unlock()
	}
}

// outlived tells whether the task ended because the VM did, and somebody should know of that. It needs task.mu.
func (task *Task) outlived() bool {
	stopped, ok := errors.AsType[*Interrupted](task.err)
	return ok && errors.Is(stopped.Cause, errEnded) && !task.heard && !task.background
}
