package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay.rs/core/retry"
	"assay.rs/mod-data/yaml"
)

func newTestLog(w interface{ Write([]byte) (int, error) }) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, nil))
}

// everyKey has each key of the page that is supported.
const everyKey = `# yaml-language-server: $schema=assay.json
name: post-sync
timeout: 120s
retries: 3
backoff: 5s
parallel: 8
fail_fast: false
attempt_timeout: 20s
vars: {base: "http://api.${NAMESPACE:-default}.svc", limit: 0.05, list: [1, 2]}
secrets: {token: {from_env: TOKEN}}
defaults:
  attempt_timeout: 10s
  timeout: 1d
  delay: 0s
  severity: fail
  tags: [all]
  retry: {strategy: exponential, initial: 500ms, factor: 2, max: 10s, jitter: true, max_elapsed: 90s, on: [connect, timeout, 5xx, assert], successes: 1}
  http: {headers: {User-Agent: assay}}
checks:
  - name: api-health
    type: http
    method: POST
    url: "${base}/health"
    headers: {Authorization: "Bearer ${secrets.token}"}
    body: {any: json, n: 1}
    follow_redirects: true
    tags: [smoke]
    severity: fail
    retries: 5
    backoff: 1s
    timeout: 1m
    delay: 1s
    expect:
      status: [200, "2xx", ">=200 <300"]
      body: {contains: ok, not_contains: [a, b], matches: "^x$", equals: ok}
      json: ['.database == "ok"', 'length > 0']
      headers: {Content-Type: {matches: "^application/json"}, X: y}
      latency: "<500ms"
    capture: {version: .version, session: {json: .token, secret: true}, build: {header: X-Build}}
  - name: error-rate
    type: prometheus
    url: http://prometheus:9090
    query: 'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))'
    method: POST
    headers: {X-Scope-OrgID: a}
    needs: [api-health]
    expect: {min: 0, max: "${limit}", warn: {max: 0.01}, reduce: max, empty: fail, nan: fail}
    range: {last: 10m, step: 30s}
  - {name: custom, type: script, script: "assert(true)", env: {FOO: "${captures.version}", N: 3}, permissions: [log.info], always: true, if: '$vars.limit < 1'}
  - {name: many, type: http, url: "${base}/${item.path}", foreach: [{path: a}, {path: b}], expect: {status: any, body: x}}
`

func TestEveryKeyIsRead(t *testing.T) {
	b := newBench(t)
	b.options.LookupEnv = func(name string) (string, bool) { return "tok-123456", name == "TOKEN" }
	p := b.plan(everyKey)
	s := p.suites[0]
	if s.name != "post-sync" || s.timeout != 2*time.Minute || s.parallel != 8 || len(s.checks) != 5 {
		t.Errorf("suite = %q %s %d with %d checks", s.name, s.timeout, s.parallel, len(s.checks))
	}
	api := s.checks[0]
	want := settings{
		policy:         retry.Policy{Attempts: 6, Strategy: retry.Linear, Initial: time.Second, MaxElapsed: 90 * time.Second, On: []retry.Class{"connect", "timeout", "5xx", "assert"}, Successes: 1},
		attemptTimeout: 10 * time.Second, timeout: time.Minute, delay: time.Second, severity: SeverityFail, tags: []string{"smoke"}, attemptsSaid: true, waitsSaid: true,
	}
	if diff := cmp.Diff(want, api.settings, cmp.AllowUnexported(settings{}), cmp.Comparer(func(a, b func(error) bool) bool { return true }),
		cmp.Comparer(func(a, b func(retry.Attempt)) bool { return true }), cmp.Comparer(func(a, b func() float64) bool { return true })); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if got := s.checks[1].settings; got.policy.Strategy != retry.Exponential || got.policy.Attempts != 4 || got.timeout != 24*time.Hour || got.tags[0] != "all" {
		t.Errorf("inherited settings = %+v", got)
	}
	h := api.body.(*httpCheck)
	if len(h.headers) != 2 || h.url.preview() != "http://api.default.svc/health" || len(h.expect.json) != 2 || len(h.expect.body.wants) != 5 {
		t.Errorf("http check = %+v", h)
	}
	if got := s.checks[2].needs; len(got) != 1 || got[0] != 0 {
		t.Errorf("needs of a check that uses a capture = %v, want [0]", got)
	}
	if got := s.checks[4].body.(*httpCheck).url.preview(); got != "http://api.default.svc/b" {
		t.Errorf("url of the second item = %s", got)
	}
}

