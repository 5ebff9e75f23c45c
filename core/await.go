package core

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
	if task.failure != nil {
		task.vm.take(task.failure)
		task.failure = nil
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
	var unheard *failure
	if !task.heard && failed(task.err) {
		unheard = task.vm.noted(task)
		task.failure = unheard
	}
	if task.outlived() {
		task.vm.countUnfinished()
	}
	forgotten := task.forgotten
	if task.done != nil {
		close(task.done)
	}
	task.mu.Unlock()
	for _, w := range watches {
		w.saw(task)
	}
	if unheard != nil && forgotten {
		task.vm.report(unheard)
	}
}
