package server

import (
	"strconv"
	"time"

	"assay.rs/analysis/checkfile"
	"assay.rs/core/retry"
)

// worstCase is the longest that a check can take, as assay check --dry-run tells it. It reports false where the file
// has a value that is known only when it runs, or is wrong.
func worstCase(f *checkfile.File, parent, item int) (time.Duration, bool) {
	p := pacing{policy: retry.Policy{Attempts: 1, Strategy: retry.Linear, Successes: 1}, attempt: 30 * time.Second, known: true}
	p.read(f, -1, 0)
	p.timeout, p.delay = 0, 0 // at the top they are of all checks together
	for i, e := range f.Entries {
		if e.Parent == -1 && e.Key == "defaults" {
			p.read(f, i, 0)
		}
	}
	p.read(f, parent, item)
	if !p.known || p.policy.Validate() != nil {
		return 0, false
	}
	worst := p.hold.Added(p.policy.Worst(p.attempt), p.attempt)
	if p.timeout > 0 {
		worst = min(worst, p.timeout)
	}
	return worst + p.delay, true
}

// pacing is what a file says about attempts, from the top down: what is nearer to the check wins.
type pacing struct {
	policy                  retry.Policy
	hold                    retry.Hold
	attempt, timeout, delay time.Duration
	attemptsSaid, waitsSaid bool // by retries and backoff: retry overrides only what it names
	known                   bool
}

// read takes the keys of one map; retry comes after the others, as it overrides them.
func (p *pacing) read(f *checkfile.File, parent, item int) {
	keys := values(f, parent, item)
	if v, ok := keys["retries"]; ok {
		p.policy.Attempts, p.attemptsSaid = p.number(v)+1, true
	}
	if v, ok := keys["backoff"]; ok {
		p.policy.Strategy, p.policy.Initial, p.policy.Max, p.policy.Factor, p.waitsSaid = retry.Linear, p.duration(v), 0, 0, true
	}
	for key, into := range map[string]*time.Duration{"attempt_timeout": &p.attempt, "timeout": &p.timeout, "delay": &p.delay} {
		if v, ok := keys[key]; ok {
			*into = p.duration(v)
		}
	}
	for i, e := range f.Entries {
		if e.Parent != parent || e.Item != item {
			continue
		}
		switch e.Key {
		case "retry":
			p.retry(f, i)
		case "hold":
			keys := values(f, i, 0)
			p.hold = retry.Hold{Window: p.duration(keys["for"])}
			if v, ok := keys["every"]; ok {
				p.hold.Every = p.duration(v)
			}
			if v, ok := keys["failures"]; ok {
				p.hold.Failures = p.number(v)
			}
		}
	}
}

func (p *pacing) retry(f *checkfile.File, entry int) {
	policy := retry.Default()
	if p.waitsSaid {
		policy = p.policy
	}
	if p.attemptsSaid {
		policy.Attempts = p.policy.Attempts
	}
	policy.Successes, policy.On, policy.Jitter = p.policy.Successes, nil, false
	for key, v := range values(f, entry, 0) {
		switch key {
		case "attempts":
			policy.Attempts = p.number(v)
		case "successes":
			policy.Successes = p.number(v)
		case "strategy":
			policy.Strategy = retry.Strategy(v)
		case "factor":
			factor, err := strconv.ParseFloat(v, 64)
			policy.Factor, p.known = factor, p.known && err == nil
		case "initial":
			policy.Initial = p.duration(v)
		case "max":
			policy.Max = p.duration(v)
		case "max_elapsed":
			policy.MaxElapsed = p.duration(v)
		}
	}
	if policy.Factor == 0 {
		policy.Factor = retry.Default().Factor
	}
	p.policy, p.attemptsSaid, p.waitsSaid = policy, true, true
}

func (p *pacing) number(text string) int {
	n, err := strconv.Atoi(text)
	p.known = p.known && err == nil && n >= 0
	return n
}

func (p *pacing) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	p.known = p.known && err == nil && d >= 0
	return d
}

// values are the scalars of the map that stands in the value of an entry, or in an item of it.
func values(f *checkfile.File, parent, item int) map[string]string {
	found := make(map[string]string)
	for _, e := range f.Entries {
		if e.Parent == parent && e.Item == item {
			found[e.Key] = unquoted(e.Value)
		}
	}
	return found
}
