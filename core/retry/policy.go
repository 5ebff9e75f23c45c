package retry

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"assay.rs/core/nearest"
)

// maxAttempts keeps a mistaken number from becoming a plan of gigabytes.
const maxAttempts = 1_000_000

// Strategy says how the waits grow.
type Strategy string

// The strategies. The empty one is Linear.
const (
	Linear      Strategy = "linear"      // initial, 2 x initial, 3 x initial, ...
	Constant    Strategy = "constant"    // initial, initial, ...
	Exponential Strategy = "exponential" // initial, initial x factor, initial x factor^2, ...
)

// Strategies lists every strategy, in the order of the documentation.
func Strategies() []Strategy { return []Strategy{Linear, Constant, Exponential} }

// Policy says how often and how far apart something is tried. [Default] is the place to start from.
type Policy struct {
	Attempts   int           // in total, at least 1
	Strategy   Strategy      // "" is Linear
	Initial    time.Duration // the first wait; 0 does not wait
	Factor     float64       // growth of Exponential, at least 1; the others ignore it
	Max        time.Duration // the longest wait; 0 is no bound
	Jitter     bool          // make each wait w uniform between w/2 and w
	MaxElapsed time.Duration // no wait ends later than this after the start; 0 is no bound
	Successes  int           // passing attempts wanted in a row, out of Attempts; 0 is 1

	On   []Class          // the failures to retry; empty is all
	When func(error) bool // decides alone whether to retry, if set

	Watch func(Attempt)  // sees each attempt before the wait that follows it, if set
	Rand  func() float64 // uniform in [0, 1), for Jitter; nil is a random source
}

// Default is the policy of a script that says nothing: four attempts 1 s, 2 s and 3 s apart, each wait
// shortened by up to half at random.
func Default() Policy {
	return Policy{
		Attempts: 4, Strategy: Linear, Initial: time.Second, Factor: 2, Max: 30 * time.Second,
		Jitter: true, Successes: 1,
	}
}

// Validate tells what is wrong with p, in the words of the option's name in Lua and YAML.
func (p Policy) Validate() error {
	switch {
	case p.Attempts < 1:
		return fmt.Errorf("attempts must be at least 1, got %d", p.Attempts)
	case p.Attempts > maxAttempts:
		return fmt.Errorf("attempts must be at most %d, got %d", maxAttempts, p.Attempts)
	case p.Successes < 0:
		return fmt.Errorf("successes must be at least 1, got %d", p.Successes)
	case p.Successes > p.Attempts:
		return fmt.Errorf("successes: %d passing attempts in a row need attempts of at least %d, got %d",
			p.Successes, p.Successes, p.Attempts)
	case p.Initial < 0:
		return fmt.Errorf("initial must not be negative, got %s", p.Initial)
	case p.Max < 0:
		return fmt.Errorf("max must not be negative, got %s", p.Max)
	case p.MaxElapsed < 0:
		return fmt.Errorf("max_elapsed must not be negative, got %s", p.MaxElapsed)
	}
	if err := p.validateFactor(); err != nil {
		return err
	}
	if p.Strategy != "" && !slices.Contains(Strategies(), p.Strategy) {
		return unknown("strategy", p.Strategy, Strategies())
	}
	for _, class := range p.On {
		if !slices.Contains(Classes(), class) {
			return unknown("on: class", class, Classes())
		}
	}
	return nil
}

func (p Policy) validateFactor() error {
	// The zero of a literal that has no use for a factor is not a mistake.
	if p.Factor == 0 && p.Strategy != Exponential {
		return nil
	}
	if !(p.Factor >= 1) || math.IsInf(p.Factor, 0) { // NaN is refused too
		return fmt.Errorf("factor must be a finite number of at least 1, got %v", p.Factor)
	}
	return nil
}

// unknown reads "strategy 'liner' is not known: did you mean 'linear'?".
func unknown[T ~string](what string, got T, known []T) error {
	names := make([]string, len(known))
	for i, name := range known {
		names[i] = string(name)
	}
	if hint := nearest.Hint(string(got), names); hint != "" {
		return fmt.Errorf("%s '%s' is not known: %s", what, got, hint)
	}
	return errors.New(what + " '" + string(got) + "' is not known: use one of " + strings.Join(names, ", "))
}

// Waits lists the longest waits that p can make between its attempts, as when each attempt fails at
// once: without jitter and without Retry-After, and only those that MaxElapsed lets begin.
// A policy that is not valid has none.
func (p Policy) Waits() []time.Duration {
	if p.Validate() != nil {
		return nil
	}
	waits := make([]time.Duration, 0, p.Attempts-1)
	var total time.Duration
	for n := 1; n < p.Attempts; n++ {
		w := p.wait(n)
		if p.MaxElapsed > 0 && w > p.MaxElapsed-total {
			break
		}
		waits = append(waits, w)
		total = plus(total, w)
	}
	return waits
}

// Worst is the longest that p can take when no attempt takes longer than attempt and no server asks
// for a longer wait. MaxElapsed bounds the waits, so the last attempt may end later by attempt.
func (p Policy) Worst(attempt time.Duration) time.Duration {
	if p.Validate() != nil {
		return 0
	}
	total := attempt
	for n := 1; n < p.Attempts; n++ {
		total = plus(total, plus(p.wait(n), attempt))
	}
	if p.MaxElapsed > 0 {
		total = min(total, plus(p.MaxElapsed, attempt))
	}
	return total
}

// wait is the wait after attempt n, before jitter.
func (p Policy) wait(n int) time.Duration {
	w := p.Initial
	switch p.Strategy {
	case Linear, "":
		w = saturated(float64(p.Initial) * float64(n))
		if p.Initial <= math.MaxInt64/time.Duration(n) {
			w = p.Initial * time.Duration(n)
		}
	case Exponential:
		// Zero times infinity would be NaN.
		if p.Initial > 0 {
			w = saturated(float64(p.Initial) * math.Pow(p.Factor, float64(n-1)))
		}
	case Constant:
	}
	if p.Max > 0 {
		w = min(w, p.Max)
	}
	return w
}

func (p Policy) jittered(w time.Duration) time.Duration {
	if !p.Jitter {
		return w
	}
	random := p.Rand
	if random == nil {
		random = rand.Float64 // #nosec G404 -- spreads load, guards nothing
	}
	half := w / 2
	return half + time.Duration(random()*float64(w-half))
}

func (p Policy) wanted() int { return max(1, p.Successes) }

// retries tells whether err is a failure that p wants to try again.
func (p Policy) retries(err error) bool {
	if p.When != nil {
		return p.When(err)
	}
	if len(p.On) == 0 {
		return true
	}
	return slices.ContainsFunc(ClassesOf(err), func(c Class) bool { return slices.Contains(p.On, c) })
}

func saturated(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}

func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
