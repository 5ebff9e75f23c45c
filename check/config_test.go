package check

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay.rs/core/retry"

	"assay.rs/core/prelude"
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
  hold: {for: 30s, every: 5s, failures: 1}
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
    hold: {for: 40s}
    fail_if: .state == "crashed"
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
		attemptTimeout: 10 * time.Second, timeout: time.Minute, delay: time.Second, hold: retry.Hold{Window: 40 * time.Second, Every: 10 * time.Second}, severity: SeverityFail, tags: []string{"smoke"}, attemptsSaid: true, waitsSaid: true,
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
	s := newScope(o, nil, newNeeded(), map[string]bool{})
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

func TestVarFlagsTakeTheTypeOfTheFile(t *testing.T) {
	server := serve(t, answer(200, `{"n":9,"v":"1.10"}`))
	file := "vars: {limit: 10, strict: false, name: x, v: 1.0, list: [1]}\nchecks:\n" +
		"  - {name: below, type: http, url: '" + server.URL + "', expect: {json: ['.n < $vars.limit', '.v == \"${v}\"']}}\n" +
		"  - {name: strict, type: http, url: '" + server.URL + "', if: .vars.strict, expect: {json: '$vars.name == .v or .n == 9'}}\n"
	b := newBench(t)
	b.options.Vars = map[string]string{"limit": "5", "strict": "true", "name": "7", "v": "1.10"}
	r := b.run(file)
	if got, want := statusesOf(r), "below failed, strict passed"; got != want || text(r.Checks[0].Message) != "json .n < $vars.limit (got 9, $vars.limit is 5)" {
		t.Errorf("statuses = %s, message %q; want %s, and 9 < 5", got, text(r.Checks[0].Message), want)
	}
	for flag, want := range map[string]string{"limit=five": "must be a number", "limit=": "must be a number", "strict=yes": "must be true or false", "list=1": "is a list in the file"} {
		name, value, _ := strings.Cut(flag, "=")
		b.options.Vars = map[string]string{name: value}
		list := b.problems(file)
		if len(list) != 1 || !strings.Contains(list[0].Message, "--var "+name+": "+want) {
			t.Errorf("--var %s: problems = %v, want one with %q", flag, list, want)
		}
	}
}

func TestRetryMergesKeyByKey(t *testing.T) {
	b := newBench(t)
	p := b.plan("defaults: {retry: {on: [connect, 5xx], attempts: 2, initial: 10ms, max_elapsed: 9s}}\nchecks:\n" +
		"  - {name: a, type: script, script: 'x()', retry: {attempts: 3}}\n" +
		"  - {name: b, type: script, script: 'x()', retry: {on: [timeout], jitter: false}}\n" +
		"  - {name: c, type: script, script: 'x()', backoff: 1s}\n")
	var got []string
	for _, c := range p.suites[0].checks {
		s := c.settings.policy
		got = append(got, fmt.Sprint(s.On, s.Attempts, s.Initial, s.MaxElapsed, s.Jitter))
	}
	want := []string{"[connect 5xx] 3 10ms 9s true", "[timeout] 2 10ms 9s false", "[connect 5xx] 2 1s 9s false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
}

func TestAFolderSaysWhatItLeavesOut(t *testing.T) {
	b := newBench(t)
	b.write("a.yaml", "checks:\n  - {name: x, type: script, script: 'assert(true)'}\n")
	for _, name := range []string{"b.yaml.bak", ".hidden.yaml", "helper.lua", "..data"} {
		b.write(name, "")
	}
	if err := os.Mkdir(filepath.Join(b.dir, "more"), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := Load(b.dir, b.options)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".hidden.yaml", "b.yaml.bak", "more/"}, p.Run(t.Context()).LeftOut); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
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
	types := Standard(prelude.Modules()...)
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
