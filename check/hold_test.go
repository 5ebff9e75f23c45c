package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"assay.rs/core/retry"
)

// A check that holds makes attempts until its window is over. Each case says what the attempts give; the last repeats.
func TestHold(t *testing.T) {
	no := Failed("no")
	down := Broken(retry.Connect, errors.New("refused"))
	for name, c := range map[string]struct {
		outcomes []error
		yaml     string
		attempts int
		status   Status
		message  string
	}{
		"as long as it is asked":      {[]error{nil}, "hold: {for: 60s}", 7, StatusPassed, ""},
		"after attempts that failed":  {[]error{no, nil}, "retries: 3, hold: {for: 60s}", 8, StatusPassed, ""},
		"a shorter one than its wait": {[]error{nil}, "hold: {for: 3s}", 2, StatusPassed, ""},
		"each second":                 {[]error{nil}, "hold: {for: 3s, every: 1s}", 4, StatusPassed, ""},
		"never passed":                {[]error{no}, "retries: 1, hold: {for: 60s}", 2, StatusFailed, "no"},
		"failed in the window":        {[]error{nil, nil, no, nil}, "hold: {for: 60s}", 3, StatusFailed, "it did not hold: at 20s of 60s: no"},
		"could not be measured":       {[]error{nil, down}, "hold: {for: 60s}", 2, StatusError, "it did not hold: at 10s of 60s: refused"},
		"one is forgiven":             {[]error{nil, no, nil}, "hold: {for: 60s, failures: 1}", 7, StatusPassed, ""},
		"two are not":                 {[]error{nil, no, nil, no, nil}, "hold: {for: 60s, failures: 1}", 4, StatusFailed, "it did not hold: failed 2 times, at 30s of 60s: no"},
		"the last one must pass":      {[]error{nil, nil, nil, no, no}, "hold: {for: 30s, failures: 1}", 5, StatusFailed, "it did not hold: failed 2 times, at 40s of 30s: no"},
		"no longer than the timeout":  {[]error{nil}, "timeout: 62s, hold: {for: 61s}", 7, StatusError, "deadline of 62s reached; last: it has held for 60s of 61s"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			n := 0
			b.options.Types = []Type{stub(func(context.Context, Attempt) Outcome {
				n++
				return Outcome{Err: c.outcomes[min(n, len(c.outcomes))-1]}
			})}
			got := b.run("checks:\n  - {name: a, type: stub, " + c.yaml + "}\n").Checks[0]
			if got.Attempts != c.attempts || got.Status != c.status || text(got.Message) != c.message {
				t.Errorf("%d attempts, %s, %q; want %d, %s, %q", got.Attempts, got.Status, text(got.Message), c.attempts, c.status, c.message)
			}
			if len(got.History) != c.attempts || got.History[len(got.History)-1].N != c.attempts {
				t.Errorf("the history is %+v, want each of %d attempts", got.History, c.attempts)
			}
		})
	}
}

