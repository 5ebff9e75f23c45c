package retry_test

import (
	"context"
	"math"
	"testing"
	"time"

	"assay.rs/core/retry"
	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*retry.Policy)
		want   string
	}{
		{"the default", func(*retry.Policy) {}, ""},
		{"a factor that is not used", func(p *retry.Policy) { p.Factor = 0 }, ""},
		{"no attempts", func(p *retry.Policy) { p.Attempts = 0 }, "attempts must be at least 1, got 0"},
		{"too many attempts", func(p *retry.Policy) { p.Attempts = 1e9 }, "attempts must be at most 1000000, got 1000000000"},
		{"negative initial", func(p *retry.Policy) { p.Initial = -time.Second }, "initial must not be negative, got -1s"},
		{"negative max", func(p *retry.Policy) { p.Max = -1 }, "max must not be negative, got -1ns"},
		{"negative max_elapsed", func(p *retry.Policy) { p.MaxElapsed = -1 }, "max_elapsed must not be negative, got -1ns"},
		{"shrinking factor", func(p *retry.Policy) { p.Factor = 0.5 }, "factor must be a finite number of at least 1, got 0.5"},
		{"no factor", func(p *retry.Policy) { p.Strategy, p.Factor = retry.Exponential, 0 }, "factor must be a finite number of at least 1, got 0"},
		{"factor that is no number", func(p *retry.Policy) { p.Factor = math.NaN() }, "factor must be a finite number of at least 1, got NaN"},
		{"negative successes", func(p *retry.Policy) { p.Successes = -1 }, "successes must be at least 1, got -1"},
		{"successes out of reach", func(p *retry.Policy) { p.Successes = 5 }, "successes: 5 passing attempts in a row need attempts of at least 5, got 4"},
		{"misspelled strategy", func(p *retry.Policy) { p.Strategy = "liner" }, "strategy 'liner' is not known: did you mean 'linear'?"},
		{"unknown strategy", func(p *retry.Policy) { p.Strategy = "fibonacci" }, "strategy 'fibonacci' is not known: use one of linear, constant, exponential"},
		{"misspelled class", func(p *retry.Policy) { p.On = []retry.Class{"5xx", "timeuot"} }, "on: class 'timeuot' is not known: did you mean 'timeout'?"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := retry.Default()
			tc.change(&p)
			if got := text(p.Validate()); got != tc.want {
				t.Errorf("Validate() = %q, want %q", got, tc.want)
			}
			if tc.want == "" {
				return
			}
			_, err := retry.Do(t.Context(), p, newClock(), func(context.Context, int) error {
				t.Error("Do tried in spite of the policy")
				return nil
			})
			if text(err) != tc.want {
				t.Errorf("Do = %q, want %q", text(err), tc.want)
			}
		})
	}
}

func TestWaits(t *testing.T) {
	for _, tc := range []struct {
		name   string
		policy retry.Policy
		want   []time.Duration
		worst  time.Duration // with attempts of 1s
	}{
		{"default", retry.Default(), []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}, 10 * time.Second},
		{"one attempt", retry.Policy{Attempts: 1}, []time.Duration{}, time.Second},
		{
			"bounded by max_elapsed",
			retry.Policy{Attempts: 9, Initial: time.Second, MaxElapsed: 5 * time.Second},
			[]time.Duration{time.Second, 2 * time.Second},
			6 * time.Second,
		},
		{
			"capped",
			retry.Policy{Attempts: 4, Strategy: retry.Exponential, Initial: time.Second, Factor: 10, Max: 5 * time.Second},
			[]time.Duration{time.Second, 5 * time.Second, 5 * time.Second},
			15 * time.Second,
		},
		{
			"beyond what a duration holds",
			retry.Policy{Attempts: 3, Strategy: retry.Exponential, Initial: time.Hour, Factor: 1e300},
			[]time.Duration{time.Hour, math.MaxInt64},
			math.MaxInt64,
		},
		{
			"linear beyond what a duration holds",
			retry.Policy{Attempts: 3, Initial: math.MaxInt64/2 + 1},
			[]time.Duration{math.MaxInt64/2 + 1, math.MaxInt64},
			math.MaxInt64,
		},
		{"not valid", retry.Policy{}, nil, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.policy.Waits()); diff != "" {
				t.Errorf("Waits (-want +got):\n%s", diff)
			}
			if got := tc.policy.Worst(time.Second); got != tc.worst {
				t.Errorf("Worst(1s) = %s, want %s", got, tc.worst)
			}
		})
	}
}
