package check

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// headers judge as body does: a text is contained, whatever the case of the name.
func TestHeaderContains(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	})
	for expect, want := range map[string]string{
		"content-type: json":               "passed",
		"Content-Type: {contains: utf-8}":  "passed",
		"content-type: {equals: json}":     "failed assert",
		"content-type: {matches: '^json'}": "failed assert",
	} {
		if got := one(t, "{name: a, type: http, url: '"+server.URL+"', expect: {headers: {"+expect+"}}}"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", expect, got, want)
		}
	}
}

func TestRequestsAreSentWhole(t *testing.T) {
	server := serve(t, answer(200, "ok"))
	b := newBench(t)
	b.run(`defaults: {http: {headers: {X-A: "1", X-B: "2"}}}
checks:
  - {name: a, type: http, url: '` + server.URL + `/p?q=sum(x{a="b"})', method: PUT, headers: {x-a: 3}, body: {n: 1, s: "${v}", l: [true, null]}}
  - {name: b, type: http, url: '` + server.URL + `/p', method: POST, headers: {Content-Type: text/x}, body: "${v} $x"}
vars: {v: "a b"}
`)
	seen := server.requests()
	if len(seen) != 2 {
		t.Fatalf("%d requests, want 2", len(seen))
	}
	var got []string
	for _, s := range seen {
		h := s.Header
		got = append(got, fmt.Sprintf("%s %s %s a=%s b=%s type=%s", s.Method, s.URI, s.Body, strings.Join(h["X-A"], ","), h.Get("X-B"), h.Get("Content-Type")))
	}
	want := []string{
		`PUT /p?q=sum(x%7Ba=%22b%22%7D) {"l":[true,null],"n":1,"s":"a b"} a=3 b=2 type=application/json`,
		`POST /p a b $x a=1 b=2 type=text/x`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestHTTPPasses(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		yaml   string
	}{
		"204": {204, "", ""}, "any": {500, "", "expect: {status: any}"}, "list": {204, "", "expect: {status: [200, 204]}"}, "class": {404, "", "expect: {status: 4xx}"},
		"range": {299, "", `expect: {status: ">=200 <300"}`}, "spaced range": {250, "", `expect: {status: ">= 200 < 300"}`}, "not": {404, "", `expect: {status: "!=500"}`},
		"json numbers compare as numbers": {200, `{"n":1.0,"big":12345678901234567890}`, "expect: {json: ['.n == 1', '.big == 12345678901234567890', '.missing == null']}"},
		"json all outputs":                {200, `[{"ok":true},{"ok":true}]`, "expect: {json: '.[].ok'}"},
		"body equals":                     {200, "", "expect: {body: {equals: ''}}"},
		"several conditions":              {200, "ready: yes\n", "expect: {body: {contains: [ready, 'yes'], not_contains: 'no', matches: '(?m)^ready: \\w+$'}}"},
		"latency":                         {200, "", "expect: {latency: '<=30s'}"},
		"var in a number":                 {204, "", "expect: {status: '${code}'}"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newBench(t).run("vars: {code: 204}\nchecks:\n  - name: a\n    type: http\n    url: " + serve(t, answer(c.status, c.body)).URL + "\n    " + c.yaml + "\n")
			if !r.Passed || r.Checks[0].Message != nil {
				t.Errorf("passed = %v, message %q; want true, none", r.Passed, text(r.Checks[0].Message))
			}
		})
	}
}

