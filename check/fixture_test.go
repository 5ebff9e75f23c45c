package check

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// A fixture is started before the checks, waited for, named in them, and ended after them.
func TestFixtures(t *testing.T) {
	var asked atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/up" && asked.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	b := newBench(t)
	b.write("service.lua", "-- serves")
	var got Fixture
	running := false
	b.options.StartFixture = func(_ context.Context, f Fixture) (string, func() error, error) {
		got, running = f, true
		return server.URL, func() error { running = false; return nil }, nil
	}
	r := b.run(`
vars: { level: debug }
fixtures:
  - { name: api, file: service.lua, ready: /up, env: { LEVEL: "${level}", N: 3 } }
checks:
  - { name: one, type: http, url: "${fixtures.api.url}/one" }
  - { name: two, type: script, env: { URL: "${fixtures.api.url}" }, script: 'assert.eq(env.get("URL"), "` + server.URL + `")' }
`)
	if !r.Passed || len(r.Checks) != 2 {
		t.Errorf("passed = %v with %d checks: %s", r.Passed, len(r.Checks), r.Reason)
	}
	if running {
		t.Error("the fixture was not ended")
	}
	if got.Name != "api" || got.Env["LEVEL"] != "debug" || got.Env["N"] != "3" || !strings.HasSuffix(got.File, "/service.lua") {
		t.Errorf("started %+v", got)
	}
	if asked.Load() != 3 {
		t.Errorf("asked %d times whether it is ready, want 3", asked.Load())
	}
	if last := server.seen[len(server.seen)-1]; last.URI != "/one" {
		t.Errorf("the last request was %s, want /one", last.URI)
	}
}

// Without its fixture no check is green.
func TestFixtureFails(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	for _, tt := range []struct {
		name, want string
		start      StartFixture
	}{
		{"it cannot start", "fixture api: broken", func(context.Context, Fixture) (string, func() error, error) { return "", nil, errors.New("broken") }},
		{"it is never ready", "fixture api: " + server.URL + "/up is not ready in time: status 503", func(context.Context, Fixture) (string, func() error, error) {
			return server.URL, func() error { return nil }, nil
		}},
		{"it never serves", "fixture api: it does not serve within 100ms", func(ctx context.Context, _ Fixture) (string, func() error, error) {
			<-ctx.Done()
			return "", nil, ctx.Err()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			b.write("service.lua", "-- serves")
			b.options.StartFixture = tt.start
			r := b.run(`
fixtures: [{ name: api, file: service.lua, ready: /up, timeout: 100ms }]
checks: [{ name: one, type: script, script: "assert(true)" }, { name: two, type: script, script: "assert(true)", always: true }]
`)
			if r.Passed || r.Outcome != OutcomeError || r.ExitCode() == ExitPassed {
				t.Errorf("outcome = %s, exit %d; want an error", r.Outcome, r.ExitCode())
			}
			for _, c := range r.Checks {
				if c.Status != StatusError || c.Message == nil || *c.Message != tt.want {
					t.Errorf("check %s is %s: %v, want an error %q", c.Name, c.Status, c.Message, tt.want)
				}
			}
		})
	}
}

// What passed beside a fixture that was gone proves nothing, whatever its severity; what failed stays as it is.
func TestFixtureEndsBeforeTheChecks(t *testing.T) {
	b := newBench(t)
	b.write("service.lua", "-- serves")
	gone := false
	b.options.StartFixture = func(context.Context, Fixture) (string, func() error, error) {
		return "http://127.0.0.1:1", func() error {
			if gone {
				return errors.New("service.lua: boom")
			}
			return nil
		}, nil
	}
	const file = `
fixtures: [{ name: api, file: service.lua }, { name: other, file: service.lua }]
checks:
  - { name: one, type: script, script: "assert(true)" }
  - { name: two, type: script, script: "assert(true)", severity: warn }
  - { name: three, type: script, script: "error('no')", severity: warn }
  - { name: four, type: script, script: "assert(true)", if: "false" }
`
	if r := b.run(file); !r.Passed {
		t.Errorf("with its fixtures: %s, want a pass", r.Reason)
	}
	gone = true
	r := b.run(file)
	if r.Passed || r.Outcome != OutcomeError || r.ExitCode() != ExitFailed {
		t.Errorf("passed = %v, outcome %s, exit %d; want an error", r.Passed, r.Outcome, r.ExitCode())
	}
	for i, want := range []Status{StatusError, StatusError, StatusError, StatusSkipped} {
		if got := r.Checks[i]; got.Status != want || got.Passed {
			t.Errorf("%s is %s, want %s", got.Name, got.Status, want)
		}
	}
	if want := "one: fixture api ended before the checks were over: service.lua: boom"; !strings.HasSuffix(r.Reason, want) {
		t.Errorf("reason = %q, want one that ends with %q", r.Reason, want)
	}
}

func TestFixtureProblems(t *testing.T) {
	const checks = "checks: [{ name: one, type: http, url: \"${fixtures.api.url}\" }]\n"
	for _, tt := range []struct{ name, yaml, want string }{
		{"a file that is not there", "fixtures: [{ name: api, file: none.lua }]\n" + checks, "script none.lua: "},
		{"no name", "fixtures: [{ file: service.lua }]\n" + checks, "the fixture has no 'name'"},
		{"an unknown key", "fixtures: [{ name: api, file: service.lua, timout: 1s }]\n" + checks, "unknown key 'timout' in the fixture"},
		{"a name twice", "fixtures: [{ name: api, file: service.lua }, { name: api, file: service.lua }]\n" + checks, "two fixtures have the name 'api'"},
		{"a name that cannot be named", "fixtures: [{ name: a.b, file: service.lua }]\nchecks: [{ name: one, type: http, url: x }]\n", "no dots"},
		{"a path that is none", "fixtures: [{ name: api, file: service.lua, ready: up }]\n" + checks, "'ready' is a path"},
		{"an unknown fixture", "fixtures: [{ name: web, file: service.lua }]\n" + checks, "fixtures.api.url"},
		{"an unknown part", "fixtures: [{ name: api, file: service.lua }]\nchecks: [{ name: one, type: http, url: \"${fixtures.api.port}\" }]\n", "a fixture has a url"},
		{"an empty list", "fixtures: []\n" + checks, "must be a list that is not empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			b.write("service.lua", "-- serves")
			b.options.StartFixture = func(context.Context, Fixture) (string, func() error, error) { panic("started") }
			if got := b.problems(tt.yaml)[0]; !strings.Contains(got.Message, tt.want) {
				t.Errorf("problem = %+v, want one with %q", got, tt.want)
			}
		})
	}
	b := newBench(t)
	b.write("service.lua", "-- serves")
	if got := b.problems("fixtures: [{ name: api, file: service.lua }]\n" + checks)[0]; !strings.Contains(got.Message, "the full assay binary can") {
		t.Errorf("without a starter: %+v, want a hint at the binary that can", got)
	}
}
