package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"assay.rs/core/retry"
)

// graceAfterAttempt is how long a body may take to return after its time is over, before it is left behind.
const graceAfterAttempt = 250 * time.Millisecond

// maxHistory is how many attempts a result remembers.
const maxHistory = 1000

// tracker follows one check through its attempts. What it knows can be read at any time, so that a
// check that hangs still has a result.
type tracker struct {
	run      *suiteRun
	check    *check
	captures map[string]any // of the checks before
	blank    Result

	mu       sync.Mutex
	began    time.Time
	history  []Try
	attempts int
	last     Outcome // of the last attempt that found out something
	lastTook time.Duration
	final    *Result
	made     map[string]any
	stuck    bool // a body did not return: it must not be called again
	outOf    bool // the time of the whole run ended it
}

// run1 makes the attempts and leaves the result in the tracker.
func (t *tracker) run1(ctx context.Context) {
	s := t.check.settings
	if !t.wanted(ctx) {
		return
	}
	if err := t.run.clock.Sleep(ctx, s.delay); err != nil {
		t.set(t.ended(ctx, nil))
		return
	}
	whole := ctx
	if s.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = retry.WithTimeout(ctx, s.timeout)
		defer stop()
	}
	policy := s.policy
	policy.Watch = func(a retry.Attempt) {
		if a.Err == nil && a.Next == 0 {
			a.Next = s.hold.Every
		}
		t.record(a)
	}
	policy.When = func(err error) bool { return !t.isStuck() && !isFinal(err) && chosen(policy.On, err) }
	t.mu.Lock()
	t.began = t.run.clock.Now()
	t.mu.Unlock()
	res, err := retry.Do(ctx, policy, t.run.clock, t.attempt)
	if err == nil && s.hold.Window > 0 {
		res, err = t.hold(ctx, res)
	}
	t.conclude(whole, ctx, res, err)
}

func chosen(on []retry.Class, err error) bool {
	return len(on) == 0 || slices.ContainsFunc(retry.ClassesOf(err), func(c retry.Class) bool { return slices.Contains(on, c) })
}

// wanted evaluates `if`; when it does not give true the result is set.
func (t *tracker) wanted(ctx context.Context) bool {
	cond := t.check.cond
	if cond == nil {
		return true
	}
	ctx, stop := context.WithTimeout(ctx, t.check.settings.attemptTimeout)
	defer stop()
	a := t.newAttempt(0)
	out, err := cond.run(ctx, noInput, a)
	r := t.blank
	switch {
	case err != nil:
		r.Status, r.Message, r.ErrorClass = StatusError, said(fmt.Sprintf("if %s: %s", cond.text, err)), said(string(retry.Error))
	case !slices.ContainsFunc(out, func(v any) bool { return v != true }):
		return true
	default:
		other := slices.IndexFunc(out, func(v any) bool { return v != true && v != false })
		if other < 0 {
			r.Status, r.Message = StatusSkipped, said("if "+cond.text+" gave false")
			break
		}
		r.Status, r.ErrorClass = StatusError, said(string(retry.Error))
		r.Message = said(fmt.Sprintf("if %s gave %s: it must give true or false", cond.text, shown(out[other], a)))
	}
	t.set(r)
	return false
}

func (t *tracker) newAttempt(n int) Attempt {
	return Attempt{Check: t.check.name, N: n, Captures: t.captures, Vars: t.check.vars, plan: t.run.plan}
}