func TestAnswersThatAreFine(t *testing.T) {
	server := serve(t, meanServer)
	for name, c := range map[string]struct{ path, yaml string }{
		"latin-1 is decoded":            {"latin1", "expect: {body: défaillance}"},
		"UTF-16 is decoded":             {"utf-16", "expect: {body: {equals: 'state: error, database down'}}"},
		"gzip that was asked for":       {"gzip", "headers: {Accept-Encoding: gzip}\n    expect: {body: database down}"},
		"x-gzip":                        {"x-gzip", "expect: {body: database down}"},
		"deflate":                       {"deflate", "expect: {body: database down}"},
		"a coding that nobody reads":    {"br", "expect: {status: 200, headers: {Content-Encoding: br}}"},
		"a byte order mark before JSON": {"bom", "expect: {json: .ok}"},
		"cookies within redirects":      {"login", "expect: {body: welcome}"},
		"a header that is absent":       {"server", "expect: {headers: {X-Nope: {absent: true}, Server: nginx}}"},
		"bytes that a body contains":    {"latin1-none", "expect: {body: faillance}"},
		"a comment in jq":               {"ok", "expect: {json: '.ok # \"${nope}'}"},
		"a dollar in jq":                {"ok", "expect: {json: '.status != \"$${x}\" and .ok'}"},
		"a var with its type":           {"nine", "expect: {json: '.n == ${nine} and .s == \"${nine}\" and .n < $vars.ten'}"},
		"a value inside of a string":    {"ok", "expect: {json: '\"a \\(.status) b\" == \"a ${state} b\"'}"},
		"a key by name":                 {"ok", "expect: {json: '.[\"${key}\"]'}"},
		"the environment":               {"ok", "expect: {json: '.status == env.STATE'}"},
		"several outputs, all true":     {"many", "expect: {json: '.ids[] > 0'}"},
		"a list against a list":         {"many", "expect: {json: '.ids < [1, 3]'}"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.options.LookupEnv = func(name string) (string, bool) { return "ok", name == "STATE" }
			r := b.run("vars: {nine: 9, ten: 10, key: ok, state: ok}\nchecks:\n  - name: a\n    type: http\n    url: " + server.URL + "/" + c.path + "\n    " + c.yaml + "\n")
			if !r.Passed {
				t.Errorf("%s; want a pass", r.Reason)
			}
		})
	}
}

func TestABodyThatNothingJudgesIsNotRead(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"a body without end": func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); <-r.Context().Done() },
		"a large body":       func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 17<<20)) },
		"a large file": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(1<<40))
			w.(http.Flusher).Flush()
		},
		"what is not gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("no"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newBench(t).run("checks:\n  - {name: a, type: http, url: '" + serve(t, handler).URL + "', headers: {Accept-Encoding: gzip}, expect: {status: 200, headers: {Date: {matches: GMT}}}, capture: {d: {header: Date}}}\n")
			if !r.Passed {
				t.Errorf("%s; want a pass", r.Reason)
			}
		})
	}
	small := serve(t, answer(200, "small"))
	got := newBench(t).run("checks:\n  - {name: a, type: http, url: '" + small.URL + "'}\n").Checks[0].Response
	if got.Bytes != 5 || got.Excerpt != "small" {
		t.Errorf("response = %+v, want the 5 bytes of a small body", got)
	}
}

func TestNumbersAreSentAsTheyAreWritten(t *testing.T) {
	server := serve(t, answer(200, "ok"))
	newBench(t).run("vars: {v: 1.10, n: 0100}\nchecks:\n  - {name: a, type: http, url: '" + server.URL + "/${v}/${n}', headers: {X-A: 1.10, X-B: 0100, X-C: 1e3, X-D: 0x10, X-E: &e 2.0, X-F: *e}}\n")
	seen := server.requests()[0]
	got := []string{seen.URI}
	for _, name := range []string{"X-A", "X-B", "X-C", "X-D", "X-E", "X-F"} {
		got = append(got, seen.Header.Get(name))
	}
	if diff := cmp.Diff([]string{"/1.10/0100", "1.10", "0100", "1e3", "0x10", "2.0", "2.0"}, got); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestRetryAfterAsADate(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
		w.WriteHeader(503)
	})
	b := newBench(t)
	b.run("retries: 1\nbackoff: 1s\nchecks:\n  - {name: a, type: http, url: '" + server.URL + "'}\n")
	if len(b.clock.slept) != 1 || b.clock.slept[0] < 30*time.Second || b.clock.slept[0] > time.Minute {
		t.Errorf("waits = %v, want one until the date, of about a minute", b.clock.slept)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(503)
	})
	b := newBench(t)
	b.run("retries: 1\nbackoff: 1s\nchecks:\n  - {name: a, type: http, url: '" + server.URL + "'}\n")
	if diff := cmp.Diff([]time.Duration{7 * time.Second}, b.clock.slept); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}
