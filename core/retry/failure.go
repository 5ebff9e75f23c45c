package retry

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Reason says why no further attempt was made.
type Reason string

// The reasons.
const (
	Exhausted       Reason = "attempts"    // all attempts were made
	NotRetried      Reason = "not retried" // Policy.On or Policy.When left this failure out
	DeadlineReached Reason = "deadline"    // the deadline of the context, or no time to wait before it
	ElapsedReached  Reason = "max_elapsed" // no time to wait within Policy.MaxElapsed
	Cancelled       Reason = "cancelled"   // the context was cancelled, by a signal for instance
)

// Failure is why [Do] gave up. It unwraps to the last real error and to the cause of the end, so that
// errors.Is(err, context.DeadlineExceeded) tells a lack of time and context.Canceled a cancellation.
type Failure struct {
	Reason   Reason
	Attempts int           // how many were made
	Last     error         // the last error that is not merely the end of the time; nil when there was none
	Passed   int           // passing attempts in a row at the end
	Wanted   int           // passing attempts wanted in a row
	Limit    time.Duration // what DeadlineReached or ElapsedReached ran into
	Cause    error         // what ended the context; nil when it had not ended
}

// Error reads "after 3 attempts: deadline of 120s reached; last: connection refused". A single attempt
// that nothing cut short reads as its own error does.
func (f *Failure) Error() string {
	why, count := f.why(), ""
	if f.Attempts != 1 || why == "" && f.Last == nil {
		count = "after " + plural(f.Attempts, "attempt") + ": "
	}
	switch {
	case f.Last == nil:
		return count + why
	case why == "":
		return count + f.Last.Error()
	default:
		return count + why + "; last: " + f.Last.Error()
	}
}

// why is what a person needs to know besides the last error, or empty.
func (f *Failure) why() string {
	switch f.Reason {
	case DeadlineReached:
		return "deadline of " + seconds(f.Limit) + " reached"
	case ElapsedReached:
		return "max_elapsed of " + seconds(f.Limit) + " reached"
	case Cancelled:
		if f.Cause == nil || f.Cause == context.Canceled { //nolint:errorlint // a cause that wraps it says more
			return "cancelled"
		}
		return "cancelled: " + f.Cause.Error()
	case Exhausted, NotRetried:
		if f.Passed > 0 {
			return fmt.Sprintf("%d of %d passing attempts in a row", f.Passed, f.Wanted)
		}
	}
	return ""
}

// Unwrap gives the last real error, then what ended the context and what kind of end that was.
func (f *Failure) Unwrap() []error {
	var errs []error
	for _, err := range []error{f.Last, f.Cause, f.Reason.end()} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func (r Reason) end() error {
	switch r {
	case DeadlineReached, ElapsedReached:
		return context.DeadlineExceeded
	case Cancelled:
		return context.Canceled
	case Exhausted, NotRetried:
	}
	return nil
}

// RetryClasses are those of the last real error: that the time is over says nothing about its kind.
func (f *Failure) RetryClasses() []Class {
	if f.Last == nil {
		return nil
	}
	return ClassesOf(f.Last)
}

// fromContext tells whether err is only the end of ctx seen from inside an attempt.
func fromContext(ctx context.Context, err error) bool {
	if ctx.Err() == nil {
		return false
	}
	return errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))
}

// seconds writes 120 s as a person does, "120s", where time.Duration has "2m0s".
func seconds(d time.Duration) string {
	if d < time.Second {
		return d.String()
	}
	return strconv.FormatFloat(d.Round(time.Millisecond).Seconds(), 'f', -1, 64) + "s"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
