package check

import (
	"context"
	"fmt"
	"time"

	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
)

func holdKeys(h *retry.Hold) []Key {
	return []Key{
		{Name: "for", Text: "How long the check must go on passing, from its first pass.", Required: true, Value: Duration(&h.Window, false)},
		{Name: "every", Text: "The wait between attempts; 10s unless said otherwise.", Value: Duration(&h.Every, false)},
		{Name: "failures", Text: "How many failed attempts in that time are forgiven; the last one must pass.", Value: Int(&h.Failures, 0, maxRetries)},
	}
}

// holdValue reads what replaces a hold of `defaults` whole.
func (s *settings) holdValue() Value {
	section := Section("hold", func() []Key { return holdKeys(&s.hold) })
	fresh := Value{section.schema, func(r *Reader, n *yaml.Node) {
		s.hold = retry.Hold{}
		section.read(r, n)
	}}
	return fresh.then(func(r *Reader, n *yaml.Node) {
		if s.hold = s.hold.WithDefaults(); s.hold.Window/s.hold.Every > maxRetries {
			r.Fail(n, "'hold' makes more than %d attempts: make 'every' longer", maxRetries)
		}
	})
}

// heldFor is for plans: ", held for 60s".
func heldFor(h retry.Hold) string {
	if h.Window == 0 {
		return ""
	}
	return ", held for " + seconds(h.Window)
}

// notYet is an attempt that passed before the window was over.
type notYet struct{ held, window time.Duration }

func (e notYet) Error() string {
	return fmt.Sprintf("it has held for %s of %s", seconds(e.held), seconds(e.window))
}

// broken is the failure that ends the hold.
type broken struct {
	held, window time.Duration
	failures     int
	err          error
}

func (e *broken) Error() string {
	times := ""
	if e.failures > 1 {
		times = fmt.Sprintf("failed %d times, ", e.failures)
	}
	return fmt.Sprintf("it did not hold: %sat %s of %s: %s", times, seconds(e.held), seconds(e.window), e.err)
}

func (e *broken) Unwrap() error { return e.err }

// hold makes attempts until the window is over, after those of before.
func (t *tracker) hold(ctx context.Context, before retry.Result) (retry.Result, error) {
	h, clock := t.check.settings.hold, t.run.clock
	began := clock.Now()
	_ = clock.Sleep(ctx, h.Every) // when the time is over, Do says so
	failures := 0
	var found error
	policy := retry.Policy{Attempts: maxRetries, Strategy: retry.Constant, Initial: h.Every}
	policy.Watch = func(a retry.Attempt) {
		a.N, a.At, a.Err = before.Attempts+a.N, began.Add(a.At).Sub(t.began)+h.Every, found
		t.record(a)
	}
	policy.When = func(err error) bool {
		_, passes := err.(notYet) //nolint:errorlint // it comes as it is from below
		return passes || !t.isStuck() && failures <= h.Failures
	}
	res, err := retry.Do(ctx, policy, clock, func(ctx context.Context, n int) error {
		found = t.attempt(ctx, before.Attempts+n)
		held := clock.Now().Sub(began)
		switch {
		case found != nil && ctx.Err() != nil:
			return found
		case found != nil:
			failures++
			return &broken{held.Truncate(time.Second), h.Window, failures, found}
		case held < h.Window:
			return notYet{held.Truncate(time.Second), h.Window}
		}
		return nil
	})
	res.Attempts += before.Attempts
	res.Elapsed = clock.Now().Sub(t.began)
	return res, err
}
