package retry_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"assay.rs/core/retry"
	"github.com/google/go-cmp/cmp"
)

const ms = time.Millisecond

// fakeClock moves only when somebody sleeps or spends time on it.
type fakeClock struct{ now time.Time }

func newClock() *fakeClock { return &fakeClock{now: time.Now()} }

func (c *fakeClock) Now() time.Time { return c.now }

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() == nil {
		c.now = c.now.Add(d)
	}
	return ctx.Err()
}

var errRefused = errors.New("connection refused")

type classed struct {
	text    string
	classes []retry.Class
}

func (e classed) Error() string               { return e.text }
func (e classed) RetryClasses() []retry.Class { return e.classes }

type busy struct{ after time.Duration }

func (e busy) Error() string             { return "503" }
func (e busy) RetryAfter() time.Duration { return e.after }

// outcomes makes a try that gives errs one after another, then the last one for ever.
func outcomes(errs ...error) func(context.Context, int) error {
	return func(_ context.Context, n int) error { return errs[min(n, len(errs))-1] }
}

func starts(r retry.Result) []time.Duration {
	var at []time.Duration
	for _, a := range r.History {
		at = append(at, a.At)
	}
	return at
}

func TestDoTimes(t *testing.T) {
	asked := fmt.Errorf("get: %w", busy{500 * ms})
	for _, tc := range []struct {
		name   string
		policy retry.Policy
		try    func(context.Context, int) error
		want   []time.Duration // when attempts begin
		err    string
	}{
		{
			"linear grows by initial",
			retry.Policy{Attempts: 4, Initial: 100 * ms},
			outcomes(errRefused),
			[]time.Duration{0, 100 * ms, 300 * ms, 600 * ms},
			"after 4 attempts: connection refused",
		},
		{
			"constant stays",
			retry.Policy{Attempts: 3, Strategy: retry.Constant, Initial: 100 * ms},
			outcomes(errRefused),
			[]time.Duration{0, 100 * ms, 200 * ms},
			"after 3 attempts: connection refused",
		},
		{
			"exponential grows by factor up to max",
			retry.Policy{Attempts: 5, Strategy: retry.Exponential, Initial: 100 * ms, Factor: 3, Max: 500 * ms},
			outcomes(errRefused),
			[]time.Duration{0, 100 * ms, 400 * ms, 900 * ms, 1400 * ms},
			"after 5 attempts: connection refused",
		},
		{
			"linear up to max",
			retry.Policy{Attempts: 4, Initial: 100 * ms, Max: 150 * ms},
			outcomes(errRefused),
			[]time.Duration{0, 100 * ms, 250 * ms, 400 * ms},
			"after 4 attempts: connection refused",
		},
		{
			"no initial, no wait",
			retry.Policy{Attempts: 3, Strategy: retry.Exponential, Factor: 2},
			outcomes(errRefused),
			[]time.Duration{0, 0, 0},
			"after 3 attempts: connection refused",
		},
		{
			"ends with the first pass",
			retry.Policy{Attempts: 9, Initial: 100 * ms},
			outcomes(errRefused, errRefused, nil),
			[]time.Duration{0, 100 * ms, 300 * ms},
			"",
		},
		{"a single attempt keeps its error as it is", retry.Policy{Attempts: 1}, outcomes(errRefused), []time.Duration{0}, "connection refused"},
		{
			"successes in a row",
			retry.Policy{Attempts: 6, Strategy: retry.Constant, Initial: 100 * ms, Successes: 2},
			outcomes(nil, errRefused, nil, nil),
			[]time.Duration{0, 100 * ms, 200 * ms, 300 * ms},
			"",
		},
		{
			"too few successes in a row",
			retry.Policy{Attempts: 3, Initial: 0, Successes: 2},
			outcomes(nil, errRefused, nil),
			[]time.Duration{0, 0, 0},
			"after 3 attempts: 1 of 2 passing attempts in a row; last: connection refused",
		},
		{
			"a wait that ends after max_elapsed is not started",
			retry.Policy{Attempts: 9, Initial: 100 * ms, MaxElapsed: 599 * ms},
			outcomes(errRefused),
			[]time.Duration{0, 100 * ms, 300 * ms},
			"after 3 attempts: max_elapsed of 599ms reached; last: connection refused",
		},
		{
			"a wait that ends at max_elapsed is",
			retry.Policy{Attempts: 4, Initial: 100 * ms, MaxElapsed: 600 * ms},
			outcomes(errRefused),
			[]time.Duration{0, 100 * ms, 300 * ms, 600 * ms},
			"after 4 attempts: connection refused",
		},
		{
			"Retry-After lengthens the wait",
			retry.Policy{Attempts: 3, Initial: 100 * ms, Max: 200 * ms},
			outcomes(asked, asked, nil),
			[]time.Duration{0, 500 * ms, 1000 * ms},
			"",
		},
		{
			"Retry-After does not shorten the wait",
			retry.Policy{Attempts: 2, Initial: 800 * ms},
			outcomes(asked, nil),
			[]time.Duration{0, 800 * ms},
			"",
		},
		{
			"Retry-After is capped by max_elapsed",
			retry.Policy{Attempts: 9, Initial: 100 * ms, MaxElapsed: 700 * ms},
			outcomes(asked),
			[]time.Duration{0, 500 * ms, 700 * ms},
			"after 3 attempts: max_elapsed of 700ms reached; last: get: 503",
		},
		{
			"a negative Retry-After is none",
			retry.Policy{Attempts: 2, Initial: 100 * ms},
			outcomes(busy{-time.Hour}, nil),
			[]time.Duration{0, 100 * ms},
			"",
		},
		{
			"on leaves other classes alone",
			retry.Policy{Attempts: 4, Initial: 100 * ms, On: []retry.Class{retry.Connect}},
			outcomes(classed{"refused", []retry.Class{retry.Connect}}, errRefused),
			[]time.Duration{0, 100 * ms},
			"after 2 attempts: connection refused",
		},
		{
			"one class of several is enough",
			retry.Policy{Attempts: 2, On: []retry.Class{retry.Status5xx}},
			outcomes(fmt.Errorf("check: %w", classed{"503", []retry.Class{retry.Assert, retry.Status5xx}}), nil),
			[]time.Duration{0, 0},
			"",
		},
		{
			"when decides alone",
			retry.Policy{Attempts: 4, On: retry.Classes(), When: func(err error) bool { return !errors.Is(err, errRefused) }},
			outcomes(errRefused),
			[]time.Duration{0},
			"connection refused",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := retry.Do(t.Context(), tc.policy, newClock(), tc.try)
			if diff := cmp.Diff(tc.want, starts(got)); diff != "" {
				t.Errorf("attempts begin (-want +got):\n%s", diff)
			}
			if text(err) != tc.err {
				t.Errorf("error = %q, want %q", text(err), tc.err)
			}
			if got.Attempts != len(tc.want) {
				t.Errorf("Attempts = %d, want %d", got.Attempts, len(tc.want))
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestDoHistory(t *testing.T) {
	clock := newClock()
	var seen []retry.Attempt
	policy := retry.Policy{Attempts: 3, Initial: 100 * ms, Watch: func(a retry.Attempt) { seen = append(seen, a) }}
	got, err := retry.Do(t.Context(), policy, clock, func(_ context.Context, n int) error {
		clock.now = clock.now.Add(7 * ms)
		if n == 3 {
			return nil
		}
		return errRefused
	})
	if err != nil {
		t.Fatal(err)
	}
	want := retry.Result{Attempts: 3, Elapsed: 321 * ms, History: []retry.Attempt{
		{N: 1, At: 0, Took: 7 * ms, Err: errRefused, Next: 100 * ms},
		{N: 2, At: 107 * ms, Took: 7 * ms, Err: errRefused, Next: 200 * ms},
		{N: 3, At: 314 * ms, Took: 7 * ms},
	}}
	same := cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("Result (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.History, seen, same); diff != "" {
		t.Errorf("Watch saw (-want +got):\n%s", diff)
	}
}

func TestDoKeepsABoundedHistory(t *testing.T) {
	got, _ := retry.Do(t.Context(), retry.Policy{Attempts: 2500}, newClock(), outcomes(errRefused))
	if got.Attempts != 2500 || len(got.History) != 1000 {
		t.Fatalf("%d attempts, %d remembered, want 2500 and 1000", got.Attempts, len(got.History))
	}
	if first, last := got.History[0].N, got.History[999].N; first != 1501 || last != 2500 {
		t.Errorf("history from %d to %d, want 1501 to 2500", first, last)
	}
}

func TestDoJitter(t *testing.T) {
	policy := retry.Policy{Attempts: 2, Initial: 100 * ms, Jitter: true}
	for _, tc := range []struct {
		random float64
		want   time.Duration
	}{{0, 50 * ms}, {0.5, 75 * ms}, {1, 100 * ms}} {
		policy.Rand = func() float64 { return tc.random }
		got, _ := retry.Do(t.Context(), policy, newClock(), outcomes(errRefused))
		if wait := got.History[0].Next; wait != tc.want {
			t.Errorf("wait at %v = %s, want %s", tc.random, wait, tc.want)
		}
	}
	policy.Rand = nil
	distinct := map[time.Duration]bool{}
	for range 200 {
		got, _ := retry.Do(t.Context(), policy, newClock(), outcomes(errRefused))
		wait := got.History[0].Next
		if wait < 50*ms || wait > 100*ms {
			t.Fatalf("wait = %s, want between 50ms and 100ms", wait)
		}
		distinct[wait] = true
	}
	if len(distinct) < 100 {
		t.Errorf("%d different waits out of 200", len(distinct))
	}
}

func TestDoDeadline(t *testing.T) {
	policy := retry.Policy{Attempts: 9, Strategy: retry.Constant, Initial: 50 * time.Second}
	ctx, cancel := retry.WithTimeout(t.Context(), 120*time.Second)
	defer cancel()
	clock := newClock()
	clock.now = clock.now.Add(10 * time.Second) // the deadline was set before Do began
	got, err := retry.Do(ctx, policy, clock, outcomes(errRefused))
	if want := "after 3 attempts: deadline of 120s reached; last: connection refused"; text(err) != want {
		t.Errorf("error = %q, want %q", text(err), want)
	}
	if want := []time.Duration{0, 50 * time.Second, 100 * time.Second}; !cmp.Equal(starts(got), want) {
		t.Errorf("attempts begin at %v, want %v", starts(got), want)
	}
	if !errors.Is(err, errRefused) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is not both the last error and an exceeded deadline", err)
	}
	if classes := retry.ClassesOf(err); !cmp.Equal(classes, []retry.Class{retry.Error}) {
		t.Errorf("classes = %v, want those of the last error", classes)
	}
}

func TestDoGivesUpOnARetryAfterBeyondTheDeadline(t *testing.T) {
	ctx, cancel := retry.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got, err := retry.Do(ctx, retry.Policy{Attempts: 4}, newClock(), outcomes(busy{time.Hour}))
	if got.Attempts != 1 || text(err) != "deadline of 20s reached; last: 503" {
		t.Errorf("%d attempts, error %q", got.Attempts, text(err))
	}
}

func TestDoRealTime(t *testing.T) {
	t.Run("an attempt cut by the deadline leaves the error before it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, err := retry.Do(ctx, retry.Policy{Attempts: 4, Initial: time.Second}, nil, func(ctx context.Context, n int) error {
				if n == 1 {
					return errRefused
				}
				<-ctx.Done()
				return fmt.Errorf("get: %w", ctx.Err())
			})
			if want := "after 2 attempts: deadline of 2s reached; last: connection refused"; text(err) != want {
				t.Errorf("error = %q, want %q", text(err), want)
			}
		})
	})
	t.Run("cancelling ends the wait at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			began := time.Now()
			time.AfterFunc(3*time.Second, func() { cancel(errors.New("terminated")) })
			got, err := retry.Do(ctx, retry.Policy{Attempts: 4, Initial: time.Hour}, nil, outcomes(errRefused))
			if want := "cancelled: terminated; last: connection refused"; text(err) != want {
				t.Errorf("error = %q, want %q", text(err), want)
			}
			if took := time.Since(began); took != 3*time.Second || got.Elapsed != took {
				t.Errorf("took %s, Elapsed %s, want 3s", took, got.Elapsed)
			}
			if !errors.Is(err, context.Canceled) || !errors.Is(err, errRefused) {
				t.Errorf("%v is not both a cancellation and the last error", err)
			}
		})
	})
	t.Run("what has ended is not begun", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		got, err := retry.Do(ctx, retry.Policy{Attempts: 4}, nil, outcomes(nil))
		if got.Attempts != 0 || text(err) != "after 0 attempts: cancelled" {
			t.Errorf("%d attempts, error %q", got.Attempts, text(err))
		}
	})
	t.Run("a pass in spite of the deadline is a pass", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := retry.Do(ctx, retry.Policy{Attempts: 4}, nil, func(context.Context, int) error {
			cancel()
			return nil
		})
		if err != nil {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("the real clock waits", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			got, err := retry.Do(t.Context(), retry.Default(), nil, outcomes(errRefused))
			if err == nil || got.Elapsed < 3*time.Second || got.Elapsed > 6*time.Second {
				t.Errorf("Elapsed = %s, error %v, want 3s to 6s and an error", got.Elapsed, err)
			}
		})
	})
}

