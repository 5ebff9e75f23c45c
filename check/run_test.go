package check

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay.rs/core/retry"
)

func TestFlakyServerIsRetriedWithLinearBackoff(t *testing.T) {
	var calls atomic.Int32
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) < 3 {
			w.WriteHeader(503)
		}
	})
	b := newBench(t)
	r := b.run("retries: 3\nbackoff: 100ms\nchecks:\n  - {name: a, type: http, url: '" + server.URL + "/health?x=1'}\n")
	got := r.Checks[0]
	if !r.Passed || got.Attempts != 3 || got.Message != nil {
		t.Fatalf("passed = %v after %d attempts, message %q; want true after 3", r.Passed, got.Attempts, text(got.Message))
	}
	if diff := cmp.Diff([]time.Duration{100 * time.Millisecond, 200 * time.Millisecond}, b.clock.slept); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	var history []string
	for _, h := range got.History {
		history = append(history, fmt.Sprint(h.N, " ", h.At, " ", text(h.Message), " ", text(h.Class), " ", h.NextDelay))
	}
	want := []string{
		"1 0 status is 2xx (got 503) assert 100", "2 100 status is 2xx (got 503) assert 200", "3 300   0",
	}
	if diff := cmp.Diff(want, history); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if len(server.requests()) != 3 {
		t.Errorf("%d requests, want 3", len(server.requests()))
	}
}

func TestRetryChoosesByClassAndWantsSuccessesInARow(t *testing.T) {
	for name, c := range map[string]struct {
		outcomes []error // of the attempts; the last repeats
		yaml     string
		attempts int
		status   Status
		message  string
	}{
		"a class that is not retried": {[]error{Failed("no")}, "retry: {on: [connect]}", 1, StatusFailed, "no"},
		"a class that is retried":     {[]error{Failed("no", retry.Status5xx)}, "retry: {on: [5xx], attempts: 3}", 3, StatusFailed, "no"},
		"successes":                   {[]error{nil, Failed("no"), nil, nil}, "retry: {successes: 2, attempts: 5}", 4, StatusPassed, ""},
		"successes too few":           {[]error{nil, Failed("no"), nil}, "retry: {successes: 2, attempts: 3}", 3, StatusFailed, "1 of 2 passing attempts in a row; last: no"},
		"retries of the check":        {[]error{Failed("no")}, "retries: 1", 2, StatusFailed, "no"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			n := 0
			b.options.Types = []Type{stub(func(context.Context, Attempt) Outcome {
				n++
				return Outcome{Err: c.outcomes[min(n, len(c.outcomes))-1]}
			})}
			got := b.run("retries: 7\nchecks:\n  - name: a\n    type: stub\n    " + c.yaml + "\n").Checks[0]
			if got.Attempts != c.attempts || got.Status != c.status || text(got.Message) != c.message {
				t.Errorf("%d attempts, %s, %q; want %d, %s, %q", got.Attempts, got.Status, text(got.Message), c.attempts, c.status, c.message)
			}
		})
	}
}

func TestParallelChecksReallyRunAtOnce(t *testing.T) {
	const n = 5
	var arrived sync.WaitGroup
	arrived.Add(n)
	b := newBench(t)
	b.options.Types = []Type{stub(func(ctx context.Context, _ Attempt) Outcome {
		arrived.Done()
		all := make(chan struct{})
		go func() { arrived.Wait(); close(all) }()
		select {
		case <-all:
			return Outcome{}
		case <-ctx.Done():
			return Outcome{Err: errors.New("the others did not come")}
		}
	})}
	text := "parallel: 5\nchecks:\n"
	for i := range n {
		text += fmt.Sprintf("  - {name: c%d, type: stub}\n", n-i)
	}
	r := b.run(text)
	if !r.Passed {
		t.Fatal(r.Reason)
	}
	for i, c := range r.Checks {
		if want := fmt.Sprintf("c%d", n-i); c.Name != want {
			t.Errorf("result %d is of %s, want %s: results stand in file order", i, c.Name, want)
		}
	}
}

func TestSequentialChecksRunInFileOrder(t *testing.T) {
	var order []string
	b := newBench(t)
	running := atomic.Int32{}
	b.options.Types = []Type{stub(func(_ context.Context, a Attempt) Outcome {
		if running.Add(1) != 1 {
			t.Error("two checks run at once")
		}
		defer running.Add(-1)
		order = append(order, a.Check)
		return Outcome{}
	})}
	b.run("checks:\n  - {name: a, type: stub, needs: [c]}\n  - {name: b, type: stub}\n  - {name: c, type: stub}\n")
	if want := []string{"b", "c", "a"}; !slices.Equal(order, want) {
		t.Errorf("order = %v, want %v", order, want)
	}
}

