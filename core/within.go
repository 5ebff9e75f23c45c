package core

import (
	"context"
	"errors"
)

// Within runs f as a task that ends with ctx at the latest, and gives what f returned; *Interrupted when ctx has ended
// it. What f opened then belongs to the task of c. ctx must end with that of c, and the caller be a body that waits. A
// Lua state without tasks runs f to its end.
func (c Call) Within(ctx context.Context, f Callback, args ...Value) ([]Value, error) {
	vm := c.t.vm
	if vm.foreign != nil {
		return f.Call(c, args...)
	}
	task := vm.newTask(ctx)
	task.heard = true // by the caller
	vm.running.Go(func() {
		task.run(func(inner Call) ([]Value, error) {
			defer c.t.task.adopt(task)
			inner.t.task.take()
			values, err := f.run(inner.t, args)
			task.judge()
			return values, err
		})
	})
	if _, err := c.watchTasks([]*Task{task}, false); err != nil {
		<-task.Done() // since its context has ended too
	}
	if stopped, ok := errors.AsType[*Interrupted](task.err); ok && ctx.Err() == nil {
		c.t.task.cancel(stopped.Cause) // a limit of the script
	}
	return task.values, task.err
}

// adopt takes over what another task owns.
func (task *Task) adopt(other *Task) {
	other.mu.Lock()
	owned := other.owned
	other.owned = nil
	other.mu.Unlock()
	task.mu.Lock()
	defer task.mu.Unlock()
	task.owned = append(task.owned, owned...)
}