func TestAllProblemsAreToldWithPlaceAndCaret(t *testing.T) {
	b := newBench(t)
	list := b.problems("timeuot: 3s\nretries: x\nchecks:\n  - {name: a, type: http, url: x}\n  - {name: a, type: script}\n")
	var got []string
	for _, p := range list {
		got = append(got, p.Location)
	}
	want := []string{"checks.yaml:1:1", "checks.yaml:2:10", "checks.yaml:4:32", "checks.yaml:5:5", "checks.yaml:5:5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

func TestSubstitution(t *testing.T) {
	env := map[string]string{"HOME": "/root", "EMPTY": ""}
	o := &Options{LookupEnv: func(n string) (string, bool) { v, ok := env[n]; return v, ok }}
	s := newScope(o, nil, map[string]bool{})
	s.vars = map[string]any{"a": "A", "n": 3, "f": 0.5, "b": true, "empty": "", "list": []any{1}}
	for text, want := range map[string]string{
		"x": "x", "${a}": "A", "${vars.a}": "A", "${n}/${f}/${b}": "3/0.5/true", "${HOME}": "/root", "$$": "$", "$${a}": "${a}", "$": "$", "$1 $a": "$1 $a", "a$": "a$",
		"${nope:-d}": "d", "${nope:-}": "", "${empty:-d}": "d", "${EMPTY:-d}": "d", "${EMPTY}": "", "${nope:-${a}/${n}}": "A/3", "${a:?must}": "A", "${nope:-a:b}": "a:b", "^x$": "^x$",
	} {
		parts, err := s.parse(text, 0)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, _ := (Template{parts: parts}).fixed(); got != want {
			t.Errorf("%q = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"${": "without '}'", "${}": "is not a name", "${a b}": "is not a name", "${nope}": "no var", "${nope:?why}": "${nope}: why", "${list}": "only jq", "${vars.nope}": "no var",
		strings.Repeat("${x:-", 20) + strings.Repeat("}", 20): "nested deeper",
	} {
		if _, err := s.parse(text, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q error = %v, want one with %q", text, err, want)
		}
	}
}

func TestScriptTextIsNotSubstituted(t *testing.T) {
	r := newBench(t).run("checks:\n  - {name: a, type: script, script: 'assert.eq(\"${x}\", \"$\" .. \"{x}\")'}\n")
	if !r.Passed {
		t.Error(r.Reason)
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{"1d": 24 * time.Hour, "1.5d": 36 * time.Hour, "1d12h": 36 * time.Hour, "500ms": 500 * time.Millisecond, "1m30s": 90 * time.Second, "14d": 336 * time.Hour} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "1", "1dd", "1d-1h", "1e9d", "0x1d", "nand", "infd", "1w", "99999999d"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %s, want an error", text, got)
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
		`PUT /p?q=sum(x{a=%22b%22}) {"l":[true,null],"n":1,"s":"a b"} a=3 b=2 type=application/json`,
		`POST /p a b $x a=1 b=2 type=text/x`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestPrometheusRequests(t *testing.T) {
	query := `sum(rate(http_requests_total{code=~"5..",a="+&= é"}[5m]))`
	long := strings.Repeat("up + ", 1000) + "up"
	server := prometheus(t, `{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}]}`)
	b := newBench(t)
	r := b.run("checks:\n" +
		"  - {name: a, type: prometheus, url: '" + server.URL + "/prom/', query: '" + query + "'}\n" +
		"  - {name: b, type: prometheus, url: '" + server.URL + "/?dedup=true', query: up, range: {last: 10m, step: 30s}}\n" +
		"  - {name: c, type: prometheus, url: '" + server.URL + "/api/v1/query', query: '" + long + "', headers: {X-Scope-OrgID: t}}\n")
	if !r.Passed {
		t.Fatal(r.Reason)
	}
	seen := server.requests()
	parse := func(i int) (*url.URL, url.Values) {
		u, err := url.Parse(seen[i].URI)
		if err != nil {
			t.Fatal(err)
		}
		return u, u.Query()
	}
	if u, q := parse(0); seen[0].Method != "GET" || u.Path != "/prom/api/v1/query" || q.Get("query") != query || len(q) != 1 || seen[0].Body != "" {
		t.Errorf("first request = %+v", seen[0])
	}
	u, q := parse(1)
	if u.Path != "/api/v1/query_range" || q.Get("dedup") != "true" || q.Get("step") != "30" || q.Get("query") != "up" || len(q) != 5 {
		t.Errorf("second request = %+v", seen[1])
	}
	var start, end float64
	if _, err := fmt.Sscan(q.Get("start")+" "+q.Get("end"), &start, &end); err != nil || end-start < 599.99 || end-start > 600.01 {
		t.Errorf("start %s, end %s: want 600 s between them", q.Get("start"), q.Get("end"))
	}
	form, err := url.ParseQuery(seen[2].Body)
	if u, _ := parse(2); err != nil || seen[2].Method != "POST" || u.Path != "/api/v1/query" || u.RawQuery != "" || form.Get("query") != long ||
		seen[2].Header.Get("Content-Type") != "application/x-www-form-urlencoded" || seen[2].Header.Get("X-Scope-OrgID") != "t" {
		t.Errorf("third request = %s %s %s", seen[2].Method, seen[2].URI, seen[2].Header)
	}
}

func TestPrometheusPasses(t *testing.T) {
	v := func(values ...string) string {
		var list []string
		for i, x := range values {
			list = append(list, fmt.Sprintf(`{"metric":{"i":"%d"},"value":[1,%q]}`, i, x))
		}
		return `{"resultType":"vector","result":[` + strings.Join(list, ",") + `]}`
	}
	for name, c := range map[string]struct{ data, yaml, message, value string }{
		"scalar without bounds":   {`{"resultType":"scalar","result":[1,"3"]}`, "", "query returned: 3", "3"},
		"string without bounds":   {`{"resultType":"string","result":[1,"hi"]}`, "", `query returned: "hi"`, `"hi"`},
		"a number as a string":    {`{"resultType":"string","result":[1,"3"]}`, "expect: {min: 3}", "", "3"},
		"vector without bounds":   {v("1", "2.5"), "", "query returned: 1, 2.5", `[{"metric":"{i=\"0\"}","value":1},{"metric":"{i=\"1\"}","value":2.5}]`},
		"within":                  {v("1", "2"), "expect: {min: 1, max: 2}", "", ""},
		"exactly zero":            {v("0"), "expect: {min: 0, max: 0}", "", "0"},
		"any":                     {v("0", "5"), "expect: {min: 1, reduce: any}", "", ""},
		"sum":                     {v("1", "2"), "expect: {min: 3, max: 3, reduce: sum}", "", ""},
		"avg":                     {v("1", "2"), "expect: {min: 1.5, max: 1.5, reduce: avg}", "", ""},
		"count":                   {v("1", "9"), "expect: {min: 2, max: 2, reduce: count}", "", ""},
		"NaN ignored":             {v("1", "NaN", "+Inf"), "expect: {min: 1, max: 1, nan: ignore}", "", ""},
		"empty allowed":           {v(), "expect: {max: 0, empty: pass}", "the query returned no series", "[]"},
		"matrix":                  {`{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"2"]]}]}`, "range: {last: 1m, step: 1s}\n    expect: {min: 1}", "", `[{"metric":"{}","values":[1,2]}]`},
		"matrix, the least of it": {`{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"9"]]}]}`, "range: {last: 1m, step: 1s}\n    expect: {max: 1, reduce: min}", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newBench(t).run("checks:\n  - name: a\n    type: prometheus\n    query: up\n    url: " + prometheus(t, c.data).URL + "\n    " + c.yaml + "\n")
			got := r.Checks[0]
			if !r.Passed || got.Status != StatusPassed || text(got.Message) != c.message {
				t.Errorf("passed = %v, %s, message %q; want passed, %q", r.Passed, got.Status, text(got.Message), c.message)
			}
			if raw, _ := json.Marshal(got.Value); c.value != "" && string(raw) != c.value {
				t.Errorf("value = %s, want %s", raw, c.value)
			}
		})
	}
	r := newBench(t).run("checks:\n  - {name: a, type: prometheus, query: up, url: '" + prometheus(t, v("0.02")).URL + "', expect: {max: 0.05, warn: {max: 0.01}}}\n")
	if got := r.Checks[0]; !r.Passed || got.Status != StatusWarned || got.Passed || text(got.Message) != `value <= 0.01 wanted without a warning (got 0.02 of {i="0"})` {
		t.Errorf("run passed = %v, %s, message %q; want a warning", r.Passed, got.Status, text(got.Message))
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
		"json last output":                {200, `1`, "expect: {json: '(false, true)'}"},
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

func TestScriptsSeeTheirEnvAndAFreshVM(t *testing.T) {
	b := newBench(t)
	b.options.LookupEnv = func(name string) (string, bool) { return "process", name == "P" || name == "FOO" }
	b.write("verify.lua", `
		assert.eq(env.get("FOO"), "bar")
		assert.eq(env.get("P"), "process")
		assert.is_nil(env.get("NOPE"))
		assert.is_nil(left_over)
		left_over = true
		assert(io == nil, "io exists at level C")
		if env.get("FAIL") then error("once more") end
	`)
	r := b.run("retries: 1\nchecks:\n  - {name: a, type: script, file: verify.lua, env: {FOO: bar}}\n  - {name: b, type: script, file: verify.lua, env: {FOO: bar, FAIL: 1}}\n")
	if got := r.Checks[0]; got.Status != StatusPassed || got.Assertions[0].Actual != 5 {
		t.Errorf("%s, %q, assertions %v; want passed with 5", got.Status, text(got.Message), got.Assertions)
	}
	if got := r.Checks[1]; got.Attempts != 2 || !strings.HasSuffix(text(got.Message), "once more") || !strings.HasPrefix(text(got.Message), "verify.lua:8") {
		t.Errorf("%d attempts, message %q; want 2, verify.lua:8: once more", got.Attempts, text(got.Message))
	}
}

func TestFolderRunsEveryFileIntoOneDocument(t *testing.T) {
	b := newBench(t)
	b.write("b.yml", "checks:\n  - {name: x, type: script, script: 'error(\"no\")'}\n")
	b.write("a.yaml", "checks:\n  - {name: x, type: script, script: 'assert(true)'}\n")
	b.write("notes.txt", "not a check file")
	p, err := Load(b.dir, b.options)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Run(t.Context())
	if got, want := statusesOf(r), "x passed, x failed"; got != want {
		t.Errorf("statuses = %s, want %s", got, want)
	}
	if r.Checks[1].File != filepath.Join(b.dir, "b.yml") || r.ExitCode() != 1 {
		t.Errorf("file = %s, exit code %d", r.Checks[1].File, r.ExitCode())
	}
	b.write("c.yaml", "checks: []\n")
	if _, err := Load(b.dir, b.options); err == nil {
		t.Error("a folder with a file that is wrong: no error")
	}
	empty := t.TempDir()
	for _, path := range []string{empty, filepath.Join(empty, "gone.yaml"), filepath.Join(b.dir, "notes.txt")} {
		var wrong *ConfigError
		if _, err := Load(path, b.options); !errors.As(err, &wrong) {
			t.Errorf("Load(%s) error = %v, want a *ConfigError", path, err)
		} else if code := wrong.Report().ExitCode(); code != ExitUsage {
			t.Errorf("exit code %d, want %d", code, ExitUsage)
		}
	}
}

func TestDryRunAndValidateRunNothing(t *testing.T) {
	server := serve(t, answer(200, "ok"))
	b := newBench(t)
	p := b.plan("timeout: 60s\nretries: 3\nbackoff: 5s\nattempt_timeout: 10s\nparallel: 2\nchecks:\n  - {name: a, type: http, url: '" + server.URL + "'}\n  - {name: b, type: http, url: '" + server.URL + "', needs: [a]}\n  - {name: c, type: http, url: '" + server.URL + "', timeout: 30s}\n")
	var out strings.Builder
	if err := p.WriteDryRun(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"worst case 140s", "a  http  4 attempts, linear, at most 70s", "after a", "at most 30s", "warning: the worst case of 140s is longer than the timeout of 60s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("dry run lacks %q:\n%s", want, out.String())
		}
	}
	r := p.Validated()
	if r.Passed || r.ExitCode() != 0 || r.Summary.Skipped != 3 {
		t.Errorf("validated = %+v", r)
	}
	document(t, r)
	if n := len(server.requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}

func TestSchemaAgreesWithTheReader(t *testing.T) {
	types := Standard()
	raw, err := JSONSchema(types...)
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	read := func(text string) any {
		n, err := yaml.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(n.Go())
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if why := conforms(s, read(everyKey), ""); why != "" {
		t.Errorf("the schema refuses a file that is valid: %s", why)
	}
	for _, bad := range []string{
		"checks: []", "chekcs: []", "checks: [{name: a, type: http}]", "checks: [{name: a, type: http, url: x, expct: {}}]",
		"checks: [{name: a, type: http, url: x, expect: {status: '200'}}]", "retries: -1\nchecks: [{name: a, type: http, url: x}]",
		"timeout: 120\nchecks: [{name: a, type: http, url: x}]", "checks: [{name: a, type: prometheus, url: x, query: y, expect: {status: 200}}]",
	} {
		if conforms(s, read(bad), "") == "" {
			t.Errorf("the schema accepts %s", bad)
		}
	}
}

// conforms is as much of a JSON Schema validator as the schema of this package needs.
func conforms(s map[string]any, v any, at string) string {
	if c, ok := s["const"]; ok && c != v {
		return fmt.Sprintf("%s: %v is not %v", at, v, c)
	}
	if enum, ok := s["enum"].([]any); ok {
		found := false
		for _, e := range enum {
			found = found || e == v
		}
		if !found {
			return fmt.Sprintf("%s: %v is none of %v", at, v, enum)
		}
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		list, ok := s[key].([]any)
		if !ok {
			continue
		}
		n, why := 0, ""
		for _, e := range list {
			if w := conforms(e.(map[string]any), v, at); w == "" {
				n++
			} else {
				why += "; " + w
			}
		}
		if n == 0 || key == "oneOf" && n > 1 {
			return fmt.Sprintf("%s: %d of %s fit%s", at, n, key, why)
		}
	}
	if want, ok := s["type"]; ok && !hasType(want, v) {
		return fmt.Sprintf("%s: %v is no %v", at, v, want)
	}
	if p, ok := s["pattern"].(string); ok {
		if text, isText := v.(string); isText && !regexp.MustCompile(p).MatchString(text) {
			return fmt.Sprintf("%s: %q does not match %s", at, text, p)
		}
	}
	if n, ok := v.(float64); ok {
		if least, has := s["minimum"].(float64); has && n < least {
			return fmt.Sprintf("%s: %v is less than %v", at, n, least)
		}
	}
	return conformsInside(s, v, at)
}

func conformsInside(s map[string]any, v any, at string) string {
	switch v := v.(type) {
	case []any:
		if least, ok := s["minItems"].(float64); ok && float64(len(v)) < least {
			return at + ": too few items"
		}
		if each, ok := s["items"].(map[string]any); ok {
			for i, e := range v {
				if why := conforms(each, e, fmt.Sprintf("%s[%d]", at, i)); why != "" {
					return why
				}
			}
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, k := range required {
			if _, ok := v[k.(string)]; !ok {
				return fmt.Sprintf("%s: %v is missing", at, k)
			}
		}
		for k, e := range v {
			each, known := properties[k].(map[string]any)
			if !known {
				if s["additionalProperties"] == false {
					return fmt.Sprintf("%s: %s is unknown", at, k)
				}
				each, known = s["additionalProperties"].(map[string]any)
			}
			if known {
				if why := conforms(each, e, at+"."+k); why != "" {
					return why
				}
			}
		}
	}
	return ""
}

func hasType(want, v any) bool {
	if list, ok := want.([]any); ok {
		for _, w := range list {
			if hasType(w, v) {
				return true
			}
		}
		return false
	}
	switch v := v.(type) {
	case nil:
		return want == "null"
	case bool:
		return want == "boolean"
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}

func FuzzLoad(f *testing.F) {
	f.Add(everyKey)
	for _, s := range []string{
		"checks: []", "", "checks: [{name: a, type: http, url: 'http://h'}]", "checks:\n- name: a\n  type: script\n  script: |\n    x = 1\n", "a: &a [*a]", "checks: [1, null, {}, []]",
		"vars: {a: '${b}', b: '${a}'}\nchecks: [{name: '${a}', type: http, url: '${b:-${c}}'}]", "defaults: {http: {expect: {json: ['.']}}, retry: {on: [x]}}\nchecks: [{foreach: [1], name: x}]",
		"checks: [{name: a, type: prometheus, url: 'http://h', query: up, expect: {min: '${x}'}}]", "checks: [{name: a, type: http, needs: [a, 1, null], if: '.', capture: {x: {header: 1}}}]",
	} {
		f.Add(s)
	}
	dir := f.TempDir()
	types := Standard()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "checks.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := Load(path, Options{Types: types})
		if err == nil {
			if p.selected == 0 {
				t.Error("a valid file without checks")
			}
			return
		}
		var wrong *ConfigError
		if !errors.As(err, &wrong) || len(wrong.Problems()) == 0 || wrong.Error() == "" {
			t.Errorf("error = %v, want a *ConfigError with problems", err)
		}
		document(t, wrong.Report())
	})
}
