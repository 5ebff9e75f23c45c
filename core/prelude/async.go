package prelude

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"assay.rs/core"
	"assay.rs/core/spec"
)

var (
	errTaskCancelled = core.NewCode("async.cancelled", "the task was cancelled")
	errCancelled     = errors.New("the task was cancelled")
	errAwaited       = errors.New("async handle already awaited")
	errSelf          = errors.New("a task cannot await itself")
	errInterval      = errors.New("seconds must be above 0")
	errNoHandles     = errors.New("argument 1 'handles': at least one handle expected")
)

// handle is a task as its starter sees it.
type handle struct {
	task *core.Task

	mu      sync.Mutex
	awaited bool
}

// Holds implements [core.Holder].
func (h *handle) Holds(held core.Held) { held.Task(h.task) }

// claim makes the caller the one that may await.
func (h *handle) claim(c core.Call) error {
	if h.task == c.Task() {
		return errSelf
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.awaited {
		return errAwaited
	}
	h.awaited = true
	return nil
}

func asyncModule() core.Module {
	handles, channels := handleClass(), channelClass()
	many := core.ListOf(handles.Type())
	result := core.Any()
	fn := core.CallbackType([]spec.Param{{Name: "arguments", Type: spec.Type{Kind: spec.Scalar, Name: "any"}, Text: "The further arguments.", Rest: true}})
	tick := core.CallbackType(nil)
	return core.Module{Name: "async", Doc: "Runs functions as tasks: while one waits, others go on.", Funcs: []core.Func{
		core.FnRest(core.Doc{
			Name: "spawn", Text: "Starts a task that calls fn with the further arguments. It runs when the others wait. Tasks that are left when the script ends are cancelled. " +
				"An error in a task that nobody awaits is logged, once nobody can await it any more: at once when the handle is not kept, at the end of the script at the latest. It makes the exit code of a script 1, and fails the check or test that it belongs to. " +
				"So does, in a check or test, a task that still runs at its end and that nobody awaits: cancel it, or await it.",
			Needs: core.Pure, Level: core.Check,
			Examples: []string{"local h = async.spawn(function(a, b) sleep(0.01) return a + b end, 1, 2)\nassert.eq(h.await()[1], 3)"},
		},
			core.Arg("fn", fn, "What the task runs."), core.Rest("arguments", core.Any(), "What fn is called with."),
			core.Returns(handles.Type(), "The task's handle."), spawn),
		core.Fn2(core.Doc{
			Name: "spawn_interval", Text: "Starts a task that calls fn again and again, the first time after one interval. Calls do not overlap: one that takes longer than the interval, or a process that was stopped, " +
				"delays the next one, and what was missed is not made up for. An error in fn ends it, and is logged unless somebody awaits the handle.",
			Needs: core.Clock, Level: core.Script,
			Examples: []string{"local n = 0\nlocal h = async.spawn_interval(0.01, function() n = n + 1 end)\nsleep(0.05)\nh.cancel()\nassert.ge(n, 1)"},
		},
			core.Arg("seconds", core.Duration(), "The interval, above 0."), core.Arg("fn", tick, "What to call."),
			core.Returns(handles.Type(), "The handle; await waits until it has ended."), spawnInterval),
		core.Fn1(core.Doc{
			Name: "all", Text: "Waits until all tasks have ended and gives their results in the order of the handles. When one fails, its error is raised at once; the others go on.",
			Needs: core.Wait, Level: core.Check, Raises: []*core.Code{errTaskCancelled},
			Examples: []string{"local function twice(n) sleep(0.01) return n * 2 end\nlocal r = async.all({async.spawn(twice, 1), async.spawn(twice, 2)})\nassert.eq(r[2][1], 4)"},
		},
			core.Arg("handles", many, "The tasks."),
			core.Returns(result, "An array with the array of results of each task."), awaitAll),
		core.Fn1(core.Doc{
			Name: "race", Text: "Waits until the first of the tasks has ended and gives its results, or raises its error. The others go on, and can still be awaited or cancelled.",
			Needs: core.Wait, Level: core.Check, Raises: []*core.Code{errTaskCancelled},
			Examples: []string{"local function after(s, v) sleep(s) return v end\nlocal r = async.race({async.spawn(after, 5, \"slow\"), async.spawn(after, 0.01, \"fast\")})\nassert.eq(r[1], \"fast\")"},
		},
			core.Arg("handles", many, "The tasks."),
			core.Returns(result, "The array of results of the first one."), race),
		channelFunc(channels), gracefulFunc(channels),
	}}
}

func handleClass() *core.Object[*handle] {
	class := core.NewObject[*handle]("async.Handle", "A task that was started. Its methods may be called with a dot or a colon.")
	return class.ToString(func(*handle) string { return "async.Handle" }).Method(
		core.Fn1(core.Doc{
			Name: "await", Text: "Waits until the task has ended and gives its results, or raises its error. Only the first call does; a second one raises `async handle already awaited`.",
			Needs: core.Wait, Level: core.Check, Raises: []*core.Code{errTaskCancelled}, Unbound: true,
			Examples: []string{"local h = async.spawn(function() error({status = 503}) end)\nlocal ok, e = pcall(h.await)\nassert.eq(e.status, 503)"},
		},
			class.Self(), core.Returns(core.Any(), "The array of what the function returned: the first result is `[1]`."), await),
		core.Fn1(core.Doc{
			Name: "cancel", Text: "Ends the task before its next instruction; what it waits for is given up. To await it then raises the code async.cancelled. One that has ended stays as it is.",
			Needs: core.Pure, Level: core.Check, Unbound: true,
			Examples: []string{"local h = async.spawn(function() sleep(60) end)\nh.cancel()\nlocal ok, e = pcall(h.await)\nassert.eq(e.code, \"async.cancelled\")"},
		},
			class.Self(), core.ReturnsNothing(), cancelTask),
	)
}

func spawn(c core.Call, fn core.Callback, arguments []core.Value) (*handle, error) {
	return newHandle(c, c.Go(fn, arguments...)), nil
}

func newHandle(c core.Call, task *core.Task) *handle {
	if c.Dropped() {
		task.Forget()
	}
	return &handle{task: task}
}

func await(c core.Call, h *handle) (core.Value, error) {
	if err := h.claim(c); err != nil {
		bare := core.WithHint(err, "")
		bare.Bare = true
		return core.Nil(), bare
	}
	values, err := h.task.Await(c)
	return results(c, values, err)
}

func cancelTask(_ core.Call, h *handle) (core.None, error) {
	h.task.Cancel(errCancelled)
	return core.None{}, nil
}

func awaitAll(c core.Call, handles []*handle) (core.Value, error) {
	tasks := make([]*core.Task, len(handles))
	for i, h := range handles {
		if err := h.claim(c); err != nil {
			return core.Nil(), fmt.Errorf("argument 1 'handles': item %d: %w", i+1, err)
		}
		tasks[i] = h.task
	}
	if err := c.AwaitAll(tasks...); err != nil {
		return core.Nil(), cancelled(err)
	}
	all := make([]any, len(tasks))
	for i, task := range tasks {
		values, err := task.Await(c)
		if err != nil {
			return core.Nil(), cancelled(err)
		}
		all[i] = resultList(values)
	}
	return array(c, all)
}

func race(c core.Call, handles []*handle) (core.Value, error) {
	if len(handles) == 0 {
		return core.Nil(), errNoHandles
	}
	tasks := make([]*core.Task, len(handles))
	for i, h := range handles {
		tasks[i] = h.task
	}
	first, err := c.AwaitFirst(tasks...)
	if err != nil {
		return core.Nil(), err
	}
	for _, h := range handles {
		if h.task == first {
			return await(c, h)
		}
	}
	return core.Nil(), nil
}

// results is what await gives, or raises.
func results(c core.Call, values []core.Value, err error) (core.Value, error) {
	if err != nil {
		return core.Nil(), cancelled(err)
	}
	return array(c, resultList(values))
}

// cancelled gives the error of a cancelled task its code.
func cancelled(err error) error {
	if stopped := (*core.Interrupted)(nil); errors.As(err, &stopped) && errors.Is(stopped.Cause, errCancelled) {
		return errTaskCancelled.With(errCancelled, "")
	}
	return err
}

func resultList(values []core.Value) []any {
	items := make([]any, len(values))
	for i, v := range values {
		items[i] = v
	}
	return items
}

func array(c core.Call, items []any) (v core.Value, err error) {
	c.Hold(func() { v, err = c.Value(items) })
	return v, err
}

func spawnInterval(c core.Call, every time.Duration, fn core.Callback) (*handle, error) {
	if every <= 0 {
		return nil, errInterval
	}
	return newHandle(c, c.Start(func(c core.Call) ([]core.Value, error) { return nil, tick(c, every, fn) })), nil
}

// tick calls fn after each interval, until the task ends or fn raises.
func tick(c core.Call, every time.Duration, fn core.Callback) error {
	clock, ctx := c.Clock(), c.Context()
	next := clock.Now().Add(every)
	for {
		if err := clock.Sleep(ctx, next.Sub(clock.Now())); err != nil {
			return err
		}
		if _, err := fn.Call(c); err != nil {
			return err
		}
		next = following(next, clock.Now(), every)
	}
}

// following is when the call after the one that was due comes: one interval later, and when that has passed
// already, one interval from now.
func following(due, now time.Time, every time.Duration) time.Time {
	if next := due.Add(every); next.After(now) {
		return next
	}
	return now.Add(every)
}
