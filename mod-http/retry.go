package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/core"
	"assay.rs/core/retry"
)

// again makes attempts until one gives an answer that r does not want tried again. An answer that the
// last attempt gave is the result, whatever its status.
func again(c core.Call, r core.Retry, method string, try func(context.Context) (*Response, error)) (*Response, error) {
	decides := !r.Decide.IsZero() || len(r.Policy.On) > 0
	switch {
	case decides:
	case method == nethttp.MethodPost || method == nethttp.MethodPatch:
		r.Policy.When = unsent // what the server has seen may have been done
	default:
		r.Policy.When = mayPass
	}
	var last *Response
	var final finalError
	_, err := r.Do(c, func(ctx context.Context, _ int) error {
		var err error
		if last, err = try(ctx); errors.As(err, &final) {
			return nil // it ends the attempts, whatever the policy says
		}
		if err != nil {
			return err
		}
		if last.Status >= 400 && (decides || worthAnother(last.Status)) {
			return errStatus.With(&statusFailure{last.Status, RetryAfter(last.Header, time.Now())}, "")
		}
		return nil
	})
	if final.error != nil {
		return nil, final
	}
	var given *retry.Failure
	if last != nil && errors.As(err, &given) {
		return last, nil
	}
	if err != nil {
		return nil, err
	}
	return last, nil
}

// finalError is a failure after which the script has seen a part of the answer.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

func worthAnother(status int) bool {
	return status >= 500 || slices.Contains(
		[]int{nethttp.StatusRequestTimeout, nethttp.StatusTooEarly, nethttp.StatusTooManyRequests}, status)
}

// mayPass tells whether err can be another time: a mistake in the request cannot.
func mayPass(err error) bool {
	var e *core.Error
	return errors.As(err, &e) && e.Code != nil && e.Code != errURL
}

// statusFailure is an answer that is not the one wanted, to the retry engine.
type statusFailure struct {
	status int
	after  time.Duration
}

func (e *statusFailure) Error() string { return fmt.Sprintf("status %d", e.status) }

func (e *statusFailure) RetryAfter() time.Duration { return e.after }

func (e *statusFailure) RetryClasses() []retry.Class {
	if e.status >= 500 {
		return []retry.Class{retry.Status5xx}
	}
	return []retry.Class{retry.Status4xx}
}

// RetryAfter is how long a server wants to be left alone, in seconds or until a date (RFC 9110, 10.2.3), or 0.
func RetryAfter(header nethttp.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := nethttp.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