// What the history says of a hold is what happened when: each attempt, in the order of time.
func TestHoldInTheHistory(t *testing.T) {
	b := newBench(t)
	n := 0
	b.options.Types = []Type{stub(func(context.Context, Attempt) Outcome {
		if n++; n == 1 || n == 4 {
			return Outcome{Err: Failed("no")}
		}
		return Outcome{}
	})}
	r := b.run("checks:\n  - {name: a, type: stub, retries: 1, backoff: 2s, hold: {for: 20s, failures: 1}}\n").Checks[0]
	var got []string
	for _, h := range r.History {
		got = append(got, fmt.Sprint(h.N, " at ", h.At, " ", text(h.Message), " then ", h.NextDelay))
	}
	want := "1 at 0 no then 2000; 2 at 2000  then 10000; 3 at 12000  then 10000; 4 at 22000 no then 10000; 5 at 32000  then 0"
	if got := strings.Join(got, "; "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if r.Total != 32000 {
		t.Errorf("%d ms in all, want 32000", r.Total)
	}
}

func TestHoldIsRefused(t *testing.T) {
	for yaml, want := range map[string]string{
		"hold: {every: 1s}":               "'hold' has no 'for'",
		"timeout: 1m, hold: {for: 1m}":    "the timeout of 60s is over before 'hold.for' of 60s: the check could not pass",
		"hold: {for: 1000h, every: 1ms}":  "'hold' makes more than 100000 attempts: make 'every' longer",
		"hold: {for: 0s}":                 "must be longer than zero",
		"hold: {for: 1m, failures: -1}":   "must be",
		"hold: {for: 1m, failure: 1}":     "did you mean 'failures'?",
		"hold: 5m":                        "must be a map",
		"retry: {hold: {for: 1m}}":        "unknown key 'hold'",
		"hold: {for: 1m, every: 0s}":      "must be",
		"hold: {for: 1m, failures: none}": "must be",
	} {
		t.Run(yaml, func(t *testing.T) {
			b := newBench(t)
			problems := b.problems("checks:\n  - {name: a, type: http, url: http://127.0.0.1:1/, " + yaml + "}\n")
			if !strings.Contains(problems[0].Message, want) {
				t.Errorf("got %q, want it to have %q", problems[0].Message, want)
			}
		})
	}
}

// fail_if ends the attempts at once, and nothing else does.
func TestFailIf(t *testing.T) {
	for name, c := range map[string]struct {
		bodies   []string // of the answers; the last repeats
		failIf   string
		attempts int
		passed   bool
	}{
		"it holds at once":         {[]string{`{"state": "crashed"}`}, `.state == "crashed"`, 1, false},
		"it holds later":           {[]string{`{"state": "starting"}`, `{"state": "crashed"}`}, `.state == "crashed"`, 2, false},
		"it never holds":           {[]string{`{"state": "starting"}`}, `.state == "crashed"`, 4, false},
		"it passes before":         {[]string{`{"state": "ready"}`}, `.state == "crashed"`, 1, true},
		"it holds of what passes":  {[]string{`{"state": "ready", "errors": 2}`}, ".errors > 1", 1, false},
		"the body is no JSON yet":  {[]string{"starting", `{"state": "ready"}`}, `.state == "crashed"`, 2, true},
		"it cannot be judged":      {[]string{`{"state": "ready"}`}, ".errors > 1", 4, false},
		"one of several is enough": {[]string{`{"state": "starting", "pods": [{"ok": true}, {"ok": false}]}`}, ".pods[].ok == false", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				n++
				answer(200, c.bodies[min(n, len(c.bodies))-1])(w, r)
			})
			b := newBench(t)
			got := b.run(fmt.Sprintf("checks:\n  - {name: a, type: http, url: %s, retries: 3, fail_if: '%s', expect: {json: '.state == \"ready\"'}}\n", server.URL, c.failIf)).Checks[0]
			if got.Attempts != c.attempts {
				t.Errorf("%d attempts (%s), want %d", got.Attempts, text(got.Message), c.attempts)
			}
			if got.Passed != c.passed {
				t.Errorf("passed is %t: %s", got.Passed, text(got.Message))
			}
			if c.attempts == 1 && !c.passed && text(got.Message) != "fail_if "+c.failIf+" holds" {
				t.Errorf("got %q", text(got.Message))
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	for outcome, want := range map[OutcomeKind][3]int{ // plain, detailed, and with advice
		OutcomePassed: {0, 0, 0}, OutcomeFailed: {1, 1, 0}, OutcomeError: {1, 4, 0}, OutcomeDeadline: {1, 3, 0},
	} {
		r := Report{Outcome: outcome, Passed: outcome == OutcomePassed, Exit: want[0], Reason: "why"}
		r.Detail()
		if r.Exit != want[1] {
			t.Errorf("%s: exit code %d, want %d", outcome, r.Exit, want[1])
		}
		r.Advise()
		if r.Exit != want[2] || !r.Advisory || *r.Would != want[1] {
			t.Errorf("%s: exit code %d, would be %d; want 0 and %d", outcome, r.Exit, *r.Would, want[1])
		}
	}
	for _, r := range []Report{{Outcome: OutcomeError, Exit: ExitUsage}, {Outcome: OutcomeCancelled, Exit: 143}} {
		exit := r.Exit
		r.Detail()
		if r.Advise(); r.Exit != exit || *r.Would != exit {
			t.Errorf("%s: exit code %d, want %d whatever is asked", r.Outcome, r.Exit, exit)
		}
	}
}

func TestAdviceInTheDocument(t *testing.T) {
	b := newBench(t)
	r := b.run("checks:\n  - {name: a, type: http, url: http://127.0.0.1:1/}\n")
	r.Advise()
	doc := document(t, r)
	if doc["passed"] != false || doc["advisory"] != true || fmt.Sprint(doc["would_exit"]) != "1" || fmt.Sprint(doc["exit_code"]) != "0" {
		text, _ := json.Marshal(doc)
		t.Errorf("got %s", text)
	}
	if !strings.HasSuffix(r.Reason, " (advisory: exit code 0, not 1)") {
		t.Errorf("reason %q", r.Reason)
	}
}
