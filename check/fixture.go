package check

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
	assayhttp "assay.rs/mod-http"
)

// Fixture is a script that serves while the checks of a file run.
type Fixture struct {
	Name string
	File string            // the script
	Env  map[string]string // what env.get sees, before the environment of the process

	Log    *slog.Logger             // that of the checks, which masks their secrets
	Redact func(text string) string // masks them in what it prints
}

// StartFixture starts a script and waits until it serves. url is where; stop ends it and waits for that. The
// script does not outlive ctx. The error of stop is why it had ended before.
type StartFixture func(ctx context.Context, f Fixture) (url string, stop func() error, err error)

// fixture is one entry of `fixtures`.
type fixture struct {
	name, file, ready string
	env               []Named
	timeout           time.Duration
}

// fixtureTimeout is how long a fixture may take to be ready.
const fixtureTimeout = 30 * time.Second

// fixtureSpace is what ${} begins with that names a fixture. A fixture's URL is known among the captures.
const fixtureSpace = "fixtures."

func (f *fixture) keys() []Key {
	return []Key{
		{Name: "name", Text: "The URL is ${fixtures.name.url}.", Required: true, Value: Word(&f.name)},
		{Name: "file", Text: "The script that serves, relative to the check file or to the working directory.", Required: true, Value: Word(&f.file)},
		{Name: "ready", Text: "A path that answers 2xx once the checks may begin; without it, that the script listens is enough.", Value: Word(&f.ready)},
		{Name: "env", Text: "What env.get sees, before the environment of the process; also URLs of fixtures above.", Value: Texts(&f.env, legalEnv)},
		{Name: "timeout", Text: "How long it may take to be ready; 30s unless set.", Value: Duration(&f.timeout, false)},
	}
}

func fixturesValue(into *[]*fixture) Value {
	each := Value{func() schema { return tableSchema((&fixture{}).keys()) }, func(r *Reader, n *yaml.Node) {
		f := &fixture{timeout: fixtureTimeout}
		r.keys(n, "the fixture", f.keys())
		r.fixture(n, f, *into)
		*into = append(*into, f)
		r.scope.fixtures = append(r.scope.fixtures, f.name)
	}}
	list := ListOf(each)
	return Value{list.schema, func(r *Reader, n *yaml.Node) {
		if r.options.StartFixture == nil {
			r.Fail(n, "'fixtures': this binary cannot start scripts: the full assay binary can")
		}
		list.read(r, n)
	}}
}

// fixture judges what the keys alone do not.
func (r *Reader) fixture(n *yaml.Node, f *fixture, before []*fixture) {
	if strings.ContainsAny(f.name, ".{} ") {
		r.Fail(n.Get("name"), "the name of a fixture stands in ${fixtures.NAME.url}: it has no dots, braces or spaces")
	}
	if slices.ContainsFunc(before, func(other *fixture) bool { return other.name == f.name && f.name != "" }) {
		r.Fail(n.Get("name"), "two fixtures have the name '%s'", clip(f.name))
	}
	if f.ready != "" && !strings.HasPrefix(f.ready, "/") {
		r.Fail(n.Get("ready"), "'ready' is a path: it begins with /")
	}
	for _, e := range f.env {
		if slices.ContainsFunc(e.Text.parts, func(p part) bool { return p.capture != "" && !p.fixture() }) {
			r.Fail(n.Get("env"), "${captures} cannot stand here: fixtures start before the first check runs")
		}
	}
	if f.file == "" {
		return
	}
	f.file = r.find(f.file)
	r.scope.needed.files[f.file] = true
	if _, err := readFile(f.file, maxScript); err != nil {
		r.Fail(n.Get("file"), "script %s: %s", filepath.Base(f.file), err)
	}
}

// fixtureURL is the part for ${fixtures.NAME.url}.
func (s *scope) fixtureURL(rest string) (part, bool, error) {
	name, what, _ := strings.Cut(rest, ".")
	if !slices.Contains(s.fixtures, name) {
		return part{}, false, nil
	}
	if what != "url" {
		return part{}, false, fmt.Errorf("${%s%s}: a fixture has a url: ${%s%s.url}", fixtureSpace, rest, fixtureSpace, name)
	}
	return part{capture: fixtureSpace + rest}, true, nil
}

