package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assay.rs/core"
)

// failure is what an engine makes of an error of its driver.
type failure struct {
	code    *core.Code // nil when a script can do nothing about it
	message string
	hint    string
	lost    bool // the connection is of no more use
	stale   bool // it works, but another server should be asked from now on
	unsent  bool // the statement did not reach the server: another connection may try
}

// raise is err as a script sees it.
func (d *database) raise(ctx context.Context, err error) error {
	ended := d.ended(ctx)
	if known, ok := errors.AsType[*core.Error](err); ok && (ended == nil || errors.Is(context.Cause(ctx), errLimit)) {
		return known
	}
	if ended != nil {
		return ended
	}
	f := d.engine.failure(err)
	if f.lost {
		f.message = "connection lost: " + f.message
	}
	if f.code == nil {
		return core.WithHint(&driverError{f.message, err}, f.hint)
	}
	return f.code.With(&driverError{f.message, err}, f.hint)
}

// driverError has a message of ours and unwraps to the driver's error.
type driverError struct {
	message string
	cause   error
}

func (e *driverError) Error() string { return e.message }
func (e *driverError) Unwrap() error { return e.cause }

// limitKey is under which the context of a statement keeps its time limit.
type limitKey struct{}

// limited is ctx with the time limit of a statement, if there is one.
func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(context.WithValue(ctx, limitKey{}, limit), limit, errLimit)
}

// limitedStart is limited until started is called.
func limitedStart(ctx context.Context, limit time.Duration) (within context.Context, started func(), cancel context.CancelFunc) {
	within, stop := context.WithCancelCause(context.WithValue(ctx, limitKey{}, limit))
	if limit <= 0 {
		return within, func() {}, func() { stop(context.Canceled) }
	}
	timer := time.AfterFunc(limit, func() { stop(errLimit) })
	return within, func() { timer.Stop() }, func() {
		timer.Stop()
		stop(context.Canceled)
	}
}

var errLimit = errors.New("time limit of the statement")

// ended is why ctx has ended, or nil: our own limit is an error of the script, anything else stops it.
func (*database) ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	cause := context.Cause(ctx)
	if !errors.Is(cause, errLimit) {
		return cause
	}
	limit, _ := ctx.Value(limitKey{}).(time.Duration)
	return errTimeout.With(fmt.Errorf("no answer within %s", limit), "raise options.timeout of db.connect")
}