// attempt is what the retry engine calls.
func (t *tracker) attempt(ctx context.Context, n int) error {
	limit := t.check.settings.attemptTimeout
	late := &deadlineReached{what: "attempt_timeout", limit: limit}
	actx, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	began := t.run.clock.Now()
	out := t.guarded(actx, t.newAttempt(n))
	if actx.Err() != nil {
		out.Err = overdue(ctx, actx, out.Err, late)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.attempts = n
	t.lastTook = t.run.clock.Now().Sub(began)
	if out.Err == nil || ctx.Err() == nil || !fromEnd(ctx, out.Err) || t.last.Err == nil {
		t.last = out
	}
	return out.Err
}

// overdue is the error of an attempt whose time was over when it returned. That it found nothing wrong does
// not count: it was told to stop.
func overdue(parent, attempt context.Context, err error, late error) error {
	over := late
	if parent.Err() != nil {
		over = context.Cause(parent)
	} else if known, ok := errors.AsType[*deadlineReached](err); ok && known.still != "" {
		over = known
	}
	if err == nil || fromEnd(attempt, err) || fromEnd(parent, err) {
		return over
	}
	return err
}

func fromEnd(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

// guarded runs the body in a goroutine of its own: a crash is the error of this check alone, and a body that
// does not return after the end of its time is left behind.
func (t *tracker) guarded(ctx context.Context, a Attempt) Outcome {
	done := make(chan Outcome, 1)
	t.run.crew.run(func() {
		defer func() {
			if r := recover(); r != nil {
				done <- Outcome{Err: Broken(retry.Error, fmt.Errorf("the check crashed: %v", r))}
			}
		}()
		done <- t.check.body.Run(ctx, a)
	})
	select {
	case out := <-done:
		return out
	case <-ctx.Done():
	}
	grace := time.NewTimer(graceAfterAttempt)
	defer grace.Stop()
	select {
	case out := <-done:
		return out
	case <-grace.C:
		t.mu.Lock()
		t.stuck = true
		t.mu.Unlock()
		return Outcome{Err: context.Cause(ctx)}
	}
}

// recovered turns a crash outside the body into a result.
func (t *tracker) recovered() {
	if r := recover(); r != nil {
		result := t.blank
		result.Status, result.ErrorClass = StatusError, said(string(retry.Error))
		result.Message = said(fmt.Sprintf("the check crashed: %v", r))
		t.set(result)
	}
}

// record notes an attempt for the history.
func (t *tracker) record(a retry.Attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.history) == maxHistory {
		t.history = slices.Delete(t.history, 0, 1)
	}
	try := Try{N: a.N, At: a.At.Milliseconds(), Duration: a.Took.Milliseconds(), NextDelay: a.Next.Milliseconds()}
	if a.Err != nil {
		try.Message, try.Class = said(a.Err.Error()), said(string(retry.ClassesOf(a.Err)[0]))
	}
	t.history = append(t.history, try)
	if t.run.events.heard() {
		shown := t.blank
		shown.History = []Try{try}
		shown.clean(t.run.plan.redactor)
		t.run.events.emit(Event{Kind: AttemptEnded, Result: shown, Try: shown.History[0]})
	}
}

// conclude makes the result from what the engine says.
func (t *tracker) conclude(whole, ctx context.Context, res retry.Result, err error) {
	r := t.ended(whole, err)
	r.Attempts, r.Total = res.Attempts, res.Elapsed.Milliseconds()
	if f, ok := errors.AsType[*retry.Failure](err); ok && f.Reason == retry.DeadlineReached {
		at, hasOwn := ctx.Deadline()
		run, hasRun := whole.Deadline()
		t.mu.Lock()
		t.outOf = hasRun && hasOwn && !at.Before(run)
		t.mu.Unlock()
	}
	t.set(r)
}

// ended is the result of what was found so far and why there was no more.
func (t *tracker) ended(whole context.Context, err error) Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.blank
	t.fill(&r)
	f, failed := errors.AsType[*retry.Failure](err)
	switch {
	case err == nil && t.attempts > 0:
		t.pass(&r)
	case failed:
		f = withoutEnd(f)
		r.Message = said(strings.TrimPrefix(f.Error(), fmt.Sprintf("after %s: ", plural(f.Attempts, "attempt"))))
		r.Status, r.ErrorClass = failureStatus(f)
	case err == nil: // ended before the first attempt
		r.Status, r.Message = StatusCancelled, said(t.run.reasonOf(whole).Error()+" before the first attempt")
	default:
		r.Status, r.ErrorClass, r.Message = StatusError, said(string(retry.Error)), said(err.Error())
	}
	return r
}

// fill puts in what the last attempt showed.
func (t *tracker) fill(r *Result) {
	r.Attempts, r.Duration = t.attempts, t.lastTook.Milliseconds()
	r.History = append(r.History, t.history...)
	r.Assertions = append(r.Assertions, t.last.Assertions...)
	r.Request, r.Response, r.Value = t.last.Request, t.last.Response, t.last.Value
	if !t.began.IsZero() {
		r.Start = t.began.Sub(t.run.events.began).Milliseconds()
		r.Total = t.run.clock.Now().Sub(t.began).Milliseconds()
	}
}

func (t *tracker) pass(r *Result) {
	r.Status, r.Passed, r.Message = StatusPassed, true, said(t.last.Message)
	if t.last.Warning != "" {
		r.Status, r.Passed, r.Message = StatusWarned, false, said(t.last.Warning)
	}
	t.made = map[string]any{}
	for name, c := range t.last.Captures {
		t.made[name] = c.Value
	}
}

// withoutEnd drops a last error that only repeats why the attempts ended: "cancelled: SIGTERM; last: SIGTERM".
func withoutEnd(f *retry.Failure) *retry.Failure {
	if _, own := errors.AsType[*deadlineReached](f.Last); own || f.Last == nil || f.Cause == nil || !errors.Is(f.Last, f.Cause) {
		return f
	}
	short := *f
	short.Last = nil
	return &short
}

// failureStatus tells measured and wrong from could not be measured, and both from being stopped.
func failureStatus(f *retry.Failure) (Status, *string) {
	var class *string
	if f.Last != nil {
		class = said(string(retry.ClassesOf(f.Last)[0]))
	}
	switch {
	case f.Reason == retry.Cancelled:
		return StatusCancelled, class
	case f.Last == nil && f.Reason == retry.DeadlineReached:
		return StatusError, said(string(retry.Timeout))
	case f.Last == nil: // not enough passing attempts in a row
		return StatusFailed, said(string(retry.Assert))
	case *class == string(retry.Assert):
		return StatusFailed, class
	}
	return StatusError, class
}

func (t *tracker) set(r Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.final = &r
}

// result is what the check came to.
func (t *tracker) result() *Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.final == nil {
		r := t.blank
		r.Status, r.Message = StatusError, said("the check ended without a result")
		return &r
	}
	return t.final
}

// abandon is the result of a check that is still running when the run is over.
func (t *tracker) abandon(why error) *Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.final != nil {
		return t.final
	}
	r := t.blank
	t.fill(&r)
	r.Status = StatusCancelled
	message := why.Error()
	if t.last.Err != nil {
		message += "; last: " + t.last.Err.Error()
		r.ErrorClass = said(string(retry.ClassesOf(t.last.Err)[0]))
	}
	r.Message = said(message)
	return &r
}

func (t *tracker) captured() map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.made
}

func (t *tracker) isStuck() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stuck
}

// late reports whether the time of the whole run ended the check.
func (t *tracker) late() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.outOf
}