func statusesOf(r *Report) string {
	var list []string
	for _, c := range r.Checks {
		list = append(list, c.Name+" "+string(c.Status))
	}
	return strings.Join(list, ", ")
}

func TestNeedsFailFastAlwaysAndIf(t *testing.T) {
	file := func(top, checks string) string { return top + "checks:\n" + checks }
	for name, c := range map[string]struct{ text, want string }{
		"needs a failure":    {file("", "  - {name: bad, type: stub}\n  - {name: b, type: stub, needs: [bad]}\n  - {name: c, type: stub, needs: [b]}\n  - {name: d, type: stub}\n"), "bad failed, b skipped, c skipped, d passed"},
		"needs a warning":    {file("", "  - {name: bad, type: stub, severity: warn}\n  - {name: b, type: stub, needs: [bad]}\n"), "bad warned, b passed"},
		"always":             {file("fail_fast: true\n", "  - {name: bad, type: stub}\n  - {name: b, type: stub, needs: [bad], always: true}\n"), "bad failed, b passed"},
		"fail_fast":          {file("fail_fast: true\n", "  - {name: a, type: stub}\n  - {name: bad, type: stub}\n  - {name: c, type: stub}\n"), "a passed, bad failed, c skipped"},
		"fail_fast, warning": {file("fail_fast: true\n", "  - {name: bad, type: stub, severity: warn}\n  - {name: c, type: stub}\n"), "bad warned, c passed"},
		"if":                 {file("vars: {env: dev}\n", "  - {name: a, type: stub, if: .vars.env == \"prod\"}\n  - {name: b, type: stub, if: $vars.env == \"dev\"}\n"), "a skipped, b passed"},
		"needs one skipped":  {file("", "  - {name: a, type: stub, if: 'false'}\n  - {name: b, type: stub, needs: [a]}\n  - {name: c, type: stub}\n"), "a skipped, b skipped, c passed"},
		"foreach":            {file("", "  - {name: x, type: stub, foreach: [1, 2]}\n  - {name: 'y-${item.k}', type: stub, foreach: [{k: p}, {k: bad}]}\n  - {name: z, type: stub, needs: [x]}\n"), "x[0] passed, x[1] passed, y-p passed, y-bad failed, z passed"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.options.Types = []Type{stub(func(_ context.Context, a Attempt) Outcome {
				if strings.HasSuffix(a.Check, "bad") {
					return Outcome{Err: Failed("bad")}
				}
				return Outcome{}
			})}
			if got := statusesOf(b.run(c.text)); got != c.want {
				t.Errorf("statuses = %s, want %s", got, c.want)
			}
		})
	}
}

func TestSelection(t *testing.T) {
	text := "checks:\n  - {name: a, type: stub, tags: [smoke]}\n  - {name: b, type: stub, needs: [a]}\n  - {name: c, type: stub, tags: [slow]}\n"
	for name, c := range map[string]struct {
		o          Options
		want       string
		deselected int
	}{
		"only":                {Options{Only: []string{"c"}}, "c passed", 2},
		"only with needs":     {Options{Only: []string{"b"}}, "a passed, b passed", 1},
		"tags":                {Options{Tags: []string{"smoke"}}, "a passed", 2},
		"skip":                {Options{Skip: []string{"c"}}, "a passed, b passed", 1},
		"skip what is needed": {Options{Skip: []string{"a"}}, "b skipped, c passed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.options.Types = []Type{stub(func(context.Context, Attempt) Outcome { return Outcome{} })}
			b.options.Only, b.options.Skip, b.options.Tags = c.o.Only, c.o.Skip, c.o.Tags
			r := b.run(text)
			if got := statusesOf(r); got != c.want || r.Summary.Deselected != c.deselected {
				t.Errorf("statuses = %s, deselected %d; want %s, %d", got, r.Summary.Deselected, c.want, c.deselected)
			}
		})
	}
}

