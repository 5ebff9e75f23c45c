package core

import (
	"errors"
	"time"
)

// watch is a task that waits for the end of others. It is guarded by the VM's pace.
type watch struct {
	waiter

	left  int   // tasks that have not ended
	all   bool  // wait for all, or for one that fails
	first *Task // the one that ended, or failed, first
}

// saw tells the watch that task has ended.
func (w *watch) saw(task *Task) {
	p := w.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	w.left--
	if w.first == nil && (!w.all || task.err != nil) {
		w.first = task
	}
	if w.left == 0 || w.first != nil {
		p.wake(&w.waiter, nil)
	}
}

// watchTasks waits for the end of one task, or of all or one that fails.
func (c Call) watchTasks(tasks []*Task, all bool) (*Task, error) {
	w := &watch{waiter: c.newWaiter(), left: len(tasks), all: all}
	if w.left == 0 {
		return nil, nil //nolint:nilnil // nothing has ended first
	}
	for _, task := range tasks {
		if task.watched(w) {
			w.saw(task)
		}
	}
	defer func() {
		for _, task := range tasks {
			task.unwatched(w)
		}
	}()
	if err := c.park(&w.waiter); err != nil {
		return nil, err
	}
	w.pace.mu.Lock()
	defer w.pace.mu.Unlock()
	return w.first, nil
}

// watched makes w see the end of the task, unless it has ended. Its failure is no longer anybody else's
// to report.
func (task *Task) watched(w *watch) (ended bool) {
	task.mu.Lock()
	defer task.mu.Unlock()
	task.heard = true
	if task.reported != nil {
		task.reported.Stop()
		task.reported = nil
		task.vm.unreport(task)
	}
	if !task.ended {
		task.watches = append(task.watches, w)
	}
	return task.ended
}

func (task *Task) unwatched(w *watch) {
	task.mu.Lock()
	defer task.mu.Unlock()
	for i, other := range task.watches {
		if other == w {
			task.watches = append(task.watches[:i], task.watches[i+1:]...)
			return
		}
	}
}

// Await waits for the task, or for the end of the caller's own, and gives what its function returned.
// The caller must be a body that waits.
func (task *Task) Await(c Call) ([]Value, error) {
	if _, err := c.watchTasks([]*Task{task}, false); err != nil {
		return nil, err
	}
	return task.values, task.err
}

// AwaitAll waits until all tasks have ended, or one of them has failed: its error is the error. The caller
// must be a body that waits.
func (c Call) AwaitAll(tasks ...*Task) error {
	failed, err := c.watchTasks(tasks, true)
	if failed != nil {
		return failed.err
	}
	return err
}

// AwaitFirst waits until one of the tasks has ended and gives that one, or nil when there are none. The
// caller must be a body that waits.
func (c Call) AwaitFirst(tasks ...*Task) (*Task, error) { return c.watchTasks(tasks, false) }

// settle makes the end of the task known.
func (task *Task) settle() {
	task.mu.Lock()
	task.ended = true
	watches := task.watches
	task.watches = nil
	if !task.heard && failure(task.err) {
		task.reported = time.AfterFunc(reportAfter, task.report)
		task.vm.unreported(task)
	}
	if task.done != nil {
		close(task.done)
	}
	task.mu.Unlock()
	for _, w := range watches {
		w.saw(task)
	}
}

// reportAfter is how long a script has to await a task that has failed, before the failure is logged: a
// script may be busy with awaiting another one.
const reportAfter = time.Second

// failure tells whether a task has ended by itself in a way that somebody should know of.
func failure(err error) bool {
	if _, exit := errors.AsType[*Exit](err); exit || err == nil {
		return false
	}
	if stopped, ok := errors.AsType[*Interrupted](err); ok {
		_, limit := errors.AsType[*LimitError](stopped)
		return limit
	}
	return true
}

// report logs how the task has failed, once.
func (task *Task) report() {
	task.mu.Lock()
	due := task.reported != nil
	task.reported = nil
	task.mu.Unlock()
	if due {
		task.vm.unreport(task)
		task.log()
		if seen := task.vm.host.Failed; seen != nil {
			seen(task.err)
		}
	}
}

func (task *Task) log() {
	fields := []any{"error", task.err.Error()}
	var traceback string
	if script, ok := errors.AsType[*ScriptError](task.err); ok {
		traceback = script.Traceback
	} else if stopped, ok := errors.AsType[*Interrupted](task.err); ok {
		traceback = stopped.Traceback
	} else if crash, ok := errors.AsType[*Crash](task.err); ok {
		traceback = string(crash.Stack)
	}
	if traceback != "" {
		fields = append(fields, "traceback", traceback)
	}
	task.vm.host.Log.Error("a task failed that nobody awaits", fields...)
}

func (vm *VM) unreported(task *Task) {
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	if vm.failed == nil {
		vm.failed = make(map[*Task]struct{})
	}
	vm.failed[task] = struct{}{}
}

func (vm *VM) unreport(task *Task) {
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	delete(vm.failed, task)
}

// reportAll logs the failures that nobody has asked about, when nobody can any more.
func (vm *VM) reportAll() {
	vm.tasksMu.Lock()
	var failed []*Task
	for task := range vm.failed {
		failed = append(failed, task)
	}
	vm.tasksMu.Unlock()
	for _, task := range failed {
		task.report()
	}
}
