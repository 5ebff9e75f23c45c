package check

import (
	"fmt"
	"time"

	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
)

// Severity says what a failure means for the run.
type Severity string

// The severities.
const (
	SeverityFail Severity = "fail" // the run fails
	SeverityWarn Severity = "warn" // it is told, the run passes
)

const (
	defaultAttemptTimeout = 30 * time.Second
	maxRetries            = 100_000
)

// settings is what the file, its defaults and a check say about attempts. Each level begins as a copy of
// the one before, so the nearest word wins.
type settings struct {
	policy         retry.Policy
	attemptTimeout time.Duration
	timeout        time.Duration // of all attempts; 0 is no bound of its own
	delay          time.Duration
	hold           retry.Hold
	severity       Severity
	tags           []string

	attemptsSaid, waitsSaid bool // by retries and backoff: retry then overrides only what it names
}

func initialSettings() settings {
	return settings{
		policy:         retry.Policy{Attempts: 1, Strategy: retry.Linear, Successes: 1},
		attemptTimeout: defaultAttemptTimeout,
		severity:       SeverityFail,
	}
}

// pacing are the keys of attempts that every level has.
func (s *settings) pacing() []Key {
	var retries int
	var backoff time.Duration
	return []Key{
		{Name: "retries", Text: "Further attempts after one that failed.", Value: Int(&retries, 0, maxRetries).then(func(*Reader, *yaml.Node) {
			s.policy.Attempts, s.attemptsSaid = retries+1, true
		})},
		{Name: "backoff", Text: "Wait between attempts, times the number of the attempt: 5s waits 5, 10, 15 s.", Value: Duration(&backoff, true).then(func(*Reader, *yaml.Node) {
			s.policy.Strategy, s.policy.Initial = retry.Linear, backoff
			s.policy.Max, s.policy.Jitter, s.policy.Factor, s.waitsSaid = 0, false, 0, true
		})},
		{Name: "attempt_timeout", Text: "How long one attempt may take; 30s unless said otherwise.", Value: Duration(&s.attemptTimeout, false)},
	}
}

// each are the keys that a check and `defaults` have beside pacing.
func (s *settings) each() []Key {
	return []Key{
		{Name: "retry", Text: "How to retry, in detail; it overrides backoff.", Value: s.retryValue()},
		{Name: "timeout", Text: "How long all attempts of the check may take.", Value: Duration(&s.timeout, false)},
		{Name: "delay", Text: "How long to wait before the first attempt.", Value: Duration(&s.delay, true)},
		{Name: "hold", Text: "How long the check must go on passing after it has passed.", Value: s.holdValue()},
		{Name: "severity", Text: "fail, or warn: told, but the run passes.", Value: Choice(&s.severity, SeverityFail, SeverityWarn)},
		{Name: "tags", Text: "Words by which --tags selects checks.", Value: Words(&s.tags)},
	}
}

// then calls after when the value was read without a problem.
func (v Value) then(after func(r *Reader, n *yaml.Node)) Value {
	return Value{v.schema, func(r *Reader, n *yaml.Node) {
		before := r.problems.Len()
		if v.read(r, n); r.problems.Len() == before {
			after(r, n)
		}
	}}
}

// retryRecord is what `retry` says.
type retryRecord struct {
	retry.Policy
	factor *float64
	jitter bool
}

func (p *retryRecord) keys() []Key {
	return []Key{
		{Name: "attempts", Text: "Attempts in total; stands instead of retries.", Value: Int(&p.Attempts, 1, maxRetries)},
		{Name: "strategy", Text: "linear, constant or exponential.", Value: Choice(&p.Strategy, retry.Strategies()...)},
		{Name: "initial", Text: "The first wait; 1s unless said otherwise.", Value: Duration(&p.Initial, true)},
		{Name: "factor", Text: "Growth of the exponential strategy; 2 unless said otherwise.", Value: Number(&p.factor)},
		{Name: "max", Text: "The longest wait; 30s unless said otherwise.", Value: Duration(&p.Max, false)},
		{Name: "jitter", Text: "Make each wait random between its half and itself; true unless said otherwise.", Value: Flag(&p.jitter)},
		{Name: "max_elapsed", Text: "No wait ends later than this after the first attempt began.", Value: Duration(&p.MaxElapsed, false)},
		{Name: "on", Text: "The failures to retry; all unless said otherwise.", Value: p.onValue()},
		{Name: "successes", Text: "Passing attempts wanted in a row.", Value: Int(&p.Successes, 1, maxRetries)},
	}
}

// onValue replaces the classes that a level above has named.
func (p *retryRecord) onValue() Value {
	list := ListOf(classValue(&p.On))
	return Value{list.schema, func(r *Reader, n *yaml.Node) {
		p.On = nil
		list.read(r, n)
	}}
}

// retryValue reads the record that `retry` takes in Lua too. What it leaves out is as in the level above, and
// without one as in Lua.
func (s *settings) retryValue() Value {
	return Value{func() schema { return tableSchema((&retryRecord{}).keys()) }, func(r *Reader, n *yaml.Node) {
		p := retryRecord{Policy: retry.Default()}
		if s.waitsSaid {
			p.Policy = s.policy
		}
		if s.attemptsSaid {
			p.Attempts = s.policy.Attempts
		}
		p.Successes, p.On, p.jitter = s.policy.Successes, s.policy.On, p.Jitter
		before := r.problems.Len()
		r.keys(n, "'retry'", p.keys())
		if r.problems.Len() > before {
			return
		}
		if p.Jitter = p.jitter; p.factor != nil {
			p.Factor = *p.factor
		} else if p.Factor == 0 {
			p.Factor = retry.Default().Factor
		}
		if err := p.Validate(); err != nil {
			r.Fail(n, "'retry': %s", err)
			return
		}
		s.policy, s.attemptsSaid, s.waitsSaid = p.Policy, true, true
	}}
}

func classValue(into *[]retry.Class) Value {
	var class retry.Class
	return Choice(&class, retry.Classes()...).then(func(*Reader, *yaml.Node) { *into = append(*into, class) })
}

// settle checks what only the whole of a level can tell.
func (s *settings) settle(r *Reader, n *yaml.Node) {
	if n.Get("retries") != nil && n.Get("retry").Get("attempts") != nil {
		r.Fail(n.Get("retries"), "'retries' and 'retry.attempts' say the same: give one of them")
	}
	if s.hold.Window > 0 && s.timeout > 0 && s.timeout <= s.hold.Window {
		r.Fail(n, "the timeout of %s is over before 'hold.for' of %s: the check could not pass", seconds(s.timeout), seconds(s.hold.Window))
	}
	if s.policy.Successes > s.policy.Attempts {
		r.Fail(n, "successes: %d passing attempts in a row need at least as many attempts, not %d", s.policy.Successes, s.policy.Attempts)
	}
}

// describe is the policy in a few words, for plans.
func (s settings) describe() string {
	if s.policy.Attempts == 1 {
		return "1 attempt" + heldFor(s.hold)
	}
	return fmt.Sprintf("%d attempts, %s", s.policy.Attempts, s.policy.Strategy) + heldFor(s.hold)
}