func TestSignalGivesTheWholeDocumentAtOnce(t *testing.T) {
	for name, ignores := range map[string]bool{"checks that listen": false, "checks that do not": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			release := make(chan struct{})
			defer close(release)
			var started sync.WaitGroup
			started.Add(2)
			b.options.Types = []Type{stub(func(ctx context.Context, a Attempt) Outcome {
				switch {
				case a.Check == "done":
					return Outcome{}
				case a.N == 1:
					return Outcome{Err: Broken(retry.Connect, errors.New("refused"))}
				}
				started.Done()
				if ignores {
					<-release
				}
				<-ctx.Done()
				return Outcome{Err: ctx.Err()}
			})}
			plan := b.plan("parallel: 2\nretries: 5\nchecks:\n  - {name: done, type: stub}\n  - {name: a, type: stub}\n  - {name: b, type: stub}\n  - {name: c, type: stub}\n")
			go func() {
				started.Wait()
				cancel(&Interrupt{"SIGTERM", 143})
			}()
			began := time.Now()
			r := plan.Run(ctx)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("the report took %s", took)
			}
			if got, want := statusesOf(r), "done passed, a cancelled, b cancelled, c skipped"; got != want {
				t.Errorf("statuses = %s, want %s", got, want)
			}
			if got, want := text(r.Checks[1].Message), "cancelled: SIGTERM; last: refused"; got != want {
				t.Errorf("message = %q, want %q", got, want)
			}
			if r.Outcome != OutcomeCancelled || r.ExitCode() != 143 || r.Passed {
				t.Errorf("outcome = %s, exit code %d; want cancelled, 143", r.Outcome, r.ExitCode())
			}
			if got, want := text(r.Checks[3].Message), "cancelled: SIGTERM before it began"; got != want {
				t.Errorf("message of a skipped check = %q, want %q", got, want)
			}
			document(t, r)
		})
	}
}

func TestCancelledWithoutAnEarlierErrorSaysItOnce(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	b.options.Types = append(b.options.Types, stub(func(ctx context.Context, _ Attempt) Outcome {
		cancel(&Interrupt{"SIGTERM", 143})
		<-ctx.Done()
		return Outcome{Err: context.Cause(ctx)}
	}))
	r := b.plan("retries: 3\nchecks:\n  - {name: a, type: stub}\n").Run(ctx)
	if got, want := text(r.Checks[0].Message), "cancelled: SIGTERM"; got != want || r.Checks[0].ErrorClass != nil {
		t.Errorf("message = %q, class %q; want %q, none", got, text(r.Checks[0].ErrorClass), want)
	}
}

func TestRunThatIsOverBeforeItBegins(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&Interrupt{"SIGINT", 130})
	r := b.plan("checks:\n  - {name: a, type: script, script: 'assert(true)'}\n").Run(ctx)
	if r.Outcome != OutcomeCancelled || r.ExitCode() != 130 || r.Checks[0].Status != StatusSkipped {
		t.Errorf("outcome = %s, exit code %d, %s; want cancelled, 130, skipped", r.Outcome, r.ExitCode(), r.Checks[0].Status)
	}
}

func TestSignalAfterTheLastCheckChangesNothing(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	b.options.Events = func(e Event) {
		if e.Kind == CheckEnded {
			cancel(&Interrupt{"SIGTERM", 143})
		}
	}
	r := b.plan("checks:\n  - {name: a, type: script, script: 'assert(true)'}\n").Run(ctx)
	if !r.Passed || r.ExitCode() != 0 {
		t.Errorf("passed = %v, exit code %d; want true, 0", r.Passed, r.ExitCode())
	}
}

func TestDeadlineOfTheRun(t *testing.T) {
	b := newBench(t)
	b.options.Types = []Type{stub(func(context.Context, Attempt) Outcome {
		return Outcome{Err: Broken(retry.Connect, errors.New("refused"))}
	})}
	r := b.run("timeout: 120s\nretries: 100\nbackoff: 5s\nchecks:\n  - {name: a, type: stub}\n")
	if got, want := text(r.Checks[0].Message), "deadline of 120s reached; last: refused"; got != want {
		t.Errorf("message = %q, want %q", got, want)
	}
	if r.Outcome != OutcomeDeadline || r.ExitCode() != 1 || r.Checks[0].Status != StatusError {
		t.Errorf("outcome = %s, exit code %d, %s; want deadline, 1, error", r.Outcome, r.ExitCode(), r.Checks[0].Status)
	}
}

func TestDeadlineOfTheRunCutsWhatRunsAndSkipsTheRest(t *testing.T) {
	b := newBench(t)
	b.options.Types = []Type{stub(func(ctx context.Context, _ Attempt) Outcome { <-ctx.Done(); return Outcome{Err: ctx.Err()} })}
	r := b.run("timeout: 30ms\nchecks:\n  - {name: a, type: stub}\n  - {name: b, type: stub}\n")
	if got, want := statusesOf(r), "a error, b skipped"; got != want {
		t.Errorf("statuses = %s, want %s", got, want)
	}
	if got, want := text(r.Checks[0].Message), "deadline of 30ms reached"; got != want {
		t.Errorf("message = %q, want %q", got, want)
	}
	if r.Outcome != OutcomeDeadline || r.ExitCode() != 1 {
		t.Errorf("outcome = %s, exit code %d; want deadline, 1", r.Outcome, r.ExitCode())
	}
}

