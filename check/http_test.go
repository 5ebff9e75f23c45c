package check

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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
		`PUT /p?q=sum(x{a=%22b%22}) {"l":[true,null],"n":1,"s":"a b"} a=3 b=2 type=application/json`,
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