func TestWithTimeoutKeepsTheEarlierDeadline(t *testing.T) {
	outer, cancel := retry.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	inner, cancel := retry.WithTimeout(outer, time.Hour)
	defer cancel()
	_, err := retry.Do(inner, retry.Policy{Attempts: 2, Initial: 40 * time.Second}, newClock(), outcomes(errRefused))
	if want := "deadline of 30s reached; last: connection refused"; text(err) != want {
		t.Errorf("error = %q, want %q", text(err), want)
	}
}

func TestClassesOf(t *testing.T) {
	for _, tc := range []struct {
		name string
		err  error
		want []retry.Class
	}{
		{"nothing", nil, nil},
		{"any error", errRefused, []retry.Class{retry.Error}},
		{"a deadline", fmt.Errorf("get: %w", context.DeadlineExceeded), []retry.Class{retry.Timeout}},
		{"what it says itself", fmt.Errorf("x: %w", classed{"y", []retry.Class{retry.Assert, retry.Status4xx}}), []retry.Class{retry.Assert, retry.Status4xx}},
		{"what it does not say", classed{"y", nil}, []retry.Class{retry.Error}},
		{"a deadline without an error before", &retry.Failure{Reason: retry.DeadlineReached}, []retry.Class{retry.Timeout}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := retry.ClassesOf(tc.err); !cmp.Equal(got, tc.want) {
				t.Errorf("ClassesOf(%v) = %v, want %v", tc.err, got, tc.want)
			}
		})
	}
}