func TestTimeoutOfACheckIsNotThatOfTheRun(t *testing.T) {
	b := newBench(t)
	b.options.Types = []Type{stub(func(context.Context, Attempt) Outcome { return Outcome{Err: Failed("no")} })}
	r := b.run("timeout: 1h\nretries: 100\nbackoff: 5s\nchecks:\n  - {name: a, type: stub, timeout: 60s}\n")
	if got, want := text(r.Checks[0].Message), "deadline of 60s reached; last: no"; got != want {
		t.Errorf("message = %q, want %q", got, want)
	}
	if r.Outcome != OutcomeFailed || r.Checks[0].Status != StatusFailed {
		t.Errorf("outcome = %s, %s; want failed, failed", r.Outcome, r.Checks[0].Status)
	}
}

func TestCapturesFlowToLaterChecks(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Build", "b7")
		if r.URL.Path == "/login" {
			_, _ = fmt.Fprint(w, `{"token":"s3cr3t-token","version":2}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"version":2,"auth":%q}`, r.Header.Get("Authorization"))
	})
	b := newBench(t)
	r := b.run(`parallel: 4
checks:
  - name: use
    type: http
    url: ` + server.URL + `/v${captures.version}?b=${captures.build}
    headers: {Authorization: "Bearer ${captures.session}"}
    expect: {json: ".version == $captures.version", body: {contains: "s3cr3t-token"}}
  - name: login
    type: http
    url: ` + server.URL + `/login
    capture: {version: .version, session: {json: .token, secret: true}, build: {header: X-Build}}
`)
	if !r.Passed {
		t.Fatal(r.Reason)
	}
	seen := server.requests()
	if len(seen) != 2 || seen[1].URI != "/v2?b=b7" || seen[1].Header.Get("Authorization") != "Bearer s3cr3t-token" {
		t.Errorf("requests = %+v, want the captures in the second", seen)
	}
	var out strings.Builder
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "s3cr3t") {
		t.Errorf("a secret capture is in the document:\n%s", out.String())
	}
}

func TestCapturedTextCannotBecomeJq(t *testing.T) {
	server := serve(t, answer(200, `{"v":"\" or true or \""}`))
	b := newBench(t)
	r := b.run("checks:\n  - {name: a, type: http, url: '" + server.URL + "', capture: {v: .v}}\n" +
		"  - {name: b, type: http, url: '" + server.URL + "', expect: {json: '.x == \"${captures.v}\"'}}\n" +
		"  - {name: c, type: http, url: '" + server.URL + "', expect: {json: ['.v == \"${captures.v}\"', '.v == ${captures.v}']}}\n")
	if got, want := statusesOf(r), "a passed, b failed, c passed"; got != want {
		t.Errorf("statuses = %s, want %s: a capture in jq is a value", got, want)
	}
}

func TestEventsTellOfEachCheckAndAttemptOnce(t *testing.T) {
	b := newBench(t)
	kinds := map[EventKind]string{RunStarted: "run", CheckStarted: "start", AttemptEnded: "attempt", CheckEnded: "end"}
	var got []string
	b.options.Events = func(e Event) {
		got = append(got, fmt.Sprintf("%s %s %s %d/%d", kinds[e.Kind], e.Result.Name, e.Result.Status, e.Done, e.Total))
	}
	b.run("checks:\n  - {name: a, type: script, script: 'assert(true)'}\n  - {name: b, type: script, script: 'error(\"x\")'}\n  - {name: c, type: script, script: 'assert(true)', needs: [b]}\n")
	want := []string{"run   0/3", "start a  0/3", "attempt a  0/3", "end a passed 1/3", "start b  1/3", "attempt b  1/3", "end b failed 2/3", "end c skipped 3/3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestAThousandChecksOfWhichSomeHangOrCrash(t *testing.T) {
	b := newBench(t)
	b.options.Types = []Type{stub(func(ctx context.Context, a Attempt) Outcome {
		switch a.Check[len(a.Check)-1] {
		case '3':
			<-ctx.Done()
			return Outcome{}
		case '7':
			panic("boom")
		}
		return Outcome{}
	})}
	var text strings.Builder
	text.WriteString("parallel: 100\ndefaults: {attempt_timeout: 2s}\nchecks:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  - {name: c%d, type: stub}\n", i)
	}
	r := b.run(text.String())
	want := Summary{Total: 1000, Passed: 800, Error: 200}
	if r.Summary != want {
		t.Errorf("summary = %+v, want %+v", r.Summary, want)
	}
	for _, c := range r.Checks {
		if last := c.Name[len(c.Name)-1]; (c.Status == StatusPassed) == (last == '3' || last == '7') {
			t.Errorf("%s is %s", c.Name, c.Status)
		}
	}
}