// startFixtures starts the fixtures in the order of the file and puts their URLs among the captures. stop ends
// those that were started; its error is that one of them had ended before.
func (r *suiteRun) startFixtures(ctx context.Context) (stop func() error, err error) {
	var stops []func() error
	stop = func() error {
		var first error
		for i, end := range slices.Backward(stops) {
			if err := end(); err != nil {
				first = fmt.Errorf("fixture %s ended before the checks were over: %w", r.suite.fixtures[i].name, err)
			}
		}
		return first
	}
	for _, f := range r.suite.fixtures {
		within, cancel := context.WithTimeout(ctx, f.timeout)
		url, end, err := r.startFixture(ctx, within, f)
		cancel()
		if end == nil {
			end = func() error { return nil }
		}
		stops = append(stops, end)
		if err != nil {
			return stop, fmt.Errorf("fixture %s: %w", f.name, err)
		}
		r.captures[fixtureSpace+f.name+".url"] = url
	}
	return stop, nil
}

// startFixture gives a fixture that is ready within its time; it lives as long as ctx.
func (r *suiteRun) startFixture(ctx, within context.Context, f *fixture) (url string, stop func() error, err error) {
	env := make(map[string]string, len(f.env))
	for _, e := range f.env {
		if env[e.Name], err = e.Text.Expand(r.captures); err != nil {
			return "", nil, fmt.Errorf("env %s: %w", e.Name, err)
		}
	}
	type started struct {
		url  string
		stop func() error
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	begun := make(chan started, 1)
	go func() {
		url, stop, err := r.plan.options.StartFixture(ctx, Fixture{
			Name: f.name, File: f.file, Env: env, Log: r.plan.log, Redact: r.plan.redactor.Text,
		})
		begun <- started{url, stop, err}
	}()
	select {
	case s := <-begun:
		stop = func() error {
			defer cancel()
			if s.stop == nil {
				return nil
			}
			return s.stop()
		}
		if s.err == nil && f.ready != "" {
			s.err = awaitReady(within, s.url+f.ready)
		}
		return s.url, stop, s.err
	case <-within.Done():
		cancel()
		if s := <-begun; s.stop != nil {
			_ = s.stop() // what it says of its end adds nothing
		}
		return "", nil, fmt.Errorf("it does not serve within %s", seconds(f.timeout))
	}
}

// readyEvery is how often a fixture is asked whether it is ready.
const readyEvery = 20 * time.Millisecond

// awaitReady asks url until it answers 2xx.
func awaitReady(within context.Context, url string) error {
	client := assayhttp.NewClient(assayhttp.Options{}, assayhttp.Environment{})
	defer client.Close() //nolint:errcheck // its connections are its own
	last := fmt.Errorf("no answer")
	for {
		answer, err := client.Do(within, assayhttp.Request{URL: url})
		switch {
		case err == nil && answer.OK():
			return nil
		case err == nil:
			last = fmt.Errorf("status %d", answer.Status)
		case within.Err() == nil:
			last = err
		}
		if err := (retry.System{}).Sleep(within, readyEvery); err != nil {
			return fmt.Errorf("%s is not ready in time: %w", url, last)
		}
	}
}

// unstarted gives every check the reason why none could run.
func (r *suiteRun) unstarted(why error) {
	for i, c := range r.suite.checks {
		if !c.selected {
			continue
		}
		result := r.blank(c)
		result.unmeasured(why)
		r.results[i] = &result
		if r.failed == "" {
			r.failed = c.name
		}
		r.events.emit(Event{Kind: CheckEnded, Result: r.cleaned(result)})
	}
}

// endFixtures ends what stop ends. When one of the fixtures was gone by then, what passed beside it proves nothing.
func (r *suiteRun) endFixtures(ctx context.Context, stop func() error) {
	over := ctx.Err() != nil // which ends fixtures too
	gone := stop()
	if gone == nil || over {
		return
	}
	r.plan.log.Error(gone.Error())
	for _, result := range r.results {
		if result != nil && (result.Status == StatusPassed || result.Status == StatusWarned) {
			result.unmeasured(gone)
		}
	}
}

// unmeasured makes an error of a result, whatever its severity: it is not the check that went wrong.
func (r *Result) unmeasured(why error) {
	class := string(retry.Error)
	r.Passed, r.Status, r.Message, r.ErrorClass = false, StatusError, said(why.Error()), &class
}
