package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"assay.rs/core/prelude"
)

// fakeClock runs as fast as it is asked to wait. It starts now, since deadlines of contexts are real.
type fakeClock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *fakeClock { return &fakeClock{now: time.Now()} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx.Err() == nil && d > 0 {
		c.now = c.now.Add(d)
		c.slept = append(c.slept, d)
	}
	return ctx.Err()
}

// bench is one run of a check file: $URL in the text is the server's.
type bench struct {
	t       *testing.T
	dir     string
	options Options
	clock   *fakeClock
}

func newBench(t *testing.T) *bench {
	t.Helper()
	c := newClock()
	b := &bench{t: t, dir: t.TempDir(), clock: c}
	b.options = Options{Types: Standard(prelude.Modules()...), Clock: c, LookupEnv: func(string) (string, bool) { return "", false }}
	return b
}

func (b *bench) write(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func (b *bench) plan(text string) *Plan {
	b.t.Helper()
	p, err := Load(b.write("checks.yaml", text), b.options)
	if err != nil {
		b.t.Fatalf("Load: %v", err)
	}
	return p
}

func (b *bench) run(text string) *Report {
	b.t.Helper()
	return b.plan(text).Run(b.t.Context())
}

// problems loads a file that must not be valid.
func (b *bench) problems(text string) []Problem {
	b.t.Helper()
	_, err := Load(b.write("checks.yaml", text), b.options)
	var wrong *ConfigError
	if !errors.As(err, &wrong) {
		b.t.Fatalf("Load error = %v, want a *ConfigError", err)
	}
	list := wrong.Problems()
	for i := range list {
		list[i].Location = strings.TrimPrefix(list[i].Location, b.dir+"/")
	}
	return list
}

// recorded is a request as a server saw it.
type recorded struct {
	Method, URI, Body string
	Header            http.Header
}

// recorder is a server that keeps whole requests.
type recorder struct {
	*httptest.Server
	mu   sync.Mutex
	seen []recorded
}

func serve(t *testing.T, handler http.HandlerFunc) *recorder {
	t.Helper()
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Errorf("read the request: %v", err)
		}
		r.mu.Lock()
		r.seen = append(r.seen, recorded{req.Method, req.RequestURI, string(body), req.Header.Clone()})
		r.mu.Unlock()
		req.Body = io.NopCloser(bytes.NewReader(body))
		handler(w, req)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) requests() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]recorded(nil), r.seen...)
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// prometheus answers every query with one result.
func prometheus(t *testing.T, data string) *recorder {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"success","data":`+data+`}`)
	})
}

// document writes the report and reads it back; it must be one valid JSON value.
func document(t *testing.T, r *Report) map[string]any {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(&b)
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the document: %v, want nothing", err)
	}
	return doc
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// stub is a type whose body is a function: for what the runner does whatever the type.
func stub(run func(ctx context.Context, a Attempt) Outcome) Type {
	return Type{Name: "stub", Text: "Does what the test says.", New: func() Body { return stubBody{run} }}
}

type stubBody struct {
	run func(ctx context.Context, a Attempt) Outcome
}

func (s stubBody) Keys() []Key                                { return nil }
func (s stubBody) Prepare(*Prep)                              {}
func (s stubBody) Run(ctx context.Context, a Attempt) Outcome { return s.run(ctx, a) }
