package retry

import (
	"context"
	"time"
)

// Clock is the time that [Do] lives in.
type Clock interface {
	// Now only has to be right relative to itself, and to the deadlines of contexts.
	Now() time.Time
	// Sleep returns nil after d, or the error of ctx as soon as that ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// System is the real clock. Steps of the wall clock do not disturb it.
type System struct{}

// Now is time.Now, with its monotonic reading.
func (System) Now() time.Time { return time.Now() }

// Sleep waits for d or for the end of ctx.
func (System) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deadline is when a context ends.
type deadline struct {
	set   bool
	in    time.Duration // from the start of Do
	limit time.Duration // what to call it in errors
}

type timeoutKey struct{}

type timeout struct {
	at    time.Time
	limit time.Duration
}

// WithTimeout is context.WithTimeout for a ctx that errors of [Do] are to name in full: "deadline of
// 120s reached" even when most of these 120 seconds had passed before Do began.
func WithTimeout(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	at := time.Now().Add(limit)
	if earlier, ok := ctx.Deadline(); ok && !at.Before(earlier) {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(context.WithValue(ctx, timeoutKey{}, timeout{at, limit}), at)
}

func deadlineOf(ctx context.Context, start time.Time) deadline {
	at, ok := ctx.Deadline()
	if !ok {
		return deadline{}
	}
	d := deadline{set: true, in: at.Sub(start), limit: max(0, at.Sub(start))}
	if t, ok := ctx.Value(timeoutKey{}).(timeout); ok && t.at.Equal(at) {
		d.limit = t.limit
	}
	return d
}
