// Package retry runs something again until it passes, its attempts are used up or its time is over.
//
// It is the one engine behind Lua's retry(), the retry= option of the builtins and check mode, so that
// the same words mean the same times everywhere. The map of the package:
//
//   - [Policy] says how often and how far apart, [Default] is what scripts get, [Policy.Validate] refuses
//     nonsense, [Policy.Waits] and [Policy.Worst] foretell the times;
//   - [Do] runs the attempts and gives a [Result] with the history, or an [*Failure] around the last real
//     error;
//   - [Class] sorts failures, [ClassesOf] reads them off an error, Policy.On chooses among them;
//   - [Clock] is time itself, [System] the real one; [WithTimeout] is a deadline that knows its length.
package retry

import (
	"context"
	"errors"
	"time"
)

// maxHistory is how many attempts a [Result] remembers, so that a long wait needs little memory.
const maxHistory = 1000

// Attempt is one run of what is retried.
type Attempt struct {
	N    int           // from 1
	At   time.Duration // when it began, since the first attempt
	Took time.Duration
	Err  error         // nil when it passed
	Next time.Duration // the wait before the next attempt; 0 when there is none
}

// Result tells how the attempts went, whether or not they passed in the end.
type Result struct {
	Attempts int           // how many were made
	Elapsed  time.Duration // from the first attempt until no more was to come
	History  []Attempt     // in order; the oldest are dropped beyond 1000
}

// Do calls try, with attempt numbers from 1, until it returns nil: as often in a row as policy wants.
//
// A nil clock is the real one. The Result is filled in either case. The error is that of
// [Policy.Validate], before anything ran, or an [*Failure] that wraps the last real error of try and says
// why no further attempt was made. An ended ctx ends the wait between attempts at once; a running try
// is expected to heed its ctx itself.
//
// A wait that would end after the deadline of ctx or after MaxElapsed is not started. An error with a
// method RetryAfter() time.Duration lengthens the wait to what it asks for, but not beyond MaxElapsed.
func Do(ctx context.Context, policy Policy, clock Clock, try func(ctx context.Context, attempt int) error) (Result, error) {
	if err := policy.Validate(); err != nil {
		return Result{}, err
	}
	if clock == nil {
		clock = System{}
	}
	r := &run{policy: policy, clock: clock, start: clock.Now()}
	r.deadline = deadlineOf(ctx, r.start)
	if ctx.Err() != nil {
		return r.end(r.interrupted(ctx))
	}
	for n := 1; ; n++ {
		began := r.elapsed()
		err := try(ctx, n)
		a := Attempt{N: n, At: began, Took: r.elapsed() - began, Err: err}
		r.result.Attempts = n
		r.judge(ctx, err)
		if r.passed() {
			r.record(a)
			return r.end(nil)
		}
		wait, stop := r.next(ctx, a)
		a.Next = wait
		r.record(a)
		if stop != nil {
			return r.end(stop)
		}
		if err := clock.Sleep(ctx, wait); err != nil || ctx.Err() != nil {
			return r.end(r.interrupted(ctx))
		}
	}
}

// run is one call of Do.
type run struct {
	policy   Policy
	clock    Clock
	start    time.Time
	deadline deadline
	result   Result
	last     error // the last error that tells more than that the time was over
	streak   int   // passing attempts in a row
}

func (r *run) elapsed() time.Duration { return r.clock.Now().Sub(r.start) }

func (r *run) passed() bool { return r.streak >= r.policy.wanted() }

// judge counts the attempt and keeps its error if that says something.
func (r *run) judge(ctx context.Context, err error) {
	if err == nil {
		r.streak++
		return
	}
	r.streak = 0
	// What failed because its time was over hides the error that a person needs to see.
	if r.last == nil || !fromContext(ctx, err) {
		r.last = err
	}
}

// next gives the wait after a, or why there is no further attempt.
func (r *run) next(ctx context.Context, a Attempt) (time.Duration, error) {
	switch {
	case ctx.Err() != nil:
		return 0, r.interrupted(ctx)
	case a.Err != nil && !r.policy.retries(a.Err):
		return 0, r.stop(NotRetried)
	case a.N >= r.policy.Attempts:
		return 0, r.stop(Exhausted)
	}
	wait := r.policy.jittered(r.policy.wait(a.N))
	now := r.elapsed()
	if limit := r.policy.MaxElapsed; limit > 0 {
		after := min(retryAfter(a.Err), limit-now)
		if wait = max(wait, after); wait > limit-now {
			return 0, r.stop(ElapsedReached)
		}
	} else {
		wait = max(wait, retryAfter(a.Err))
	}
	if r.deadline.set && wait >= r.deadline.in-now {
		return 0, r.stop(DeadlineReached)
	}
	return wait, nil
}

func (r *run) record(a Attempt) {
	if len(r.result.History) == maxHistory {
		copy(r.result.History, r.result.History[1:])
		r.result.History = r.result.History[:maxHistory-1]
	}
	r.result.History = append(r.result.History, a)
	if r.policy.Watch != nil {
		r.policy.Watch(a)
	}
}

func (r *run) end(err error) (Result, error) {
	r.result.Elapsed = r.elapsed()
	return r.result, err
}

func (r *run) stop(why Reason) *Failure {
	e := &Failure{
		Reason: why, Attempts: r.result.Attempts, Last: r.last,
		Passed: r.streak, Wanted: r.policy.wanted(),
	}
	switch why {
	case DeadlineReached:
		e.Limit = r.deadline.limit
	case ElapsedReached:
		e.Limit = r.policy.MaxElapsed
	case Exhausted, NotRetried, Cancelled:
	}
	return e
}

// interrupted is the error when ctx ended the attempts.
func (r *run) interrupted(ctx context.Context) *Failure {
	why := Cancelled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		why = DeadlineReached
	}
	e := r.stop(why)
	e.Cause = context.Cause(ctx)
	return e
}

func retryAfter(err error) time.Duration {
	var asks interface{ RetryAfter() time.Duration }
	if errors.As(err, &asks) {
		return max(0, asks.RetryAfter())
	}
	return 0
}
